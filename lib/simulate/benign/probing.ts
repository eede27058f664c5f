import { PROTOCOL } from '../../flowlog/fields.ts';
import { blockSize, formatIpv4 } from '../addresses.ts';
import { internetPeer, internetPeers } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { exposedHosts } from './noise.ts';

/**
 * An inventory or a monitor pings whole subnets, most of whose addresses nobody has. fping sends each 10 ms, older ones each 25 ms (its
 * manual, from general knowledge); sizes and intervals are our guess.
 */
export function pingSweeps(world: World, random: Random): void {
  const client = random.choice(world.hosts(random, 'monitor', 'bastion', 'workstation'));
  const block = random.choice(world.network.subnets);
  const most = Math.min(blockSize(block) - 2, 1_024);
  const targets = Array.from({ length: Math.round(random.logUniform(12, most)) }, (_, i): Peer => {
    const address = formatIpv4(block.base + 1 + i);
    return world.network.at(address) ?? { name: 'unused', address, stack: LINUX, reach: 'vpc' };
  }).filter((server) => server !== client);
  for (const server of targets) world.befriend(client, server, 0);
  const step = random.choice([0.01, 0.025, 0.1, 1]);
  const count = random.choice([1, 1, 2, 3]);
  const interval = Math.max(step * targets.length, random.choice([300, 900, 3_600, 14_400]));
  world.repeat({
    from: world.begin + random.uniform(0, Math.min(interval, world.seconds * 0.9)),
    gap: () => interval,
    act: (now) => {
      for (const [i, server] of targets.entries()) {
        // Whoever pings on purpose is let in where anybody is at all.
        const outcome = server.interface ? 'served' : 'silent';
        world.traffic.ping(random, { client, server, at: now + i * step, count, outcome });
      }
    },
  });
}

/**
 * A program that looks for the nearest of many servers (games, VPNs, swarms, mirrors) pings dozens to hundreds of them once or twice;
 * between none and nearly all answer (our guess, after the sweeps by ICMP in real background).
 */
export function latencyProbes(world: World, random: Random): void {
  for (let i = random.integer(1, 3); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    world.befriend(client, 'anyone', 0);
    const peers = internetPeers(draw, draw.logUniform(6, 800), world.network.ipv6);
    const answering = draw.choice([0, draw.uniform(0, 0.5), draw.uniform(0.5, 0.95)]);
    const seconds = Math.min(draw.logUniform(1, 1_800), world.seconds * 0.5);
    const count = draw.choice([1, 1, 2, 4]);
    const bytes = draw.choice([undefined, undefined, 28, 46]);
    const from = world.begin + draw.uniform(0, 0.9) * world.seconds;
    for (const server of peers) {
      const at = from + draw.uniform(0, seconds);
      const outcome = draw.chance(answering) ? 'served' : 'silent';
      world.once(at, () => world.traffic.ping(draw, { client, server, at, count, bytes, outcome, ipv6: true }));
    }
  }
}

/**
 * Paths watched for ever: twenty pings each five minutes (the defaults of SmokePing, from general knowledge), or a trace by ICMP each
 * minute or so, whose time-exceeded answers come from every router on the way.
 */
export function pathMonitoring(world: World, random: Random): void {
  const client = random.choice(world.hosts(random, 'monitor', 'workstation', 'bastion'));
  world.befriend(client, 'anyone', 0);
  const traced = random.chance(0.5);
  const interval = traced ? random.choice([60, 120, 300]) : 300;
  for (let i = Math.round(random.logUniform(1, 30)); i > 0; i--) {
    const draw = random.fork(i);
    const server = internetPeer(draw);
    const hops = traced ? internetPeers(draw, draw.integer(4, 18)) : [];
    const answers = draw.chance(0.85);
    world.repeat({
      from: world.begin + draw.uniform(0, interval),
      gap: () => interval,
      act: (at) => {
        const count = traced ? hops.length : 20;
        world.traffic.ping(draw, { client, server, at, count, outcome: answers ? 'served' : 'silent', seconds: count });
        for (const hop of hops) if (draw.chance(0.85)) message(world, draw, hop, client, at + 1, 1);
      },
    });
  }
}

/** One kind of ICMP message that answers something else: time exceeded, unreachable, redirect. */
function message(world: World, random: Random, from: Peer, to: Peer, at: number, packets: number): void {
  const way = { from, to, sourcePort: 0, targetPort: 0, protocol: PROTOCOL.icmp, ipv6: false } as const;
  // RFC 792 quotes 8 bytes of the packet, RFC 1812 as many as fit into 576.
  const bytes = packets * random.choice([56, 88, 96, 576]);
  world.traffic.send({ ...way, fate: 'delivered' }, { first: at, last: at + packets - 1, packets, bytes });
}

/**
 * A router or host tells others by ICMP that something cannot be reached: many strangers, or all its neighbours; nobody ever answers
 * such a message. Rates are our guess.
 */
export function errorMessages(world: World, random: Random): void {
  const inside = random.chance(0.5);
  const from: Host = inside ? random.choice(world.network.hosts) : random.choice(exposedHosts(world));
  const listeners: readonly Peer[] = inside
    ? random.sample(world.network.hosts, random.integer(3, 60)).filter((host) => host !== from)
    : internetPeers(random, random.logUniform(5, 300));
  for (const to of listeners) world.befriend(from, to, 0);
  if (listeners.length === 0) return;
  const gap = random.logUniform(0.5, 60);
  world.repeat({
    from: world.begin + random.uniform(0, 0.5) * world.seconds,
    gap: () => random.exponential(gap),
    act: (at) => message(world, random, from, random.choice(listeners), at, random.choice([1, 1, 2, 4])),
  });
}
