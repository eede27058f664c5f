import type { NetworkInterface, ObservedFlow } from '../flowlog/record.ts';
import type { Peer } from './network.ts';
import type { Sight } from './observe.ts';

/** One direction of one 5-tuple on its way. */
export interface Way {
  readonly from: Peer;
  readonly to: Peer;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly protocol: number;
  readonly ipv6: boolean;
  /** What the security group of the target says, where it has one. */
  readonly fate: 'delivered' | 'rejected';
  /** It takes a way past all interfaces of ours. */
  readonly unseen?: boolean;
}

/** Everybody who logs these packets: the sender's interface, a NAT gateway's twice, the receiver's. */
export function sightsOf(way: Way): Sight[] {
  const { from, to } = way;
  const sights: Sight[] = [];
  if (way.unseen) return sights;
  if (from.interface) sights.push(sight(way, from.interface, 'egress', {}));
  if (!way.ipv6 && from.gateway && to.reach === 'internet') {
    const gateway = from.gateway.address;
    // Instance to gateway: the packet already carries the internet host (User Guide, "Traffic through a NAT gateway").
    sights.push(sight(way, from.gateway.interface, 'ingress', { dstaddr: gateway }));
    const srcport = translatedPort(from, way.sourcePort);
    sights.push(sight(way, from.gateway.interface, 'egress', { srcaddr: gateway, pktSrcaddr: gateway, srcport }));
  }
  if (!way.ipv6 && to.gateway && from.reach === 'internet') {
    const gateway = to.gateway.address;
    const dstport = translatedPort(to, way.targetPort);
    sights.push(sight(way, to.gateway.interface, 'ingress', { dstaddr: gateway, pktDstaddr: gateway, dstport }));
    sights.push(sight(way, to.gateway.interface, 'egress', { srcaddr: gateway }));
  }
  if (to.interface) sights.push(sight(way, to.interface, 'ingress', {}));
  return sights;
}

export function addressOf(peer: Peer, ipv6: boolean): string {
  return (ipv6 ? peer.address6 : undefined) ?? peer.address;
}

/** The gateway's own source port: fixed for host and port, so that both directions agree (RFC 4787 allows any). */
function translatedPort(host: Peer, port: number): number {
  const spread = [...host.address].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 64_511, port * 7);
  return 1_024 + (spread % 64_511);
}

function sight(
  way: Way,
  observer: NetworkInterface,
  direction: 'ingress' | 'egress',
  seen: Partial<ObservedFlow>,
): Sight {
  const srcaddr = addressOf(way.from, way.ipv6);
  const dstaddr = addressOf(way.to, way.ipv6);
  const rejected = way.fate === 'rejected' && direction === 'ingress' && observer === way.to.interface;
  const flow: ObservedFlow = {
    srcaddr,
    dstaddr,
    pktSrcaddr: srcaddr,
    pktDstaddr: dstaddr,
    srcport: way.sourcePort,
    dstport: way.targetPort,
    protocol: way.protocol,
    ipv6: way.ipv6,
    action: rejected ? 'REJECT' : 'ACCEPT',
    direction,
    path: direction === 'egress' ? pathOf(way.to, observer) : undefined,
    srcService: way.from.service,
    dstService: way.to.service,
    other: direction === 'egress' ? way.to.interface : way.from.interface,
    ...seen,
  };
  const key = `${flow.srcaddr} ${flow.dstaddr} ${flow.srcport} ${flow.dstport} ${flow.protocol} ${flow.action}${direction}`;
  return { observer, flow, key };
}

function pathOf(to: Peer, observer: NetworkInterface): number {
  if (to.reach === 'vpc') return 1;
  if (to.reach === 'private') return 3;
  if (!observer.nitro) return 2;
  return to.service === 'S3' || to.service === 'DYNAMODB' ? 7 : 8;
}
