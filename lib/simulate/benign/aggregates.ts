import { internetPeer, internetPeers } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { outcomeOutside } from '../security.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { answerBytes, requestBytes } from './web.ts';

/** What people behind one address call (our guess, web first): TCP ports, and those that are UDP. */
const CALLED = [
  [443, 70],
  [80, 8],
  [993, 3],
  [5223, 3],
  [22, 1],
  [587, 1],
  [8443, 1],
  [53, 6],
  [123, 1],
] as const;

/**
 * A NAT instance, proxy or VPN concentrator: one address with up to tens of thousands of conversations an hour to thousands of hosts, some
 * of them dead, on any port, with people's uploads among them. Real background has one with 28,413 in 88 minutes; 1 to 8 a second.
 */
export function addressTranslation(world: World, random: Random): void {
  const exposed = world.network.hosts.filter((host) => !host.gateway);
  if (exposed.length === 0) return;
  const client = random.choice(exposed);
  world.befriend(client, 'anyone', 'any');
  const peers = internetPeers(random, random.logUniform(200, 4_000), world.network.ipv6);
  const failing = random.uniform(0.01, 0.12);
  const gap = 1 / random.logUniform(1, 8);
  world.repeat({
    gap: (now) => random.exponential(gap / world.pace(now)),
    act: (at) => {
      // A few hosts are called far more often than the rest; one call in twenty is to somebody new.
      const popular = peers[Math.floor(peers.length * random.uniform() ** 3)]!;
      call(world, random, client, random.chance(0.05) ? internetPeer(random) : popular, at, failing);
    },
  });
}

function call(world: World, random: Random, client: Host, server: Peer, at: number, failing: number): void {
  const port = random.chance(0.06) ? random.integer(1_024, 65_535) : random.weighted(CALLED);
  const clientPort = random.integer(1_024, 65_535);
  const outcome = outcomeOutside(random, failing);
  if (port === 53 || port === 123) {
    const up = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + random.integer(28, 70) };
    const down = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + random.integer(48, 500) };
    world.traffic.udp(random, { client, server, port, clientPort, at, up, down, outcome });
    return;
  }
  const turns = Math.ceil(random.pareto(1, 1.2, 80));
  const sent = random.chance(0.03) ? random.pareto(1e5, 0.8, 2e9) : 0;
  world.traffic.tcp(random, {
    client,
    server,
    port,
    clientPort,
    at,
    up: 700 + turns * requestBytes(random) + sent,
    down: 4_000 + turns * answerBytes(random),
    turns,
    seconds: turns * 0.1 + (random.chance(0.5) ? random.exponential(40) : 0) + sent / 2e6,
    outcome,
  });
}
