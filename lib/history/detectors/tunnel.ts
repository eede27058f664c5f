/**
 * Tunnels that a host never had: IPsec, GRE, IPv6 in IPv4 and their like with a stranger.
 *
 * Sees: such a protocol in both directions that the host did not exchange with that stranger on its usual days, whoever spoke first: where there are
 * no ports, that is chance.
 * Looks alike: a VPN that was set up today.
 */
import { GATEWAY_PROTOCOLS } from '../../detectors/tunnel.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isNewSinceBaseline, timesOf } from './news.ts';

/** Bytes both ways: keepalives of a tunnel that nobody uses stay below. */
const BYTES_MIN = 50_000;

export const tunnelHistory: HistoryDetector = {
  name: 'new-tunnels',
  source: 'protocols of gateways without precedent',
  alone: 'always',
  detect: (hosts, context) => hosts.flatMap((host) => tunnelsOf(host, context)),
};

/** One signal for each stranger and protocol. */
function tunnelsOf(host: HostHistory, context: HistoryContext): HistorySignal[] {
  const other = ({ client, server }: Track) => (client.address === host.host.address ? server : client);
  const carriers = [...host.asClient, ...host.asServer].filter(
    (track) => GATEWAY_PROTOCOLS.has(track.protocol) && !other(track).isOurs,
  );
  const ends = Map.groupBy(carriers, (track) => `${other(track).address} ${track.service}`);
  return [...ends.values()].flatMap((tracks) => tunnelOf(host, other(tracks[0]).address, tracks, context) ?? []);
}

function tunnelOf(host: HostHistory, stranger: string, tracks: readonly Track[], context: HistoryContext) {
  const isNew = tracks.every((track) => isNewSinceBaseline(host, track, context));
  if (!isNew || host.baseline?.knows(stranger, tracks[0].service) || !tracks.some(({ answered }) => answered)) return;
  const sum = (of: (track: Track, isOut: boolean) => number) =>
    tracks.reduce((total, track) => total + of(track, track.client.address === host.host.address), 0);
  const bytesSent = sum((track, isOut) => (isOut ? track.bytesSent : track.bytesReceived));
  const bytesReceived = sum((track, isOut) => (isOut ? track.bytesReceived : track.bytesSent));
  if (bytesSent + bytesReceived < BYTES_MIN) return;
  const signal: HistorySignal = {
    type: 'odd-protocol',
    actor: host.host,
    actorIsVictim: false,
    scope: stranger,
    ...timesOf(tracks),
    observed: { bytesSent, bytesReceived },
    expected: {},
    tracks,
  };
  return signal;
}
