import { servicePeer, webPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { unusedAddress } from './operations.ts';
import { answerBytes, requestBytes } from './web.ts';

/** Machines of a peered network or a data centre behind a VPN: private, none of them logged by us. */
export function remoteMachines(world: World, random: Random, count: number): Peer[] {
  const second = (world.network.block.base >>> 16) & 255;
  const prefix = `10.${(second + random.integer(1, 200)) % 256}`;
  const offices = new Set(world.network.offices.map(({ address }) => address));
  const machines = Array.from({ length: Math.max(1, Math.round(count)) }, (_, i) => ({
    name: `remote-${i}`,
    address: `${prefix}.${i >> 7}.${4 + (i & 127)}`,
    reach: 'private' as const,
    stack: LINUX,
  }));
  return machines.filter(({ address }) => !offices.has(address));
}

/** Ports of what is checked in a fleet: exporters, agents, web servers, SSH banners, proxies (their default ports). */
const FLEET_PORTS = [9100, 443, 80, 22, 10_050, 8080, 15_021, 161, 0] as const;

/**
 * Health checks and monitoring of hundreds of machines from one address: one port, one machine after the other, some long gone.
 * Prometheus scrapes each 60 s by default, Elastic Load Balancing checks each 5 to 300 s, Zabbix each 30 s to 5 min
 * (their documentation); 30 to 500 machines and their dead share are our guess.
 */
export function fleetChecks(world: World, random: Random): void {
  const client = random.choice([...world.hosts(random, 'monitor'), ...world.network.balancers]);
  const inside = random.sample(world.network.hosts, world.network.hosts.length * random.uniform(0.3, 1));
  const targets = [...inside, ...remoteMachines(world, random, random.logUniform(30, 500))];
  const port = random.choice(FLEET_PORTS);
  const dead = random.chance(0.2) ? random.uniform(0.1, 0.5) : random.uniform(0, 0.06);
  // At most two checks a second, so that a small machine can do it.
  const interval = Math.max(targets.length / 2, random.choice([10, 15, 30, 60, 60, 300]));
  const [up, down] = [random.uniform(80, 200), random.logUniform(120, 14_000)];
  const habit = drawHabit(random, world.network);
  for (const server of targets) {
    if (server === client) continue;
    const draw = random.fork(server.address);
    world.befriend(client, server, port);
    const outcome = draw.chance(dead) ? draw.choice(['silent', 'refused'] as const) : ('served' as const);
    world.repeat({
      from: world.begin + draw.uniform(0, interval),
      gap: () => interval + draw.normal(0, 0.03),
      act: (at) => {
        if (port === 0) {
          world.traffic.ping(draw, {
            client,
            server,
            at,
            count: 1,
            outcome: outcome === 'served' ? outcome : 'silent',
          });
        } else if (port === 161) {
          const one = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + 45 };
          world.traffic.udp(draw, { client, server, port, at, up: one, down: one, outcome });
        } else {
          world.traffic.tcp(draw, { client, server, port, at, up, down, habit, patience: 3, outcome });
        }
      },
    });
  }
}

/**
 * Members of a cluster find each other and ask who is alive: one random member each second, all states over TCP each 30 s
 * (hashicorp/memberlist config.go, DefaultLANConfig: ProbeInterval, PushPullInterval; ports 7946 there, 8301 in Consul).
 */
export function clusterGossip(world: World, random: Random): void {
  const hosts = random.sample(world.network.hosts, random.integer(3, 8));
  const members: Peer[] = random.chance(0.4) ? [...hosts, unusedAddress(world, random)] : hosts;
  const port = random.choice([7946, 8301]);
  for (const client of hosts) {
    const draw = random.fork(client.name);
    const others = members.filter((member) => member !== client);
    for (const server of others) world.befriend(client, server, port);
    const outcomeOf = (server: Peer) => (server.interface ? 'served' : 'silent');
    world.repeat({
      from: world.begin + draw.uniform(0, 1),
      gap: () => 1,
      act: (at) => {
        const server = draw.choice(others);
        const up = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + draw.integer(40, 260) };
        const down = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + draw.integer(30, 120) };
        world.traffic.udp(draw, { client, server, port, clientPort: port, at, up, down, outcome: outcomeOf(server) });
      },
    });
    world.repeat({
      from: world.begin + draw.uniform(0, 30),
      gap: () => 30 * draw.uniform(0.9, 1.1),
      act: (at) => {
        const server = draw.choice(others);
        const state = draw.logNormal(members.length * 300, 0.2);
        world.traffic.tcp(draw, { client, server, port, at, up: state, down: state, outcome: outcomeOf(server) });
      },
    });
  }
}

/**
 * Instances that come up together: packages, images and settings from dozens of places within a minute or two, and a balancer that is
 * refused until the service runs. Counts and times are our guess.
 */
export function autoscaling(world: World, random: Random): void {
  const hosts = random.sample(world.hosts(random, 'app', 'batch'), random.integer(1, 5));
  const places = Array.from({ length: random.integer(5, 40) }, () => webPeer(random, world.network.ipv6));
  const images = servicePeer(random, 'S3');
  const balancer = random.choice(world.network.balancers);
  for (const host of hosts) {
    world.befriend(host, 'anyone', 443);
    world.befriend(balancer, host, 'any');
  }
  const gap = random.logUniform(600, 7_200);
  world.repeat({
    from: world.begin + random.uniform(0, Math.min(gap, world.seconds * 0.8)),
    gap: (now) => random.exponential(gap / world.pace(now)),
    act: (now) => {
      for (const host of hosts) boot(world, random, host, balancer, places, images, now + random.uniform(0, 20));
    },
  });
}

function boot(
  world: World,
  random: Random,
  host: Host,
  balancer: Host,
  places: readonly Peer[],
  images: Peer,
  now: number,
): void {
  const seconds = random.logUniform(15, 240);
  for (let i = random.integer(10, 120); i > 0; i--) {
    const turns = random.integer(1, 6);
    const work = { up: 600 + turns * requestBytes(random), down: 4_000 + turns * answerBytes(random), turns };
    const at = now + random.uniform(0, seconds);
    world.traffic.tcp(random, { client: host, server: random.choice(places), port: 443, at, ...work });
  }
  const bytes = random.logUniform(5e6, 2e9);
  world.traffic.tcp(random, {
    client: host,
    server: images,
    port: 443,
    at: now,
    up: bytes / 5_000,
    down: bytes,
    turns: 4,
  });
  const port = host.servicePorts[0] ?? 80;
  for (let at = now; at < now + seconds; at += 5) {
    const nothing = { up: 0, down: 0, patience: 3 };
    world.traffic.tcp(random, { client: balancer, server: host, port, at, ...nothing, outcome: 'refused' });
  }
}
