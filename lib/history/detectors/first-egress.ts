/**
 * First contact with the internet of a host that only ever talked inside.
 *
 * Sees: a host of ours with usual days in none of which it was answered by a stranger or served one, and that now is answered.
 * Looks alike: an update that somebody let through, a new route. Both are rare, and worth a look.
 */
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory } from '../track.ts';
import { isAnsweredCall, isNewSinceBaseline, timesOf } from './news.ts';

/** Bytes out on a day that calls in vain and answers to knocking strangers come to, such as blocked questions for the time; content is more. */
const VAIN_BYTES_MAX = 100_000;

export const firstEgress: HistoryDetector = {
  name: 'first-egress',
  source: 'hosts without strangers in their usual days',
  alone: 'always',
  detect: (hosts, context) => hosts.flatMap((host) => egressOf(host, context) ?? []),
};

function egressOf(host: HostHistory, context: HistoryContext): HistorySignal | undefined {
  const { baseline, asClient } = host;
  if (baseline === undefined) return undefined;
  if (baseline.days.some(({ peers, bytesOut }) => peers > 0 || bytesOut > VAIN_BYTES_MAX)) return undefined;
  const calls = asClient.filter(isAnsweredCall);
  if (calls.length === 0 || !calls.every((track) => isNewSinceBaseline(host, track, context))) return undefined;
  return {
    type: 'first-internet-egress',
    actor: host.host,
    actorIsVictim: false,
    scope: ANYWHERE,
    ...timesOf(calls),
    observed: {
      peers: new Set(calls.map(({ server }) => server.address)).size,
      bytesSent: calls.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    },
    expected: { peers: 0 },
    tracks: calls,
  };
}
