import { PROTOCOL } from '../../flowlog/fields.ts';
import { formatIpv4, publicIpv4 } from '../addresses.ts';
import { internetPeer } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawActor, drawEpisode, drawStranger } from './episode.ts';

const HOUR = 3_600;

/** An intruder with patience: one contact every few minutes to every hour (nmap's "paranoid" template waits five minutes). */
export function patientScan(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const port = random.choice([22, 445, 3389, 5985, 1433, 6379]);
  const client = drawActor(world, random, port) ?? random.choice(world.network.hosts);
  const inside = random.chance(0.6);
  const gap = Math.min(random.logUniform(60, HOUR) / world.intensity, (world.end - start) / 12);
  world.befriend(client, 'anyone', port);
  world.label('scan', start, world.end, { from: client, port, protocol: PROTOCOL.tcp, inside });
  const { base } = random.choice(world.network.subnets);
  let next = random.integer(4, 40);
  world.repeat({
    from: start,
    gap: () => gap * random.uniform(0.7, 1.3),
    act: (at) => {
      const address = formatIpv4(inside ? base + next++ : publicIpv4(random));
      const unused: Peer = { name: 'unused', address, stack: LINUX, reach: inside ? 'vpc' : 'internet' };
      const server = world.network.at(address) ?? unused;
      if (server === client) return;
      const nothing = { up: 0, down: 0, turns: 0, ending: 'abort' as const, patience: 3 };
      world.traffic.tcp(random, { client, server, port, at, ...(inside ? {} : { outcome: 'silent' }), ...nothing });
    },
  });
}

/** An implant that calls home every ten minutes to every other hour, as those do that want to stay for months. */
export function slowBeacon(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const client = random.choice(world.network.hosts);
  const ipv6 = client.address6 !== undefined && random.chance(0.5);
  const server = internetPeer(random, LINUX, ipv6);
  const sleep = Math.min(random.logUniform(300, 2 * HOUR) / world.intensity, (world.end - start) / 6);
  const jitter = random.choice([0, 0.1, 0.2, 0.3]);
  const up = random.logUniform(200, 3_000);
  const habit = drawHabit(random, world.network);
  world.label('command-and-control', start, world.end, {
    from: client,
    to: server,
    port: 443,
    protocol: PROTOCOL.tcp,
    ipv6,
  });
  world.repeat({
    from: start,
    gap: () => sleep * random.uniform(1 - jitter, 1 + jitter),
    act: (at) => {
      const down = 2_500 + (random.chance(0.03) ? random.pareto(5_000, 1, 1e6) : 0);
      world.traffic.tcp(random, {
        client,
        server,
        port: 443,
        at,
        up: up + 500,
        down,
        turns: 3,
        habit,
        ipv6,
        outcome: 'served',
      });
    },
  });
}

/** A program or an implant that connects once and again: from 86,400 connections a day on, one a second, RITA calls it a strobe. */
export function strobe(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const client = random.choice(world.network.hosts);
  const server = internetPeer(random, LINUX);
  const port = random.choice([443, 80, 8080]);
  const gap = random.logUniform(0.4, 0.95) / world.intensity;
  const up = random.logUniform(100, 40_000);
  const habit = drawHabit(random, world.network);
  world.label('command-and-control', start, world.end, { from: client, to: server, port, protocol: PROTOCOL.tcp });
  world.repeat({
    from: start,
    gap: () => gap * random.uniform(0.9, 1.1),
    act: (at) => {
      world.traffic.tcp(random, { client, server, port, at, up, down: up, turns: 2, habit, outcome: 'served' });
    },
  });
}

/** A remote shell or a tunnel that stays open for hours: keepalives, and now and then somebody types. */
export function longConnection(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const client = random.choice(world.network.hosts);
  const server = internetPeer(random, LINUX);
  const port = random.choice([22, 443, 8443, random.integer(1_024, 30_000)]);
  world.label('command-and-control', start, world.end, { from: client, to: server, port, protocol: PROTOCOL.tcp });
  const session = world.traffic.session(random, { client, server, port, at: start });
  world.repeat({ from: start + 1, gap: () => 60, act: (at) => session.keepalive(at) });
  const gap = random.logUniform(20, 1_200) / world.intensity;
  world.repeat({
    from: start + 5,
    gap: () => random.exponential(gap),
    act: (at) => {
      const turns = Math.round(random.logUniform(2, 100));
      session.work(at, turns / 4, { up: turns * 40, down: turns * random.logUniform(60, 3_000), turns });
    },
  });
}

