import { PROTOCOL } from '../../flowlog/fields.ts';
import { exposedHosts } from '../benign/noise.ts';
import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { anyStack, LINUX } from '../stack.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { drawBlast } from './stream.ts';

/** Connections of one flood: what a log can hold. */
const CONNECTIONS_MAX = 20_000;

/** Whole HTTP requests without end, from one of our hosts to a public one or from a botnet to ours: 10 to 1,500 a second times intensity. */
export function httpFlood(world: World, random: Random): void {
  const { start, end } = drawBlast(world, random);
  const { sources, target, port } = drawSides(world, random, start, end, random.logUniform(5, 1_000));
  const rate = random.logUniform(10, 1_500) * world.intensity;
  const count = Math.round(Math.min(CONNECTIONS_MAX, Math.max(30, rate * (end - start))));
  const [up, down] = [random.logUniform(100, 1_500), random.logUniform(150, 50_000)];
  const turns = random.choice([1, 1, 1, 8]);
  const habit = drawHabit(random, world.network);
  // A server that drowns answers ever fewer.
  const failing = random.choice([0, 0.1, 0.6]);
  const step = Math.min(end - start, count / rate) / count;
  let left = count;
  world.repeat({
    from: start,
    until: end,
    gap: () => (left > 0 ? random.exponential(step) : world.seconds * 2),
    act: (at) => {
      left--;
      const outcome = random.chance(failing) ? random.choice(['silent', 'refused'] as const) : ('served' as const);
      const work = { up: up * turns, down: down * turns, turns, habit, outcome };
      world.traffic.tcp(random, { client: random.choice(sources), server: target, port, at, ...work });
    },
  });
}

interface Sides {
  readonly sources: readonly Peer[];
  readonly target: Peer;
  readonly port: number;
}

/** One of our hosts against a public one, or strangers against one of ours; labelled. */
function drawSides(world: World, random: Random, start: number, end: number, strangers: number): Sides {
  const port = random.choice([80, 80, 443, 443, 8080]);
  const outbound = random.chance(0.5);
  const exposed = exposedHosts(world).filter((host) => host.role !== 'gateway');
  const target = outbound ? internetPeer(random, LINUX) : random.choice(exposed);
  const sources = outbound
    ? [random.choice(world.network.hosts)]
    : Array.from({ length: Math.max(1, Math.round(strangers)) }, () => internetPeer(random, anyStack(random)));
  for (const from of sources) world.label('denial-of-service', start, end, { from, to: target });
  return { sources, target, port };
}

/**
 * Connections that are opened by the hundred and kept open with a header line now and then. Slowloris: 1,000 connections, a line each 100 s;
 * slowhttptest: 50 connections, each 10 s (their manuals, from general knowledge); servers give up after 20 to 300 s.
 */
export function slowLoris(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.05, 0.3]);
  const count = Math.min(2_000, Math.max(5, Math.round(random.logUniform(20, 1_000) * world.intensity)));
  const interval = random.logUniform(5, 100);
  const patience = random.choice([20, 60, 120, 300]);
  // What was opened last is given up after the end.
  const { sources, target, port } = drawSides(world, random, start, end + patience, random.choice([1, 1, 1, 20]));
  const ending = random.choice(['server-reset', 'fin'] as const);
  for (let i = 0; i < count; i++) {
    const draw = random.fork(i);
    const client = draw.choice(sources);
    world.repeat({
      from: start + (i / count) * Math.min(30, end - start),
      until: end,
      gap: () => patience * draw.uniform(1, 1.1),
      act: (at) => {
        const lines = Math.max(1, Math.round(patience / interval));
        const work = {
          up: 220 + lines * 14,
          down: ending === 'fin' ? 300 : 0,
          turns: lines,
          seconds: patience,
          ending,
        };
        world.traffic.tcp(draw, { client, server: target, port, at, ...work, outcome: 'served' });
      },
    });
  }
}

/** Services that answer more than they are asked: port, bytes of a question, packets and bytes of an answer (CISA alert TA14-017A). */
const REFLECTORS = [
  [53, 64, 3, 3_400],
  [123, 36, 6, 2_800],
  [389, 80, 3, 4_000],
  [1900, 130, 8, 3_000],
  [11_211, 43, 40, 56_000],
  [161, 68, 2, 1_600],
] as const;

/** One of our hosts reflects: small questions with a victim's address as sender, large answers to it; 5 to 3,000 a second times intensity. */
export function reflector(world: World, random: Random): void {
  const { start, end } = drawBlast(world, random);
  const open = world.network.hosts.filter((host) => !host.gateway);
  const host: Host = random.choice(open.length > 0 ? open : world.network.hosts);
  const [port, asked, packets, bytes] = random.choice(REFLECTORS);
  for (let i = random.choice([1, 1, 3]); i > 0; i--) {
    const victim = internetPeer(random, LINUX);
    world.label('denial-of-service', start, end, { from: host, to: victim });
    const questions = Math.max(5, Math.round(random.logUniform(5, 3_000) * world.intensity * (end - start)));
    const ports = random.choice([1, 1, Math.round(random.logUniform(2, 200))]);
    const each = Math.ceil(questions / ports);
    for (let index = 0; index < ports; index++) {
      const other = ports === 1 ? 80 : random.integer(1_024, 65_535);
      const common = { protocol: PROTOCOL.udp, ipv6: false, fate: 'delivered' } as const;
      const there = { from: victim, to: host, sourcePort: other, targetPort: port, ...common };
      const back = { from: host, to: victim, sourcePort: port, targetPort: other, ...common };
      world.once(start, () => {
        world.traffic.send(there, { first: start, last: end, packets: each, bytes: each * (asked + 28) });
        world.traffic.send(back, { first: start, last: end, packets: each * packets, bytes: each * bytes });
      });
    }
  }
}
