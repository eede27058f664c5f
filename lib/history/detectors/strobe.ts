/**
 * Strobes, after RITA: more than one connection a second for a day.
 *
 * Sees: a host of ours that has begun to connect to one place more than 86,400 times a day, or as often as that for six hours.
 * Looks alike: busy programs at an interface outside. They have always called, or many hosts do; a new one is told.
 */
import { DAY_SECONDS, HOUR_SECONDS } from '../hours.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNew, isPopular, placeOf } from './news.ts';

/** Connections a second; RITA's mark is 86,400 a day. */
export const RATE_MIN = 1;

/** Hours that it must have gone on at that rate: a load test is over by then. */
export const HOURS_MIN = 6;

export const strobe: HistoryDetector = {
  name: 'strobe',
  source: 'more than 86,400 connections a day, after RITA',
  alone: 'always',
  detect: (hosts, context) =>
    hosts.flatMap((host) => host.asClient.flatMap((track) => strobeOf(host, track, context) ?? [])),
};

function strobeOf(host: HostHistory, track: Track, context: HistoryContext): HistorySignal | undefined {
  if (track.flows < RATE_MIN * HOURS_MIN * HOUR_SECONDS || !isAnsweredCall(track)) return undefined;
  if (!isNew(host, track, context) || isPopular(track, context)) return undefined;
  const { starts, flows } = track.hours;
  const busy = [...starts.keys()].filter(
    (i) => starts[i] > track.lastSeconds - DAY_SECONDS && flows[i] >= RATE_MIN * HOUR_SECONDS,
  );
  if (busy.length < HOURS_MIN) return undefined;
  const perHour = busy.reduce((sum, i) => sum + flows[i], 0) / busy.length;
  return {
    type: 'strobe',
    actor: host.host,
    actorIsVictim: false,
    scope: placeOf(track),
    firstSeconds: track.firstSeconds,
    lastSeconds: track.lastSeconds,
    observed: { connectionsPerSecond: Number((perHour / HOUR_SECONDS).toPrecision(3)), hours: busy.length },
    expected: { connectionsPerSecond: RATE_MIN, hours: HOURS_MIN },
    tracks: [track],
  };
}