/** Files that leave in equal pieces every few minutes or hours (Exfiltration: Data Transfer Size Limits). */
export function chunkedExfiltration(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const client = random.choice(world.network.hosts);
  const ipv6 = client.address6 !== undefined && random.chance(0.5);
  const server = internetPeer(random, LINUX, ipv6);
  const piece = random.logUniform(2e6, 1e8) * world.intensity;
  const gap = Math.min(random.logUniform(300, 2 * HOUR), (world.end - start) / 6);
  world.label('exfiltration', start, world.end, { from: client, to: server, port: 443, protocol: PROTOCOL.tcp, ipv6 });
  world.repeat({
    from: start,
    gap: () => gap * random.uniform(0.9, 1.1),
    act: (at) => {
      const seconds = Math.min(piece / 3e6, 250, Math.max(1, world.end - at - 2));
      world.traffic.tcp(random, {
        client,
        server,
        port: 443,
        at,
        up: piece,
        down: 4_000,
        turns: 5,
        seconds,
        ipv6,
        outcome: 'served',
      });
    },
  });
}

/** An intruder goes from host to host: logs in over SSH, RDP, SMB or WinRM, looks around and copies something. */
export function lateralMovement(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.3, 0.6]);
  const port = random.choice([22, 3389, 445, 5985]);
  const client = drawActor(world, random, port) ?? random.choice(world.network.hosts);
  const hops = Math.max(1, Math.round(random.logUniform(1, 12) * world.intensity));
  for (let hop = 0; hop < hops; hop++) {
    const draw = random.fork(hop);
    const server = drawStranger(world, draw, client);
    if (server === undefined) return;
    world.befriend(client, server, port);
    const at = start + ((end - start) * (hop + 0.1)) / hops;
    world.label('other-attack', at, at + 400, { from: client, to: server, port, protocol: PROTOCOL.tcp, inside: true });
    const up = draw.logUniform(5e3, 5e6);
    world.once(at, () => {
      const seconds = draw.uniform(10, 300);
      world.traffic.tcp(draw, {
        client,
        server,
        port,
        at,
        up,
        down: up / 2 + 5_000,
        turns: 40,
        seconds,
        outcome: 'served',
      });
    });
  }
}

/** A port that this host never used, at a stranger: another program has moved in. */
export function unusualPort(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const port = random.integer(1_025, 30_000);
  const client = drawActor(world, random, port) ?? random.choice(world.network.hosts);
  talk(world, random, client, internetPeer(random, LINUX), port, start, end);
}

/** Documentation address (RFC 5737) that stands for a place on the user's list of bad places. */
export const LISTED_ADDRESS = '203.0.113.66';

/** A host talks to a listed place. */
export function listedContact(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const server: Peer = { name: 'listed', address: LISTED_ADDRESS, stack: LINUX, reach: 'internet' };
  talk(world, random, random.choice(world.network.hosts), server, 443, start, end);
}

function talk(
  world: World,
  random: Random,
  client: Peer,
  server: Peer,
  port: number,
  start: number,
  end: number,
): void {
  const sessions = Math.max(1, Math.round(random.logUniform(2, 60) * world.intensity));
  const gap = (end - start) / sessions;
  world.label('other-attack', start, end, { from: client, to: server, port, protocol: PROTOCOL.tcp });
  world.repeat({
    from: start,
    until: end,
    gap: () => gap * random.uniform(0.8, 1.2),
    act: (at) => {
      const up = random.logUniform(400, 40_000);
      world.traffic.tcp(random, { client, server, port, at, up, down: up * 2, turns: 6, outcome: 'served' });
    },
  });
}
