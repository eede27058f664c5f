import type { NetworkInterface } from '../flowlog/record.ts';
import type { Block } from './addresses.ts';
import { drawAddresses, drawInterface, drawPlan } from './plan.ts';
import type { Random } from './random.ts';
import { drawRoles, managementPorts, ROLES, type Role } from './roles.ts';
import { LINUX, type Stack } from './stack.ts';

/** Anything with an address. Only those with an interface are seen by the flow log themselves. */
export interface Peer {
  readonly name: string;
  readonly address: string;
  readonly address6?: string;
  readonly stack: Stack;
  readonly reach: 'vpc' | 'private' | 'internet';
  /** AWS service name of a public address, as in AWS's published address ranges. */
  readonly service?: string;
  readonly interface?: NetworkInterface;
  /** Gateway through which its internet traffic passes. */
  readonly gateway?: Host;
}

export interface Host extends Peer {
  readonly role: Role | 'balancer' | 'gateway';
  readonly interface: NetworkInterface;
  /** TCP ports of its own service, most important first. */
  readonly servicePorts: readonly number[];
  readonly managementPorts: readonly number[];
  readonly publicPorts: ReadonlySet<number>;
  /** The security group lets in everything from everywhere. */
  readonly wideOpen: boolean;
  /** The security group accepts everything from inside the network. */
  readonly insideOpen: boolean;
}

export interface Network {
  readonly block: Block;
  readonly subnets: readonly Block[];
  readonly hosts: readonly Host[];
  readonly balancers: readonly Host[];
  readonly gateways: readonly Host[];
  /** Every interface that logs, hosts first. */
  readonly interfaces: readonly NetworkInterface[];
  /** Private machines behind a VPN or peering: no interface of ours. */
  readonly offices: readonly Peer[];
  readonly ipv6: boolean;
  readonly style: SecurityStyle;
  /** Whether management ports are open to the whole network, or to bastions and monitors only. */
  readonly managementOpen: boolean;
  /** Share of packets lost. */
  readonly loss: number;
  /** Bytes per second of a typical client on the internet. */
  readonly clientSpeed: number;
  /** Small packets per application turn that no byte explains. */
  readonly chatter: number;
  /** Acknowledgements per received data packet: near 1 without receive offload, far below with it. */
  readonly acknowledgements: number;
  /** Largest segment inside: 8961 with jumbo frames, the EC2 default of 9001 bytes MTU, else 1460. */
  readonly insideSegment: number;
  at(address: string): Host | undefined;
}

/**
 * `open` accepts everything from inside; `strict` rejects by default; `mixed` is drawn per host; `unguarded` accepts everything from everywhere,
 * as logs do that were made from the captures of a network without security groups.
 */
export type SecurityStyle = 'open' | 'strict' | 'mixed' | 'unguarded';

/** Every seed draws another network: addresses, roles, systems, openness, speed, loss. */
export function drawNetwork(random: Random, hostCount: number): Network {
  const plan = drawPlan(random.fork('plan'), hostCount);
  const traits = random.fork('traits');
  const ipv6 = traits.chance(0.35);
  const head6 = `2600:1f${traits.hexadecimal(2)}:${traits.hexadecimal(4)}:${traits.hexadecimal(2)}`;
  const style = traits.weighted<SecurityStyle>([
    ['open', 3],
    ['strict', 3],
    ['mixed', 3],
    ['unguarded', 1],
  ]);
  const addresses = drawAddresses(random.fork('addresses'), plan, hostCount + 8);
  const ours = (name: string, role: Host['role'], draw: Random): Host => {
    const address = addresses.pop()!;
    const managed = role === 'balancer' || role === 'gateway';
    const own = drawInterface(draw, plan, address, role);
    return { ...bareHost(name, address, own, role), ...(managed ? {} : drawTraits(draw, role, style)) };
  };
  const gateways = Array.from(
    {
      length: traits.weighted([
        [0, 5],
        [1, 4],
        [2, 1],
      ]),
    },
    (_, i) => ours(`gateway-${i}`, 'gateway', random.fork(`gateway-${i}`)),
  );
  const balancers = Array.from({ length: traits.integer(1, 3) }, (_, i) =>
    ours(`balancer-${i}`, 'balancer', random.fork(`balancer-${i}`)),
  );
  const hosts = drawRoles(random.fork('roles'), hostCount).map((role, i) => {
    const draw = random.fork(`host-${i}`);
    const host = ours(`${role}-${i}`, role, draw);
    const behind = gateways.length > 0 && host.publicPorts.size === 0 && draw.chance(0.7);
    return {
      ...host,
      ...(behind ? { gateway: draw.choice(gateways) } : {}),
      ...(ipv6 && draw.chance(0.6) ? { address6: `${head6}00:${draw.hexadecimal(3)}::${draw.hexadecimal(3)}` } : {}),
    };
  });
  const byAddress = new Map(hosts.map((host) => [host.address, host]));
  return {
    block: plan.block,
    subnets: plan.subnets.map((subnet) => subnet.block),
    hosts,
    balancers,
    gateways,
    interfaces: [...hosts, ...balancers, ...gateways].map((host) => host.interface),
    offices: drawOffices(random.fork('offices'), plan.block),
    ipv6,
    style,
    managementOpen: style === 'open' || traits.chance(0.5),
    loss: traits.logUniform(1e-4, 2e-2),
    clientSpeed: traits.logUniform(2e5, 2e7),
    chatter: traits.logUniform(0.05, 1.2),
    acknowledgements: traits.uniform(0.15, 1),
    insideSegment: traits.chance(0.7) ? 8_961 : 1_460,
    at: (address) => byAddress.get(address),
  };
}

function bareHost(name: string, address: string, own: NetworkInterface, role: Host['role']): Host {
  return {
    name,
    role,
    address,
    reach: 'vpc',
    stack: LINUX,
    interface: own,
    servicePorts: role === 'balancer' ? [443, 80] : [],
    managementPorts: [],
    publicPorts: new Set(role === 'balancer' ? [443, 80] : []),
    wideOpen: false,
    insideOpen: false,
  };
}

function drawTraits(random: Random, role: Host['role'], style: SecurityStyle) {
  const traits = ROLES[role as Role];
  const stack = random.weighted(traits.systems);
  const servicePorts = random.choice(traits.ports);
  const management = managementPorts(random, stack);
  const open = random.chance(traits.publicPorts) ? servicePorts : [];
  // Measurements keep finding management ports open to the world; a tenth is our assumption.
  const careless = role === 'bastion' || random.chance(0.1) ? management : [];
  return {
    stack,
    servicePorts: servicePorts,
    managementPorts: management,
    publicPorts: new Set([...open, ...careless]),
    wideOpen: style === 'unguarded' || random.chance(0.04),
    insideOpen: style === 'open' || (style === 'mixed' && random.chance(0.5)),
  };
}

function drawOffices(random: Random, block: Block): Peer[] {
  const first = block.base >>> 24 === 10 ? `172.${random.integer(16, 31)}.${random.integer(0, 255)}` : '';
  const prefix = first || `10.${random.integer(0, 255)}.${random.integer(0, 255)}`;
  return Array.from({ length: random.integer(3, 12) }, (_, i) => ({
    name: `office-${i}`,
    address: `${prefix}.${random.integer(1, 20) + i * 20}`,
    reach: 'private' as const,
    stack: LINUX,
  }));
}
