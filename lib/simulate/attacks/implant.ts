import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer, servicePeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';

/** A public host that belongs to the attacker: rented somewhere, often in a cloud. */
function drawServer(random: Random): Peer {
  return random.chance(0.3) ? { ...servicePeer(random, 'EC2'), stack: LINUX } : internetPeer(random, LINUX);
}

/**
 * An implant asks its server for orders: sleep 5 to 600 s with 0 to 50 % jitter (frameworks default to 5 or 60 s and 0 to
 * 37 %), small question, small answer, rarely a task with more.
 */
export function beacon(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const server = drawServer(random);
  const datagrams = random.chance(0.2);
  const port = datagrams
    ? random.choice([53, 123, 443, random.integer(1_024, 65_535)])
    : random.weighted([
        [443, 6],
        [80, 2],
        [8080, 1],
        [8443, 1],
        [53, 1],
        [random.integer(1_024, 65_535), 2],
      ]);
  // At least a few calls fall into the run, however short it is.
  const sleep = Math.min(random.logUniform(5, 600) / world.intensity, (world.end - start) / 4);
  const jitter = random.choice([0, 0.05, 0.1, 0.2, 0.37, 0.5]);
  const up = random.logUniform(60, 1_200);
  const down = random.logUniform(40, 900);
  const tls = port === 443 || port === 8443;
  const protocol = datagrams ? PROTOCOL.udp : PROTOCOL.tcp;
  const infected = random.sample(
    world.network.hosts,
    random.weighted([
      [1, 7],
      [2, 2],
      [4, 1],
    ]),
  );
  for (const client of infected) {
    const draw = random.fork(client.name);
    const habit = drawHabit(draw, world.network);
    const from = start + draw.uniform(0, sleep);
    world.label('command-and-control', from, world.end, { from: client, to: server, port, protocol });
    world.repeat({
      from,
      gap: () => sleep * draw.uniform(1 - jitter, 1 + jitter / 2),
      act: (at) => {
        const task = draw.chance(0.02) ? draw.pareto(2_000, 0.9, 2e6) : 0;
        const outcome = draw.chance(0.01) ? ('silent' as const) : ('served' as const);
        if (datagrams) datagram(world, draw, client, server, port, at, up, down + task, outcome);
        else
          world.traffic.tcp(draw, {
            client,
            server,
            port,
            at,
            up: up + (tls ? 500 : 0),
            down: down + task + (tls ? 2_200 : 0),
            turns: tls ? 3 : 1,
            habit,
            outcome,
          });
      },
    });
  }
}

function datagram(
  world: World,
  random: Random,
  client: Host,
  server: Peer,
  port: number,
  at: number,
  up: number,
  down: number,
  outcome: 'served' | 'silent',
): void {
  const packetsUp = Math.ceil(up / 1_200);
  const packetsDown = Math.ceil(down / 1_200);
  world.traffic.udp(random, {
    client,
    server,
    port,
    at,
    up: { packets: packetsUp, bytes: Math.round(up) + packetsUp * DATAGRAM_HEADER_BYTES },
    down: { packets: packetsDown, bytes: Math.round(down) + packetsDown * DATAGRAM_HEADER_BYTES },
    outcome,
  });
}

/** A host gives away 100 MB to 50 GB, in one go or in pieces, to one public server that it never called before. */
export function bulkExfiltration(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.2, 0.5]);
  const client = random.choice(world.network.hosts);
  const server = random.chance(0.2) ? servicePeer(random, 'S3') : drawServer(random);
  const port = random.weighted([
    [443, 6],
    [22, 3],
    [21, 1],
    [53, 1],
    [80, 1],
    [random.integer(1_024, 65_535), 1],
  ]);
  world.label('exfiltration', start, end, { from: client, to: server, protocol: PROTOCOL.tcp });
  // 1 to 100 MB/s: a home line at the other end up to an instance's own limit (our assumption).
  const speed = random.logUniform(1e6, 1e8);
  const total = Math.min(random.logUniform(1e8, 5e10) * world.intensity, speed * (end - start) * 0.95);
  const pieces = random.chance(0.4) ? 1 : Math.ceil(random.logUniform(2, 300));
  const chunked = random.chance(0.4);
  const bytes = total / pieces;
  const gap = chunked ? (end - start) / pieces : bytes / speed;
  let left = pieces;
  world.repeat({
    from: start,
    until: end,
    gap: () => (left > 0 ? gap : world.seconds * 2),
    act: (at) => {
      left--;
      const up = chunked ? bytes : bytes * random.uniform(0.7, 1.3);
      const seconds = Math.min(up / speed, end - at);
      world.traffic.tcp(random, {
        client,
        server,
        port,
        at,
        up,
        down: 3_000 + up * 1e-4,
        turns: random.integer(3, 12),
        seconds,
        outcome: 'served',
      });
    },
  });
}
