import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer, internetPeers } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { unusedAddress } from './operations.ts';

/** Pings by people and programs: a handful, or one a second for an hour; to friends, gateways and the dead. */
export function pings(world: World, random: Random): void {
  for (let i = Math.max(3, world.network.hosts.length / 4); i > 0; i--) {
    const draw = random.fork(Math.ceil(i));
    const client = draw.choice(world.network.hosts);
    const target = draw.integer(0, 3);
    const server: Peer = [
      () => internetPeer(draw),
      () => draw.choice(world.network.hosts),
      () => unusedAddress(world, draw),
      () => draw.choice(world.network.offices),
    ][target]!();
    if (client === server) continue;
    world.befriend(client, target === 0 ? 'anyone' : server, 0);
    const at = world.begin + draw.uniform(0, 0.95) * world.seconds;
    const count = draw.weighted([
      [4, 5],
      [10, 2],
      [draw.integer(60, 3_600), 2],
    ]);
    // `ping -i 0.2` is the fastest without privileges; 1,472 bytes fill a packet when somebody looks for the MTU.
    const interval = draw.weighted([
      [1, 8],
      [0.2, 1],
      [5, 1],
    ]);
    const bytes = draw.weighted([
      [undefined, 8],
      [1_500, 1],
      [1_028, 1],
    ]);
    const outcome = target === 0 && draw.chance(0.2) ? 'silent' : undefined;
    world.once(at, () => {
      world.traffic.ping(draw, { client, server, at, count, bytes, seconds: (count - 1) * interval, outcome });
    });
  }
}

/** Traceroute: UDP to ports from 33434 up, three a hop, and ICMP time exceeded from every router on the way. */
export function traceroutes(world: World, random: Random): void {
  for (let i = random.integer(2, 8); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    const server = internetPeer(draw);
    world.befriend(client, 'anyone', 33_434);
    const hops = internetPeers(draw, draw.integer(6, 22));
    const at = world.begin + draw.uniform(0, 0.95) * world.seconds;
    world.start(at, trace(world, draw, client, server, hops, at));
  }
}

function* trace(
  world: World,
  random: Random,
  client: Host,
  server: Peer,
  hops: readonly Peer[],
  from: number,
): Generator<number, void, void> {
  let now = from;
  let port = 33_434;
  for (const hop of hops) {
    yield now;
    const answers = random.chance(0.8);
    for (let probe = 0; probe < 3; probe++) {
      world.traffic.udp(random, {
        client,
        server,
        port: port++,
        at: now,
        up: { packets: 1, bytes: 60 },
        outcome: 'silent',
      });
    }
    if (answers) {
      const way = {
        from: hop,
        to: client,
        sourcePort: 0,
        targetPort: 0,
        protocol: PROTOCOL.icmp,
        ipv6: false,
        fate: 'delivered' as const,
      };
      world.traffic.send(way, { first: now + 0.05, last: now + 0.1, packets: 3, bytes: 3 * 88 });
    }
    now += answers ? 0.2 : 5;
  }
}

/** Announcements on the local network: mDNS and SSDP to multicast addresses that never answer. */
export function serviceDiscovery(world: World, random: Random): void {
  for (const client of random.sample(world.hosts(random, 'workstation', 'device', 'file-server'), 12)) {
    const draw = random.fork(client.name);
    const [address, port, bytes] = draw.choice([
      ['224.0.0.251', 5353, 90],
      ['239.255.255.250', 1900, 201],
      ['224.0.0.252', 5355, 58],
    ] as const);
    const server: Peer = { name: 'multicast', address, stack: client.stack, reach: 'vpc' };
    world.befriend(client, server, port);
    const gap = draw.logUniform(20, 600);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: () => draw.exponential(gap),
      act: (at) => {
        const packets = draw.integer(1, 4);
        const clientPort = port === 5353 ? 5353 : undefined;
        world.traffic.udp(draw, {
          client,
          server,
          port,
          clientPort,
          at,
          up: { packets, bytes: packets * bytes },
          seconds: packets - 1,
        });
      },
    });
  }
}
