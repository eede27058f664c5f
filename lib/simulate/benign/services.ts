import { internetPeer, internetPeers } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import type { Role } from '../roles.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { answerBytes, requestBytes } from './web.ts';

/** Clients of an own DNS server ask it all day; the server asks the internet for some of it. */
export function nameService(world: World, random: Random): void {
  const resolvers = world.hosts(random, 'resolver').slice(0, 2);
  const upstream = internetPeers(random, 8, false).map((peer): Peer => ({ ...peer, stack: LINUX }));
  for (const resolver of resolvers) world.befriend(resolver, 'anyone', 53);
  for (const client of world.network.hosts) {
    if (resolvers.includes(client)) continue;
    const draw = random.fork(client.name);
    const server = draw.choice(resolvers);
    world.befriend(client, server, 53);
    // Queries per host and minute: from a quiet device to a busy mail relay (our assumption).
    const gap = 60 / draw.logUniform(0.15, 3);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: (now) => draw.exponential(gap / world.pace(now)),
      act: (at) => {
        // A and AAAA share a socket in glibc; names of 10 to 60 bytes, answers up to the 1,232 bytes of DNS Flag Day 2020.
        const packets = draw.chance(0.5) ? 2 : 1;
        const up = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + draw.integer(28, 78)) };
        const down = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + Math.round(draw.pareto(60, 1.5, 1_232))) };
        const exchange = { client, server, port: 53, at, up, ipv6: draw.chance(0.3) };
        world.traffic.udp(draw, draw.chance(0.995) ? { ...exchange, down } : { ...exchange, outcome: 'silent' });
        if (!draw.chance(0.15)) return;
        world.traffic.udp(draw, {
          ...exchange,
          client: server,
          server: draw.choice(upstream),
          at: at + 0.001,
          down,
          ipv6: false,
        });
      },
    });
  }
}

/** NTP: polls of 64 to 1,024 s (RFC 5905), from port 123 by ntpd and from an ephemeral port by chrony and Windows. */
export function timeService(world: World, random: Random): void {
  const pool = internetPeers(random, 4);
  for (const client of world.network.hosts) {
    const draw = random.fork(client.name);
    if (draw.chance(0.3)) continue;
    const servers = draw.sample(pool, draw.integer(1, 4));
    const clientPort = draw.chance(0.5) ? 123 : undefined;
    const interval = draw.choice([64, 128, 256, 512, 1_024]);
    world.befriend(client, 'anyone', 123);
    for (const server of servers) {
      world.repeat({
        from: world.begin + draw.uniform(0, interval),
        gap: () => interval * draw.uniform(0.97, 1.03),
        act: (at) => {
          const one = { packets: 1, bytes: 76 };
          world.traffic.udp(draw, { client, server, port: 123, clientPort, at, up: one, down: one });
        },
      });
    }
  }
}

/** Applications at their databases: pools that stay open for hours, and connections opened for one query. */
export function databases(world: World, random: Random): void {
  const servers = world.hosts(random, 'database');
  for (const client of world.hosts(random, 'app', 'batch', 'build')) {
    const draw = random.fork(client.name);
    for (const server of draw.sample(servers, draw.integer(1, 2))) {
      if (server === client) continue;
      const port = server.servicePorts[0] ?? 5432;
      world.befriend(client, server, port);
      if (draw.chance(0.7)) pool(world, draw, client, server, port);
      else shortQueries(world, draw, client, server, port);
    }
  }
}

function pool(world: World, random: Random, client: Host, server: Host, port: number): void {
  // Pools of 1 to 6 busy connections: HikariCP and pgbouncer default to 10 and 20, mostly idle.
  for (let i = random.integer(1, 3); i > 0; i--) {
    const session = world.traffic.session(random, { client, server, port, at: world.begin }, 'before');
    const gap = random.logUniform(3, 300);
    world.repeat({
      from: world.begin + random.uniform(0, gap),
      gap: (now) => random.exponential(gap / world.pace(now)),
      act: (now) => {
        if (random.chance(0.05)) session.keepalive(now);
        const turns = Math.ceil(random.pareto(1, 1.2, 400));
        session.work(now, turns * 0.01, {
          up: turns * random.logNormal(180, 0.7),
          down: turns * answerBytes(random),
          turns,
        });
      },
    });
  }
}

function shortQueries(world: World, random: Random, client: Host, server: Host, port: number): void {
  const gap = random.logUniform(4, 200);
  world.repeat({
    from: world.begin + random.uniform(0, gap),
    gap: (now) => random.exponential(gap / world.pace(now)),
    act: (at) => {
      // Log-in alone takes three to six turns before the first query.
      const turns = random.integer(4, 10);
      world.traffic.tcp(random, {
        client,
        server,
        port,
        at,
        up: 300 + turns * 60,
        down: 400 + turns * 90 + answerBytes(random),
        turns,
      });
    },
  });
}

/** Calls between services, caches and message queues: short connections and kept ones. */
export function internalCalls(world: World, random: Random): void {
  const servers = world.hosts(random, 'app', 'cache', 'queue', 'build').filter((host) => host.servicePorts.length > 0);
  for (const client of world.hosts(random, 'app', 'batch', 'queue')) {
    const draw = random.fork(client.name);
    for (const server of draw.sample(servers, draw.integer(0, 3))) {
      if (server === client) continue;
      const port = server.servicePorts[0]!;
      world.befriend(client, server, port);
      const gap = draw.logUniform(8, 300);
      const kept = draw.chance(0.5);
      const session = world.traffic.session(draw, { client, server, port, at: world.begin }, 'before');
      world.repeat({
        from: world.begin + draw.uniform(0, gap),
        gap: (now) => draw.exponential(gap / world.pace(now)),
        act: (at) => {
          const turns = Math.ceil(draw.pareto(1, 1.5, 50));
          const work = { up: turns * requestBytes(draw), down: turns * answerBytes(draw), turns };
          if (kept) session.work(at, turns * 0.02, work);
          else world.traffic.tcp(draw, { client, server, port, at, ...work, ipv6: draw.chance(0.2) });
        },
      });
    }
  }
}

/** A client that cannot believe its server is gone: one target, one port, SYN after SYN for minutes. */
export function deadBackend(world: World, random: Random): void {
  const roles: readonly Role[] = ['app', 'batch', 'workstation', 'device'];
  for (let i = random.integer(1, 3); i > 0; i--) {
    const client = random.choice(world.hosts(random, ...roles));
    const outside = random.chance(0.4);
    const server: Peer = outside ? internetPeer(random) : random.choice(world.network.hosts);
    if (server === client) continue;
    const port = outside
      ? random.choice([443, 80, 8443, 5671])
      : random.choice([5432, 3306, 6379, 9200, 8125, 8500, 2181]);
    world.befriend(client, outside ? 'anyone' : server, port);
    const from = world.begin + random.uniform(0, 0.7) * world.seconds;
    const gap = random.logUniform(1, 60);
    const outcome = random.choice(['silent', 'refused', 'rejected'] as const);
    const given = outside && outcome === 'rejected' ? 'silent' : outcome;
    const threads = random.weighted([
      [1, 5],
      [2, 2],
      [8, 1],
    ]);
    world.repeat({
      from,
      until: from + random.logUniform(120, 7_200),
      gap: () => gap * random.uniform(0.8, 1.3),
      act: (at) => {
        for (let thread = 0; thread < threads; thread++) {
          world.traffic.tcp(random, { client, server, port, at: at + thread * 0.01, up: 0, down: 0, outcome: given });
        }
      },
    });
  }
}
