import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';

/** Log-ins of programs, by port: application bytes each way and turns of one that succeeds and does little (our guess). */
const LOGINS: Readonly<Record<number, { up: [number, number]; down: [number, number]; turns: [number, number] }>> = {
  // OpenSSH: about 2.5 kB of key exchange each way, then a key, a channel, a command and its output.
  22: { up: [2_900, 4_500], down: [3_000, 9_000], turns: [13, 26] },
  5985: { up: [4_000, 12_000], down: [4_000, 20_000], turns: [5, 14] },
  5986: { up: [5_000, 13_000], down: [7_000, 24_000], turns: [7, 16] },
  445: { up: [1_500, 6_000], down: [1_500, 8_000], turns: [7, 20] },
  389: { up: [300, 1_500], down: [300, 6_000], turns: [3, 9] },
  5432: { up: [500, 1_500], down: [700, 8_000], turns: [5, 10] },
  3306: { up: [350, 1_200], down: [500, 8_000], turns: [4, 9] },
};

/**
 * Programs that log in for ever: checks by SSH, pulls over SFTP, remoting over WinRM, scripts at databases, a deployment from outside. Short,
 * equal, frequent sessions on authentication ports, every one of which succeeds. Every 5 s to 10 min is our guess.
 */
export function automationLogins(world: World, random: Random): void {
  for (let i = random.integer(1, 4); i > 0; i--) {
    const draw = random.fork(i);
    const port = draw.weighted([
      [22, 8],
      [5985, 2],
      [5986, 1],
      [445, 2],
      [389, 1],
      [5432, 1],
      [3306, 1],
    ]);
    const [client, servers] = drawEnds(world, draw);
    for (const server of servers) world.befriend(client, server, port);
    const { up, down, turns } = LOGINS[port]!;
    const work = { up: draw.uniform(...up), down: draw.uniform(...down), turns: draw.integer(...turns) };
    const spread = draw.logUniform(0.005, 0.3);
    const habit = drawHabit(draw, world.network);
    const interval = draw.logUniform(5, 600);
    const parallel = draw.choice([1, 1, 5, 20]);
    const seconds = draw.logNormal(1.5, 0.8);
    world.repeat({
      from: world.begin + draw.uniform(0, interval),
      gap: () => Math.max(interval, servers.length * 0.5) * draw.uniform(0.95, 1.05),
      act: (now) => {
        for (const [index, server] of servers.entries()) {
          const noise = draw.logNormal(1, spread);
          const at = now + Math.floor(index / parallel) * seconds;
          const sizes = { ...work, up: work.up * noise, down: work.down * draw.logNormal(1, spread) };
          world.traffic.tcp(draw, {
            client,
            server,
            port,
            at,
            ...sizes,
            habit,
            seconds: seconds * noise,
            outcome: 'served',
          });
        }
      },
    });
  }
}

/** One program, and the hosts it logs in to: inside, outside, or from outside in. */
function drawEnds(world: World, random: Random): [Peer, Peer[]] {
  const inside = random.choice(world.hosts(random, 'monitor', 'batch', 'build', 'bastion', 'app'));
  const kind = random.weighted([
    ['inside', 6],
    ['outbound', 2],
    ['inbound', 2],
  ] as const);
  if (kind === 'outbound') return [inside, [internetPeer(random)]];
  if (kind === 'inbound') return [internetPeer(random), [random.choice(world.hosts(random, 'bastion'))]];
  const count = random.choice([1, 1, 3, random.integer(5, 40)]);
  return [inside, random.sample(world.network.hosts, count).filter((host) => host !== inside)];
}

/**
 * FTP programs: for every file a data connection on a high port, and with many of them a control connection too. A folder of 10 to 1,000 files
 * in minutes is our guess; real background has 893 control connections in four minutes.
 */
export function fileTransfers(world: World, random: Random): void {
  const client = random.choice(world.hosts(random, 'workstation', 'batch', 'app', 'build'));
  const own = world.network.hosts.find((host) => host.servicePorts.includes(21) && host !== client);
  const server: Peer = own && random.chance(0.5) ? own : internetPeer(random);
  world.befriend(client, server, 21);
  world.befriend(client, server, 'high');
  const eachLogsIn = random.chance(0.5);
  const upload = random.chance(0.4);
  const gap = random.logUniform(900, 14_400);
  const median = random.logUniform(500, 2e6);
  world.repeat({
    from: world.begin + random.uniform(0, Math.min(gap, world.seconds * 0.9)),
    gap: () => random.exponential(gap),
    act: (now) => {
      const files = Math.round(random.logUniform(10, 1_000));
      const step = random.logUniform(0.1, 3);
      if (!eachLogsIn) control(world, random, client, server, now, files, files * step);
      for (let i = 0; i < files; i++) {
        const at = now + i * step;
        if (eachLogsIn) control(world, random, client, server, at, 1, step);
        const bytes = random.logNormal(median, 1.2);
        const [up, down] = upload ? [bytes, 0] : [0, bytes];
        const port = random.integer(20_000, 65_535);
        world.traffic.tcp(random, { client, server, port, at: at + 0.1, up, down, turns: 1, outcome: 'served' });
      }
    },
  });
}

function control(
  world: World,
  random: Random,
  client: Host,
  server: Peer,
  at: number,
  files: number,
  seconds: number,
): void {
  const work = { up: 60 + files * 45, down: 250 + files * 110, turns: 4 + files * 3, seconds };
  world.traffic.tcp(random, { client, server, port: 21, at, ...work, ending: 'fin', outcome: 'served' });
}
