/**
 * What `flowtrap detect` finds and what it raises for nothing, on simulated networks that neither training nor tuning has seen:
 * `npm run bench:detection [-- --first-seed N --networks N]`.
 *
 * For every seed and every attack of the simulator, one hour of a VPC of 30 hosts with that network's own background and that one attack at
 * ordinary intensity. A finding counts as true if its class is the attack's and the attacker or victim is among its hosts, as unlabelled if it is
 * about nobody but strangers of the internet's everyday noise, and as false otherwise. Written as Markdown; "none missed from" has the number of
 * attacks of that size or more.
 */
import { parseArgs } from 'node:util';
import { openModel } from '../bin/model.ts';
import { detect } from '../lib/detect.ts';
import { type Finding, SEVERITIES, type Severity } from '../lib/findings/finding.ts';
import { DEFAULT_FORMAT, type FieldName } from '../lib/flowlog/fields.ts';
import type { LabelRow } from '../lib/flowlog/labels.ts';
import type { LogObject } from '../lib/flowlog/object.ts';
import { type FlowRecord, formatRecord } from '../lib/flowlog/record.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { backgroundScenarios, ORDINARY_ATTACKS, SCENARIOS } from '../lib/simulate/catalog.ts';
import { covers } from '../lib/simulate/labels.ts';
import { type Simulation, simulate } from '../lib/simulate/simulation.ts';

const { values } = parseArgs({
  options: { 'first-seed': { type: 'string', default: '60000' }, networks: { type: 'string', default: '20' } },
});
const firstSeed = Number(values['first-seed']);
const networks = Number(values.networks);

/** The attacks that show themselves within five minutes; those that take hours are the history's (bench/detections.ts). */
const ATTACKS = [...ORDINARY_ATTACKS, 'udp-scan', 'worm', 'password-spray', 'http-flood'];
const WITH_FLAGS: readonly FieldName[] = [...DEFAULT_FORMAT, 'tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr'];

/** What an attack did in its busiest five minutes, at the sender. */
interface Intensity {
  contacts: number;
  connections: number;
  packetsPerSecond: number;
  flowsPerSecond: number;
  megabytes: number;
  /** What the attackers send otherwise, on average over five minutes. */
  usualMegabytes: number;
}

/** From where on an attack is visible in five minutes, by class; below, one window holds too little to judge by. */
const VISIBLE: Record<string, readonly [string, (intensity: Intensity) => boolean]> = {
  scan: ['10 contacts', ({ contacts }) => contacts >= 10],
  'brute-force': ['10 tries', ({ connections }) => connections >= 10],
  'denial-of-service': [
    '1,000 packets/s or 500 flows/s',
    (of) => of.packetsPerSecond >= 1_000 || of.flowsPerSecond >= 500,
  ],
  exfiltration: [
    '100 MB and ten times what the host sends otherwise',
    ({ megabytes, usualMegabytes }) => megabytes >= 100 && megabytes >= 10 * usualMegabytes,
  ],
  'command-and-control': ['3 connections', ({ connections }) => connections >= 3],
};

/** What the size of an attack is measured in, by class. */
const SIZE: Record<string, readonly [string, (intensity: Intensity) => number]> = {
  scan: ['contacts', ({ contacts }) => contacts],
  'brute-force': ['tries', ({ connections }) => connections],
  'denial-of-service': ['packets/s', ({ packetsPerSecond }) => packetsPerSecond],
  exfiltration: ['MB', ({ megabytes }) => megabytes],
  'command-and-control': ['connections', ({ connections }) => connections],
};

function plan(seed: number, attack: string): Simulation {
  return simulate({
    seed,
    hosts: 30,
    minutes: 60,
    startSeconds: 1_790_000_400,
    aggregationSeconds: seed % 4 === 3 ? 600 : 60,
    scenarios: [...backgroundScenarios(seed), attack],
    intensity: 1,
  });
}

async function* objectsOf(
  simulation: Simulation,
  fields: readonly FieldName[],
  onRecord: (record: FlowRecord) => void,
) {
  for (const { endSeconds, records } of simulation.slots()) {
    const lines = [fields.join(' ')];
    for (const record of records) {
      onRecord(record);
      lines.push(formatRecord(record, fields));
    }
    const text = Buffer.from(`${lines.join('\n')}\n`);
    const object: LogObject = {
      name: String(endSeconds),
      async *open() {
        yield text;
      },
    };
    yield object;
  }
}

/** What one interface sees of an attack in one window, at the sender's side. */
interface Busy {
  readonly contacts: Set<string>;
  readonly connections: Set<string>;
  packets: number;
  bytes: number;
  first: number;
  last: number;
}

const AT_SENDER: readonly FieldName[] = [
  'interface-id',
  'srcaddr',
  'srcport',
  'dstaddr',
  'dstport',
  'packets',
  'bytes',
  'start',
  'end',
];

