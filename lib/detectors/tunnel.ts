/**
 * Tunnels over protocols that carry no programs.
 *
 * Sees: pings to or from a stranger whose answers are not as long as their questions, since an echo reply repeats its request (RFC 792,
 * RFC 4443); and any protocol but TCP, UDP and ICMP that goes both ways with a stranger.
 * Looks alike: pings of all sizes (answered in kind), floods (hardly answered), and the tunnels of VPN gateways: whether IPsec, GRE or IPv6 in
 * IPv4 is new for a host only its history can tell (lib/history/detectors/tunnel.ts).
 */
import { PROTOCOL } from '../flowlog/fields.ts';
import type { Detector, Signal } from './detector.ts';
import { isIcmp } from './services.ts';
import { type Sight, sightsOn } from './sight.ts';

/** Bytes both ways in five minutes: a shell in a tunnel needs tens of kilobytes, stray messages of routers hundreds of bytes. */
const BYTES_MIN = 50_000;

/** Mean bytes by which questions and answers differ: more than options and rounding, less than a line of text. */
const DIFFERENCE_BYTES_MIN = 16;

/** Packets each way: below, a lost answer moves the mean. */
const PACKETS_MIN = 20;

/** Protocols by which routers and gateways carry networks: IPv4 and IPv6 in IPv4, GRE, ESP, AH, EtherIP, L2TP (IANA protocol numbers). */
export const GATEWAY_PROTOCOLS: ReadonlySet<number> = new Set([4, 41, 47, 50, 51, 97, 115]);

const isOdd = (service: number) => {
  const protocol = service >>> 16;
  if (protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp || isIcmp(service)) return false;
  return !GATEWAY_PROTOCOLS.has(protocol);
};

export const tunnel: Detector = {
  name: 'odd-protocol',
  source: 'echo replies repeat their requests (RFC 792); protocols without programs',
  alone: 'always',
  detect: (scored) =>
    sightsOn(scored, { isService: (service) => isIcmp(service) || isOdd(service) }, isExchange).flatMap(
      (sight): Signal[] => {
        if (!isIcmp(sight.service)) return [signalOf(sight, 'odd-protocol')];
        return isUneven(sight) ? [signalOf(sight, 'icmp-tunnel')] : [];
      },
    ),
};

/** Whether the two, of which one is ours, exchange enough to be a tunnel. */
function isExchange({ clientIsOurs, serverIsOurs, packetsSent, packetsReceived, bytesSent, bytesReceived }: Sight) {
  if (clientIsOurs === serverIsOurs) return false;
  return Math.min(packetsSent, packetsReceived) >= PACKETS_MIN && bytesSent + bytesReceived >= BYTES_MIN;
}

function isUneven({ packetsSent, packetsReceived, bytesSent, bytesReceived }: Sight): boolean {
  return Math.abs(bytesSent / packetsSent - bytesReceived / packetsReceived) >= DIFFERENCE_BYTES_MIN;
}

/** The host of ours is the actor, whoever spoke first. */
function signalOf({ client, server, clientIsOurs, window, position }: Sight, type: string): Signal {
  return {
    class: 'other-attack',
    type,
    actor: clientIsOurs ? client : server,
    actorIsVictim: !clientIsOurs,
    scope: clientIsOurs ? server : client,
    window,
    suffices: true,
    positions: [position],
  };
}
