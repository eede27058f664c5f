/**
 * What is usual for a host of ours: one entry a day, kept for `baselineDaysMax` days. Days are folded from tracks and replaced as a
 * whole when late objects change them, so that learning twice is learning once, and old days fall away by themselves.
 */
import type { Host } from '../findings/finding.ts';
import { baselineLearningDays, baselineServicesMax } from '../limits.ts';
import { DAY_SECONDS, dayOf, hourOfDay } from './hours.ts';
import type { HostHistory, TrackHours } from './track.ts';
import { hostHash } from './track-rows.ts';

/** A day of one host, "out" being from it to strangers. */
export interface BaselineDay {
  /** Start of the day in UTC, Unix seconds. */
  readonly start: number;
  /** Bit i: seen in hour i of the day. */
  readonly hours: number;
  readonly bytesOut: number;
  /** Bytes out of its busiest hour. */
  readonly bytesOutHourMost: number;
  /** Most bytes out to one stranger within an hour; `undefined` where the day was learned before that was. */
  readonly bytesOutPlaceHourMost?: number;
  /** Distinct strangers that it called and that answered. */
  readonly peers: number;
}

/** The whole days of one host that ended a day or more ago. */
export interface Baseline {
  /** Days with traffic of the host, `baselineLearningDays` at least. */
  readonly days: readonly BaselineDay[];
  /** End of the last day that may be among them, Unix seconds: what came after is to be compared with it. */
  readonly endSeconds: number;
  /** Services of strangers that it used, such as "443/tcp"; `undefined` where they were too many to keep. */
  readonly services: ReadonlySet<string> | undefined;
  /** Whether it was ever answered by this server at this service; may say yes by mistake (Bloom filter), never no. */
  knows(server: string, service: string): boolean;
}

/** A day of one host as it is kept. */
export interface LearnedDay extends BaselineDay {
  readonly host: string;
  /** `undefined`: more than are kept. */
  readonly services: readonly string[] | undefined;
  /** Bloom filter of the servers and services that answered, three bits a place. */
  readonly places: Uint8Array;
}

/**
 * Bits of a day's filter: 32 for each place, so that over thirty days two strangers of a hundred at most are taken for known, but no more than busy
 * hosts are worth. Powers of two; days learned before had the least, whatever their places.
 */
const PLACE_BITS = 32;
const FILTER_BITS_MIN = 1_024;
const FILTER_BITS_MAX = 65_536;
const BITS_A_PLACE = 3;
const BITS_WIDTH = 10;

/** What a host did on the day that begins at `start`; `undefined` where it was not seen. */
export function learnDay(history: Omit<HostHistory, 'baseline'>, start: number): LearnedDay | undefined {
  const { host, hours, asClient } = history;
  let mask = 0;
  let bytesOut = 0;
  let bytesOutHourMost = 0;
  for (const [i, hour] of hours.starts.entries()) {
    if (dayOf(hour) !== start) continue;
    mask |= 1 << hourOfDay(hour);
    bytesOut += hours.bytesOut[i];
    bytesOutHourMost = Math.max(bytesOutHourMost, hours.bytesOut[i]);
  }
  if (mask === 0) return undefined;
  const peers = new Set<string>();
  const services = new Set<string>();
  const places = new Set<string>();
  for (const { server, service, answered, hours: series } of asClient) {
    if (
      !answered ||
      !series.starts.some((hour, i) => dayOf(hour) === start && series.failedWindows[i] !== series.windows[i])
    ) {
      continue;
    }
    places.add(placeName(server.address, service));
    if (server.isOurs) continue;
    peers.add(server.address);
    services.add(service);
  }
  const kept = services.size <= baselineServicesMax ? [...services].sort() : undefined;
  return {
    host: host.address,
    start,
    hours: mask,
    bytesOut,
    bytesOutHourMost,
    bytesOutPlaceHourMost: bytesOutPlaceHourMost(history, start),
    peers: peers.size,
    services: kept,
    places: filterOf(places),
  };
}

/** Whoever opened the connection, and over whichever service. */
function bytesOutPlaceHourMost(
  { asClient, asServer }: Pick<HostHistory, 'asClient' | 'asServer'>,
  start: number,
): number {
  const places = new Map<string, Map<number, number>>();
  let most = 0;
  const add = (place: Host, { starts }: TrackHours, bytes: Float64Array) => {
    if (place.isOurs) return;
    const sums = places.get(place.address) ?? new Map<number, number>();
    places.set(place.address, sums);
    for (const [i, hour] of starts.entries()) {
      if (dayOf(hour) !== start) continue;
      const sum = (sums.get(hour) ?? 0) + bytes[i];
      sums.set(hour, sum);
      most = Math.max(most, sum);
    }
  };
  for (const { server, hours } of asClient) add(server, hours, hours.bytesSent);
  for (const { client, hours } of asServer) add(client, hours, hours.bytesReceived);
  return most;
}

const placeName = (server: string, service: string) => `${server} ${service}`;

function filterOf(places: ReadonlySet<string>): Uint8Array {
  let bits = FILTER_BITS_MIN;
  while (bits < FILTER_BITS_MAX && bits < places.size * PLACE_BITS) bits *= 2;
  const filter = new Uint8Array(bits / 8);
  for (const place of places) for (const bit of placeBits(place, bits)) filter[bit >> 3] |= 1 << (bit & 7);
  return filter;
}

function placeBits(place: string, bits: number): number[] {
  // As the first version of the file had it.
  const hash = hostHash(place);
  if (bits === FILTER_BITS_MIN)
    return Array.from({ length: BITS_A_PLACE }, (_, i) => (hash >>> (i * BITS_WIDTH)) & (FILTER_BITS_MIN - 1));
  return Array.from({ length: BITS_A_PLACE }, (_, i) => hostHash(`${i} ${place}`) & (bits - 1));
}

/** Whether one of the filters holds a place; each is asked by itself, since all together would be full within weeks. */
function isIn(filters: readonly Uint8Array[], place: string): boolean {
  const positions = new Map<number, readonly number[]>();
  return filters.some((filter) => {
    const bits = filter.length * 8;
    const known = positions.get(bits) ?? placeBits(place, bits);
    positions.set(bits, known);
    return known.every((bit) => (filter[bit >> 3] >>> (bit & 7)) & 1);
  });
}

/** The baseline of one host from its days, `undefined` while they are too few. */
export function baselineOf(learned: readonly LearnedDay[], endSeconds: number): Baseline | undefined {
  if (learned.length < baselineLearningDays) return undefined;
  const days = [...learned].sort((a, b) => a.start - b.start);
  const filters = days.map(({ places }) => places);
  const isKnown = days.every(({ services }) => services !== undefined);
  return {
    days,
    endSeconds,
    services: isKnown ? new Set(days.flatMap(({ services }) => services!)) : undefined,
    knows: (server, service) => isIn(filters, placeName(server, service)),
  };
}

/** End of the days that a baseline at `nowSeconds` is made of: the last day that ended a day ago, so that what is new is in none. */
export function baselineEnd(nowSeconds: number): number {
  return dayOf(Math.max(0, nowSeconds - DAY_SECONDS));
}
