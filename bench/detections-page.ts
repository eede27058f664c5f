/**
 * The page of the bench of detections, in Markdown.
 */
import { FINDING_TYPES } from '../lib/findings/catalog.ts';
import { CHECKPOINTS_HOURS, type Found, type Outcome } from './attack-day.ts';
import { type AttackSize, MEASURES, type Measure } from './attack-size.ts';
import { ATTACKS, type Goal, NOT_FOUND } from './goals.ts';
import { DAYS, HOSTS } from './lives.ts';
import type { Need, Requirement } from './needs.ts';
import { GUARD_DUTY } from './parity.ts';

/** An attack of a seed at an intensity, and what became of it. */
export interface Run {
  readonly goal: Goal;
  readonly seed: number;
  readonly intensity: number;
  readonly outcome: Outcome;
}

/** Intensities of which the page tells every attack that was not found. */
const EXPLAINED: readonly number[] = [1, 0.1];

export function page(runs: readonly Run[], intensities: readonly number[]): string {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  return `# Detections

Written by \`node bench/detections.ts > docs/detections.md\`; edit \`bench/goals.ts\`, not this page.

${seeds.length} networks of ${HOSTS} hosts, seeds ${seeds.join(', ')}: ${DAYS} days are learned, then one attack is laid over a day of everyday traffic. *At 1×* and
*at 0.1×* say in how many networks it was found and after how many hours at the latest, looking ${CHECKPOINTS_HOURS.join(' and ')} hours after its first packet and at the end of the day; windows are judged as their objects arrive, so what needs no history is there within minutes in the cloud. Findings make a
message unless it says *digest*, or how often they did. *Smallest* is the smallest of ${intensities.join(', ')} at which one was found.

${summaries(runs, intensities)}

## Not found

Every attack at 1× and at 0.1× that was not found, with its size as measured in its own records and what would have been enough, as far as size goes (bold
where it falls short). *Forest* is the highest probability that the forest gives its class. *Told otherwise* is what else was said of those who took part.

${misses(runs)}

## Not in the table

${table(['type', 'why'], untested())}

## GuardDuty's types from flow logs

${table(
  ['GuardDuty', 'here'],
  GUARD_DUTY.map(([theirs, ours]) => [theirs, ours]),
)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function summaries(runs: readonly Run[], intensities: readonly number[]): string {
  const rows = [...Map.groupBy(runs, ({ goal }) => goal)].map(([goal, ofGoal]) => {
    const at = (intensity: number) =>
      ofGoal.filter((run) => run.intensity === intensity).map(({ outcome }) => outcome.found);
    const smallest = intensities.findLast((intensity) => at(intensity).some((found) => found !== undefined));
    const types = goal.types.map((type) => `\`${type}\``).join(', ');
    const size = goal.mishap === undefined ? String(smallest ?? 'none') : '–';
    return [types, nameOf(goal), summary(at(1)), summary(at(0.1)), size, goal.note ?? ''];
  });
  return table(['type', 'scenario', 'at 1×', 'at 0.1×', 'smallest', 'what it needs'], rows);
}

function nameOf({ scenario, mishap, minutes }: Goal): string {
  if (mishap !== undefined) return scenario;
  return `\`${scenario}\`${minutes === undefined ? '' : `, ${minutes} minutes`}`;
}

/** "2 of 2, 1 h, 1 told": how often it was found, the longest time that took, and how often it made a message where not always. */
export function summary(all: readonly (Found | undefined)[]): string {
  if (all.length === 0) return '–';
  const found = all.filter((one) => one !== undefined);
  const text = `${found.length} of ${all.length}`;
  if (found.length === 0) return text;
  const told = found.filter(({ isMessage }) => isMessage).length;
  const hours = Math.ceil(Math.max(...found.map(({ hours }) => hours)));
  return `${text}, ${hours} h${told === found.length ? '' : told === 0 ? ', digest' : `, ${told} told`}`;
}

function misses(runs: readonly Run[]): string {
  const rows = runs.flatMap(({ goal, seed, intensity, outcome: { found, size, probability, others } }) => {
    if (found !== undefined || size === undefined || !EXPLAINED.includes(intensity)) return [];
    const attack = `${nameOf(goal)} as \`${goal.types[0]}\``;
    const sizes = comparison(size, goal.needs ?? []);
    const said = others.join(', ') || 'nothing';
    return [[attack, `${seed}`, `${intensity}×`, sizes, reason(goal, size), figure(probability), said]];
  });
  if (rows.length === 0) return 'None.';
  return table(['attack', 'seed', 'at', 'size, and what is enough', 'why', 'forest', 'told otherwise'], rows);
}

/** "**5** tries (10) and 0.2 octaves … (at most 0.5), or **5** tries (30)". */
export function comparison(size: AttackSize, needs: readonly (readonly Need[])[]): string {
  if (needs.length === 0) return `${figure(size.tries)} ${MEASURES.tries}, ${figure(size.bytes)} ${MEASURES.bytes}`;
  const one = (need: Need) => {
    const { measure, least, most } = need;
    const value = isMet(size, need) ? figure(size[measure]) : `**${figure(size[measure])}**`;
    return `${value} ${MEASURES[measure]} (${least === undefined ? `at most ${figure(most!)}` : figure(least)})`;
  };
  return needs.map((all) => all.map(one).join(' and ')).join(', or ');
}

const figure = (value: number) => value.toLocaleString('en');

function isMet(size: AttackSize, { measure, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Need) {
  return size[measure] >= least && size[measure] <= most;
}

/** Measures of the form of an attack rather than of how much it is. */
const FORMS: ReadonlySet<Measure> = new Set(['gapsScore', 'spreadOctaves']);

/** Why an attack of this size is not found: too small or too uneven for everything, or what else stood against it. */
export function reason({ needs = [], otherwise }: Requirement, size: AttackSize): string {
  const isFor = (isEnough: (need: Need) => boolean) => needs.length === 0 || needs.some((all) => all.every(isEnough));
  if (isFor((need) => isMet(size, need))) return otherwise ?? 'large enough';
  return isFor((need) => FORMS.has(need.measure) || isMet(size, need)) ? 'large enough, but too uneven' : 'too small';
}

function untested(): string[][] {
  const covered = new Set(ATTACKS.flatMap(({ types }) => types));
  const rest = FINDING_TYPES.filter(({ type }) => !covered.has(type));
  return rest.map(({ type }) => [`\`${type}\``, NOT_FOUND[type] ?? '']);
}
