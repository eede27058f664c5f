/**
 * What every type of finding takes to be found: `node bench/detections.ts > docs/detections.md` (`--seeds N --first-seed N --only SCENARIO`).
 *
 * For every seed, a VPC of 12 hosts with everyday traffic lives for four days and is learned. On the fifth day one attack of the simulator is laid
 * over it, at its ordinary size (that of GuardDuty's tester where the tester has it), a tenth of it, and less, and history is looked at one and six
 * hours after its first packet and when the day ends. Written as Markdown.
 */
import { parseArgs } from 'node:util';
import { openModel } from '../bin/model.ts';
import { readConversations } from '../lib/detect.ts';
import { FINDING_TYPES } from '../lib/findings/catalog.ts';
import { type Finding, SEVERITIES } from '../lib/findings/finding.ts';
import { AddressBook } from '../lib/flowlog/address.ts';
import { DEFAULT_FORMAT, type FieldName } from '../lib/flowlog/fields.ts';
import type { LabelRow } from '../lib/flowlog/labels.ts';
import { formatRecord } from '../lib/flowlog/record.ts';
import { correlate } from '../lib/history/correlate.ts';
import { AddressList } from '../lib/history/detectors/address-list.ts';
import { HISTORY_DETECTORS } from '../lib/history/detectors/index.ts';
import { threatLists } from '../lib/history/detectors/threat-list.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../lib/history/hours.ts';
import type { Settings } from '../lib/settings.ts';
import { LISTED_ADDRESS } from '../lib/simulate/attacks/patient.ts';
import { type Simulation, simulate } from '../lib/simulate/simulation.ts';
import { MemoryStore } from '../test/memory-store.ts';
import { ATTACKS, type Goal, GUARD_DUTY, NOT_FOUND } from './goals.ts';
import { ownerSettings } from './owner.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2' },
    'first-seed': { type: 'string', default: '90000' },
    only: { type: 'string' },
  },
});

/** Midnight of a Monday in September 2026. */
const START = 1_789_948_800;
const DAYS = 4;
const HOSTS = 12;
const INTENSITIES = [1, 0.1, 0.01];
const CHECKPOINTS_HOURS = [1, 6];

const EVERYDAY = [
  ...['web-tier', 'health-checks', 'name-service', 'time-service', 'databases', 'internal-calls', 'monitoring'],
  ...['administration', 'kept-alive', 'telemetry', 'api-polling', 'pings', 'bulk-transfers', 'internet-noise'],
];
const FIELDS: readonly FieldName[] = [...DEFAULT_FORMAT, 'tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr'];

const classifier = await openModel();
const listed = threatLists([{ kind: 'bad', list: new AddressList('bench', LISTED_ADDRESS) }]);
const detectors = [...HISTORY_DETECTORS, listed];

function plan(seed: number, day: number, scenarios: readonly string[], intensity = 1): Simulation {
  const startSeconds = START + day * DAY_SECONDS;
  return simulate({ seed, hosts: HOSTS, minutes: 1_440, startSeconds, aggregationSeconds: 60, scenarios, intensity });
}

/** Keeps an hour after another; returns the second of the first record, if there is one. */
async function keep(store: MemoryStore, name: string, simulation: Simulation): Promise<number | undefined> {
  let first: number | undefined;
  let lines: string[] = [];
  let hour = -1;
  const flush = async () => {
    if (lines.length === 0) return;
    const bytes = Buffer.from(`${[FIELDS.join(' '), ...lines].join('\n')}\n`);
    const object = {
      name: `${name}-${hour}`,
      async *open() {
        yield bytes;
      },
    };
    lines = [];
    await readConversations(
      (async function* () {
        yield object;
      })(),
      { store },
    );
  };
  for (const { endSeconds, records } of simulation.slots()) {
    const next = Math.ceil(endSeconds / HOUR_SECONDS);
    if (next !== hour) await flush();
    hour = next;
    for (const record of records) {
      if (!record.flow) continue;
      first = Math.min(first ?? record.start, record.start);
      lines.push(formatRecord(record, FIELDS));
    }
  }
  await flush();
  return first;
}

/** Everyday life of a seed, learned, and the incidents that are raised about it without any attack. */
interface Life {
  readonly store: MemoryStore;
  readonly settings: Settings;
  readonly known: ReadonlySet<string>;
}

async function learned(seed: number, everyday: readonly string[]): Promise<Life> {
  const store = new MemoryStore();
  const settings = ownerSettings(plan(seed, 0, []).network);
  for (let day = 0; day <= DAYS; day++) await keep(store, `day-${day}`, plan(seed, day, everyday));
  let known = new Set<string>();
  for (let day = 1; day <= DAYS + 1; day++) {
    const nowSeconds = START + day * DAY_SECONDS;
    const { findings } = await correlate(store, { classifier, settings, detectors, nowSeconds });
    known = new Set(findings.map(({ incident }) => incident));
  }
  return { store, settings, known };
}

/** What became of an attack. */
interface Found {
  /** Hours from its first packet to the first look that finds one of the types about somebody who took part. */
  readonly hours: number;
  /** Whether one of these findings makes a message by its severity; others are in the digest. */
  readonly isMessage: boolean;
  /** The most severe of them, with who has seen it. */
  readonly by: string;
}

