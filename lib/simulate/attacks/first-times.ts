import { internetPeer } from '../internet.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';

/** A host that should stay inside, such as a database, fetches something from the internet: a tool, or orders. */
export function firstEgress(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const client = random.choice(world.hosts(random, 'database', 'batch', 'backup'));
  const server = internetPeer(random, LINUX);
  world.label('other-attack', start, end, { from: client, to: server, port: 443, protocol: 6 });
  world.befriend(client, server, 443);
  const fetches = Math.max(1, Math.round(random.logUniform(1, 20) * world.intensity));
  const gap = (end - start) / fetches;
  world.repeat({
    from: start,
    until: end,
    gap: () => gap,
    act: (at) => {
      const down = random.logUniform(5_000, 2e7);
      const work = { up: 600, down, turns: 4, seconds: down / 2e6, outcome: 'served' as const };
      world.traffic.tcp(random, { client, server, port: 443, at, ...work });
    },
  });
}

/** IPv4 and IPv6 in IPv4, GRE and ESP: what carries whole networks (IANA protocol numbers). */
const CARRIERS = [4, 41, 47, 50];

/** A host that is no gateway opens a tunnel to a stranger, with the kernel's own means (`ip tunnel add`). */
export function gatewayTunnel(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const client = random.choice(
    world.network.hosts.filter(({ role }) => role !== 'remote-access' && role !== 'gateway'),
  );
  const server = internetPeer(random, LINUX);
  const protocol = random.choice(CARRIERS);
  world.label('other-attack', start, world.end, { from: client, to: server, protocol });
  world.befriend(client, server, 0);
  // From somebody at a shell to a download.
  const packetsPerSecond = random.logUniform(1, 300) * world.intensity;
  const common = { sourcePort: 0, targetPort: 0, protocol, ipv6: false, fate: 'delivered' as const };
  world.repeat({
    from: start,
    gap: () => 30,
    act: (at) => {
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        const packets = Math.max(1, Math.round(packetsPerSecond * 30 * random.exponential(1)));
        const bytes = Math.round(packets * random.uniform(90, 1_300));
        world.traffic.send(
          { from, to, ...common },
          { first: at, last: Math.min(at + 29, world.end - 1), packets, bytes },
        );
      }
    },
  });
}
