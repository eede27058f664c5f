import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer, servicePeer, webPeer } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { ephemeralPort } from '../stack.ts';
import type { World } from '../world.ts';

/**
 * Uploads that are somebody's work: folders to a drive in the cloud, artefacts and logs to object storage, files to a partner over SFTP.
 * The AWS CLI cuts files above 8 MB and sends ten pieces at once (AWS CLI S3 configuration); sizes and intervals are our guess.
 */
export function uploads(world: World, random: Random): void {
  for (let i = random.integer(1, 4); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    const [server, port] = draw.weighted<readonly [Peer, number]>([
      [[servicePeer(draw, 'S3'), 443], 4],
      [[webPeer(draw), 443], 4],
      [[internetPeer(draw), 22], 2],
    ]);
    world.befriend(client, 'anyone', port);
    const median = draw.logUniform(2e5, 2e8);
    const speed = draw.logUniform(1e6, 1e8);
    const gap = draw.logUniform(120, 7_200);
    const even = draw.chance(0.4);
    world.repeat({
      from: world.begin + draw.uniform(0, Math.min(gap, world.seconds)),
      gap: (now) => (even ? gap : draw.exponential(gap / world.pace(now))),
      act: (now) => {
        const bytes = Math.min(2e10, draw.logNormal(median, 1));
        const pieces = bytes > 8e6 && port === 443 ? Math.min(10, Math.ceil(bytes / 8e6)) : 1;
        for (let piece = 0; piece < pieces; piece++) {
          const up = bytes / pieces;
          const at = now + piece * 0.05;
          world.traffic.tcp(draw, {
            client,
            server,
            port,
            at,
            up,
            down: 4_000 + up / 5_000,
            turns: 4,
            seconds: bytes / speed,
          });
        }
      },
    });
  }
}

/** Everybody's backup at the same hour, to one server inside or to object storage; 10 MB to 30 GB each is our guess. */
export function backupNight(world: World, random: Random): void {
  const inside = random.chance(0.5);
  const store = random.choice(world.hosts(random, 'backup', 'file-server'));
  const server: Peer = inside ? store : servicePeer(random, 'S3');
  const port = inside ? random.choice([873, 9103, 445, 22]) : 443;
  const from = world.begin + random.uniform(0.1, 0.6) * world.seconds;
  for (const client of random.sample(world.network.hosts, world.network.hosts.length * random.uniform(0.3, 1))) {
    if (client === server) continue;
    const draw = random.fork(client.name);
    world.befriend(client, inside ? server : 'anyone', port);
    const at = from + draw.uniform(0, 600);
    const bytes = draw.logUniform(1e7, 3e10);
    const seconds = bytes / draw.logUniform(5e6, 2e8);
    const work = { up: bytes, down: bytes / 5_000, turns: 4, seconds };
    world.once(at, () => world.traffic.tcp(draw, { client, server, port, at, ...work, outcome: 'served' }));
  }
}

/**
 * Somebody measures the line: ten seconds at full speed over one or several connections, or datagrams at a fixed rate; a flood but for the
 * consent of both ends. iperf3 sends for 10 s to port 5201, UDP at 1 Mbit/s unless told otherwise (its manual).
 */
export function throughputTests(world: World, random: Random): void {
  for (let i = random.integer(1, 4); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    const outside = draw.chance(0.4);
    const server: Peer = outside ? internetPeer(draw) : draw.choice(world.network.hosts);
    if (client === server) continue;
    const port = outside ? draw.choice([8080, 443, 5201]) : 5201;
    world.befriend(client, outside ? 'anyone' : server, port);
    const seconds = draw.choice([10, 10, 30, 60]);
    const at = world.begin + draw.uniform(0, 0.95) * world.seconds;
    const streams = draw.choice([1, 1, 4, 8]);
    if (draw.chance(0.5)) world.once(at, () => datagrams(world, draw, client, server, port, at, seconds));
    else {
      const bytes = (draw.logUniform(5e6, outside ? 1e8 : 1e9) * seconds) / streams;
      const [up, down] = draw.chance(0.5) ? [bytes, 500] : [500, bytes];
      const work = { up, down, turns: 1, seconds, outcome: 'served' as const };
      world.once(at, () => {
        for (let stream = 0; stream < streams; stream++) world.traffic.tcp(draw, { client, server, port, at, ...work });
      });
    }
  }
}

function datagrams(
  world: World,
  random: Random,
  client: Peer,
  server: Peer,
  port: number,
  at: number,
  seconds: number,
): void {
  // The program's settings and report go over a connection to the same port.
  world.traffic.tcp(random, { client, server, port, at, up: 400, down: 600, turns: 6, seconds, outcome: 'served' });
  const bitsPerSecond = random.choice(server.reach === 'internet' ? [1e6, 1e6, 1e7] : [1e6, 1e6, 1e7, 1e8]);
  const size = 1_488;
  const packets = Math.ceil((bitsPerSecond * seconds) / 8 / size);
  const way = { from: client, to: server, sourcePort: ephemeralPort(random, client.stack), targetPort: port } as const;
  const burst = { first: at, last: at + seconds, packets, bytes: packets * size };
  world.traffic.send({ ...way, protocol: PROTOCOL.udp, ipv6: false, fate: 'delivered' }, burst);
}
