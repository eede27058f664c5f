/**
 * Beacons over a day, after RITA (Active Countermeasures): a score of four equal parts, for the gaps between contacts, the sizes, the spread
 * over the hours, and the time that it has gone on.
 *
 * Sees: a host of ours that calls one place outside at even times with even sizes and has begun to.
 * Looks alike: updaters, telemetry, chat and push clients, pollers. Most have always called and are in the host's usual days, or half of all
 * hosts call there; what a user starts anew is not told apart, so that it is for the digest until the host has usual days. A client with many such places is a peer-to-peer program. Within the first hours
 * the forest must find command and control likely at least once, which rules out what looks like everyday traffic.
 */
import { CONTACT_BYTES_MAX, CONTACTS_MIN, HOMES_MAX } from '../../detectors/beacon.ts';
import { regularity } from '../../detectors/regularity.ts';
import { momentsMax } from '../../limits.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../hours.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNew, isPopular, isTimeOrNothing, placeOf } from './news.ts';

/** Shortest time of regular contacts: an hour, less the edges. */
const SPAN_SECONDS_MIN = 3_000;

/** Time after which the forest is not asked: RITA's duration score begins at six hours. */
export const LONG_SECONDS = 6 * HOUR_SECONDS;

/** Time that counts as going on all day; RITA's default is twelve hours. */
const IDEAL_SECONDS = 12 * HOUR_SECONDS;

/** Score of the four parts from which on it is a beacon, 0 to 1; RITA's second band begins here. */
const SCORE_MIN = 0.7;

/** The same while the host has no usual days: every page that refreshes itself is new then. */
const LEARNING_SCORE_MIN = 0.8;

/** Each of gaps and sizes must be as even as this for itself, so that a long time cannot make up for odd ones. */
export const EVEN_MIN = 0.7;

/**
 * Probability that the forest must give command and control in one window before that: of calls that keep time, and of calls that are shifted on
 * purpose, as implants do and timers do not (Cobalt Strike's jitter). Chosen on simulated networks.
 */
const FOREST_MIN = 0.9;
const JITTERED_FOREST_MIN = 0.5;
const JITTERED_GAPS_SCORE_MAX = 0.95;

/** Deviation of the bytes of flows, in octaves, that is worth nothing. RITA's size score is of quartiles, which a task now and then does not move. */
const UNEVEN_OCTAVES = 2;

export const beaconHistory: HistoryDetector = {
  name: 'day-beacon',
  source: 'regularity of gaps, sizes and hours over a day, after RITA',
  alone: `after six hours; before, where the forest gives command and control ${FOREST_MIN} or more in one of the windows, ${JITTERED_FOREST_MIN} where the gaps vary; for the digest while the host has no usual days`,
  detect: (hosts, context) =>
    hosts.flatMap((host) => {
      const signals = host.asClient.flatMap((track) => beaconOf(host, track, context) ?? []);
      return signals.length <= HOMES_MAX ? signals : [];
    }),
};

function beaconOf(host: HostHistory, track: Track, context: HistoryContext): HistorySignal | undefined {
  if (!isAnsweredCall(track) || !isNew(host, track, context) || isTimeOrNothing(track)) return undefined;
  if (isPopular(track, context) || track.flows < CONTACTS_MIN) return undefined;
  const from = track.lastSeconds - DAY_SECONDS;
  const moments = [...track.moments].filter((moment) => moment >= from);
  if (moments.length < CONTACTS_MIN || contactBytes(track) > CONTACT_BYTES_MAX) return undefined;
  const spanSeconds = moments.at(-1)! - firstOf(track, moments, from);
  if (spanSeconds < SPAN_SECONDS_MIN) return undefined;
  const gaps = regularity(moments);
  const forestMin = gaps.score < JITTERED_GAPS_SCORE_MAX ? JITTERED_FOREST_MIN : FOREST_MIN;
  const isKnownByForest = (track.probabilities['command-and-control'] ?? 0) >= forestMin;
  if (spanSeconds < LONG_SECONDS && !isKnownByForest) return undefined;
  const sizes = sizesScore(track);
  const score = (gaps.score + sizes + hoursScore(moments) + Math.min(1, spanSeconds / IDEAL_SECONDS)) / 4;
  const scoreMin = host.baseline === undefined ? LEARNING_SCORE_MIN : SCORE_MIN;
  if (Math.min(gaps.score, sizes) < EVEN_MIN || score < scoreMin) return undefined;
  return {
    type: 'beacon',
    actor: host.host,
    actorIsVictim: false,
    scope: placeOf(track),
    firstSeconds: track.firstSeconds,
    lastSeconds: track.lastSeconds,
    ...(host.baseline === undefined ? { severity: 'low' as const } : {}),
    observed: {
      score: rounded(score),
      contacts: moments.length,
      secondsBetween: gaps.medianSeconds,
      bytesSentPerContact: rounded(contactBytes(track)),
      hours: rounded(spanSeconds / HOUR_SECONDS),
    },
    expected: { score: scoreMin },
    tracks: [track],
  };
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** First contact of the day. Where more moments came than are kept, the day's first hour with contact tells. */
function firstOf({ firstSeconds, hours }: Track, moments: readonly number[], from: number): number {
  if (moments.length < momentsMax) return moments[0];
  return Math.max(firstSeconds, hours.starts.find((start) => start >= from) ?? moments[0]);
}

/** Bytes of a contact: the mean of the hour in the middle, so that an upload by the same way does not hide the calls around it. */
function contactBytes(track: Track): number {
  const means = hourMeans(track);
  return means.length < CONTACTS_MIN ? track.bytesSent / track.flows : medianOf(means);
}

/** Mean bytes of the flows of each hour. */
const hourMeans = ({ hours }: Track) => [...hours.bytesSent].map((sum, i) => sum / Math.max(1, hours.flows[i]));

/**
 * How even the sizes are, 0 to 1. A few contacts that fail, or are cut in two by the end of a record, outweigh all others in the deviation of flows.
 * So the median deviation of the hours' means counts as well, as of RITA's quartiles, times the root of the contacts that a mean is of.
 */
function sizesScore(track: Track): number {
  const ofFlows = Math.max(0, 1 - track.bytesOctavesDeviation / UNEVEN_OCTAVES);
  const means = hourMeans(track);
  if (means.length < CONTACTS_MIN) return ofFlows;
  const middle = medianOf(means);
  const deviation = medianOf(means.map((mean) => Math.abs(mean - middle))) * Math.sqrt(track.flows / means.length);
  return middle > 0 ? Math.max(ofFlows, 1 - deviation / middle) : ofFlows;
}

/** The upper one of two in the middle. */
const medianOf = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** RITA's histogram score without its second mode: 1 − coefficient of variation of the contacts of whole hours. */
function hoursScore(moments: readonly number[]): number {
  const hours = Math.floor((moments.at(-1)! - moments[0]) / HOUR_SECONDS);
  if (hours < 2) return 1;
  const counts = new Array<number>(hours).fill(0);
  for (const moment of moments) {
    const hour = Math.floor((moment - moments[0]) / HOUR_SECONDS);
    if (hour < hours) counts[hour]++;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / hours;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / hours;
  return Math.max(0, 1 - Math.sqrt(variance) / mean);
}
