/**
 * How strong an attack is in its busiest five minutes: what bench/detection.ts sorts attacks by. Contacts and connections are those of one sender, as Zeek
 * counts them and tools make them; packets, flows and bytes are of all senders together, as they reach the victim.
 */
import type { FieldName } from '../lib/flowlog/fields.ts';
import type { Label, LabelRow } from '../lib/flowlog/labels.ts';
import { type FlowRecord, formatRecord } from '../lib/flowlog/record.ts';
import { windowSeconds } from '../lib/limits.ts';

/** What an attack did in its busiest five minutes. */
export interface Intensity {
  readonly contacts: number;
  readonly connections: number;
  readonly packetsPerSecond: number;
  readonly flowsPerSecond: number;
  readonly megabytes: number;
  /** What the attackers send otherwise, on average over five minutes. */
  readonly usualMegabytes: number;
}

/** A lower bound in words, and whether an attack reaches it. */
export type Bound = readonly [string, (intensity: Intensity) => boolean];

/** How the attacks of a class are sorted. */
export interface Yardstick {
  /** What size is measured in, and the size. */
  readonly size: readonly [string, (intensity: Intensity) => number];
  /** From where on five minutes hold enough to judge by; below, one window holds too little. */
  readonly visible: Bound;
  /** From where on it is what tools do unless they are told otherwise, and published detectors ask for. */
  readonly ordinary: Bound;
}

const LARGE = '100 MB and ten times what the host sends otherwise';
const isLarge = ({ megabytes, usualMegabytes }: Intensity) => megabytes >= 100 && megabytes >= 10 * usualMegabytes;

/**
 * By class of attack. Ordinary is: 25 hosts or ports in five minutes, from which on Zeek's scan policy reports (nmap tries 1,000 ports); 30 tries, from which
 * on Zeek reports guessing, in half an hour (hydra makes several a second); FastNetMon's default thresholds; a call a minute, Cobalt Strike's default sleep;
 * 100 MB, which Slips reports for an hour.
 */
export const YARDSTICKS: Readonly<Partial<Record<Label, Yardstick>>> = {
  scan: {
    size: ['contacts', ({ contacts }) => contacts],
    visible: ['10 contacts', ({ contacts }) => contacts >= 10],
    ordinary: ['25 contacts', ({ contacts }) => contacts >= 25],
  },
  'brute-force': {
    size: ['tries', ({ connections }) => connections],
    visible: ['10 tries', ({ connections }) => connections >= 10],
    ordinary: ['30 tries', ({ connections }) => connections >= 30],
  },
  'denial-of-service': {
    size: ['packets/s', ({ packetsPerSecond }) => packetsPerSecond],
    visible: [
      '1,000 packets/s or 500 flows/s',
      ({ packetsPerSecond, flowsPerSecond }) => packetsPerSecond >= 1_000 || flowsPerSecond >= 500,
    ],
    ordinary: [
      '20,000 packets/s or 3,500 flows/s',
      ({ packetsPerSecond, flowsPerSecond }) => packetsPerSecond >= 20_000 || flowsPerSecond >= 3_500,
    ],
  },
  exfiltration: {
    size: ['MB', ({ megabytes }) => megabytes],
    visible: [LARGE, isLarge],
    ordinary: [LARGE, isLarge],
  },
  'command-and-control': {
    size: ['connections', ({ connections }) => connections],
    visible: ['3 connections', ({ connections }) => connections >= 3],
    ordinary: ['5 connections', ({ connections }) => connections >= 5],
  },
};

/** What one sender does. */
interface Sender {
  readonly contacts: Set<string>;
  readonly connections: Set<string>;
}

/** What one interface sees of an attack in one window, at the sender's side. */
interface Busy {
  readonly senders: Map<string, Sender>;
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

const windowOf = (seconds: number) => seconds - (seconds % windowSeconds);

/**
 * Gathers the intensity of an attack from its records, by interface, since both ends of an internal flow report it. Gateways, which pass on what several
 * hosts send, are left out by the caller.
 */
export class Busiest {
  readonly #sights = new Map<string, Busy>();
  readonly #windows = new Set<number>();
  readonly #otherBytes = new Map<string, number>();

  /** Takes in a record of an attacker that is not part of the attack. */
  addOther(record: FlowRecord): void {
    const [observer, start, bytes] = formatRecord(record, ['interface-id', 'start', 'bytes']).split(' ');
    this.#windows.add(windowOf(Number(start)));
    this.#otherBytes.set(observer, (this.#otherBytes.get(observer) ?? 0) + Number(bytes));
  }

  add(record: FlowRecord, row: LabelRow): void {
    const [observer, source, port, destination, service, ...numbers] = formatRecord(record, AT_SENDER).split(' ');
    if (row.srcaddr !== undefined && row.srcaddr !== source) return;
    const [packets, bytes, start, end] = numbers.map(Number);
    const key = `${observer}/${windowOf(start)}`;
    const busy = this.#sights.get(key) ?? { senders: new Map(), packets: 0, bytes: 0, first: start, last: end };
    this.#sights.set(key, busy);
    const sender = busy.senders.get(source) ?? { contacts: new Set(), connections: new Set() };
    busy.senders.set(source, sender);
    sender.contacts.add(`${destination}:${service}`);
    sender.connections.add(`${port}:${destination}:${service}`);
    busy.packets += packets;
    busy.bytes += bytes;
    busy.first = Math.min(busy.first, start);
    busy.last = Math.max(busy.last, end);
  }

  get intensity(): Intensity {
    const most = (of: (busy: Busy) => number) =>
      [...this.#sights.values()].reduce((a, busy) => Math.max(a, of(busy)), 0);
    const mostOfSender = (of: (sender: Sender) => number) =>
      most(({ senders }) => [...senders.values()].reduce((a, sender) => Math.max(a, of(sender)), 0));
    const flows = ({ senders }: Busy) =>
      [...senders.values()].reduce((sum, { connections }) => sum + connections.size, 0);
    return {
      contacts: mostOfSender(({ contacts }) => contacts.size),
      connections: mostOfSender(({ connections }) => connections.size),
      packetsPerSecond: most(({ packets, first, last }) => packets / Math.max(60, last - first)),
      flowsPerSecond: most((busy) => flows(busy) / Math.max(60, busy.last - busy.first)),
      megabytes: most(({ bytes }) => bytes / 1e6),
      usualMegabytes: Math.max(0, ...this.#otherBytes.values()) / 1e6 / Math.max(1, this.#windows.size),
    };
  }
}
