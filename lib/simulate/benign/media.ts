import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer, webPeer } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';

/** Voice and video: 50 to 400 small datagrams a second each way for minutes; a UDP flood in packets, not in intent. */
export function calls(world: World, random: Random): void {
  for (const client of world.hosts(random, 'workstation', 'remote-access', 'device').slice(0, 20)) {
    const draw = random.fork(client.name);
    const gap = draw.logUniform(600, 7_200);
    world.befriend(client, 'anyone', 3478);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: (now) => draw.exponential(gap / world.pace(now)),
      act: (at) => {
        const server: Peer = draw.chance(0.7) ? webPeer(draw) : internetPeer(draw);
        const seconds = draw.logNormal(400, 1);
        const streams = draw.integer(1, 3);
        for (let stream = 0; stream < streams; stream++) {
          // Opus at 20 ms is 50 packets of about 120 bytes; video adds hundreds of 600 to 1,200 (RFC 7587, WebRTC practice).
          const port = draw.chance(0.6) ? 3478 : draw.integer(10_000, 65_535);
          const up = media(draw, seconds);
          const down = draw.chance(0.85) ? media(draw, seconds) : undefined;
          world.traffic.udp(draw, { client, server, port, at, up, down, seconds, outcome: 'served' });
        }
      },
    });
  }
}

function media(random: Random, seconds: number): { packets: number; bytes: number } {
  const packets = Math.max(1, Math.round(seconds * random.choice([33, 50, 50, 150, 400])));
  return { packets, bytes: Math.round(packets * (DATAGRAM_HEADER_BYTES + random.uniform(90, 1_150))) };
}

/** VPN tunnels: one 5-tuple for hours in which everything hides: ESP, WireGuard, OpenVPN or IPsec over UDP 4500. */
export function tunnels(world: World, random: Random): void {
  for (const host of world.hosts(random, 'remote-access', 'bastion').slice(0, 3)) {
    const draw = random.fork(host.name);
    const [protocol, port] = draw.choice([
      [PROTOCOL.esp, 0],
      [PROTOCOL.udp, 4500],
      [PROTOCOL.udp, 51_820],
      [PROTOCOL.udp, 1194],
    ] as const);
    for (let i = draw.integer(1, 6); i > 0; i--) {
      const peer = internetPeer(draw, LINUX);
      const peerPort = protocol === PROTOCOL.esp || draw.chance(0.5) ? port : draw.integer(1_024, 65_535);
      world.befriend(peer, host, port);
      const rate = draw.logUniform(0.2, 400);
      world.repeat({
        from: world.begin + draw.uniform(0, 30),
        gap: () => 30,
        act: (at) => {
          const common = { protocol, ipv6: false, fate: 'delivered' as const };
          const there = { from: peer, to: host, sourcePort: peerPort, targetPort: port, ...common };
          const back = { from: host, to: peer, sourcePort: port, targetPort: peerPort, ...common };
          for (const way of [there, back]) {
            const packets = Math.round(draw.exponential(rate * 30) * world.pace(at));
            const bytes = Math.round(packets * draw.uniform(90, 1_300));
            world.traffic.send(way, { first: at, last: at + 29, packets, bytes });
          }
        },
      });
    }
  }
}

/** Log and metric senders: datagrams in one direction only, sometimes thousands a second, never an answer. */
export function oneWayMetrics(world: World, random: Random): void {
  // syslog, StatsD, Graphite, IPFIX and GELF by their registered or usual ports.
  const port = random.choice([514, 8125, 2003, 4739, 12_201]);
  const collector = random.choice(world.hosts(random, 'monitor', 'batch'));
  for (const client of random.sample(world.network.hosts, world.network.hosts.length * random.uniform(0.1, 0.8))) {
    if (client === collector) continue;
    const draw = random.fork(client.name);
    const clientPort = draw.chance(0.4) ? port : draw.integer(...client.stack.ephemeral);
    const rate = draw.logUniform(0.02, 500);
    const size = DATAGRAM_HEADER_BYTES + draw.uniform(40, 1_000);
    const gap = Math.max(20, 3 / rate);
    world.befriend(client, collector, port);
    world.repeat({
      from: world.begin + draw.uniform(0, gap),
      gap: () => gap,
      act: (at) => {
        const packets = Math.max(1, Math.round(draw.exponential(rate * gap)));
        const up = { packets, bytes: Math.round(packets * size) };
        // The collector reads on a port of its own choice, which its security group lets in.
        world.traffic.udp(draw, {
          client,
          server: collector,
          port,
          clientPort,
          at,
          up,
          seconds: gap - 1,
          outcome: 'served',
        });
      },
    });
  }
}
