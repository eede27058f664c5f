import { internetPeers } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { answerBytes, requestBytes } from './web.ts';

/**
 * Asymmetric sight: the answers of a host leave by another way (direct server return, an appliance, a second network card), or only its answers
 * pass by here. Ordinary work of which the log holds one direction; a single SYN-ACK to each of many, where a client came no further. Shares
 * and rates are our guess.
 */
export function oneSided(world: World, random: Random): void {
  for (let i = random.integer(1, 3); i > 0; i--) {
    const draw = random.fork(i);
    const host = draw.choice(world.network.hosts);
    const seen = draw.choice(['up', 'down'] as const);
    const serving = draw.chance(0.6);
    const others = internetPeers(draw, draw.logUniform(1, 200));
    const port = serving ? (host.servicePorts[0] ?? 443) : draw.choice([443, 80, 53]);
    for (const peer of others) world.befriend(serving ? peer : host, serving ? host : peer, port);
    if (!serving) world.befriend(host, 'anyone', port);
    const halfOpen = draw.chance(0.3) ? draw.uniform(0.2, 1) : 0;
    const gap = draw.logUniform(1, 60);
    world.repeat({
      from: world.begin + draw.uniform(0, 0.5) * world.seconds,
      gap: (now) => draw.exponential(gap / world.pace(now)),
      act: (at) => {
        const peer = draw.choice(others);
        const ends = serving ? { client: peer, server: host } : { client: host, server: peer };
        work(world, draw, { ...ends, port, at, seen, half: draw.chance(halfOpen) });
      },
    });
  }
}

interface Half {
  readonly client: Peer | Host;
  readonly server: Peer | Host;
  readonly port: number;
  readonly at: number;
  readonly seen: 'up' | 'down';
  /** The client never acknowledges. */
  readonly half: boolean;
}

function work(world: World, random: Random, { half, ...exchange }: Half): void {
  const common = { ...exchange, outcome: 'served' as const };
  if (exchange.port === 53) {
    const packet = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + random.integer(30, 300) };
    world.traffic.udp(random, { ...common, up: packet, down: packet });
  } else if (half) {
    world.traffic.tcp(random, { ...common, up: 0, down: 0, turns: 0, ending: 'half-open' });
  } else {
    const turns = random.integer(1, 8);
    const sizes = { up: 500 + turns * requestBytes(random), down: 3_500 + turns * answerBytes(random), turns };
    world.traffic.tcp(random, { ...common, ...sizes });
  }
}
