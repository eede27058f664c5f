import { servicePeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';

/** A monitoring host asks many hosts on several ports, as a scanner would; some of them are dead. */
export function monitoring(world: World, random: Random): void {
  for (const monitor of world.hosts(random, 'monitor').slice(0, 2)) {
    const draw = random.fork(monitor.name);
    const dead = Array.from({ length: draw.integer(0, 4) }, (): Peer => unusedAddress(world, draw));
    const targets: Peer[] = [
      ...draw.sample(world.network.hosts, draw.integer(5, Math.max(16, world.network.hosts.length / 3))),
      ...dead,
    ];
    // Prometheus scrapes each minute by default, Zabbix and Nagios check each 1 to 5 minutes.
    const interval = draw.choice([30, 60, 60, 120, 120, 300]);
    for (const server of targets) {
      if (server === monitor) continue;
      const checks = draw.sample(CHECKS, draw.integer(1, 2));
      for (const check of checks) {
        world.befriend(monitor, server, check.port);
        const down = draw.logNormal(check.answerBytes, 0.7);
        world.repeat({
          from: world.begin + draw.uniform(0, interval),
          gap: () => interval + draw.normal(0, 0.05),
          act: (at) => runCheck(world, draw, check, monitor, server, at, down),
        });
      }
    }
  }
}

interface Check {
  readonly kind: 'tcp' | 'udp' | 'ping';
  readonly port: number;
  /** Median size of the answer (our assumption). */
  readonly answerBytes: number;
}

const CHECKS: readonly Check[] = [
  { kind: 'tcp', port: 9100, answerBytes: 14_000 },
  { kind: 'udp', port: 161, answerBytes: 400 },
  { kind: 'ping', port: 0, answerBytes: 0 },
  { kind: 'tcp', port: 22, answerBytes: 40 },
  { kind: 'tcp', port: 10_050, answerBytes: 60 },
  { kind: 'tcp', port: 443, answerBytes: 3_500 },
];

function runCheck(
  world: World,
  random: Random,
  check: Check,
  client: Host,
  server: Peer,
  at: number,
  down: number,
): void {
  if (check.kind === 'ping') {
    world.traffic.ping(random, { client, server, at, count: random.integer(1, 5) });
  } else if (check.kind === 'udp') {
    const packets = random.integer(1, 12);
    const up = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + 45) };
    const answer = { packets, bytes: packets * (DATAGRAM_HEADER_BYTES + 60) + Math.round(down) };
    world.traffic.udp(random, { client, server, port: check.port, at, up, down: answer, seconds: 1 });
  } else {
    world.traffic.tcp(random, { client, server, port: check.port, at, up: 130, down, turns: 1, patience: 5 });
  }
}

/** An address of the network at which nobody is. */
export function unusedAddress(world: World, random: Random): Peer {
  const host = random.choice(world.network.hosts);
  const head = host.address.slice(0, host.address.lastIndexOf('.'));
  for (;;) {
    const address = `${head}.${random.integer(4, 254)}`;
    if (!world.network.at(address)) return { name: 'unused', address, stack: host.stack, reach: 'vpc' };
  }
}

/** Backups and copies: few connections, very many bytes, inside or to object storage. */
export function bulkTransfers(world: World, random: Random): void {
  const sources = random.sample(world.network.hosts, random.integer(1, 5));
  const inside = random.choice(world.hosts(random, 'backup', 'file-server'));
  for (const client of sources) {
    const draw = random.fork(client.name);
    const outward = draw.chance(0.5) || client === inside;
    const server: Peer = outward ? servicePeer(draw, 'S3') : inside;
    const port = outward ? 443 : (inside.servicePorts[0] ?? inside.managementPorts[0] ?? 22);
    world.befriend(client, outward ? 'anyone' : server, port);
    const interval = draw.choice([900, 3_600, 21_600, 86_400]);
    // 1 MB of increments to 20 GB of images; 5 to 200 MB/s of an instance (our assumption).
    const median = draw.logUniform(1e6, 3e9);
    const speed = draw.logUniform(5e6, 2e8);
    world.repeat({
      from: world.begin + draw.uniform(0, Math.min(interval, world.seconds)),
      gap: () => interval + draw.normal(0, 5),
      act: (at) => {
        const streams = draw.weighted([
          [1, 3],
          [4, 2],
          [10, 1],
        ]);
        for (let stream = 0; stream < streams; stream++) {
          const bytes = Math.min(2e10, draw.logNormal(median / streams, 0.6));
          const [up, down] = draw.chance(0.8) ? [bytes, bytes / 5_000] : [bytes / 5_000, bytes];
          world.traffic.tcp(draw, {
            client,
            server,
            port,
            at: at + stream * 0.2,
            up,
            down,
            turns: 4,
            seconds: bytes / speed,
          });
        }
      },
    });
  }
}
