import { exposedHosts } from '../benign/noise.ts';
import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { reachable } from '../security.ts';
import { anyStack, LINUX } from '../stack.ts';
import type { World } from '../world.ts';

/** Who guesses where. */
export interface Pair {
  readonly client: Peer;
  readonly server: Peer;
  readonly port: number;
  /** Given where the guess leaves the network or the service is not in the network's own table. */
  readonly outcome?: 'served';
  readonly ipv6: boolean;
}

/** From outside in, from inside to inside, or from inside out; one actor or some, one target or a spray. */
export function drawPairs(world: World, random: Random, ports: readonly number[]): Pair[] {
  const kind = random.weighted([
    ['inbound', 5],
    ['inside', 3],
    ['outbound', 2],
  ] as const);
  const pairs = kind === 'inside' ? insidePairs(world, random, ports) : [];
  if (pairs.length > 0) return pairs;
  return kind === 'outbound' ? outboundPairs(world, random, random.choice(ports)) : inboundPairs(world, random, ports);
}

const actors = (random: Random): number =>
  random.weighted([
    [1, 7],
    [3, 2],
    [10, 1],
  ]);
const victims = (random: Random): number =>
  random.weighted([
    [1, 6],
    [3, 2],
    [8, 1],
  ]);

function inboundPairs(world: World, random: Random, ports: readonly number[]): Pair[] {
  const stranger = internetPeer(random);
  const open = reachable(world.network, stranger, ports).filter(([host]) => !host.gateway);
  const found: readonly (readonly [Host, number])[] =
    open.length > 0
      ? random.sample(open, victims(random))
      : [[random.choice(exposedHosts(world)), random.choice(ports)]];
  const forced = open.length === 0;
  const clients = Array.from({ length: actors(random) }, () =>
    internetPeer(random, anyStack(random), world.network.ipv6),
  );
  const ipv6 = random.chance(0.3);
  return clients.flatMap((client) =>
    found.map(([server, port]) => {
      const both = ipv6 && !!client.address6 && !!server.address6;
      return { client, server, port, ipv6: both, ...(forced ? { outcome: 'served' as const } : {}) };
    }),
  );
}

function insidePairs(world: World, random: Random, ports: readonly number[]): Pair[] {
  const client = random.choice(world.network.hosts);
  const open = reachable(world.network, client, ports).filter(
    ([host, port]) => !world.knows(client, host) && !world.uses(client, port),
  );
  return random.sample(open, victims(random)).map(([server, port]) => ({ client, server, port, ipv6: false }));
}

function outboundPairs(world: World, random: Random, port: number): Pair[] {
  const client = random.choice(world.network.hosts);
  return Array.from({ length: victims(random) }, () => ({
    client,
    server: internetPeer(random, LINUX),
    port,
    ipv6: false,
    outcome: 'served' as const,
  }));
}
