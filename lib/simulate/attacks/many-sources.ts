import { PROTOCOL } from '../../flowlog/fields.ts';
import { exposedHosts } from '../benign/noise.ts';
import { internetPeer, scannerPeer } from '../internet.ts';
import type { Host } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';

function drawVictim(world: World, random: Random): Host {
  const servers = exposedHosts(world).filter((host) => host.role !== 'gateway');
  return random.choice(servers);
}

/** A botnet scans one host over the whole run: every bot comes once, asks for a port of its list, and never comes again. */
export function slowDistributedScan(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const victim = drawVictim(world, random);
  // Botnets that scan together have hundreds to thousands of members (SANS ISC diaries).
  const bots = Math.max(5, Math.round(random.logUniform(200, 2_000) * world.intensity));
  const ports = Array.from({ length: random.chance(0.5) ? 1 : 60 }, () => random.integer(1, 10_000));
  for (let i = 0; i < bots; i++) {
    const draw = random.fork(i);
    const client = scannerPeer(draw);
    world.label('scan', start, world.end, { from: client, to: victim });
    const at = start + draw.uniform(0, 0.98) * (world.end - start);
    const nothing = { up: 0, down: 0, turns: 0, ending: 'half-open' as const, patience: 2 };
    world.once(at, () => world.traffic.tcp(draw, { client, server: victim, port: draw.choice(ports), at, ...nothing }));
  }
}

/** A host that answers strangers on no port but those of the web, so that the one that is opened by mistake is the first. */
function drawClosed(world: World, random: Random): Host {
  const closed = world.network.hosts.filter(
    ({ gateway, wideOpen, publicPorts }) =>
      !gateway && !wideOpen && [...publicPorts].every((port) => WEB_PORTS.has(port)),
  );
  return closed.length > 0 ? random.choice(closed) : drawVictim(world, random);
}

const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/** Strangers who look what a database or remote shell of ours has to say that was closed so far. */
export function exposedAdministration(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random);
  const victim = drawClosed(world, random);
  const port = random.choice([22, 3389, 6379, 9200, 27_017, 5432, 2375, 5900]);
  // Search engines and collectors of open databases: 5 to 100 visitors, a question or two each.
  const visitors = Math.max(4, Math.round(random.logUniform(5, 100) * world.intensity));
  for (let i = 0; i < visitors; i++) {
    const draw = random.fork(i);
    const ipv6 = draw.chance(0.3) && victim.address6 !== undefined;
    const client = internetPeer(draw, LINUX, ipv6);
    world.label('other-attack', start, end, { from: client, to: victim, port, protocol: PROTOCOL.tcp, ipv6 });
    const at = start + draw.uniform(0, 0.95) * (end - start);
    world.once(at, () => {
      const down = draw.logUniform(300, 50_000);
      world.traffic.tcp(draw, { client, server: victim, port, at, up: 300, down, turns: 3, ipv6, outcome: 'served' });
    });
  }
}
