/**
 * Uploads in equal pieces over hours and days (ATT&CK T1030, Data Transfer Size Limits).
 *
 * Sees: a host of ours that has begun to send to one place, hour after hour, nearly the same amount and far more than it gets back, 50 MB in all
 * at the least.
 * Looks alike: shipping of logs and metrics, replication and scheduled backups to one place; they have always done so, or several hosts do; calls and
 * streams over UDP, which is left out but for QUIC.
 */
import { PROTOCOL } from '../../flowlog/fields.ts';
import { HOUR_SECONDS } from '../hours.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNewSinceBaseline, placeOf } from './news.ts';

/** Bytes in all; smaller losses hide in everyday traffic. */
export const BYTES_MIN = 50_000_000;

/** Bytes out for each that came back: an upload acknowledges, a conversation answers. */
const RATIO_MIN = 10;

/** Hours with pieces. */
export const HOURS_MIN = 6;

/** Mean bytes of a five-minute window with a piece in it: telemetry and logs of one host are smaller. */
export const PIECE_BYTES_MIN = 500_000;

/** Median over the hours of the distance from the median hour, as its share: a piece more or less in an hour. */
const SPREAD_MAX = 0.5;

/** Hosts of ours that may do the same: a program of two hosts is a deployment. */
const CALLERS_MAX = 1;

export const chunks: HistoryDetector = {
  name: 'equal-pieces',
  source: 'cumulative bytes to one place in equal pieces',
  alone: 'always',
  detect: (hosts, context) =>
    hosts.flatMap((host) => host.asClient.flatMap((track) => chunksOf(host, track, context) ?? [])),
};

const carriesFiles = ({ protocol, port }: Track) => protocol === PROTOCOL.tcp || port === 443;

function chunksOf(host: HostHistory, track: Track, context: HistoryContext): HistorySignal | undefined {
  const { bytesSent, bytesReceived, windows } = track;
  if (bytesSent < BYTES_MIN || bytesSent < RATIO_MIN * bytesReceived || bytesSent < PIECE_BYTES_MIN * windows)
    return undefined;
  if (!isAnsweredCall(track) || !carriesFiles(track) || !isNewSinceBaseline(host, track, context)) return undefined;
  if ((context.prevalence(track.server.address, track.port, track.protocol)?.callers ?? 1) > CALLERS_MAX)
    return undefined;
  const hours = [...track.hours.bytesSent].filter((bytes) => bytes >= PIECE_BYTES_MIN).sort((a, b) => a - b);
  if (hours.length < HOURS_MIN) return undefined;
  const median = hours[Math.floor(hours.length / 2)];
  const distances = hours.map((bytes) => Math.abs(bytes - median)).sort((a, b) => a - b);
  if (distances[Math.floor(distances.length / 2)] > SPREAD_MAX * median) return undefined;
  return {
    type: 'chunked-exfiltration',
    actor: host.host,
    actorIsVictim: false,
    scope: placeOf(track),
    firstSeconds: track.firstSeconds,
    lastSeconds: track.lastSeconds,
    observed: {
      bytesSent,
      bytesReceived,
      hours: hours.length,
      bytesInMedianHour: median,
      hoursPassed: Math.round((track.lastSeconds - track.firstSeconds) / HOUR_SECONDS),
    },
    expected: { bytesSent: BYTES_MIN, hours: HOURS_MIN },
    tracks: [track],
  };
}
