/**
 * What `flowtrap detect` finds and what it raises for nothing, on simulated networks that neither training nor tuning has seen:
 * `npm run bench:detection [-- --first-seed N --networks N]`.
 *
 * For every seed and every attack of the simulator, one hour of a VPC of 30 hosts with that network's own background and that one attack, as strong as the
 * simulator draws it. A finding counts as true if its class is the attack's and the attacker or victim is among its hosts, as unlabelled if it is
 * about nobody but strangers of the internet's everyday noise, and as false otherwise. Written as Markdown; "none missed from" has the number of
 * attacks of that size or more.
 */
import { parseArgs } from 'node:util';
import { openModel } from '../bin/model.ts';
import { detect } from '../lib/detect.ts';
import { type Finding, SEVERITIES, type Severity } from '../lib/findings/finding.ts';
import { DEFAULT_FORMAT, type FieldName } from '../lib/flowlog/fields.ts';
import type { LabelRow } from '../lib/flowlog/labels.ts';
import { formatRecord } from '../lib/flowlog/record.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { ORDINARY_ATTACKS, SCENARIOS } from '../lib/simulate/catalog.ts';
import { covers } from '../lib/simulate/labels.ts';
import { type Bound, Busiest, type Intensity, YARDSTICKS, type Yardstick } from './intensity.ts';
import { objectsOf, plan } from './simulated.ts';

const { values } = parseArgs({
  options: { 'first-seed': { type: 'string', default: '60000' }, networks: { type: 'string', default: '20' } },
});
const firstSeed = Number(values['first-seed']);
const networks = Number(values.networks);

/** The attacks that show themselves within five minutes; those that take hours are the history's (bench/detections.ts). */
const ATTACKS = [...ORDINARY_ATTACKS, 'udp-scan', 'worm', 'password-spray', 'http-flood'];
const WITH_FLAGS: readonly FieldName[] = [...DEFAULT_FORMAT, 'tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr'];

/** Label rows that a finding may be about: same time, and its actor, victim or target at either end. */
function rowsOf(finding: Finding, labels: readonly LabelRow[]): LabelRow[] {
  const first = Date.parse(finding.firstSeen) / 1000;
  const last = Date.parse(finding.lastSeen) / 1000;
  const actors = new Set(finding.actors.map(({ address }) => address));
  const targets = new Set(finding.targets.hosts.map(({ address }) => address));
  return labels.filter(
    ({ start, end, srcaddr, dstaddr }) =>
      start <= last &&
      end >= first &&
      ((srcaddr !== undefined && actors.has(srcaddr)) ||
        (finding.class === 'denial-of-service' && dstaddr !== undefined && targets.has(dstaddr))),
  );
}

function isAboutBothEnds({ targets }: Finding, rows: readonly LabelRow[]): boolean {
  const hosts = new Set(targets.hosts.map(({ address }) => address));
  return rows.some(({ label, dstaddr }) => label !== 'unlabelled' && dstaddr !== undefined && hosts.has(dstaddr));
}

const classifier = await openModel();
/** What became of one attack. */
interface Outcome {
  readonly intensity: Intensity;
  readonly found: boolean;
  /** Type of a finding about both ends that people are told of and that calls it something else, such as the name server that an implant's server plays. */
  readonly toldAs: string | undefined;
}
const outcomes = new Map(ATTACKS.map((attack) => [attack, [] as Outcome[]]));
const wrong = { false: new Map<string, number>(), unlabelled: new Map<string, number>() };
let untold = 0;
let hours = 0;
for (let network = 0; network < networks; network++) {
  for (const [index, attack] of ATTACKS.entries()) {
    // Every run is another network, so that false findings of one background are not counted ten times.
    const seed = firstSeed + network * ATTACKS.length + index;
    await judge(seed, attack);
    hours++;
  }
}
print();