/** `undefined` when no look finds one of the types. */
async function foundOf(
  seed: number,
  life: Life,
  { scenario, types }: Goal,
  intensity: number,
): Promise<Found | undefined> {
  const store = life.store.copy();
  const simulation = plan(seed, DAYS, [scenario], intensity);
  const first = await keep(store, scenario, simulation);
  if (first === undefined) return undefined;
  const labels = [...simulation.labels()].filter(({ label }) => label !== 'unlabelled');
  const end = START + (DAYS + 1) * DAY_SECONDS;
  const looks = [...CHECKPOINTS_HOURS.map((hours) => first + hours * HOUR_SECONDS).filter((at) => at < end), end];
  for (const nowSeconds of looks) {
    const { findings } = await correlate(store, { classifier, settings: life.settings, detectors, nowSeconds });
    const fresh = findings.filter(({ type, incident }) => types.includes(type) && !life.known.has(incident));
    const about = fresh.filter((finding) => isAbout(finding, labels, first));
    if (about.length === 0) continue;
    const worst = about.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one));
    const { severity, type, witnesses } = worst;
    const hours = (nowSeconds - first) / HOUR_SECONDS;
    const isMessage = rankOf(worst) >= SEVERITIES.indexOf(life.settings.minimumSeverity);
    return { hours, isMessage, by: `${severity} ${type} by ${witnesses.join(' and ')}` };
  }
  return undefined;
}

const rankOf = ({ severity }: Finding) => SEVERITIES.indexOf(severity);

function isAbout({ actors, targets, lastSeen }: Finding, labels: readonly LabelRow[], first: number): boolean {
  if (Date.parse(lastSeen) / 1000 < first) return false;
  const book = new AddressBook();
  const part = new Set(labels.flatMap(({ srcaddr, dstaddr }) => [srcaddr, dstaddr]).flatMap((text) => text ?? []));
  const canonical = new Set([...part].map((text) => book.format(book.parse(text))));
  return [...actors, ...targets.hosts].some(({ address }) => canonical.has(address));
}

/** "2 of 2, 1 h, 1 told": how often it was found, the longest time that took, and how often it made a message where not always. */
function summary(all: readonly (Found | undefined)[]): string {
  const found = all.filter((one) => one !== undefined);
  const text = `${found.length} of ${all.length}`;
  if (found.length === 0) return text;
  const told = found.filter(({ isMessage }) => isMessage).length;
  const hours = Math.ceil(Math.max(...found.map(({ hours }) => hours)));
  return `${text}, ${hours} h${told === found.length ? '' : told === 0 ? ', digest' : `, ${told} told`}`;
}

const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values['first-seed']) + i);
const goals = ATTACKS.filter(({ scenario }) => values.only === undefined || scenario === values.only);
const results = new Map(goals.map((goal) => [goal, INTENSITIES.map((): (Found | undefined)[] => [])]));
for (const seed of seeds) {
  const lives = new Map<string, Life>();
  for (const goal of goals) {
    const everyday = EVERYDAY.filter((name) => goal.without?.includes(name) !== true);
    const life = lives.get(everyday.join()) ?? (await learned(seed, everyday));
    lives.set(everyday.join(), life);
    for (const [i, intensity] of INTENSITIES.entries()) {
      const found = await foundOf(seed, life, goal, intensity);
      results.get(goal)![i].push(found);
      const text = found === undefined ? 'not found' : `${found.hours.toFixed(1)} h, ${found.by}`;
      console.error(`seed ${seed} ${goal.scenario} at ${intensity}: ${text}`);
      // What is not found at a tenth is not found at less.
      if (found === undefined && intensity < 1) break;
    }
  }
}
print();

function print(): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  const rows = goals.map((goal) => {
    const found = results.get(goal)!;
    const smallest = INTENSITIES.findLast((_, i) => found[i].some((one) => one !== undefined));
    const cells = [summary(found[0]), summary(found[1]), smallest === undefined ? 'none' : String(smallest)];
    return [goal.types.map((type) => `\`${type}\``).join(', '), `\`${goal.scenario}\``, ...cells, goal.note ?? ''];
  });
  const covered = new Set(ATTACKS.flatMap(({ types }) => types));
  const rest = FINDING_TYPES.filter(({ type }) => !covered.has(type)).map(({ type }) => [
    `\`${type}\``,
    NOT_FOUND[type] ?? '',
  ]);
  console.log(`# Detections

Written by \`node bench/detections.ts > docs/detections.md\`; edit \`bench/goals.ts\`, not this page.

${seeds.length} networks of ${HOSTS} hosts, seeds ${seeds.join(', ')}: ${DAYS} days are learned, then one attack is laid over a day of everyday traffic. *At 1×* and
*at 0.1×* say in how many networks it was found and after how many hours at the latest, looking 1 and 6 hours after its first packet and at the end of the day; windows are judged as their objects arrive, so what needs no history is there within minutes in the cloud. Findings make a
message unless it says *digest*, or how often they did. *Smallest* is the smallest of ${INTENSITIES.join(', ')} at which one was found.

${table(['type', 'scenario', 'at 1×', 'at 0.1×', 'smallest', 'what it needs'], rows)}

## Not in the table

${table(['type', 'why'], rest)}

## GuardDuty's types from flow logs

${table(
  ['GuardDuty', 'here'],
  GUARD_DUTY.map(([theirs, ours]) => [theirs, ours]),
)}`);
}
