/**
 * Services and places outside that are new for a host (GuardDuty's NetworkPortUnusual; RITA's first-seen modifier).
 *
 * Sees: a service of strangers that the host never used in its usual days; and, of a host that calls few places, one that no host of ours
 * has called.
 * Looks alike: every new version of a program. So it is told in the digest only, once a week for each host, and not of hosts that use services
 * and places of all kinds.
 */
import { CLIENT_PORTS_FROM } from '../../conversations/direction.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNewSinceBaseline, timesOf } from './news.ts';

/** Services that a host may use so that another one is news, and new ones at once: more are people, crawlers and peer-to-peer programs. */
const SERVICES_MAX = 8;
const NEW_SERVICES_MAX = 3;

/** Places that a host may call on its busiest usual day so that another one is news. */
export const PEERS_MAX = 5;
const NEW_PEERS_MAX = 3;

/** Bytes both ways: less is a probe, or nothing to lose. */
export const BYTES_MIN = 1_000;

export const strangePlaces: HistoryDetector = {
  name: 'first-contacts',
  source: 'services and places without precedent, after GuardDuty NetworkPortUnusual and RITA',
  alone: 'always, for the digest',
  detect: (hosts, context) =>
    hosts.flatMap((host) => {
      const fresh = host.asClient.filter((track) => isFresh(host, track, context));
      return [...portsOf(host, fresh), ...peersOf(host, fresh, context)];
    }),
};

function isFresh(host: HostHistory, track: Track, context: HistoryContext): boolean {
  if (!isAnsweredCall(track) || track.bytesSent + track.bytesReceived < BYTES_MIN) return false;
  return isNewSinceBaseline(host, track, context);
}

function portsOf(host: HostHistory, fresh: readonly Track[]): HistorySignal[] {
  const known = host.baseline?.services;
  if (known === undefined || known.size > SERVICES_MAX) return [];
  // Data connections and calls go to any port that systems take for their own.
  const tracks = fresh.filter(({ port, service }) => port < CLIENT_PORTS_FROM && !known.has(service));
  const services = new Set(tracks.map(({ service }) => service)).size;
  if (services === 0 || services > NEW_SERVICES_MAX) return [];
  return [signalOf(host, 'unusual-port', tracks, { services, knownServices: known.size })];
}

function peersOf(host: HostHistory, fresh: readonly Track[], context: HistoryContext): HistorySignal[] {
  const most = Math.max(0, ...(host.baseline?.days ?? []).map(({ peers }) => peers));
  if (most === 0 || most > PEERS_MAX) return [];
  const tracks = fresh.filter(
    ({ server, port, protocol }) => context.prevalence(server.address, port, protocol)?.callers === 1,
  );
  const peers = new Set(tracks.map(({ server }) => server.address)).size;
  if (peers === 0 || peers > NEW_PEERS_MAX) return [];
  return [signalOf(host, 'first-seen-peer', tracks, { peers, peersOnBusiestDay: most })];
}

function signalOf(
  { host }: HostHistory,
  type: string,
  tracks: readonly Track[],
  observed: Readonly<Record<string, number>>,
): HistorySignal {
  return {
    type,
    actor: host,
    actorIsVictim: false,
    scope: ANYWHERE,
    ...timesOf(tracks),
    observed,
    expected: {},
    tracks,
  };
}
