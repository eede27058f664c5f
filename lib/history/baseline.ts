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
  /** Bloom filter of the servers and services that answered: 1,024 bits, three a place. */
  readonly places: Uint8Array;
}

const PLACES_BITS = 1_024;
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
  const places = new Uint8Array(PLACES_BITS / 8);
  for (const { server, service, answered, hours: series } of asClient) {
    if (
      !answered ||
      !series.starts.some((hour, i) => dayOf(hour) === start && series.failedWindows[i] !== series.windows[i])
    ) {
      continue;
    }
    for (const bit of placeBits(server.address, service)) places[bit >> 3] |= 1 << (bit & 7);
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
    places,
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

function placeBits(server: string, service: string): number[] {
  const hash = hostHash(`${server} ${service}`);
  return Array.from({ length: BITS_A_PLACE }, (_, i) => (hash >>> (i * BITS_WIDTH)) & (PLACES_BITS - 1));
}

/** The baseline of one host from its days, `undefined` while they are too few. */
export function baselineOf(learned: readonly LearnedDay[], endSeconds: number): Baseline | undefined {
  if (learned.length < baselineLearningDays) return undefined;
  const days = [...learned].sort((a, b) => a.start - b.start);
  const places = new Uint8Array(PLACES_BITS / 8);
  for (const day of days) for (const [i, byte] of day.places.entries()) places[i] |= byte;
  const isKnown = days.every(({ services }) => services !== undefined);
  return {
    days,
    endSeconds,
    services: isKnown ? new Set(days.flatMap(({ services }) => services!)) : undefined,
    knows: (server, service) => placeBits(server, service).every((bit) => (places[bit >> 3] >>> (bit & 7)) & 1),
  };
}

/** End of the days that a baseline at `nowSeconds` is made of: the last day that ended a day ago, so that what is new is in none. */
export function baselineEnd(nowSeconds: number): number {
  return dayOf(Math.max(0, nowSeconds - DAY_SECONDS));
}
