import { internetPeers, webPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { outcomeOutside } from '../security.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { answerBytes, requestBytes } from './web.ts';

/** One user: pages of several connections each, to many destinations, a few of them dead. */
export function browse(world: World, random: Random, client: Peer, gap: number): void {
  const sites = Array.from({ length: Math.round(random.logUniform(10, 300)) }, () =>
    webPeer(random, world.network.ipv6),
  );
  world.befriend(client, 'anyone', 443);
  world.befriend(client, 'anyone', 80);
  const failing = random.uniform(0.002, 0.06);
  const datagrams = random.chance(0.4);
  world.repeat({
    from: world.begin + random.uniform(0, gap),
    gap: (now) => random.pareto(gap / 4, 1.2, 20 * gap) / world.pace(now),
    act: (now) => {
      for (let i = Math.min(20, Math.ceil(random.pareto(1, 1))); i > 0; i--)
        visit(world, random, client, random.choice(sites), now, failing, datagrams);
    },
  });
}

function visit(
  world: World,
  random: Random,
  client: Peer,
  server: Peer,
  now: number,
  failing: number,
  datagrams: boolean,
): void {
  const at = now + random.exponential(2);
  const turns = Math.ceil(random.pareto(1, 1.2, 80));
  // One visit in thirty sends something large: attachments, photographs, synchronised folders (our assumption).
  const sent = random.chance(0.03) ? random.pareto(1e5, 0.9, 1e9) : 0;
  const up = 700 + turns * requestBytes(random) + sent;
  const down = 4_000 + turns * answerBytes(random);
  const idle = random.chance(0.6) ? random.exponential(45) : 0;
  const outcome = outcomeOutside(random, failing);
  const ipv6 = random.chance(0.4);
  if (datagrams && outcome === 'served' && random.chance(0.35)) {
    // QUIC: 1,200 to 1,350 byte datagrams, about one acknowledgement for two.
    const packets = Math.ceil(down / 1_250) + 4;
    const back = { packets, bytes: Math.round(down + packets * 50) };
    const packetsUp = Math.ceil(packets * random.uniform(0.3, 0.7)) + turns + 2;
    const out = { packets: packetsUp, bytes: Math.round(up + 1_200 + packetsUp * 60) };
    world.traffic.udp(random, {
      client,
      server,
      port: 443,
      at,
      up: out,
      down: back,
      seconds: turns * 0.1 + idle * 0.5,
      ipv6,
    });
    return;
  }
  const port = random.chance(0.92) ? 443 : 80;
  world.traffic.tcp(random, { client, server, port, at, up, down, turns, seconds: turns * 0.1 + idle, outcome, ipv6 });
}

/** Workstations and remote-access hosts. */
export function browsing(world: World, random: Random): void {
  const users = world.hosts(random, 'workstation', 'remote-access');
  for (const client of users.slice(0, 40)) browse(world, random.fork(client.name), client, random.logUniform(30, 400));
}

/** A host behind which a whole office hides: thousands of conversations an hour, all of them somebody's work. */
export function sharedAddress(world: World, random: Random): void {
  const client = random.choice(world.hosts(random, 'remote-access', 'bastion', 'workstation'));
  for (let user = random.integer(2, 8); user > 0; user--) {
    browse(world, random.fork(`user-${user}`), client, random.logUniform(40, 300));
  }
}

/** Peer to peer: many peers on high ports, 30 to 60 % of them gone (churn studies of BitTorrent and Gnutella). */
export function peerToPeer(world: World, random: Random): void {
  for (const client of random.sample(world.hosts(random, 'workstation', 'crawler', 'batch'), random.integer(1, 2))) {
    const draw = random.fork(client.name);
    const own = draw.integer(10_000, 65_000);
    const dead = draw.uniform(0.3, 0.6);
    const datagrams = draw.uniform(0.3, 0.9);
    const gap = draw.logUniform(0.7, 20);
    world.befriend(client, 'anyone', 'high');
    const peers = internetPeers(draw, draw.logUniform(50, 1_500)).map((peer) => ({
      peer,
      port: swarmPort(draw),
      dead: draw.chance(dead),
    }));
    const from = world.begin + draw.uniform(0, 0.4) * world.seconds;
    world.repeat({
      from,
      until: from + draw.logUniform(600, 14_400),
      gap: () => draw.exponential(gap),
      act: (at) => {
        const { peer, port, dead } = draw.choice(peers);
        const outcome = dead ? (draw.chance(0.8) ? 'silent' : 'refused') : 'served';
        if (draw.chance(datagrams)) lookUp(world, draw, client, peer, port, own, at, outcome);
        else share(world, draw, client, peer, port, at, outcome);
      },
    });
  }
}

function lookUp(
  world: World,
  random: Random,
  client: Host,
  server: Peer,
  port: number,
  clientPort: number,
  at: number,
  outcome: 'served' | 'silent' | 'refused',
): void {
  const packets = random.integer(1, 3);
  const up = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + random.integer(65, 125)) };
  const down = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + random.integer(60, 480)) };
  world.traffic.udp(random, { client, server, port, at, up, down, clientPort, outcome, seconds: packets > 1 ? 3 : 0 });
}

function share(
  world: World,
  random: Random,
  client: Host,
  server: Peer,
  port: number,
  at: number,
  outcome: 'served' | 'silent' | 'refused',
): void {
  const upload = random.chance(0.4);
  const bytes = random.pareto(300, 0.6, 3e7);
  world.traffic.tcp(random, {
    client,
    server,
    port,
    at,
    up: 68 + (upload ? bytes : bytes / 30),
    down: 68 + (upload ? bytes / 30 : bytes),
    turns: random.integer(1, 20),
    seconds: random.exponential(60),
    outcome,
    patience: 20,
  });
}

/** The registered BitTorrent port for some, any high port for most. */
function swarmPort(random: Random): number {
  return random.chance(0.15) ? 6881 : random.integer(1_025, 65_535);
}
