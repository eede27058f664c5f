import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer, internetPeers } from '../internet.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { outcomeOutside } from '../security.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { drawActor, drawEpisode } from './episode.ts';

/** A host without benign pings to the internet, if there is one. */
const drawHost = (world: World, random: Random, port: number) =>
  drawActor(world, random, port) ?? random.choice(world.network.hosts);

/** Data in pings (icmptunnel, ptunnel, Hans): requests carry one direction, replies the other. */
export function icmpTunnel(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const client = drawHost(world, random, 0);
  const ipv6 = client.address6 !== undefined && random.chance(0.5);
  const server = internetPeer(random, LINUX, ipv6);
  const protocol = ipv6 ? PROTOCOL.icmpv6 : PROTOCOL.icmp;
  world.label('other-attack', start, world.end, { from: client, to: server, protocol, ipv6 });
  // 100 B/s is a shell, 100 kB/s a download; a tunnel polls a few times a second.
  const rate = random.logUniform(500, 1e5) * world.intensity;
  const common = { sourcePort: 0, targetPort: 0, protocol, ipv6, fate: 'delivered' as const };
  world.repeat({
    from: start,
    gap: () => 20,
    act: (at) => {
      const last = Math.min(at + 19, world.end - 1);
      const down = rate * 20 * random.exponential(1);
      const packets = Math.max(20, Math.ceil(down / 1_000));
      const header = packets * (DATAGRAM_HEADER_BYTES + 8);
      const up = Math.round(packets * random.uniform(20, 60));
      world.traffic.send({ from: client, to: server, ...common }, { first: at, last, packets, bytes: up + header });
      const bytes = Math.round(Math.max(down, up * 1.5)) + header;
      world.traffic.send({ from: server, to: client, ...common }, { first: at, last, packets, bytes });
    },
  });
}

/** A name server of the intruder's choice: plain, over TLS, or over HTTPS at a public resolver. */
export function ownResolver(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const port = random.choice([53, 853, 443]);
  const client = drawHost(world, random, port);
  const server: Peer =
    port === 443
      ? {
          ...internetPeer(random, LINUX),
          address: random.choice(['1.1.1.1', '9.9.9.9', '8.8.8.8']),
          service: undefined,
        }
      : internetPeer(random, LINUX);
  const protocol = port === 53 ? PROTOCOL.udp : PROTOCOL.tcp;
  world.label('other-attack', start, world.end, { from: client, to: server, port, protocol });
  // From a name every other minute to the hundreds a minute of DNS tunnels (iodine, dnscat2), within what is left of the run.
  const gap = Math.min(random.logUniform(0.2, 100) / world.intensity, (world.end - start) / 25);
  world.repeat({
    from: start + 1,
    gap: () => random.exponential(gap),
    act: (at) => {
      if (port !== 53) {
        world.traffic.tcp(random, { client, server, port, at, up: 700, down: 3_800, turns: 3, outcome: 'served' });
        return;
      }
      const up = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + random.integer(28, 200) };
      const down = { packets: 1, bytes: DATAGRAM_HEADER_BYTES + random.integer(60, 500) };
      world.traffic.udp(random, { client, server, port, at, up, down, outcome: 'served' });
    },
  });
}

/** A miner at its pool: a job every half a minute, a share when one is found (the Stratum protocol). */
export function miner(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const port = random.choice([3333, 4444, 5555, 7777, 14_444]);
  const server = internetPeer(random, LINUX);
  const miners = random.sample(world.network.hosts, Math.ceil(random.logUniform(0.5, 6) * world.intensity));
  for (const client of miners) {
    const draw = random.fork(client.name);
    world.label('other-attack', start, world.end, { from: client, to: server, port, protocol: PROTOCOL.tcp });
    const gap = draw.logUniform(5, 60) / Math.max(0.5, Math.min(4, world.intensity));
    const session = world.traffic.session(draw, { client, server, port, at: start });
    world.repeat({
      from: start + 1,
      gap: () => draw.exponential(gap),
      act: (at) => session.work(at, 0.2, { up: draw.uniform(150, 300), down: draw.uniform(100, 1_200), turns: 1 }),
    });
  }
}

/** A spam bot delivers straight to the mail servers of strangers; many are full, gone, or refuse it. */
export function spamBot(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.3, 0.6]);
  const client = drawHost(world, random, 25);
  const servers = internetPeers(random, random.logUniform(30, 1_000));
  world.befriend(client, 'anyone', 25);
  world.label('other-attack', start, end, { from: client, port: 25, protocol: PROTOCOL.tcp });
  const mails = Math.max(15, Math.round(random.logUniform(50, 5_000) * world.intensity));
  const gap = (end - start) / mails;
  const failing = random.uniform(0.1, 0.6);
  world.repeat({
    from: start,
    until: end,
    gap: () => random.exponential(gap),
    act: (at) => {
      const up = 1_500 + random.pareto(2_000, 1.5, 1e5);
      const outcome = outcomeOutside(random, failing);
      const seconds = random.logNormal(2, 0.6);
      const server = random.choice(servers);
      world.traffic.tcp(random, {
        client,
        server,
        port: 25,
        at,
        up,
        down: 1_200,
        turns: 8,
        seconds,
        outcome,
        patience: 4,
      });
    },
  });
}
