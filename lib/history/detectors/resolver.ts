/**
 * Name servers of a host's own choice, told by its usual days (GuardDuty's UnusualDNSResolver, UnusualDoTActivity, UnusualDoHActivity).
 *
 * Sees: a host of ours that is answered by a name server outside, plain, over TLS, or over HTTPS at a known public resolver, which it did not ask
 * on its usual days.
 * Looks alike: resolvers of ours (they serve names), a new setting for all (popular), and programs that ask many name servers.
 */
import { PUBLIC_RESOLVERS } from '../../detectors/resolver.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNewSinceBaseline, isPopular, isTimeOrNothing } from './news.ts';

/** Answers of one server: fewer are a try. */
const ANSWERS_MIN = 10;

/** Name servers outside that a host may ask so that another one is news. */
const SERVERS_MAX = 3;

export const resolverHistory: HistoryDetector = {
  name: 'new-name-servers',
  source: 'public resolvers without precedent, after GuardDuty UnusualDNSResolver, DoT and DoH',
  alone: 'always',
  detect: (hosts, context) => hosts.flatMap((host) => signalsOf(host, context)),
};

function signalsOf(host: HostHistory, context: HistoryContext): HistorySignal[] {
  if (host.asServer.some(({ port, answered }) => port === 53 && answered)) return [];
  const asked = host.asClient.filter(
    (track) => isNameService(track) && isAnsweredCall(track) && !isTimeOrNothing(track),
  );
  if (new Set(asked.map(({ server }) => server.address)).size > SERVERS_MAX) return [];
  return asked
    .filter(({ packetsReceived }) => packetsReceived >= ANSWERS_MIN)
    .filter((track) => isNewSinceBaseline(host, track, context) && !isPopular(track, context))
    .map((track) => ({
      type: 'unusual-resolver',
      actor: host.host,
      actorIsVictim: false,
      scope: track.server.address,
      firstSeconds: track.firstSeconds,
      lastSeconds: track.lastSeconds,
      observed: { answers: track.packetsReceived, bytesSent: track.bytesSent, bytesReceived: track.bytesReceived },
      expected: { answers: ANSWERS_MIN },
      tracks: [track],
    }));
}

function isNameService({ port, server }: Track): boolean {
  return port === 53 || port === 853 || (port === 443 && PUBLIC_RESOLVERS.has(server.address));
}