/** Gathers the intensity of an attack from its records, by interface, since both ends of an internal flow report it. */
class Busiest {
  readonly #sights = new Map<string, Busy>();
  readonly #windows = new Set<number>();
  readonly #otherBytes = new Map<string, number>();

  /** Takes in a record of an attacker that is not part of the attack. */
  addOther(record: FlowRecord): void {
    const [observer, start, bytes] = formatRecord(record, ['interface-id', 'start', 'bytes']).split(' ');
    this.#windows.add(Number(start) - (Number(start) % 300));
    this.#otherBytes.set(observer, (this.#otherBytes.get(observer) ?? 0) + Number(bytes));
  }

  add(record: FlowRecord, row: LabelRow): void {
    const [observer, source, port, destination, service, ...numbers] = formatRecord(record, AT_SENDER).split(' ');
    if (row.srcaddr !== undefined && row.srcaddr !== source) return;
    const [packets, bytes, start, end] = numbers.map(Number);
    const key = `${observer}/${start - (start % 300)}`;
    const busy = this.#sights.get(key) ?? {
      contacts: new Set(),
      connections: new Set(),
      packets: 0,
      bytes: 0,
      first: start,
      last: end,
    };
    this.#sights.set(key, busy);
    busy.contacts.add(`${destination}:${service}`);
    busy.connections.add(`${source}:${port}:${destination}:${service}`);
    busy.packets += packets;
    busy.bytes += bytes;
    busy.first = Math.min(busy.first, start);
    busy.last = Math.max(busy.last, end);
  }

  get intensity(): Intensity {
    const most = (of: (busy: Busy) => number) => Math.max(0, ...[...this.#sights.values()].map(of));
    return {
      contacts: most(({ contacts }) => contacts.size),
      connections: most(({ connections }) => connections.size),
      packetsPerSecond: most(({ packets, first, last }) => packets / Math.max(60, last - first)),
      flowsPerSecond: most(({ connections, first, last }) => connections.size / Math.max(60, last - first)),
      megabytes: most(({ bytes }) => bytes / 1e6),
      usualMegabytes: Math.max(0, ...this.#otherBytes.values()) / 1e6 / Math.max(1, this.#windows.size),
    };
  }
}

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

const classifier = await openModel();
/** Of every attack that is visible: its size in its busiest five minutes, and whether it was found. */
type Sized = { readonly size: number; readonly found: boolean };
const rates = new Map(ATTACKS.map((attack) => [attack, { found: 0, all: 0, visible: [] as Sized[] }]));
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
  const busiest = new Busiest();
  const objects = objectsOf(simulation, seed % 2 === 1 ? WITH_FLAGS : DEFAULT_FORMAT, (record) => {
    if (!record.flow) return;
    const row = attackRows.find((candidate) => covers(candidate, record));
    if (row !== undefined) busiest.add(record, row);
    else if (attackers.has(formatRecord(record, ['srcaddr']))) busiest.addOther(record);
  });
  const { findings } = await detect(objects, { classifier, settings: DEFAULT_SETTINGS });
  let found = false;
  for (const finding of findings) {
    const rows = rowsOf(finding, labels);
    if (rows.some(({ label }) => label === finding.class)) found = true;
    else {
      const kind =
        rows.length > 0 && rows.every(({ label }) => label === 'unlabelled') ? wrong.unlabelled : wrong.false;
      kind.set(finding.type, (kind.get(finding.type) ?? 0) + 1);
      if (kind === wrong.false && rankOf(finding.severity) < rankOf(DEFAULT_SETTINGS.minimumSeverity)) untold++;
    }
  }
  const rate = rates.get(attack)!;
  const { label } = attackRows[0];
  rate.all++;
  if (found) rate.found++;
  if (VISIBLE[label][1](busiest.intensity)) rate.visible.push({ size: SIZE[label][1](busiest.intensity), found });
}

/** The size from which on none is missed, with the number of attacks of that size or more. */
function noneMissedFrom(visible: readonly Sized[], unit: string): string {
  const falling = visible.toSorted((a, b) => b.size - a.size);
  const missed = falling.findIndex(({ found }) => !found);
  const certain = missed < 0 ? falling : falling.slice(0, missed);
  const last = certain.at(-1);
  return last === undefined ? '–' : `${Math.ceil(last.size).toLocaleString('en')} ${unit} (${certain.length})`;
}

function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function print(): void {
  console.log(`${hours} networks of 30 hosts, one hour each, seeds ${firstSeed} to ${firstSeed + hours - 1}\n`);
  console.log(
    '| attack | visible in five minutes from | found when visible | none missed from | found in all |\n|---|---|--:|--:|--:|',
  );
  for (const [attack, { found, all, visible }] of rates) {
    const { label } = SCENARIOS.find(({ name }) => name === attack)!;
    const cells = [
      attack,
      VISIBLE[label][0],
      `${visible.filter((one) => one.found).length} of ${visible.length}`,
      noneMissedFrom(visible, SIZE[label][0]),
      `${found} of ${all}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
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
