import { internetPeers } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { remoteMachines } from './fleet.ts';

/** What a printer or a camera is asked for, one after the other (IANA: raw printing, LPD, IPP, web, RTSP). */
const DEVICE_PORTS = [9100, 515, 631, 80, 443, 554] as const;

/**
 * Desktops and inventories look for devices: SNMP to a range of addresses of which few are taken, then several ports of each that is.
 * Looks like a sweep of 161/udp and small scans of many ports. Range and interval are our guess.
 */
export function deviceDiscovery(world: World, random: Random): void {
  for (const client of random.sample(
    world.hosts(random, 'workstation', 'file-server', 'monitor'),
    random.integer(1, 3),
  )) {
    const draw = random.fork(client.name);
    const targets = neighbours(world, draw, client, Math.round(draw.logUniform(8, 120)));
    const port = draw.weighted([
      [161, 6],
      [3702, 1],
      [9100, 2],
    ]);
    for (const server of targets) world.befriend(client, server, port);
    const interval = draw.choice([300, 900, 3_600]);
    const step = draw.choice([0.02, 0.2, 2]);
    world.repeat({
      from: world.begin + draw.uniform(0, Math.min(interval, world.seconds * 0.9)),
      gap: () => interval * draw.uniform(0.9, 1.1),
      act: (now) => {
        for (const [i, server] of targets.entries()) look(world, draw, client, server, port, now + i * step);
      },
    });
  }
}

/** Addresses of the client's /24 in a row, taken or not. */
function neighbours(world: World, random: Random, client: Host, count: number): Peer[] {
  const head = client.address.slice(0, client.address.lastIndexOf('.'));
  const first = random.integer(4, Math.max(4, 254 - count));
  return Array.from({ length: Math.min(count, 255 - first) }, (_, i): Peer => {
    const address = `${head}.${first + i}`;
    return world.network.at(address) ?? { name: 'unused', address, stack: client.stack, reach: 'vpc' };
  }).filter((server) => server !== client);
}

function look(world: World, random: Random, client: Host, server: Peer, port: number, at: number): void {
  const nothing = { up: 0, down: 0, patience: 2 };
  if (port === 9100) {
    world.traffic.tcp(random, { client, server, port, at, ...nothing });
  } else {
    const packets = random.choice([1, 1, 2, 3]);
    const up = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + 50) };
    const down = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + 90 };
    world.traffic.udp(random, { client, server, port, at, up, down, seconds: packets - 1 });
  }
  if (server.interface && server.stack.system === 'device') {
    for (const [i, each] of DEVICE_PORTS.entries()) {
      world.traffic.tcp(random, { client, server, port: each, at: at + 1 + i * 0.1, ...nothing });
    }
  }
}

/** Services over UDP whose servers go away unnoticed: syslog, RADIUS, time, names, metrics, or any program's own port. */
const DATAGRAM_PORTS = [514, 1812, 123, 53, 8125, 5060, 500] as const;

/**
 * Datagrams that nobody answers any more: clients of dead log, time, name and telephone servers, one to dozens of them, again and again.
 * Number and rate are our guess, after sweeps for 123/udp and 3004/udp in real background that were none.
 */
export function deadDatagrams(world: World, random: Random): void {
  for (let i = random.integer(1, 3); i > 0; i--) {
    const draw = random.fork(i);
    const client = draw.choice(world.network.hosts);
    const port = draw.chance(0.6) ? draw.choice(DATAGRAM_PORTS) : draw.integer(1_024, 49_151);
    const count = draw.logUniform(1, 50);
    const servers = draw.chance(0.6) ? internetPeers(draw, count) : remoteMachines(world, draw, count);
    for (const server of servers) world.befriend(client, server.reach === 'internet' ? 'anyone' : server, port);
    const clientPort = draw.chance(0.4) ? draw.integer(...client.stack.ephemeral) : undefined;
    const gap = draw.logUniform(0.5, 60);
    const size = DATAGRAM_HEADER_BYTES + draw.integer(20, 400);
    const from = world.begin + draw.uniform(0, 0.5) * world.seconds;
    world.repeat({
      from,
      until: from + draw.logUniform(300, 14_400),
      gap: () => gap * draw.uniform(0.8, 1.2),
      act: (at) => {
        const packets = draw.choice([1, 1, 2, 3, 4]);
        const up = { packets, bytes: packets * size };
        const server = draw.choice(servers);
        world.traffic.udp(draw, { client, server, port, clientPort, at, up, seconds: packets - 1, outcome: 'silent' });
      },
    });
  }
}
