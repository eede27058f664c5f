/**
 * Lateral movement: a host of ours logs in to another one for the first time.
 *
 * Sees: an answered session of a host with usual days to an administration service of a host of ours that it never used.
 * Looks alike: a new administrator or a new file share. Who administers several hosts anyway (bastions, automation, monitoring) is left
 * alone, and SMB and RPC, which every Windows host speaks with some others, count from three new hosts on. One new host is what every administrator
 * has now and then and is for the digest; who goes from one to the next is told at once.
 */
import { LATERAL_PORTS } from '../../detectors/services.ts';
import { PROTOCOL } from '../../flowlog/fields.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isNewSinceBaseline, timesOf } from './news.ts';

/** Hosts that one has administered from which on another one is no news. */
const USUAL_HOSTS_MAX = 2;

/** Windows file sharing and RPC, and the new hosts from which on they count. */
const SHARING_PORTS: ReadonlySet<number> = new Set([135, 139, 445]);
const SHARING_HOSTS_MIN = 3;

/** New hosts from which on it is more than one login. */
const MOVES_MIN = 2;

/** Bytes both ways of a login with something done: an SSH key exchange alone takes five thousand. */
const BYTES_MIN = 6_000;

export const lateralMovement: HistoryDetector = {
  name: 'new-edges',
  source: 'first sessions between two hosts of ours on administration ports',
  alone: `always, for the digest below ${MOVES_MIN} new hosts`,
  detect: (hosts, context) => hosts.flatMap((host) => movesOf(host, context) ?? []),
};

function movesOf(host: HostHistory, context: HistoryContext): HistorySignal | undefined {
  const sessions = host.asClient.filter(isSession);
  const moves = [...Map.groupBy(sessions, ({ port }) => port)].flatMap(([port, ofPort]) => {
    const fresh = ofPort.filter((track) => isNewSinceBaseline(host, track, context));
    const usual = new Set(ofPort.filter((track) => !fresh.includes(track)).map(({ server }) => server.address));
    if (usual.size > USUAL_HOSTS_MAX) return [];
    const servers = new Set(fresh.map(({ server }) => server.address));
    return SHARING_PORTS.has(port) && servers.size < SHARING_HOSTS_MIN ? [] : fresh;
  });
  if (moves.length === 0) return undefined;
  const newHosts = new Set(moves.map(({ server }) => server.address)).size;
  return {
    type: 'lateral-movement',
    actor: host.host,
    actorIsVictim: false,
    scope: ANYWHERE,
    ...(newHosts < MOVES_MIN ? { severity: 'low' as const } : {}),
    ...timesOf(moves),
    observed: {
      newHosts,
      bytesSent: moves.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
      bytesReceived: moves.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    },
    expected: { newHosts: 0 },
    tracks: moves,
  };
}

function isSession({ server, port, protocol, answered, bytesSent, bytesReceived }: Track): boolean {
  if (!server.isOurs || !answered || protocol !== PROTOCOL.tcp || !LATERAL_PORTS.has(port)) return false;
  return bytesSent + bytesReceived >= BYTES_MIN;
}
