/**
 * Cuts flows into records as a flow log does: one record for each interface, direction, 5-tuple, action and aggregation window.
 *
 * Packets are spread evenly from a flow's first second to its last, both included; a single packet lies at the start. Of b bytes in n
 * packets the first k packets have floor(b·k/n), so that whole numbers add up to the total and the remainder comes late. SYN and
 * SYN-ACK go with the first packet, FIN and RST with the last. Windows begin at multiples of their length since 1970.
 */
import {
  type FlowRecord,
  type NetworkInterface,
  type ObservedFlow,
  SLOT_SECONDS,
  type Slot,
} from '../flowlog/record.ts';
import { openRecordsMax, spanningFlowsMax } from '../limits.ts';
import { CLOSING, OPENING } from './flags.ts';
import type { Side } from './flow.ts';

/** One direction of a flow as one interface sees it. */
export interface Sight {
  readonly observer: NetworkInterface;
  readonly flow: ObservedFlow;
  /** Unique for interface, direction, 5-tuple and action. */
  readonly key: string;
}

/** Packets of one direction of a flow, and who sees them. */
export interface Burst {
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly side: Side;
  readonly sights: readonly Sight[];
}

interface Remainder {
  readonly burst: Burst;
  /** Index of the first packet not yet counted. */
  readonly next: number;
}

export interface WindowLimits {
  readonly openRecordsMax: number;
  readonly spanningFlowsMax: number;
}

export class Windows {
  readonly #aggregationSeconds: number;
  /** Shortest time made of both whole windows and whole slots. */
  readonly #periodSeconds: number;
  readonly #limits: WindowLimits;
  /** Records by window and by sight. */
  readonly #open = new Map<number, Map<string, FlowRecord>>();
  #openRecords = 0;
  /** What goes on, by the period of its next packet. */
  readonly #later = new Map<number, Remainder[]>();
  #laterFlows = 0;
  #ready: Slot[] = [];
  /** First period that is not delivered yet. */
  #current = Number.NEGATIVE_INFINITY;

  constructor(aggregationSeconds: 60 | 600, limits: WindowLimits = { openRecordsMax, spanningFlowsMax }) {
    this.#aggregationSeconds = aggregationSeconds;
    this.#periodSeconds = Math.max(SLOT_SECONDS, aggregationSeconds);
    this.#limits = limits;
  }

  /** Takes a burst; true when it begins where everything has been delivered already. */
  add(burst: Burst): boolean {
    this.#cut(burst, 0);
    return this.#periodOf(burst.firstSeconds) < this.#current;
  }

