import { internetPeer, internetPeers } from '../internet.ts';
import type { Random } from '../random.ts';
import { anyStack } from '../stack.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';

/**
 * Web objects and pages: median around 10 kB with a heavy tail (Crovella and Bestavros 1997 found Pareto shapes of 1.0
 * to 1.3); request sizes of 400 to 1,500 bytes are our assumption.
 */
export const answerBytes = (random: Random): number => random.pareto(random.logUniform(300, 6_000), 1.2, 5e7);
export const requestBytes = (random: Random): number => random.logNormal(700, 0.6);

/** Internet clients to a load balancer, and the balancer's pooled connections to the applications behind it. */
export function webTier(world: World, random: Random): void {
  const { network, traffic } = world;
  const apps = world.hosts(random, 'app');
  const clients = internetPeers(random, random.logUniform(20, 600), network.ipv6);
  for (const balancer of network.balancers) {
    const draw = random.fork(balancer.name);
    const port = draw.chance(0.85) ? 443 : 80;
    // Visits per second and balancer: our assumption, small sites to busy ones.
    const visitGap = 1 / draw.logUniform(0.008, 0.12);
    const targets = draw.sample(apps, draw.integer(1, apps.length));
    for (const app of targets) world.befriend(balancer, app, 'any');
    const keptAlive = draw.uniform(0, 0.9);
    world.repeat({
      gap: (now) => draw.exponential(visitGap / world.pace(now)),
      act: (now) => {
        // A few clients come far more often than the rest: offices, proxies, other programs.
        const client = clients[Math.floor(clients.length * draw.uniform() ** 2)]!;
        const connections = draw.chance(0.6) ? 1 : draw.integer(2, 6);
        for (let i = 0; i < connections; i++) {
          const turns = Math.ceil(draw.pareto(1, 1.3, 200));
          const up = 500 + turns * requestBytes(draw);
          const down = 3_500 + turns * answerBytes(draw);
          const idle = draw.chance(0.5) ? draw.exponential(20) : 0;
          const at = now + draw.uniform(0, 2);
          const ipv6 = draw.chance(0.3);
          traffic.tcp(draw, { client, server: balancer, port, at, up, down, turns, ipv6, seconds: idle + turns * 0.2 });
          if (draw.chance(keptAlive)) continue;
          const app = draw.choice(targets);
          const backend = { client: balancer, server: app, port: app.servicePorts[0] ?? 80 };
          traffic.tcp(draw, { ...backend, at: at + 0.05, up, down, turns });
        }
      },
    });
    pooledBackends(world, draw, balancer, targets);
  }
}

function pooledBackends(
  world: World,
  random: Random,
  balancer: World['network']['balancers'][number],
  apps: readonly World['network']['hosts'][number][],
): void {
  for (const app of apps) {
    const port = app.servicePorts[0] ?? 80;
    const sessions = random.integer(1, 3);
    const gap = random.logUniform(30, 400);
    for (let i = 0; i < sessions; i++) {
      const session = world.traffic.session(random, { client: balancer, server: app, port, at: world.begin }, 'before');
      world.repeat({
        from: world.begin + random.uniform(0, 30),
        gap: (now) => random.exponential(gap / world.pace(now)),
        act: (now) =>
          session.work(now, random.exponential(1), { up: requestBytes(random), down: answerBytes(random), turns: 1 }),
      });
    }
  }
}

/** Every target of every balancer, every 5 to 30 s (Elastic Load Balancing's range of health check intervals). */
export function healthChecks(world: World, random: Random): void {
  const apps = world.hosts(random, 'app');
  for (const balancer of world.network.balancers) {
    const draw = random.fork(balancer.name);
    const interval = draw.choice([5, 10, 15, 30, 30]);
    const up = draw.uniform(80, 200);
    const down = draw.uniform(120, 900);
    const habit = drawHabit(draw, world.network);
    for (const app of draw.sample(apps, draw.integer(1, Math.min(4, apps.length)))) {
      const dead = draw.chance(0.04);
      const port = app.servicePorts[0] ?? 80;
      world.befriend(balancer, app, port);
      world.repeat({
        from: world.begin + draw.uniform(0, interval),
        gap: () => interval + draw.normal(0, 0.02),
        act: (at) => {
          const outcome = dead ? { outcome: 'refused' as const } : {};
          world.traffic.tcp(draw, {
            client: balancer,
            server: app,
            port,
            at,
            up,
            down,
            habit,
            patience: 3,
            ...outcome,
          });
        },
      });
    }
  }
}

/** Many clients at once for some minutes, all of them answered: dense as a flood, but whole connections. */
export function loadTest(world: World, random: Random): void {
  const server = random.chance(0.5)
    ? random.choice(world.network.balancers)
    : random.choice(world.hosts(random, 'app'));
  const port = server.servicePorts[0] ?? 443;
  const inside = random.chance(0.5);
  const client = inside
    ? random.choice(world.hosts(random, 'build', 'batch', 'bastion'))
    : internetPeer(random, anyStack(random));
  world.befriend(client, server, port);
  const from = world.begin + random.uniform(0, 0.6) * world.seconds;
  // Tools such as wrk, hey and k6 default to 10 to 200 connections; requests reuse them or not (our assumption).
  const gap = 1 / random.logUniform(2, 20);
  const up = random.logUniform(120, 900);
  const down = random.logUniform(200, 40_000);
  const turns = random.chance(0.5) ? 1 : random.integer(2, 50);
  const habit = drawHabit(random, world.network);
  world.repeat({
    from,
    until: from + Math.min(random.logUniform(40, 240), world.seconds * 0.3),
    gap: () => random.exponential(gap),
    act: (at) => {
      const outcome = inside ? {} : { outcome: 'served' as const };
      world.traffic.tcp(random, {
        client,
        server,
        port,
        at,
        up: up * turns,
        down: down * turns,
        turns,
        habit,
        ...outcome,
      });
    },
  });
}
