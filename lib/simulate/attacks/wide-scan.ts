import { PROTOCOL } from '../../flowlog/fields.ts';
import { formatIpv4, publicIpv4 } from '../addresses.ts';
import { exposedHosts } from '../benign/noise.ts';
import { scannerPeer } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { type Outcome, outcomeOutside } from '../security.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { drawDuel, drawInsideAddresses, drawPorts, drawSweeper, drawWall, probe } from './scan.ts';

/**
 * A scan that hides in time: one contact each 5 to 300 s (nmap -T1 waits 15 s, -T0 five minutes, by its manual), at the ports of one host, at
 * addresses inside, or all over the internet, until the run ends.
 */
export function slowScan(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const raw = random.chance(0.5);
  // However slow, some contacts fall into the run.
  const pause = Math.min(random.logUniform(5, 300) / world.intensity, (world.end - start) / 6);
  const next = random.chance(0.4) ? portByPort(world, random, start) : hostByHost(world, random, start, pause);
  world.repeat({
    from: start,
    gap: () => pause * random.uniform(0.7, 1.3),
    act: (at) => probe(world, random, { ...next(), at, raw }),
  });
}

interface Contact {
  readonly client: Peer;
  readonly server: Peer;
  readonly port: number;
  readonly outcome?: Outcome;
}

function portByPort(world: World, random: Random, start: number): () => Contact {
  const { actor, target } = drawDuel(world, random);
  world.befriend(actor, target, 'any');
  world.label('scan', start, world.end, { from: actor, to: target });
  const ports = drawPorts(random, 2_000);
  const wall = drawWall(random);
  const outcomeOf = () => (target.interface ? wall : outcomeOutside(random, 0.99));
  let index = 0;
  return () => ({ client: actor, server: target, port: ports[index++ % ports.length]!, outcome: outcomeOf() });
}

function hostByHost(world: World, random: Random, start: number, pause: number): () => Contact {
  const { actor, port } = drawSweeper(world, random);
  world.befriend(actor, 'anyone', port);
  const inside = random.chance(0.6);
  world.label('scan', start, world.end, { from: actor, port, protocol: PROTOCOL.tcp, inside });
  if (!inside) {
    return () => ({ client: actor, server: someAddress(random), port, outcome: outcomeOutside(random, 0.97) });
  }
  const wanted = Math.max(6, Math.ceil((world.end - start) / pause));
  const targets = drawInsideAddresses(world, random, wanted).filter((address) => address !== actor.address);
  const wall = drawWall(random);
  let index = 0;
  return () => {
    const address = targets[index++ % targets.length]!;
    const server: Peer = world.network.at(address) ?? { name: 'unused', address, stack: LINUX, reach: 'vpc' };
    return { client: actor, server, port, outcome: server.interface ? wall : 'silent' };
  };
}

export function someAddress(random: Random): Peer {
  return { name: 'swept', address: formatIpv4(publicIpv4(random)), stack: LINUX, reach: 'internet' };
}

/** Many strangers share the ports of one host between them, 1 to 12 each: 8 to 400 sources times intensity (our guess). */
export function distributedScan(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const victims = exposedHosts(world).filter((host) => host.role !== 'gateway');
  const server = random.choice(victims.length > 0 ? victims : world.network.balancers);
  const sources = Math.min(20_000, Math.max(3, Math.round(random.logUniform(8, 400) * world.intensity)));
  const ports = drawPorts(random, 1_000);
  const most = random.choice([1, 3, 12]);
  const raw = random.chance(0.7);
  const wall = drawWall(random);
  for (let i = 0; i < sources; i++) {
    const draw = random.fork(i);
    const client = scannerPeer(draw);
    world.label('scan', start, end, { from: client, to: server });
    for (let tries = draw.integer(1, most); tries > 0; tries--) {
      const at = draw.uniform(start, end);
      world.once(at, () => probe(world, draw, { client, server, port: draw.choice(ports), at, raw, outcome: wall }));
    }
  }
}

/** UDP services that scanners and amplifier hunters look for (CISA alert TA14-017A, and the ports nmap -sU puts first, general knowledge). */
const DATAGRAM_PORTS: readonly number[] = [
  161, 1900, 389, 11_211, 69, 137, 500, 5060, 111, 623, 3702, 19, 5353, 1434, 17, 520, 4500, 27_015, 53, 123,
];

/** UDP ports of one host, or one UDP port of many hosts; hardly anything says anything. */
export function udpScan(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  // 10 to 2,000 contacts at intensity 1; 0.5 to 500 a second, since closed ports answer once a second only (our guess).
  const wanted = Math.min(60_000, Math.max(6, Math.round(random.logUniform(10, 2_000) * world.intensity)));
  const rate = Math.max(random.logUniform(0.5, 500), wanted / (end - start));
  const bytes = DATAGRAM_HEADER_BYTES + random.choice([0, 0, 12, 40]);
  const packets = random.choice([1, 1, 2]);
  const next = random.chance(0.5)
    ? datagramPorts(world, random, start, wanted, rate)
    : datagramHosts(world, random, start, wanted, rate);
  const clientPort = random.chance(0.5) ? random.integer(33_000, 65_000) : undefined;
  let left = wanted;
  world.repeat({
    from: start,
    until: end,
    gap: () => (left > 0 ? random.exponential(1 / rate) : world.seconds * 2),
    act: (at) => {
      left--;
      const up = { packets, bytes: packets * bytes };
      const down = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + 100 };
      world.traffic.udp(random, { ...next(), clientPort, at, up, down });
    },
  });
}

function datagramPorts(world: World, random: Random, start: number, count: number, rate: number): () => Contact {
  const { actor, target } = drawDuel(world, random);
  world.befriend(actor, target, 'any');
  world.label('scan', start, start + (2 * count) / rate, { from: actor, to: target });
  const ports = [...random.shuffle(DATAGRAM_PORTS), ...drawPorts(random, Math.min(count, 2_000))];
  const wall = target.interface ? drawWall(random) : 'silent';
  let index = 0;
  return () => {
    // Linux sends about one "port unreachable" a second (icmp_ratelimit), so most closed ports seem silent to a fast scan.
    const limited = wall === undefined && random.chance(1 - 1 / Math.max(1, rate));
    const port = ports[index++ % ports.length]!;
    return { client: actor, server: target, port, outcome: limited ? 'silent' : wall };
  };
}

function datagramHosts(world: World, random: Random, start: number, count: number, rate: number): () => Contact {
  const { actor, port } = drawSweeper(world, random, DATAGRAM_PORTS);
  world.befriend(actor, 'anyone', port);
  const inside = random.chance(0.5);
  world.label('scan', start, start + (2 * count) / rate, { from: actor, port, protocol: PROTOCOL.udp, inside });
  const answering = random.logUniform(0.002, 0.1);
  if (!inside) {
    return () => {
      const outcome = random.chance(answering) ? ('served' as const) : ('silent' as const);
      return { client: actor, server: someAddress(random), port, outcome };
    };
  }
  const targets = drawInsideAddresses(world, random, count).filter((address) => address !== actor.address);
  const wall = random.choice(['rejected', 'silent'] as const);
  let index = 0;
  return () => {
    const address = targets[index++ % targets.length]!;
    const server: Peer = world.network.at(address) ?? { name: 'unused', address, stack: LINUX, reach: 'vpc' };
    const outcome = random.chance(answering) ? ('served' as const) : wall;
    return { client: actor, server, port, outcome: server.interface ? outcome : 'silent' };
  };
}
