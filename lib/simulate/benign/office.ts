import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { unusedAddress } from './operations.ts';

/** Shares mounted all day over SMB or NFS: long quiet connections with bursts of reading and writing. */
export function fileSharing(world: World, random: Random): void {
  for (const server of world.hosts(random, 'file-server').slice(0, 3)) {
    const port = server.servicePorts.includes(2049) ? 2049 : 445;
    const clients = world.hosts(random, 'workstation', 'batch', 'app');
    for (const client of random.sample(clients, random.integer(2, 12))) {
      if (client === server) continue;
      const draw = random.fork(`${server.name} ${client.name}`);
      world.befriend(client, server, port);
      const session = world.traffic.session(draw, { client, server, port, at: world.begin }, 'before');
      const gap = draw.logUniform(15, 600);
      world.repeat({
        from: world.begin + draw.uniform(0, gap),
        gap: (now) => draw.exponential(gap / world.pace(now)),
        act: (at) => {
          if (draw.chance(0.4)) return session.keepalive(at);
          const bytes = draw.pareto(800, 0.7, 2e9);
          const turns = draw.integer(2, 40);
          const [up, down] = draw.chance(0.3) ? [bytes, turns * 150] : [turns * 150, bytes];
          session.work(at, bytes / 5e7 + turns * 0.002, { up, down, turns });
        },
      });
    }
  }
}

/** Log-in and look-up at a directory: LDAP and Kerberos, short and equal, from every desktop. */
export function directory(world: World, random: Random): void {
  const server = random.choice(world.hosts(random, 'file-server', 'resolver'));
  for (const client of world.hosts(random, 'workstation', 'app', 'file-server').slice(0, 40)) {
    if (client === server) continue;
    const draw = random.fork(client.name);
    const habit = drawHabit(draw, world.network);
    for (const port of [389, 88]) world.befriend(client, server, port);
    const gap = draw.logUniform(60, 1_800);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: (now) => draw.exponential(gap / world.pace(now)),
      act: (at) => {
        const ticket = { up: draw.integer(1_200, 1_700), down: draw.integer(1_300, 1_800), turns: 1 };
        for (let tickets = draw.integer(0, 3); tickets > 0; tickets--) {
          world.traffic.tcp(draw, { client, server, port: 88, at, ...ticket, habit, outcome: 'served' });
        }
        const turns = draw.integer(3, 9);
        const search = { up: turns * 190, down: turns * draw.integer(150, 1_500), turns };
        world.traffic.tcp(draw, { client, server, port: 389, at: at + 0.1, ...search, habit, outcome: 'served' });
      },
    });
  }
}

/** A program with an old password: it fails every time in the same way, seldom, for ever; nobody guesses anything. */
export function staleCredentials(world: World, random: Random): void {
  for (let i = random.integer(1, 2); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.hosts(draw, 'app', 'batch', 'workstation', 'device'));
    const server = draw.choice(world.hosts(draw, 'database', 'file-server', 'mail', 'app'));
    if (client === server) continue;
    const port = server.servicePorts[0] ?? server.managementPorts[0] ?? 22;
    world.befriend(client, server, port);
    const habit = drawHabit(draw, world.network);
    // Back-off of connection pools and mounts ends at 20 s to 5 min by default.
    const gap = draw.logUniform(20, 300);
    const turns = draw.integer(2, 6);
    const [up, down] = [draw.uniform(150, 900), draw.uniform(150, 900)];
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: () => gap * draw.uniform(0.95, 1.05),
      act: (at) => {
        world.traffic.tcp(draw, { client, server, port, at, up, down, turns, habit, outcome: 'served' });
      },
    });
  }
}

/** Desktops that look for printers, phones and cameras which are long gone: few targets, most never answer. */
export function lostDevices(world: World, random: Random): void {
  for (const client of random.sample(world.hosts(random, 'workstation', 'file-server', 'app'), 6)) {
    const draw = random.fork(client.name);
    const targets: Peer[] = Array.from({ length: draw.integer(1, 4) }, () => unusedAddress(world, draw));
    const port = draw.choice([9100, 161, 631, 445, 515]);
    const gap = draw.logUniform(30, 900);
    for (const server of targets) world.befriend(client, server, port);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: () => draw.exponential(gap),
      act: (at) => {
        for (const server of targets) look(world, draw, client, server, port, at);
      },
    });
  }
}

function look(world: World, random: Random, client: Host, server: Peer, port: number, at: number): void {
  if (port === 161) {
    const up = { packets: 3, bytes: 3 * (DATAGRAM_HEADER_BYTES + 50) };
    world.traffic.udp(random, { client, server, port, at, up, seconds: 4 });
  } else {
    world.traffic.tcp(random, { client, server, port, at, up: 0, down: 0, patience: 10 });
  }
}