async function judge(seed: number, attack: string): Promise<void> {
  const simulation = plan(seed, attack);
  const labels = [...simulation.labels()];
  const attackRows = labels.filter(({ label }) => label !== 'unlabelled');
  if (attackRows.length === 0) return;
  const attackers = new Set(attackRows.map(({ srcaddr }) => srcaddr));
  // A gateway passes on what several senders send.
  const gateways = new Set(simulation.network.gateways.map((gateway) => gateway.interface.id));
  const busiest = new Busiest();
  const objects = objectsOf(simulation, seed % 2 === 1 ? WITH_FLAGS : DEFAULT_FORMAT, (record) => {
    if (!record.flow || gateways.has(record.observer.id)) return;
    const row = attackRows.find((candidate) => covers(candidate, record));
    if (row !== undefined) busiest.add(record, row);
    else if (attackers.has(formatRecord(record, ['srcaddr']))) busiest.addOther(record);
  });
  const { findings } = await detect(objects, { classifier, settings: DEFAULT_SETTINGS });
  let found = false;
  let toldAs: string | undefined;
  for (const finding of findings) {
    const rows = rowsOf(finding, labels);
    const isTold = rankOf(finding.severity) >= rankOf(DEFAULT_SETTINGS.minimumSeverity);
    if (rows.some(({ label }) => label === finding.class)) found = true;
    else {
      if (finding.class === 'other-attack' && isTold && isAboutBothEnds(finding, rows)) toldAs = finding.type;
      const kind =
        rows.length > 0 && rows.every(({ label }) => label === 'unlabelled') ? wrong.unlabelled : wrong.false;
      kind.set(finding.type, (kind.get(finding.type) ?? 0) + 1);
      if (kind === wrong.false && !isTold) untold++;
    }
  }
  outcomes.get(attack)!.push({ intensity: busiest.intensity, found, toldAs });
}

/** The size from which on none is missed, with the number of attacks of that size or more. */
function noneMissedFrom(some: readonly Outcome[], [unit, sizeOf]: Yardstick['size']): string {
  const falling = some.toSorted((a, b) => sizeOf(b.intensity) - sizeOf(a.intensity));
  const missed = falling.findIndex(({ found }) => !found);
  const certain = missed < 0 ? falling : falling.slice(0, missed);
  const last = certain.at(-1);
  return last === undefined
    ? '–'
    : `${Math.ceil(sizeOf(last.intensity)).toLocaleString('en')} ${unit} (${certain.length})`;
}

function foundOf(some: readonly Outcome[]): string {
  return `${some.filter(({ found }) => found).length} of ${some.length}`;
}

/** Types of findings that tell of attacks that are not found as what they are. */
function toldOf(some: readonly Outcome[]): string {
  const types = some.flatMap(({ found, toldAs }) => (found || toldAs === undefined ? [] : toldAs));
  return types.length === 0 ? '' : ` (${types.length} more as ${[...new Set(types)].join(' or ')})`;
}

function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function print(): void {
  console.log(`${hours} networks of 30 hosts, one hour each, seeds ${firstSeed} to ${firstSeed + hours - 1}\n`);
  console.log(
    '| attack | ordinary from | found when ordinary | visible from | found when visible | none missed from |',
  );
  console.log('|---|---|--:|---|--:|--:|');
  const sums = { ordinary: [] as Outcome[], visible: [] as Outcome[] };
  for (const [attack, all] of outcomes) {
    const { label } = SCENARIOS.find(({ name }) => name === attack)!;
    const { size, visible, ordinary } = YARDSTICKS[label]!;
    const reaching = ([, isReached]: Bound) => all.filter(({ intensity }) => isReached(intensity));
    sums.ordinary.push(...reaching(ordinary));
    sums.visible.push(...reaching(visible));
    const cells = [
      attack,
      ...[ordinary[0], foundOf(reaching(ordinary)), visible[0], foundOf(reaching(visible))],
      noneMissedFrom(reaching(visible), size),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const all = [...outcomes.values()].flat();
  console.log(
    `\nOf ordinary attacks ${foundOf(sums.ordinary)} are found${toldOf(sums.ordinary)}, of visible ones ${foundOf(sums.visible)}${toldOf(sums.visible)}, of all ${foundOf(all)}.`,
  );
  for (const [kind, types] of Object.entries(wrong)) {
    const total = [...types.values()].reduce((sum, count) => sum + count, 0);
    const list = [...types].sort((a, b) => b[1] - a[1]).map(([type, count]) => `${type} ${count}`);
    const title = kind === 'false' ? 'False findings' : 'Findings about strangers that are not labelled';
    console.log(
      `\n${title}: ${total} in ${hours} hours, ${(total / hours).toFixed(2)} an hour${list.length > 0 ? ` (${list.join(', ')})` : ''}.`,
    );
  }
  console.log(`\n${untold} of the false findings are less severe than what people are told of.`);
}
