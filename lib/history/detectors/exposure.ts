/**
 * Administration and database services that begin to answer the internet, few strangers in any one hour: the test of single hours asks for three in
 * one (lib/detectors/exposure.ts), and a port that is seldom tried has a handful a day.
 *
 * Sees: such a service of ours that answered no stranger on the host's usual days, and now three or more within a day: few in any one hour, or on
 * a host of which another such service is known to be open, since the test of single hours tells once of a host. Told once a week for each service.
 * Looks alike: a bastion that is meant to be reached from everywhere (put it on record), and one that lets in an office or two (fewer than three).
 */
import { STRANGERS_MIN } from '../../detectors/exposure.ts';
import { ADMINISTRATION_PORTS } from '../../detectors/services.ts';
import { PROTOCOL } from '../../flowlog/fields.ts';
import { DAY_SECONDS } from '../hours.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { placeOf, timesOf } from './news.ts';

export const exposureHistory: HistoryDetector = {
  name: 'open-administration-of-days',
  source: 'administration ports that answer strangers within a day, after GuardDuty PortProbeUnprotectedPort',
  alone: 'always, for the digest',
  detect: (hosts, context) => hosts.flatMap((host) => exposuresOf(host, context)),
};

function exposuresOf(
  { host, asServer, baseline }: HostHistory,
  { nowSeconds, beganSeconds }: HistoryContext,
): HistorySignal[] {
  // After a pause of the log everything would be new.
  if (baseline === undefined || beganSeconds >= baseline.endSeconds) return [];
  const ports = Map.groupBy(asServer.filter(isAnsweredVisit), ({ port }) => port);
  const isUsual = (visits: readonly Track[]) => visits.some(({ firstSeconds }) => firstSeconds < baseline.endSeconds);
  const isKnownAsOpen = [...ports.values()].some((visits) => isUsual(visits) && isSeenInAnHour(visits));
  return [...ports.values()].flatMap((visits) => {
    const tracks = visits.filter(({ lastSeconds }) => lastSeconds > nowSeconds - DAY_SECONDS);
    const strangers = strangersOf(tracks);
    if (strangers < STRANGERS_MIN || isUsual(visits)) return [];
    if (isSeenInAnHour(visits) && !isKnownAsOpen) return [];
    const signal: HistorySignal = {
      type: 'exposed-administration',
      actor: host,
      actorIsVictim: true,
      scope: placeOf(tracks[0]),
      ...timesOf(tracks),
      observed: { sources: strangers, bytesReceived: tracks.reduce((sum, track) => sum + track.bytesReceived, 0) },
      expected: { sources: 0 },
      tracks,
    };
    return [signal];
  });
}

function isAnsweredVisit({ client, port, protocol, answered, packetsSent }: Track): boolean {
  return !client.isOurs && answered && packetsSent > 0 && protocol === PROTOCOL.tcp && ADMINISTRATION_PORTS.has(port);
}

const strangersOf = (tracks: readonly Track[]) => new Set(tracks.map(({ client }) => client.address)).size;

/** Whether the test of single hours sees it too: as many strangers were answered within one. */
function isSeenInAnHour(tracks: readonly Track[]): boolean {
  const hours = new Map<number, Track[]>();
  for (const track of tracks) {
    const { starts, windows, failedWindows } = track.hours;
    for (const [i, start] of starts.entries()) {
      if (windows[i] !== failedWindows[i]) hours.set(start, [...(hours.get(start) ?? []), track]);
    }
  }
  return [...hours.values()].some((ofHour) => strangersOf(ofHour) >= STRANGERS_MIN);
}
