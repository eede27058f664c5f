import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../schedule.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';

/** People and automation at SSH and RDP: long typing sessions, playbooks over many hosts, git every minute. */
export function administration(world: World, random: Random): void {
  const bastions = world.hosts(random, 'bastion');
  const admins: Peer[] = [...random.sample(world.network.offices, 3), internetPeer(random)];
  for (let i = 0; i < Math.max(2, world.network.hosts.length / 8); i++) {
    const draw = random.fork(`session-${i}`);
    const bastion = draw.choice(bastions);
    const outside = draw.chance(0.4);
    const client = outside ? draw.choice(admins) : bastion;
    const server = outside ? bastion : draw.choice(world.network.hosts);
    const port = server.managementPorts[0] ?? 22;
    if (client === server) continue;
    world.befriend(client, server, port);
    const at = world.begin + draw.uniform(-600, world.seconds);
    world.start(at, interactive(world, draw, client, server, port, at));
  }
  playbook(world, random.fork('playbook'), random.choice(bastions));
}

/** Typing: little by little, with pauses of minutes; RDP repaints and so sends much more. */
function* interactive(world: World, random: Random, client: Peer, server: Host, port: number, from: number): Activity {
  const session = world.traffic.session(random, { client, server, port, at: from });
  const end = from + random.logNormal(900, 1.1);
  session.work(from, 1.5, { up: 2_500, down: 3_000, turns: 10 });
  const desktop = port === 3389;
  for (let now = from + 2; now < end; ) {
    yield now;
    const seconds = random.exponential(25);
    const keys = Math.ceil(seconds * random.uniform(0.5, 5));
    const echo = desktop ? random.logNormal(900, 0.8) : random.logNormal(90, 0.8);
    session.work(now, seconds, { up: keys * 44, down: keys * echo, turns: keys });
    now += seconds + random.pareto(3, 0.9, 600);
  }
  yield end;
  session.close(end);
}

/** Automation that logs in everywhere and works there: connects like guessing, but every log-in succeeds. */
function playbook(world: World, random: Random, client: Host): void {
  const targets = random.sample(
    world.network.hosts.filter((host) => host !== client && host.managementPorts.includes(22)),
    random.integer(3, 60),
  );
  for (const server of targets) world.befriend(client, server, 22);
  const interval = random.choice([600, 1_800, 3_600]);
  const forks = random.choice([1, 5, 5, 20]);
  world.repeat({
    from: world.begin + random.uniform(0, Math.min(interval, world.seconds)),
    gap: () => interval,
    act: (start) => {
      for (const [i, server] of targets.entries()) {
        let at = start + Math.floor(i / forks) * random.uniform(5, 20);
        for (let task = random.integer(1, 6); task > 0; task--) {
          const turns = random.integer(15, 40);
          const up = 2_800 + random.logNormal(60_000, 0.8);
          at = world.traffic.tcp(random, {
            client,
            server,
            port: 22,
            at,
            up,
            down: random.logNormal(9_000, 0.7),
            turns,
            seconds: random.logNormal(4, 0.6),
          }).end;
        }
      }
    },
  });
}

/** git fetch over SSH on a schedule: many equal short sessions to port 22 that are not guesses. */
export function sourcePolling(world: World, random: Random): void {
  const outside = random.chance(0.6);
  const server: Peer = outside ? internetPeer(random) : random.choice(world.hosts(random, 'build', 'file-server'));
  for (const client of random.sample(world.hosts(random, 'build', 'batch', 'app'), random.integer(1, 4))) {
    if (client === server) continue;
    const draw = random.fork(client.name);
    world.befriend(client, outside ? 'anyone' : server, 22);
    const interval = draw.choice([30, 60, 60, 120, 300]);
    const repositories = draw.integer(1, 6);
    const habit = drawHabit(draw, world.network);
    world.repeat({
      from: world.begin + draw.uniform(0, interval),
      gap: () => interval * draw.uniform(0.98, 1.02),
      act: (at) => {
        for (let i = 0; i < repositories; i++) {
          // Key exchange alone takes about 2.5 kB each way in OpenSSH; an unchanged fetch adds the list of references.
          const down = draw.chance(0.05) ? draw.pareto(20_000, 1.1, 1e8) : draw.logNormal(4_500, 0.25);
          world.traffic.tcp(draw, {
            client,
            server,
            port: 22,
            at: at + i * 1.1,
            up: draw.logNormal(3_100, 0.08),
            down,
            turns: draw.integer(9, 13),
            seconds: draw.logNormal(1.4, 0.4),
            habit,
          });
        }
      },
    });
  }
}