  /** Closes all that ends by `seconds`, the earliest time at which anything may still begin. */
  advance(seconds: number): void {
    const target = this.#periodOf(seconds);
    if (target <= this.#current) return;
    this.#closeBefore(target);
    this.#current = target;
  }

  finish(): void {
    this.#closeBefore(Number.POSITIVE_INFINITY);
  }

  /** Takes out the slots that are complete, in order; a slot may come again with what was late. */
  takeSlots(): Slot[] {
    const slots = this.#ready;
    this.#ready = [];
    return slots;
  }

  #periodOf(seconds: number): number {
    return Math.floor(seconds / this.#periodSeconds);
  }

  #closeBefore(target: number): void {
    for (;;) {
      const opened = Math.floor((smallest(this.#open) * this.#aggregationSeconds) / this.#periodSeconds);
      const period = Math.min(opened, smallest(this.#later));
      if (period >= target) return;
      const remainders = this.#later.get(period) ?? [];
      this.#later.delete(period);
      this.#laterFlows -= remainders.length;
      for (const { burst, next } of remainders) this.#cut(burst, next);
      this.#deliver(this.#windowsOf(period));
    }
  }

  /** Counts the packets from `from` on within the period of the first of them; the rest waits. */
  #cut(burst: Burst, from: number): void {
    const { packets } = burst.side;
    let next = from;
    let period = this.#periodOf(timeOf(burst, next));
    while (next < packets) {
      const at = this.#periodOf(timeOf(burst, next));
      if (at !== period) {
        if (this.#wait(burst, next, at)) return;
        // No more may wait: the rest is cut at once, and delivered before its time.
        period = at;
      }
      next = this.#cutWindow(burst, next);
    }
  }

  #wait(burst: Burst, next: number, period: number): boolean {
    if (this.#laterFlows >= this.#limits.spanningFlowsMax) return false;
    this.#laterFlows++;
    const waiting = this.#later.get(period);
    if (waiting) waiting.push({ burst, next });
    else this.#later.set(period, [{ burst, next }]);
    return true;
  }

  /** Counts the packets from `from` on that lie in its window; returns the first that does not. */
  #cutWindow(burst: Burst, from: number): number {
    const { packets } = burst.side;
    const window = Math.floor(timeOf(burst, from) / this.#aggregationSeconds);
    const to = firstPacketAt(burst, (window + 1) * this.#aggregationSeconds, from);
    const flags = flagsOf(burst.side, from === 0, to === packets);
    const piece = {
      start: Math.floor(timeOf(burst, from)),
      end: Math.floor(timeOf(burst, to - 1)),
      packets: to - from,
      bytes: bytesBefore(burst.side, to) - bytesBefore(burst.side, from),
      tcpFlags: flags,
    };
    for (const sight of burst.sights) this.#count(sight, window, piece);
    return to;
  }

  #count(sight: Sight, window: number, piece: Piece): void {
    let records = this.#open.get(window);
    if (records === undefined) {
      records = new Map();
      this.#open.set(window, records);
    }
    const record = records.get(sight.key);
    if (record !== undefined) {
      add(record, piece);
      return;
    }
    const { start, end, packets, bytes, tcpFlags } = piece;
    records.set(sight.key, {
      observer: sight.observer,
      status: 'OK',
      start,
      end,
      flow: sight.flow,
      packets,
      bytes,
      tcpFlags,
    });
    this.#openRecords++;
    if (this.#openRecords < this.#limits.openRecordsMax) return;
    this.#deliver([...this.#open.keys()].sort((a, b) => a - b));
  }

  /** Windows of a period, in order. */
  #windowsOf(period: number): number[] {
    const count = this.#periodSeconds / this.#aggregationSeconds;
    return Array.from({ length: count }, (_, i) => period * count + i);
  }

  #deliver(windows: readonly number[]): void {
    const records: FlowRecord[] = [];
    for (const window of windows) {
      for (const record of this.#open.get(window)?.values() ?? []) records.push(record);
      this.#open.delete(window);
    }
    this.#openRecords -= records.length;
    const slots = Map.groupBy(records, ({ end }) => Math.floor(end / SLOT_SECONDS));
    for (const slot of [...slots.keys()].sort((a, b) => a - b)) {
      this.#ready.push({ endSeconds: (slot + 1) * SLOT_SECONDS, records: slots.get(slot)! });
    }
  }
}

type Piece = Pick<FlowRecord, 'start' | 'end' | 'packets' | 'bytes' | 'tcpFlags'>;

function add(record: FlowRecord, piece: Piece): void {
  record.start = Math.min(record.start, piece.start);
  record.end = Math.max(record.end, piece.end);
  record.packets += piece.packets;
  record.bytes += piece.bytes;
  const isKnown = record.tcpFlags !== undefined && piece.tcpFlags !== undefined;
  record.tcpFlags = isKnown ? record.tcpFlags! | piece.tcpFlags! : undefined;
}

function smallest(periods: ReadonlyMap<number, unknown>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const period of periods.keys()) if (period < least) least = period;
  return least;
}

/** Time of a packet by its index. */
function timeOf({ firstSeconds, lastSeconds, side }: Burst, index: number): number {
  if (index === 0 || side.packets < 2) return firstSeconds;
  return firstSeconds + ((lastSeconds - firstSeconds) * index) / (side.packets - 1);
}

/** Index of the first packet after `from` at or after a time, by bisection: times never fall, and any number of packets may share one. */
function firstPacketAt(burst: Burst, seconds: number, from: number): number {
  let low = from + 1;
  let high = burst.side.packets;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (timeOf(burst, middle) < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bytesBefore({ packets, bytes }: Side, count: number): number {
  return count === packets ? bytes : Math.floor(bytes * (count / packets));
}

function flagsOf({ flags }: Side, isFirst: boolean, isLast: boolean): number | undefined {
  if (flags === undefined) return undefined;
  return (isFirst ? flags & OPENING : 0) | (isLast ? flags & CLOSING : 0);
}
