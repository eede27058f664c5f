import { internetPeer, webPeer } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { requestBytes } from './web.ts';

/**
 * Pages that load themselves again: webmail, tickers, dashboards, advertisements, over HTTP as well; at even times for as long as the window
 * is open, with one or several connections each. A beacon in all but intent. Intervals are common choices of such pages (general knowledge).
 */
export function refreshingPages(world: World, random: Random): void {
  for (const client of random.sample(
    world.hosts(random, 'workstation', 'remote-access', 'app'),
    random.integer(1, 8),
  )) {
    for (let page = random.fork(client.name).integer(1, 3); page > 0; page--) {
      const draw = random.fork(`${client.name} ${page}`);
      const server = webPeer(draw, world.network.ipv6);
      const port = draw.chance(0.5) ? 80 : 443;
      world.befriend(client, 'anyone', port);
      const interval = draw.choice([10, 15, 20, 30, 60, 60, 90, 120, 180, 300, 600]);
      const jitter = draw.choice([0, 0.005, 0.02, 0.1]);
      const connections = draw.weighted([
        [1, 5],
        [2, 2],
        [5, 1],
      ]);
      const up = requestBytes(draw) + (port === 443 ? 600 : 0);
      const down = draw.logUniform(300, 40_000) + (port === 443 ? 3_500 : 0);
      const spread = draw.choice([0.005, 0.05, 0.3, 1]);
      const habit = drawHabit(draw, world.network);
      const from = world.begin + draw.uniform(0, 0.5) * world.seconds;
      world.repeat({
        from,
        until: from + draw.logUniform(600, 36_000),
        gap: () => interval * (1 + draw.uniform(-jitter, jitter)),
        act: (now) => {
          for (let i = 0; i < connections; i++) {
            const at = now + i * 0.1;
            const size = down * draw.logNormal(1, spread);
            world.traffic.tcp(draw, { client, server, port, at, up, down: size, turns: 2, habit, ipv6: true });
          }
        },
      });
    }
  }
}

/** Resolvers that everybody may use: their published addresses. */
const PUBLIC_RESOLVERS = ['8.8.8.8', '8.8.4.4', '1.1.1.1', '9.9.9.9', '208.67.222.222'] as const;

/**
 * Hosts that ask a public resolver in place of the network's own, and programs that ask or ping it at even times to learn whether the internet
 * is there. Rates are our guess.
 */
export function publicResolvers(world: World, random: Random): void {
  for (const client of random.sample(world.network.hosts, random.integer(1, 6))) {
    const draw = random.fork(client.name);
    const address = draw.choice(PUBLIC_RESOLVERS);
    const server: Peer = { name: 'resolver', address, stack: LINUX, reach: 'internet' };
    world.befriend(client, 'anyone', 53);
    world.befriend(client, 'anyone', 0);
    const even = draw.chance(0.5);
    const pinged = draw.chance(0.3);
    const gap = even ? draw.choice([5, 10, 30, 60, 60, 300]) : draw.logUniform(3, 120);
    const question = draw.integer(28, 60);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: (now) => (even ? gap * draw.uniform(0.99, 1.01) : draw.exponential(gap / world.pace(now))),
      act: (at) => {
        if (pinged) return world.traffic.ping(draw, { client, server, at, count: draw.choice([1, 1, 4]) });
        const size = even ? question : draw.integer(28, 78);
        const up = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + size };
        const down = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + size + (even ? 16 : draw.integer(16, 400)) };
        return world.traffic.udp(draw, { client, server, port: 53, at, up, down });
      },
    });
  }
}

/**
 * Connections that last for hours and of which the log shows one piece a window: database replication, video, market data, event streams.
 * 0.5 kB to 2 MB a second is our guess.
 */
export function longStreams(world: World, random: Random): void {
  for (let i = random.integer(1, 5); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    const outside = draw.chance(0.5);
    const server: Peer = outside ? draw.choice([webPeer, internetPeer])(draw) : draw.choice(world.network.hosts);
    if (client === server) continue;
    const port = outside ? draw.choice([443, 443, 1935, 8883, 9443]) : draw.choice([5432, 3306, 6379, 9092, 27_017]);
    world.befriend(client, outside ? 'anyone' : server, port);
    const session = world.traffic.session(draw, { client, server, port, at: world.begin }, 'before');
    const rate = draw.logUniform(500, 2e6);
    const upward = draw.chance(0.25);
    const step = draw.choice([5, 15, 30]);
    world.repeat({
      gap: () => step,
      act: (at) => {
        const bytes = rate * step * draw.logNormal(1, 0.4);
        const [up, down] = upward ? [bytes, 200] : [200, bytes];
        session.work(at, step - 0.5, { up, down, turns: step });
      },
    });
  }
}
