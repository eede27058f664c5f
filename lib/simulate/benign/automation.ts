import { internetPeer, webPeer } from '../internet.ts';
import type { Random } from '../random.ts';
import { outcomeOutside } from '../security.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { answerBytes, requestBytes } from './web.ts';

/** Build jobs: for a minute or three, hundreds of short downloads from a few dozen registries and mirrors. */
export function builds(world: World, random: Random): void {
  for (const client of world.hosts(random, 'build').slice(0, 4)) {
    const draw = random.fork(client.name);
    const mirrors = Array.from({ length: draw.integer(8, 60) }, () => webPeer(draw, world.network.ipv6));
    world.befriend(client, 'anyone', 443);
    const gap = draw.logUniform(300, 2_400);
    world.repeat({
      from: world.begin + draw.exponential(gap / 2),
      gap: (now) => draw.exponential(gap / world.pace(now)),
      act: (now) => {
        const seconds = draw.logUniform(20, 200);
        for (let i = Math.round(draw.logUniform(15, 250)); i > 0; i--) {
          const at = now + draw.uniform(0, seconds);
          const turns = draw.integer(1, 8);
          world.traffic.tcp(draw, {
            client,
            server: draw.choice(mirrors),
            port: 443,
            at,
            up: 600 + turns * requestBytes(draw),
            down: 4_000 + turns * answerBytes(draw),
            turns,
            outcome: outcomeOutside(draw),
          });
        }
      },
    });
  }
}

/** A crawler: new web hosts without end, a tenth of them gone; a sweep, were it not for the answers. */
export function crawling(world: World, random: Random): void {
  for (const client of world.hosts(random, 'crawler')) {
    const draw = random.fork(client.name);
    world.befriend(client, 'anyone', 443);
    world.befriend(client, 'anyone', 80);
    const gap = draw.logUniform(0.7, 15);
    const failing = draw.uniform(0.03, 0.2);
    const from = world.begin + draw.uniform(0, 0.3) * world.seconds;
    world.repeat({
      from,
      until: from + draw.logUniform(900, 86_400),
      gap: () => draw.exponential(gap),
      act: (at) => {
        const turns = draw.integer(1, 5);
        world.traffic.tcp(draw, {
          client,
          server: webPeer(draw),
          port: draw.chance(0.85) ? 443 : 80,
          at,
          up: 600 + turns * 350,
          down: 4_000 + turns * answerBytes(draw),
          turns,
          outcome: outcomeOutside(draw, failing),
          patience: 10,
        });
      },
    });
  }
}

/** Programs that call one API for ever with the same question, on one connection each time. */
export function apiPolling(world: World, random: Random): void {
  for (let i = random.integer(1, 5); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    const server = webPeer(draw, world.network.ipv6);
    const port = draw.weighted([
      [443, 8],
      [80, 1],
      [8443, 1],
    ]);
    world.befriend(client, 'anyone', port);
    const gap = draw.logUniform(2, 90);
    const jitter = draw.choice([0.01, 0.1, 0.5]);
    const up = draw.logNormal(500, 0.5);
    const down = draw.logNormal(1_200, 1);
    const turns = draw.integer(1, 6);
    const habit = drawHabit(draw, world.network);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: () => gap * draw.uniform(1 - jitter, 1 + jitter),
      act: (at) => {
        world.traffic.tcp(draw, {
          client,
          server,
          port,
          at,
          up: up + 500,
          down: down * draw.uniform(0.95, 1.05) + 3_500,
          turns,
          habit,
          outcome: outcomeOutside(draw, 0.005),
        });
      },
    });
  }
}

/** Kept connections of chat, push and long polling: small, regular, for hours. A beacon in all but intent. */
export function keptAlive(world: World, random: Random): void {
  for (const client of random.sample(world.network.hosts, world.network.hosts.length * random.uniform(0.2, 0.7))) {
    const draw = random.fork(client.name);
    const server = draw.chance(0.5) ? webPeer(draw) : internetPeer(draw);
    const port = draw.weighted([
      [443, 6],
      [5223, 2],
      [8883, 2],
      [5228, 1],
      [80, 1],
      [5222, 1],
    ]);
    world.befriend(client, 'anyone', port);
    // Push services send keepalives each 30 s to 30 min; long polls end after 30 to 60 s.
    const interval = draw.choice([10, 20, 30, 45, 60, 60, 120, 300, 900]);
    const jitter = draw.choice([0, 0.01, 0.05, 0.2]);
    const up = draw.logNormal(120, 0.8);
    const down = draw.logNormal(150, 1);
    const fresh = draw.chance(0.45);
    const habit = drawHabit(draw, world.network);
    const session = fresh
      ? undefined
      : world.traffic.session(draw, { client, server, port, at: world.begin }, 'before');
    world.repeat({
      from: world.begin + draw.uniform(0, interval),
      gap: () => interval * (1 + draw.uniform(-jitter, jitter)),
      act: (at) => {
        const extra = draw.chance(0.06) ? answerBytes(draw) : 0;
        if (session) session.work(at, 0.2, { up, down: down + extra, turns: 1 });
        else
          world.traffic.tcp(draw, {
            client,
            server,
            port,
            at,
            up: up + 600,
            down: down + 3_600 + extra,
            habit,
            turns: 3,
          });
      },
    });
  }
}

/** Agents and updates: the same few hosts each 5 minutes to an hour, small requests, sometimes a package. */
export function telemetry(world: World, random: Random): void {
  const servers = Array.from({ length: random.integer(3, 8) }, () => webPeer(random, world.network.ipv6));
  for (const client of world.network.hosts) {
    const draw = random.fork(client.name);
    for (const server of draw.sample(servers, draw.integer(0, 4))) {
      world.befriend(client, 'anyone', 443);
      const interval = draw.choice([30, 60, 60, 300, 300, 600, 3_600]);
      const size = draw.logNormal(2_500, 1);
      const habit = drawHabit(draw, world.network);
      world.repeat({
        from: world.begin + draw.uniform(0, interval),
        gap: () => interval + draw.normal(0, interval * 0.02),
        act: (at) => {
          const update = draw.chance(0.01) ? draw.pareto(1e5, 0.9, 3e8) : 0;
          const ipv6 = draw.chance(0.5);
          world.traffic.tcp(draw, {
            client,
            server,
            port: 443,
            at,
            up: size * draw.uniform(0.9, 1.1) + 800,
            down: 4_200 + update,
            habit,
            turns: 3,
            ipv6,
          });
        },
      });
    }
  }
}
