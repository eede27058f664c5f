/**
 * Long connections, after RITA, which grades them at 1, 4, 8 and 12 hours.
 *
 * Sees: a host of ours that keeps one connection to a new place outside open for four hours or more, in which little is sent.
 * Looks alike: chat, push and database clients; they have always been connected, or to places that many hosts call. Downloads and streams carry
 * far more. What is left is told in the digest only.
 */
import { PROTOCOL } from '../../flowlog/fields.ts';
import { HOUR_SECONDS } from '../hours.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNew, isPopular, placeOf } from './news.ts';

/** RITA's second mark, which it calls medium. */
const SECONDS_MIN = 4 * HOUR_SECONDS;

/** Mean bytes a second both ways: a shell with somebody at it needs a tenth of it, a stream a hundred times as much. */
const BYTES_PER_SECOND_MAX = 2_000;

/** Flows for every five minutes: one connection is a record a minute at the most, and none is to be many short ones. */
const FLOWS_PER_WINDOW_MAX = 6;

export const longConnection: HistoryDetector = {
  name: 'long-connection',
  source: 'connections of four hours and more, after RITA',
  alone: 'always, for the digest',
  detect: (hosts, context) =>
    hosts.flatMap((host) => host.asClient.flatMap((track) => longOf(host, track, context) ?? [])),
};

function longOf(host: HostHistory, track: Track, context: HistoryContext): HistorySignal | undefined {
  if (track.protocol !== PROTOCOL.tcp || track.lastSeconds - track.firstSeconds < SECONDS_MIN) return undefined;
  if (!isAnsweredCall(track) || !isNew(host, track, context) || isPopular(track, context)) return undefined;
  if (track.flows > track.windows * FLOWS_PER_WINDOW_MAX) return undefined;
  const { firstSeconds, lastSeconds } = track.presence;
  const seconds = lastSeconds - firstSeconds;
  const bytesPerSecond = (track.bytesSent + track.bytesReceived) / (track.lastSeconds - track.firstSeconds);
  if (seconds < SECONDS_MIN || bytesPerSecond > BYTES_PER_SECOND_MAX) return undefined;
  return {
    type: 'long-connection',
    actor: host.host,
    actorIsVictim: false,
    scope: placeOf(track),
    firstSeconds,
    lastSeconds,
    observed: {
      hours: Number((seconds / HOUR_SECONDS).toPrecision(3)),
      bytesPerSecond: Number(bytesPerSecond.toPrecision(3)),
    },
    expected: { hours: SECONDS_MIN / HOUR_SECONDS },
    tracks: [track],
  };
}
