/**
 * How large an attack is, measured in its own records: what its finding asks for can be held against it.
 */
import { SLOT_SECONDS } from '../lib/conversations/row.ts';
import { regularity } from '../lib/detectors/regularity.ts';
import { PROTOCOL, TCP_FLAG } from '../lib/flowlog/fields.ts';
import type { LabelRow } from '../lib/flowlog/labels.ts';
import type { FlowRecord, ObservedFlow } from '../lib/flowlog/record.ts';
import { HOUR_SECONDS } from '../lib/history/hours.ts';
import { windowSeconds } from '../lib/limits.ts';

/** What is measured, and how the page calls it. A try is a connection, a contact a source at a service of a target; a window is five minutes. */
export const MEASURES = {
  tries: 'tries',
  triesInWindow: 'tries in five minutes',
  triesPerSecond: 'tries a second',
  contacts: 'contacts',
  netFailures: 'net failures',
  netFailuresInWindow: 'net failures in five minutes',
  sources: 'sources',
  sourcesInWindow: 'sources in five minutes',
  sourcesOfService: 'sources of one service',
  sourcesOfServiceInWindow: 'sources of one service in five minutes',
  sourcesThatMeet: 'sources at services that two or more try',
  packetsPerSecond: 'packets a second',
  bytes: 'bytes',
  bytesInHour: 'bytes in the busiest hour',
  bytesInTry: 'bytes of a try',
  hours: 'hours',
  busyHours: 'hours with tries',
  moments: 'moments of contact',
  gapsScore: 'evenness of gaps',
  spreadOctaves: 'octaves between the packets of tries',
} as const;

export type Measure = keyof typeof MEASURES;
export type AttackSize = Readonly<Record<Measure, number>>;

/** Seconds that a rate is over at the least, as in lib/detectors/totals.ts. */
const RATE_SECONDS_MIN = 60;

/** Packets and bytes of the acting side. */
interface Try {
  readonly source: string;
  readonly target: string;
  readonly service: string;
  readonly firstSeconds: number;
  packets: number;
  bytes: number;
  isAnswered: boolean;
}

/** The records of the attack alone, and the rows that name who acts; others than the acting side's records only tell what was answered. */
export function attackSize(records: readonly FlowRecord[], labels: readonly LabelRow[]): AttackSize {
  const acting = recordsOfActors(records, labels);
  const tries = triesOf(acting, records);
  const first = tries.reduce((least, { firstSeconds }) => Math.min(least, firstSeconds), Number.POSITIVE_INFINITY);
  const last = acting.reduce((most, { end }) => Math.max(most, end), 0);
  const seconds = tries.length === 0 ? 0 : last - first;
  const starts = momentsOf(largest(tries, ({ source, target, service }) => `${source} ${target} ${service}`));
  const packets = tries.map((one) => one.packets).sort((a, b) => a - b);
  return {
    tries: tries.length,
    triesInWindow: largest(tries, windowOf).length,
    triesPerSecond: rounded(tries.length / Math.max(1, seconds)),
    contacts: distinct(tries, contactOf),
    netFailures: netFailures(tries),
    netFailuresInWindow: most(tries, windowOf, netFailures),
    sources: distinct(tries, sourceOf),
    sourcesInWindow: most(tries, windowOf, (some) => distinct(some, sourceOf)),
    sourcesOfService: most(tries, doorOf, (some) => distinct(some, sourceOf)),
    sourcesOfServiceInWindow: most(
      tries,
      (one) => `${doorOf(one)} ${windowOf(one)}`,
      (some) => distinct(some, sourceOf),
    ),
    sourcesThatMeet: sourcesThatMeet(tries),
    packetsPerSecond: rounded(most(acting, ({ end }) => `${Math.floor(end / windowSeconds)}`, packetRate)),
    bytes: acting.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesInHour: most(
      acting,
      ({ end }) => `${Math.floor(end / HOUR_SECONDS)}`,
      (some) => some.reduce((sum, { bytes }) => sum + bytes, 0),
    ),
    bytesInTry: Math.round(tries.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, tries.length)),
    hours: rounded(seconds / HOUR_SECONDS),
    busyHours: distinct(tries, ({ firstSeconds }) => `${Math.floor(firstSeconds / HOUR_SECONDS)}`),
    moments: starts.length,
    gapsScore: starts.length < 3 ? 0 : rounded(regularity(starts).score),
    // The longest may be the one that got in.
    spreadOctaves: rounded(deviation(packets.slice(0, -1).map(Math.log2))),
  };
}

