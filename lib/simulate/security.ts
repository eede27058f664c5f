import { PROTOCOL } from '../flowlog/fields.ts';
import type { Host, Network, Peer } from './network.ts';
import type { Random } from './random.ts';

/**
 * What becomes of an attempt: `served`; `refused` by a closed port (RST, or ICMP for UDP); `silent` when nobody is
 * there or a host firewall drops; `rejected` by the security group of the target.
 */
export type Outcome = 'served' | 'refused' | 'silent' | 'rejected';

/** UDP services by role of the host: name service, time, SNMP agents and syslog are assumed where their role is. */
const UDP_OPEN: readonly number[] = [123, 161];

/** The outcome inside the network, decided by the target's security group and what it listens on. */
export function outcomeInside(network: Network, client: Peer, server: Host, port: number, protocol: number): Outcome {
  // A NAT gateway has no security group; what it did not ask for it drops.
  if (server.role === 'gateway') return 'silent';
  if (!permits(network, client, server, port, protocol)) return 'rejected';
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) return 'served';
  if (listens(server, port, protocol)) return 'served';
  return server.stack.closed === 'reset' ? 'refused' : 'silent';
}

export function listens(server: Host, port: number, protocol: number): boolean {
  if (protocol === PROTOCOL.udp) {
    return (server.role === 'resolver' && port === 53) || UDP_OPEN.includes(port) || server.publicPorts.has(port);
  }
  return (
    server.servicePorts.includes(port) ||
    server.managementPorts.includes(port) ||
    (port === 9100 && hasExporter(server))
  );
}

/** Node exporter runs on Linux servers (its default port is 9100). */
function hasExporter(server: Host): boolean {
  return server.stack.system === 'linux' && server.role !== 'balancer' && server.role !== 'gateway';
}

function permits(network: Network, client: Peer, server: Host, port: number, protocol: number): boolean {
  if (server.wideOpen || server.publicPorts.has(port)) return true;
  if (client.reach === 'internet') return false;
  if (server.insideOpen) return true;
  const role = (client as Partial<Host>).role;
  // Monitoring and administration are let in everywhere, or they could not work.
  if (role === 'monitor' || role === 'bastion') return true;
  if (protocol === PROTOCOL.udp) return listens(server, port, protocol);
  if (protocol !== PROTOCOL.tcp) return false;
  if (server.managementPorts.includes(port)) return network.managementOpen;
  return server.servicePorts.includes(port);
}

/** Hosts on which this client would get an answer from a management or service port of the list. */
export function reachable(network: Network, client: Peer, ports: readonly number[]): [Host, number][] {
  return network.hosts.flatMap((host) =>
    ports
      .filter((port) => host !== client && outcomeInside(network, client, host, port, PROTOCOL.tcp) === 'served')
      .map((port): [Host, number] => [host, port]),
  );
}

/** Outcome on the internet, where most names resolve to something that works (our assumption: 1 % dead). */
export function outcomeOutside(random: Random, failing = 0.01): Outcome {
  if (!random.chance(failing)) return 'served';
  return random.chance(0.7) ? 'silent' : 'refused';
}
