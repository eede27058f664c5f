import { PROTOCOL, TCP_FLAG } from '../../flowlog/fields.ts';
import { internetPeer, scannerPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';

/** Hosts that the internet can send packets to: those without a NAT gateway, balancers, and the gateways themselves. */
export function exposedHosts(world: World): Host[] {
  const { hosts, balancers, gateways } = world.network;
  return [...hosts.filter((host) => !host.gateway), ...balancers, ...gateways];
}

/** What telescopes and honeypots see most (SANS ISC and DShield top ports; the weights are our assumption). */
const NOISE_PORTS = [
  [23, 12],
  [22, 10],
  [445, 7],
  [80, 7],
  [443, 7],
  [3389, 6],
  [8080, 5],
  [5060, 4],
  [5900, 2],
  [2323, 2],
  [8443, 2],
  [6379, 2],
  [1433, 2],
  [3306, 2],
  [2375, 1],
  [9200, 1],
  [25, 1],
  [5555, 2],
  [7547, 1],
  [21, 1],
] as const;

/**
 * What the internet does all the time: thousands of strangers, each asking one or two of our hosts for a port or two.
 * Neither benign nor an attack worth a word: labelled `unlabelled`.
 */
export function internetNoise(world: World, random: Random): void {
  const targets = exposedHosts(world);
  // Probes per address and hour: darknets report hundreds a day, popular cloud ranges more.
  const perHour = random.logUniform(10, 150) * targets.length;
  const wanted = Math.round((perHour / 3) * (world.seconds / 3_600));
  const visitors = Math.min(VISITORS_MAX, Math.max(5, wanted));
  for (let i = 0; i < visitors; i++) {
    const draw = random.fork(i);
    const client = scannerPeer(draw);
    world.label('unlabelled', world.begin, world.end, { from: client });
    world.repeat({
      from: world.begin + draw.uniform(0, world.seconds * Math.min(1, visitors / wanted)),
      gap: () => world.seconds * Math.max(0.5, visitors / wanted) * draw.uniform(0.9, 1.1),
      act: (at) => {
        const victims = draw.sample(
          targets,
          draw.weighted([
            [1, 6],
            [2, 3],
            [3, 1],
          ]),
        );
        world.start(at, visit(world, draw, client, victims, at));
      },
    });
  }
}

/** Most strangers at once; in longer runs the same ones come back, as search engines of devices do. */
const VISITORS_MAX = 1_500;

function* visit(
  world: World,
  random: Random,
  client: Peer,
  victims: readonly Host[],
  from: number,
): Generator<number, void, void> {
  let at = from;
  for (const server of victims) {
    for (
      let probe = random.weighted([
        [1, 6],
        [2, 3],
        [5, 1],
      ]);
      probe > 0;
      probe--
    ) {
      yield at;
      const port = random.chance(0.75) ? random.weighted(NOISE_PORTS) : random.integer(1, 65_535);
      if (port === 5060 || random.chance(0.06)) {
        world.traffic.udp(random, { client, server, port, at, up: { packets: 1, bytes: random.integer(40, 450) } });
      } else {
        const raw = random.chance(0.7);
        const ending = raw ? 'half-open' : 'fin';
        world.traffic.tcp(random, {
          client,
          server,
          port,
          at,
          up: raw ? 0 : 200,
          down: raw ? 0 : 900,
          turns: raw ? 0 : 1,
          ending,
          patience: 2,
        });
      }
      at += random.exponential(20);
    }
  }
}

/** Answers to questions we never asked: somebody floods a stranger with our addresses as the sender. */
export function backscatter(world: World, random: Random): void {
  const targets = exposedHosts(world);
  for (let i = random.integer(1, 5); i > 0; i--) {
    const draw = random.fork(i);
    const victim = internetPeer(draw, LINUX);
    const hit = draw.sample(targets, draw.logUniform(1, 40));
    const port = draw.choice([80, 443, 22, 25_565, 53, 8080]);
    const flags = draw.chance(0.6) ? TCP_FLAG.syn | TCP_FLAG.ack : TCP_FLAG.rst;
    const gap = draw.logUniform(1, 300);
    const from = world.begin + draw.uniform(0, 0.8) * world.seconds;
    world.repeat({
      from,
      until: from + draw.logUniform(60, 3_600),
      gap: () => draw.exponential(gap),
      act: (at) => bounce(world, draw, victim, port, draw.choice(hit), flags, at),
    });
  }
}

/** One answer to a packet we never sent. A host that gets it says RST, which ends it; else SYN-ACK comes again. */
function bounce(world: World, random: Random, victim: Peer, port: number, to: Host, flags: number, at: number): void {
  const targetPort = random.integer(1_024, 65_535);
  const delivered = to.wideOpen || to.role === 'gateway';
  const told = to.wideOpen || flags === TCP_FLAG.rst;
  const packets = told ? 1 : random.integer(1, 4);
  const bytes = packets * (flags === TCP_FLAG.rst ? 40 : 44);
  const common = { protocol: PROTOCOL.tcp, ipv6: false, fate: delivered ? 'delivered' : 'rejected' } as const;
  const there = { from: victim, to, sourcePort: port, targetPort, ...common };
  world.traffic.send(there, { first: at, last: at + 2 ** (packets - 1) - 1, packets, bytes, everyFlags: flags });
  if (!to.wideOpen || flags === TCP_FLAG.rst) return;
  const back = { from: to, to: victim, sourcePort: targetPort, targetPort: port, ...common };
  world.traffic.send(back, { first: at, last: at, packets: 1, bytes: 40, everyFlags: TCP_FLAG.rst });
}
