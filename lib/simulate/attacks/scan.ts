import { PROTOCOL } from '../../flowlog/fields.ts';
import { blockSize, formatIpv4, publicIpv4 } from '../addresses.ts';
import { internetPeer, scannerPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { type Outcome, outcomeOutside } from '../security.ts';
import { LINUX, RAW_SCANNER } from '../stack.ts';
import type { World } from '../world.ts';
import { drawActor, drawEpisode, drawStranger } from './episode.ts';

/** Ports that nmap's frequency table puts first; a scan of a few ports tries these. */
export const TOP_PORTS: readonly number[] = [
  80, 23, 443, 21, 22, 25, 3389, 110, 445, 139, 143, 53, 135, 3306, 8080, 1723, 111, 995, 993, 5900, 1025, 587, 8888,
  199, 1720, 465, 548, 113, 81, 6001, 10_000, 514, 5060, 179, 1026, 2000, 8443, 8000, 32_768, 554, 26, 1433, 49_152,
  2001, 515, 8008, 49_154, 1027, 5666, 646, 5000, 5631, 631, 49_153, 8081, 2049, 88, 79, 5800, 106, 2121, 1110, 49_155,
  6000, 513, 990,
];

/** Ports that sweeps look for (the services that internet telescopes see probed most). */
export const SWEPT_PORTS: readonly number[] = [
  22, 23, 80, 443, 445, 139, 135, 3389, 5900, 6379, 1433, 3306, 5432, 9200, 27_017, 2375, 8080, 8443, 5985, 2323, 7547,
  11_211, 25, 21, 161,
];

/** One host asks one other about many ports. nmap's connect scan by hosts that keep their stack, SYN scan by the rest. */
export function verticalScan(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const { actor, target } = drawDuel(world, random);
  world.befriend(actor, target, 'any');
  const wall = drawWall(random);
  // Ports 20 to 3,000 at intensity 1 and all 65,535 above; 0.1 to 2,000 a second covers nmap's timing templates -T2 to -T5.
  const wanted = Math.min(65_535, Math.max(5, Math.round(random.logUniform(20, 3_000) * world.intensity)));
  const rate = random.logUniform(0.1, 2_000);
  const count = Math.max(5, Math.min(wanted, Math.floor(rate * (end - start))));
  world.label('scan', start, start + count / rate, { from: actor, to: target });
  const ports = drawPorts(random, count);
  const raw = random.chance(0.5);
  const stack = raw ? RAW_SCANNER : actor.stack;
  const fixedPort = raw && random.chance(0.7) ? random.integer(33_000, 65_000) : undefined;
  const client: Peer = { ...actor, stack };
  let next = 0;
  world.repeat({
    from: start,
    until: end,
    gap: () => (next < ports.length ? random.exponential(1 / rate) : end),
    act: (at) => {
      const outcome = target.interface ? wall : outcomeOutside(random, 0.99);
      probe(world, random, { client, server: target, port: ports[next++]!, at, fixedPort, raw, outcome });
    },
  });
}

/** One scanner and its target: both inside, from outside in, or from inside out. */
export function drawDuel(world: World, random: Random): { actor: Peer; target: Peer } {
  const kind = random.weighted([
    ['inside', 4],
    ['inbound', 4],
    ['outbound', 2],
  ] as const);
  const insider = random.choice(world.network.hosts);
  if (kind === 'outbound') return { actor: insider, target: internetPeer(random) };
  const stranger = drawStranger(world, random, insider);
  if (kind === 'inside' && stranger) return { actor: insider, target: stranger };
  const outward = world.network.hosts.filter((host) => !host.gateway);
  return { actor: scannerPeer(random), target: random.choice(outward.length > 0 ? outward : world.network.balancers) };
}

/**
 * What becomes of every probe where security groups name each permitted caller and know nothing of the scanner: all rejected, or dropped
 * unseen by a network ACL on the far side. Absent: as the target's group and ports decide. The weights are our guess.
 */
export function drawWall(random: Random): Outcome | undefined {
  return random.weighted<Outcome | undefined>([
    [undefined, 7],
    ['rejected', 2],
    ['silent', 1],
  ]);
}

interface Probe {
  readonly client: Peer;
  readonly server: Peer;
  readonly port: number;
  readonly at: number;
  readonly fixedPort?: number;
  /** SYN scan: an open port gets a RST for its SYN-ACK. */
  readonly raw: boolean;
  /** As the target decides unless given. */
  readonly outcome?: Outcome;
}

export function probe(world: World, random: Random, { fixedPort, raw, ...way }: Probe): void {
  const ending = raw ? 'half-open' : random.chance(0.5) ? 'abort' : 'fin';
  world.traffic.tcp(random, { ...way, clientPort: fixedPort, up: 0, down: 0, turns: 0, ending, patience: 1.5 });
}

export function drawPorts(random: Random, count: number): number[] {
  if (count <= TOP_PORTS.length) return random.shuffle(TOP_PORTS.slice(0, count));
  // nmap sorts by frequency and shuffles; masscan and plain loops go through all in a row.
  if (random.chance(0.3)) return Array.from({ length: count }, (_, i) => i + 1);
  const others = Array.from({ length: 65_535 }, (_, i) => i + 1).filter((port) => !TOP_PORTS.includes(port));
  return random.shuffle([...TOP_PORTS, ...random.sample(others, count - TOP_PORTS.length)]);
}

/** A compromised host looks for one port all over the internet; hardly anybody answers. */
export function externalSweep(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const { actor, port } = drawSweeper(world, random);
  world.befriend(actor, 'anyone', port);
  world.label('scan', start, end, { from: actor, port, protocol: PROTOCOL.tcp });
  // Contacts 30 to 5,000 an episode; telescopes report answer rates of a few per cent for open services.
  const gap = (end - start) / (random.logUniform(30, 5_000) * world.intensity);
  const answering = random.logUniform(0.002, 0.08);
  const raw = random.chance(0.4);
  world.repeat({
    from: start,
    until: end,
    gap: () => random.exponential(gap),
    act: (at) => {
      const server: Peer = { name: 'swept', address: formatIpv4(publicIpv4(random)), stack: LINUX, reach: 'internet' };
      const outcome = outcomeOutside(random, 1 - answering);
      world.traffic.tcp(random, {
        client: actor,
        server,
        port,
        at,
        up: raw ? 0 : 60,
        down: raw ? 0 : 60,
        turns: raw ? 0 : 1,
        ...(raw ? { ending: 'half-open' as const } : {}),
        outcome,
        patience: 4,
      });
    },
  });
}

/** An actor and a port that nobody at its exit uses for something benign. */
export function drawSweeper(world: World, random: Random, ports = SWEPT_PORTS): { actor: Host; port: number } {
  for (const port of random.shuffle(ports)) {
    const actor = drawActor(world, random, port);
    if (actor) return { actor, port };
  }
  throw new Error('every host uses every port that sweeps look for: give more hosts');
}

/** A compromised host looks around inside: most addresses are unused, the rest refuse, reject or answer. */
export function internalSweep(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.02, 0.6]);
  const { actor, port } = drawSweeper(world, random);
  const ports = random.chance(0.7) ? [port] : [port, ...otherPorts(world, random, actor, port)];
  for (const each of ports) {
    world.befriend(actor, 'anyone', each);
    world.label('scan', start, end, { from: actor, port: each, protocol: PROTOCOL.tcp, inside: true });
  }
  // 20 to 2,000 addresses at intensity 1: a quarter of a /26 to a /21.
  const wanted = Math.round(random.logUniform(20, 2_000) * world.intensity);
  const targets = drawInsideAddresses(world, random, Math.max(5, Math.round(wanted / ports.length)));
  const gap = Math.min((end - start) / targets.length, 1 / random.logUniform(0.05, 300));
  const raw = random.chance(0.4);
  const wall = drawWall(random);
  let next = 0;
  world.repeat({
    from: start,
    until: end,
    gap: () => (next < targets.length ? random.exponential(gap) : end),
    act: (at) => {
      const address = targets[next++]!;
      const server: Peer = world.network.at(address) ?? { name: 'unused', address, stack: LINUX, reach: 'vpc' };
      if (server === actor) return;
      for (const each of ports) {
        const nothing = { up: 0, down: 0, turns: 0, ending: raw ? ('half-open' as const) : ('abort' as const) };
        const outcome = server.interface ? wall : 'silent';
        world.traffic.tcp(random, { client: actor, server, port: each, at, patience: 2, outcome, ...nothing });
      }
    },
  });
}

function otherPorts(world: World, random: Random, actor: Host, port: number): number[] {
  const free = SWEPT_PORTS.filter((other) => other !== port && !world.uses(actor, other));
  return random.sample(free, random.integer(1, 3));
}

/** Addresses of the subnets in a row or at random, from one subnet or all. */
export function drawInsideAddresses(world: World, random: Random, count: number): string[] {
  const blocks = random.chance(0.5) ? [random.choice(world.network.subnets)] : world.network.subnets;
  const all = blocks.flatMap((block) => {
    const size = Math.min(blockSize(block), 4_096);
    return Array.from({ length: size - 2 }, (_, i) => formatIpv4(block.base + 1 + i));
  });
  return random.chance(0.5) ? all.slice(0, count) : random.sample(all, count);
}
