/**
 * What is new for a host, and what of it is worth a look.
 */
import { CALLERS_SHARE_MAX } from '../../detectors/beacon.ts';
import { isTimeOrNothing as isTimeOrNothingAt } from '../../detectors/services.ts';
import { PROTOCOL } from '../../flowlog/fields.ts';
import { HOUR_SECONDS } from '../hours.ts';
import type { HistoryContext } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';

/**
 * Time that must have been looked at before something counts as new for a host whose baseline is still learning: programs that call every
 * half an hour have shown themselves by then.
 */
const HEAD_START_SECONDS = HOUR_SECONDS;

/** Whether the host had no such track in its usual days nor at the beginning of what is looked back on. */
export function isNew({ baseline }: HostHistory, track: Track, { beganSeconds }: HistoryContext): boolean {
  if (track.firstSeconds < beganSeconds + HEAD_START_SECONDS) return false;
  if (baseline === undefined) return true;
  return track.firstSeconds >= baseline.endSeconds && !baseline.knows(track.server.address, track.service);
}

/** As `isNew`, for a host that has usual days: strict enough for what happens once. */
export function isNewSinceBaseline(host: HostHistory, track: Track, context: HistoryContext): boolean {
  return host.baseline !== undefined && isNew(host, track, context);
}

/** Whether our host called a stranger over TCP or UDP and was answered. */
export function isAnsweredCall({ server, protocol, answered, flows, bytesReceived }: Track): boolean {
  if (server.isOurs || !answered || flows === 0 || bytesReceived === 0) return false;
  return protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp;
}

/** The service word of a track: port | protocol << 16. */
export const serviceOf = ({ port, protocol }: Track): number => (protocol << 16) | port;

/** Whether the calls only ask for the time, or carry no data. */
export const isTimeOrNothing = (track: Track): boolean =>
  isTimeOrNothingAt(serviceOf(track), track.bytesSent / track.packetsSent, track.bytesReceived / track.packetsReceived);

/** Whether so many of our hosts call the place that no single one is worth a word; two hosts may share a program. */
export function isPopular({ server, port, protocol }: Track, context: HistoryContext): boolean {
  const callers = context.prevalence(server.address, port, protocol)?.callers ?? 1;
  return callers > Math.max(2, context.callers * CALLERS_SHARE_MAX);
}

/** Scope of what is about a service of one place. */
export const placeOf = ({ server, service }: Track): string => `${server.address} ${service}`;

/** The first and last second of tracks. */
export function timesOf(tracks: readonly Track[]): { readonly firstSeconds: number; readonly lastSeconds: number } {
  return {
    firstSeconds: tracks.reduce((first, track) => Math.min(first, track.firstSeconds), Number.POSITIVE_INFINITY),
    lastSeconds: tracks.reduce((last, track) => Math.max(last, track.lastSeconds), 0),
  };
}