/** Records of the labelled sides, each flow as one interface saw it. */
function recordsOfActors(records: readonly FlowRecord[], labels: readonly LabelRow[]): FlowRecord[] {
  const observers = new Map<string, string>();
  return records.filter(({ flow, observer }) => {
    if (flow === undefined || !labels.some((row) => isOf(row, flow))) return false;
    const key = wayOf(flow.srcaddr, flow.srcport, flow.dstaddr, flow.dstport, flow.protocol);
    const known = observers.get(key) ?? observer.id;
    observers.set(key, known);
    return known === observer.id;
  });
}

function isOf({ srcaddr, dstaddr, dstport, protocol }: LabelRow, flow: ObservedFlow): boolean {
  return (
    (srcaddr ?? flow.srcaddr) === flow.srcaddr &&
    (dstaddr ?? flow.dstaddr) === flow.dstaddr &&
    (dstport ?? flow.dstport) === flow.dstport &&
    (protocol ?? flow.protocol) === flow.protocol
  );
}

const wayOf = (...parts: readonly (string | number)[]) => parts.join(' ');

function triesOf(acting: readonly FlowRecord[], all: readonly FlowRecord[]): Try[] {
  const tries = new Map<string, Try>();
  for (const { flow, start, packets, bytes } of acting) {
    const { srcaddr, srcport, dstaddr, dstport, protocol } = flow!;
    const key = wayOf(srcaddr, srcport, dstaddr, dstport, protocol);
    const service = `${dstport}/${protocol}`;
    const one = tries.get(key) ?? {
      ...{ source: srcaddr, target: dstaddr, service, firstSeconds: start },
      ...{ packets: 0, bytes: 0, isAnswered: false },
    };
    tries.set(key, one);
    one.packets += packets;
    one.bytes += bytes;
  }
  for (const { flow, tcpFlags } of all) {
    if (flow === undefined || flow.action === 'REJECT') continue;
    const back = tries.get(wayOf(flow.dstaddr, flow.dstport, flow.srcaddr, flow.srcport, flow.protocol));
    // A lone reset is a refusal.
    const isAnswer = flow.protocol !== PROTOCOL.tcp || ((tcpFlags ?? TCP_FLAG.syn) & TCP_FLAG.syn) !== 0;
    if (back !== undefined && isAnswer) back.isAnswered = true;
  }
  return [...tries.values()];
}

const sourceOf = ({ source }: Try) => source;
const doorOf = ({ target, service }: Try) => `${target} ${service}`;
const contactOf = (one: Try) => `${one.source} ${doorOf(one)}`;
const windowOf = ({ firstSeconds }: Try) => `${Math.floor(firstSeconds / windowSeconds)}`;

const distinct = (tries: readonly Try[], keyOf: (one: Try) => string) => new Set(tries.map(keyOf)).size;

/** The highest value over the groups. */
function most<T>(all: readonly T[], keyOf: (one: T) => string, measured: (some: readonly T[]) => number): number {
  return [...Map.groupBy(all, keyOf).values()].reduce((highest, some) => Math.max(highest, measured(some)), 0);
}

function largest(tries: readonly Try[], keyOf: (one: Try) => string): readonly Try[] {
  const groups = [...Map.groupBy(tries, keyOf).values()];
  return groups.reduce((one, other) => (other.length > one.length ? other : one), []);
}

/** Failed contacts less answered ones, of the source's one service or one target where they are most. */
function netFailures(tries: readonly Try[]): number {
  const net = (some: readonly Try[]) => {
    const contacts = distinct(some, contactOf);
    return (
      contacts -
      2 *
        distinct(
          some.filter(({ isAnswered }) => isAnswered),
          contactOf,
        )
    );
  };
  const sweeps = most(tries, ({ source, service }) => `${source} ${service}`, net);
  return Math.max(
    sweeps,
    most(tries, ({ source, target }) => `${source} ${target}`, net),
  );
}

function sourcesThatMeet(tries: readonly Try[]): number {
  const doors = [...Map.groupBy(tries, doorOf).values()].map((some) => distinct(some, sourceOf));
  return doors.filter((sources) => sources > 1).reduce((sum, sources) => sum + sources, 0);
}

function packetRate(records: readonly FlowRecord[]): number {
  const first = records.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const last = records.reduce((most, { end }) => Math.max(most, end), 0);
  return records.reduce((sum, { packets }) => sum + packets, 0) / Math.max(RATE_SECONDS_MIN, last - first);
}

/** The slots in which tries begin, Unix seconds, rising: as close as histories keep them. */
function momentsOf(tries: readonly Try[]): number[] {
  const slots = tries.map(({ firstSeconds }) => firstSeconds - (firstSeconds % SLOT_SECONDS));
  return [...new Set(slots)].sort((a, b) => a - b);
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const rounded = (value: number) => Number(value.toPrecision(3));
