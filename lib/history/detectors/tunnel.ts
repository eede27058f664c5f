/**
 * Tunnels that a host never had: IPsec, GRE, IPv6 in IPv4 and their like with a stranger.
 *
 * Sees: such a protocol in both directions that the host did not exchange with that stranger on its usual days.
 * Looks alike: a VPN that was set up today.
 */
import { GATEWAY_PROTOCOLS } from '../../detectors/tunnel.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isNewSinceBaseline } from './news.ts';

/** Bytes both ways: keepalives of a tunnel that nobody uses stay below. */
const BYTES_MIN = 50_000;

export const tunnelHistory: HistoryDetector = {
  name: 'new-tunnels',
  source: 'protocols of gateways without precedent',
  alone: 'always',
  detect: (hosts, context) =>
    hosts.flatMap((host) => host.asClient.flatMap((track) => tunnelOf(host, track, context) ?? [])),
};

function tunnelOf(host: HostHistory, track: Track, context: HistoryContext): HistorySignal | undefined {
  const { server, protocol, answered, bytesSent, bytesReceived } = track;
  if (server.isOurs || !GATEWAY_PROTOCOLS.has(protocol) || !answered) return undefined;
  if (bytesSent + bytesReceived < BYTES_MIN || !isNewSinceBaseline(host, track, context)) return undefined;
  return {
    type: 'odd-protocol',
    actor: host.host,
    actorIsVictim: false,
    scope: server.address,
    firstSeconds: track.firstSeconds,
    lastSeconds: track.lastSeconds,
    observed: { bytesSent, bytesReceived },
    expected: {},
    tracks: [track],
  };
}
