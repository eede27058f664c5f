import type { FlowRecord, NetworkInterface } from '../../lib/flowlog/record.ts';
import { drawNetwork, type Host, type Network, type Peer } from '../../lib/simulate/network.ts';
import { Observer } from '../../lib/simulate/observe.ts';
import { Random } from '../../lib/simulate/random.ts';
import { LINUX } from '../../lib/simulate/stack.ts';
import { Traffic } from '../../lib/simulate/traffic.ts';

export const BEGIN = 1_790_000_040;
const MINUTES = 30;

let count = 0;

export function aPeer(changes: Partial<Peer> = {}): Peer {
  return { name: 'peer', address: '8.8.4.4', stack: LINUX, reach: 'internet', ...changes };
}

export function anInterface(name: string): NetworkInterface {
  const place = { account: '123456789012', vpc: 'vpc-1', subnet: 'subnet-1', zone: 'use1-az1', region: 'us-east-1' };
  return { id: `eni-${name}`, ...place, instance: `i-${name}`, phaseSeconds: 0, nitro: true };
}

/** A Linux host that serves HTTP on 8080 and lets in everybody from inside, unless told otherwise. */
export function aHost(changes: Partial<Host> = {}): Host {
  const name = changes.name ?? `host-${count++}`;
  return {
    name,
    role: 'app',
    address: '10.0.0.5',
    reach: 'vpc',
    stack: LINUX,
    interface: anInterface(name),
    servicePorts: [8080],
    managementPorts: [22],
    publicPorts: new Set(),
    wideOpen: false,
    insideOpen: true,
    ...changes,
  };
}

export function aNetwork(changes: Partial<Network> = {}): Network {
  const drawn = drawNetwork(new Random('stage'), 8);
  return { ...drawn, loss: 0, managementOpen: true, at: () => undefined, ...changes };
}

/** What the interfaces of these hosts log of the traffic that `act` makes. */
export function logged(
  hosts: readonly Host[],
  act: (traffic: Traffic, random: Random) => void,
  network: Network = aNetwork(),
): FlowRecord[] {
  const interfaces = hosts.map((host) => host.interface);
  const endSeconds = BEGIN + MINUTES * 60;
  const times = { beginSeconds: BEGIN, endSeconds, aggregationSeconds: 60 };
  const observer = new Observer({ ...times, interfaces, random: new Random('observer') });
  act(new Traffic(network, observer), new Random('traffic'));
  const records: FlowRecord[] = [];
  for (let now = BEGIN; now < endSeconds; now += 60) {
    observer.advance(now + 60);
    for (const record of observer.close(now, now + 60)) if (record.flow) records.push(record);
  }
  return records;
}
