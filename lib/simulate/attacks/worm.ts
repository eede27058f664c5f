import { PROTOCOL } from '../../flowlog/fields.ts';
import { formatIpv4 } from '../addresses.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { outcomeInside, outcomeOutside } from '../security.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { drawSweeper } from './scan.ts';
import { someAddress } from './wide-scan.ts';

/** Ports that worms of renown went for: Sasser, Conficker and WannaCry 445, Blaster 135, Slammer's kin 1433, Mirai 23 and 2323, and so on. */
const WORM_PORTS: readonly number[] = [445, 135, 139, 22, 23, 2323, 80, 6379, 1433, 3389, 5985, 2375];

/** Hosts that one worm may take inside a network. */
const INFECTED_MAX = 6;

interface Infection {
  readonly host: Host;
  readonly at: number;
  /** Whom it infects, and when. */
  readonly victims: { readonly host: Host; readonly at: number }[];
}

/**
 * A worm: each infected host looks for one port inside and out, tries its exploit on all that answer, and some of those inside
 * become infected and do the same. Local preference is drawn as none, 3 in 8 (Code Red II kept to its /16 that often: Moore and others 2002,
 * from general knowledge) or 9 in 10; 0.1 to 60 contacts a second and host times intensity, and a body of 5 kB to 3 MB, are our guess.
 */
export function worm(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.2, 0.8]);
  const { actor, port } = drawSweeper(world, random, WORM_PORTS);
  const infections = drawInfections(world, random, actor, port, start, end);
  const local = random.choice([0, 0.375, 0.9]);
  const rate = random.logUniform(0.1, 60) * world.intensity;
  const body = random.logUniform(5e3, 3e6);
  const answering = random.logUniform(0.002, 0.08);
  for (const infection of infections) {
    const draw = random.fork(infection.host.name);
    const client = infection.host;
    world.befriend(client, 'anyone', port);
    world.label('scan', infection.at, end, { from: client, port, protocol: PROTOCOL.tcp });
    // The first contact comes at once, so that there is one however slow it is.
    let left = CONTACTS_MAX;
    world.repeat({
      from: infection.at,
      until: end,
      gap: () => (--left > 0 ? draw.exponential(1 / rate) : world.seconds * 2),
      act: (at) => contact(world, draw, client, port, at, local, answering),
    });
    for (const { host: server, at } of infection.victims) {
      const work = {
        up: body * draw.uniform(0.95, 1.05),
        down: draw.logUniform(300, 5_000),
        turns: draw.integer(4, 20),
      };
      world.once(at, () => world.traffic.tcp(draw, { client, server, port, at, ...work, outcome: 'served' }));
    }
  }
}

/** Contacts of one host, at whatever speed: what a log can hold. */
const CONTACTS_MAX = 4_000;

/** Who falls to whom is settled before the run, since labels are the truth beforehand. */
function drawInfections(
  world: World,
  random: Random,
  first: Host,
  port: number,
  start: number,
  end: number,
): Infection[] {
  const infections: Infection[] = [{ host: first, at: start, victims: [] }];
  const open = world.network.hosts.filter(
    (host) => host !== first && !world.uses(host, port) && !sharesGateway(world, host, port),
  );
  for (const host of random.shuffle(open)) {
    if (infections.length >= INFECTED_MAX) break;
    const source = random.choice(infections);
    if (world.knows(source.host, host)) continue;
    if (outcomeInside(world.network, source.host, host, port, PROTOCOL.tcp) !== 'served' || random.chance(0.3))
      continue;
    const at = random.uniform(source.at, end);
    source.victims.push({ host, at });
    infections.push({ host, at: at + random.uniform(1, 30), victims: [] });
  }
  return infections;
}

function sharesGateway(world: World, host: Host, port: number): boolean {
  const { gateway } = host;
  return !!gateway && world.network.hosts.some((other) => other.gateway === gateway && world.uses(other, port));
}

function contact(
  world: World,
  random: Random,
  client: Host,
  port: number,
  at: number,
  local: number,
  answering: number,
): void {
  const inside = random.chance(local);
  const server = inside ? neighbour(world, random) : someAddress(random);
  if (server.address === client.address) return;
  const outcome = inside ? (server.interface ? undefined : 'silent') : outcomeOutside(random, 1 - answering);
  // Who answers gets the exploit, which mostly fails: a few hundred bytes to some kilobytes.
  const work = { up: random.logUniform(200, 8_000), down: random.logUniform(60, 2_000), turns: random.integer(1, 6) };
  world.traffic.tcp(random, { client, server, port, at, ...work, outcome, patience: 4 });
}

function neighbour(world: World, random: Random): Peer {
  if (random.chance(0.05)) return random.choice(world.network.hosts);
  const { base } = world.network.block;
  const address = formatIpv4(base + random.integer(1, 65_534));
  return world.network.at(address) ?? { name: 'unused', address, stack: LINUX, reach: 'vpc' };
}
