import type { NetworkInterface } from '../flowlog/record.ts';
import type { Endpoint } from './endpoints.ts';
import type { Flow, Side } from './flow.ts';
import type { Rejects } from './reject.ts';
import type { Sight } from './windows.ts';

/** A flow whose ends are known. */
export interface PlacedFlow extends Omit<Flow, 'source' | 'destination'> {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** One direction of a flow, and how interfaces see it. */
export interface SeenSide {
  readonly side: Side;
  readonly seen: readonly Sight[];
}

/**
 * Both directions of a flow as the interfaces of its ends see them: leaving one, entering the other. An attempt to reach a host of the
 * VPC that nobody answered is rejected at that host's interface where the rules say so; flows of which only one direction is known
 * never are.
 */
export function sightsOf(flow: PlacedFlow, rejects: Rejects): SeenSide[] {
  const { source, destination, sourcePort, destinationPort, protocol, forward, backward } = flow;
  const isRejected =
    backward?.packets === 0 && destination.interface !== undefined && rejects(destination.address, destinationPort);
  const there = sightsOfSide(source, sourcePort, destination, destinationPort, protocol, isRejected);
  const sides = [{ side: forward, seen: there }];
  if (backward === undefined || backward.packets === 0) return sides;
  const back = sightsOfSide(destination, destinationPort, source, sourcePort, protocol, false);
  sides.push({ side: backward, seen: back });
  return sides;
}

function sightsOfSide(
  from: Endpoint,
  srcport: number,
  to: Endpoint,
  dstport: number,
  protocol: number,
  isRejected: boolean,
): Sight[] {
  const key = `${from.address} ${srcport} ${to.address} ${dstport} ${protocol}`;
  const see = (observer: NetworkInterface, direction: 'egress' | 'ingress', action: 'ACCEPT' | 'REJECT'): Sight => ({
    observer,
    flow: {
      srcaddr: from.address,
      dstaddr: to.address,
      pktSrcaddr: from.address,
      pktDstaddr: to.address,
      srcport,
      dstport,
      protocol,
      ipv6: from.ipv6,
      action,
      direction,
    },
    key: `${direction} ${action} ${key}`,
  });
  const sights: Sight[] = [];
  if (from.interface) sights.push(see(from.interface, 'egress', 'ACCEPT'));
  if (to.interface) sights.push(see(to.interface, 'ingress', isRejected ? 'REJECT' : 'ACCEPT'));
  return sights;
}
