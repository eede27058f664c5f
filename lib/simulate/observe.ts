import type { FlowRecord, NetworkInterface, ObservedFlow } from '../flowlog/record.ts';
import type { Random } from './random.ts';

/** Packets of one direction, evenly spaced from the first to the last. */
export interface Burst {
  /** Unix seconds, fractions allowed. */
  readonly first: number;
  readonly last: number;
  readonly packets: number;
  readonly bytes: number;
  /** TCP flags that the flow log would record of the first packet, the last packet and every packet. */
  readonly firstFlags?: number;
  readonly lastFlags?: number;
  readonly everyFlags?: number;
}

/** A flow as one interface sees it, with a key that is unique for interface, 5-tuple, direction and action. */
export interface Sight {
  readonly observer: NetworkInterface;
  readonly flow: ObservedFlow;
  readonly key: string;
}

interface Remainder {
  readonly sight: Sight;
  readonly burst: Burst;
  /** Index of the first packet not yet counted. */
  readonly next: number;
}

/** One line in about this many interface windows is SKIPDATA (our assumption; AWS gives no figure). */
const SKIP_DATA_CHANCE = 1 / 5_000;

/**
 * Cuts bursts into records as AWS does: one record per interface, 5-tuple, direction and aggregation window; start and
 * end are the seconds of the first and last packet; flags are OR-ed. A burst longer than a window is cut window by
 * window as time goes on, so memory holds open windows only.
 */
export class Observer {
  readonly #aggregationSeconds: number;
  readonly #beginSeconds: number;
  readonly #endSeconds: number;
  readonly #interfaces: readonly NetworkInterface[];
  readonly #random: Random;
  readonly #open = new Map<NetworkInterface, Map<number, Map<string, FlowRecord>>>();
  /** By the aggregation period, counted from zero phase, in which the next packet lies. */
  readonly #later = new Map<number, Remainder[]>();
  #now: number;

  constructor(options: {
    aggregationSeconds: number;
    beginSeconds: number;
    endSeconds: number;
    interfaces: readonly NetworkInterface[];
    random: Random;
  }) {
    this.#aggregationSeconds = options.aggregationSeconds;
    this.#beginSeconds = options.beginSeconds;
    this.#endSeconds = options.endSeconds;
    this.#interfaces = options.interfaces;
    this.#random = options.random;
    this.#now = options.beginSeconds;
    for (const own of options.interfaces) this.#open.set(own, new Map());
  }

  /** Counts what the interface sees; interfaces that do not log see nothing. */
  see(sight: Sight, burst: Burst): void {
    if (burst.packets > 0 && this.#open.has(sight.observer)) this.#cut(sight, burst, 0);
  }

  /** Makes all pieces that begin before `until` part of their windows. */
  advance(until: number): void {
    const last = Math.ceil(until / this.#aggregationSeconds) - 1;
    for (let period = Math.floor(this.#now / this.#aggregationSeconds); period <= last; period++) {
      const remainders = this.#later.get(period);
      if (!remainders) continue;
      this.#later.delete(period);
      for (const { sight, burst, next } of remainders) this.#cut(sight, burst, next);
    }
    this.#now = until;
  }

  /** Takes out the records of all windows that end by `until`; an interface without any gets a NODATA line. */
  *close(from: number, until: number): Generator<FlowRecord> {
    for (const observer of this.#interfaces) {
      const windows = this.#open.get(observer)!;
      for (let window = this.#windowOf(observer, from - 1); ; window++) {
        const end = Math.min(this.#startOf(observer, window + 1), this.#endSeconds);
        if (end > until) break;
        if (end <= from) continue;
        const start = Math.max(this.#startOf(observer, window), this.#beginSeconds);
        const records = windows.get(window);
        windows.delete(window);
        if (records) yield* records.values();
        else yield emptyRecord(observer, 'NODATA', start, end - 1);
        if (this.#random.chance(SKIP_DATA_CHANCE)) yield emptyRecord(observer, 'SKIPDATA', start, end - 1);
        if (end === this.#endSeconds) break;
      }
    }
  }

  #windowOf(observer: NetworkInterface, time: number): number {
    return Math.floor((time - (observer.phaseSeconds % this.#aggregationSeconds)) / this.#aggregationSeconds);
  }

  #startOf(observer: NetworkInterface, window: number): number {
    return window * this.#aggregationSeconds + (observer.phaseSeconds % this.#aggregationSeconds);
  }

  /** Counts the packets from `next` on window by window, up to two periods ahead; the rest waits. */
  #cut(sight: Sight, burst: Burst, from: number): void {
    const { first, packets } = burst;
    const gap = packets > 1 ? (burst.last - first) / (packets - 1) : 0;
    const horizon = this.#now + 2 * this.#aggregationSeconds;
    let next = from;
    while (next < packets) {
      const time = first + next * gap;
      if (time >= this.#endSeconds) return;
      if (time >= horizon && gap > 0) {
        this.#wait(time, { sight, burst, next });
        return;
      }
      const window = this.#windowOf(sight.observer, time);
      const end = Math.min(this.#startOf(sight.observer, window + 1), this.#endSeconds);
      let stop = gap > 0 ? Math.min(packets, Math.ceil((end - first) / gap)) : packets;
      // Rounding may put the boundary one packet off; the packet's own time decides.
      while (stop > next + 1 && first + (stop - 1) * gap >= end) stop--;
      while (stop < packets && first + stop * gap < end) stop++;
      stop = Math.max(stop, next + 1);
      this.#count(sight, burst, window, next, stop, gap);
      next = stop;
    }
  }

  #wait(time: number, remainder: Remainder): void {
    const period = Math.floor(time / this.#aggregationSeconds);
    const waiting = this.#later.get(period);
    if (waiting) waiting.push(remainder);
    else this.#later.set(period, [remainder]);
  }

  #count(sight: Sight, burst: Burst, window: number, from: number, to: number, gap: number): void {
    if (burst.first + from * gap < this.#beginSeconds) return;
    const windows = this.#open.get(sight.observer)!;
    let records = windows.get(window);
    if (!records) {
      records = new Map();
      windows.set(window, records);
    }
    const bytes = bytesBefore(burst, to) - bytesBefore(burst, from);
    const firstFlags = from === 0 ? (burst.firstFlags ?? 0) : 0;
    const lastFlags = to === burst.packets ? (burst.lastFlags ?? 0) : 0;
    const flags = firstFlags | lastFlags | (burst.everyFlags ?? 0);
    const start = Math.floor(burst.first + from * gap);
    const end = Math.floor(burst.first + (to - 1) * gap);
    const record = records.get(sight.key);
    if (!record) {
      records.set(sight.key, {
        observer: sight.observer,
        status: 'OK',
        start,
        end,
        flow: sight.flow,
        packets: to - from,
        bytes,
        tcpFlags: flags,
      });
      return;
    }
    record.start = Math.min(record.start, start);
    record.end = Math.max(record.end, end);
    record.packets += to - from;
    record.bytes += bytes;
    // Unknown flags are not among what is simulated.
    record.tcpFlags = record.tcpFlags! | flags;
  }
}

/** Bytes of the first `count` packets: whole numbers whose differences add up to the total. */
function bytesBefore(burst: Burst, count: number): number {
  return count === burst.packets ? burst.bytes : Math.floor(burst.bytes * (count / burst.packets));
}

function emptyRecord(
  observer: NetworkInterface,
  status: 'NODATA' | 'SKIPDATA',
  start: number,
  end: number,
): FlowRecord {
  return { observer, status, start, end, packets: 0, bytes: 0, tcpFlags: 0 };
}
