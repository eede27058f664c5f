import { PROTOCOL } from '../../flowlog/fields.ts';
import { exposedHosts } from '../benign/noise.ts';
import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { listens, outcomeInside } from '../security.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { drawBlast, type Kind, kindOf, stream } from './stream.ts';

/** Services that answer more than they are asked, by source port (CISA alert TA14-017A). */
const AMPLIFIERS = [
  [53, 1_400],
  [123, 468],
  [1900, 350],
  [11_211, 1_400],
  [389, 1_500],
  [19, 1_000],
] as const;

/** Many public sources at one of our hosts: SYN, UDP, whole HTTP requests, or the answers of amplifiers. */
export function inboundFlood(world: World, random: Random): void {
  const episode = drawBlast(world, random);
  const victim = random.choice(exposedHosts(world).filter((host) => host.role !== 'gateway'));
  const kind = random.weighted([
    ['syn', 4],
    ['udp', 2],
    ['icmp', 1],
    ['http', 3],
    ['amplified', 3],
  ] as const);
  // 20 to 2,000 sources at intensity 1; botnets and spoofers reach any number.
  const sources = Math.min(60_000, Math.max(5, Math.round(random.logUniform(20, 2_000) * world.intensity)));
  const port =
    victim.publicPorts.size > 0 && random.chance(0.8)
      ? random.choice([...victim.publicPorts])
      : random.choice([80, 443, 53, 22]);
  const amplifier = random.choice(AMPLIFIERS);
  const packets = Math.max(1, Math.round(random.logUniform(1, 20_000)));
  for (let i = 0; i < sources; i++) {
    const draw = random.fork(i);
    const source = internetPeer(draw, LINUX);
    const start = episode.start + draw.uniform(0, 0.4) * (episode.end - episode.start);
    world.label('denial-of-service', episode.start, episode.end, { from: source, to: victim });
    const one: Source = { world, random: draw, source, victim, port, start, end: episode.end, packets };
    world.once(start, () => {
      if (kind === 'http') requests(one);
      else if (kind === 'amplified') amplified(one, amplifier);
      else flooded(one, kind);
    });
  }
}

interface Source {
  readonly world: World;
  readonly random: Random;
  readonly source: Peer;
  readonly victim: Host;
  readonly port: number;
  readonly start: number;
  readonly end: number;
  /** Typical packets of one source. */
  readonly packets: number;
}

function flooded({ world, random, source, victim, port, start, end, packets }: Source, name: Kind['name']): void {
  const kind = kindOf(random, name);
  const outcome = outcomeInside(world.network, source, victim, port, kind.protocol);
  // A server repeats an unanswered SYN-ACK (tcp_synack_retries 5), unless SYN cookies are on.
  const answering =
    outcome === 'served' && listens(victim, port, kind.protocol) && name === 'syn' ? random.uniform(0.5, 4) : 0;
  const count = Math.max(1, Math.round(packets * random.exponential(1)));
  const fate = outcome === 'rejected' ? ('rejected' as const) : ('delivered' as const);
  const last = Math.min(end, start + count * random.exponential(2));
  stream(world, {
    from: source,
    to: victim,
    sourcePort: name === 'icmp' ? 0 : random.integer(1_024, 65_535),
    port: name === 'icmp' ? 0 : port,
    kind,
    packets: count,
    start,
    end: last,
    answering,
    fate,
  });
}

/** Requests without end; bots open one connection after the other. */
function requests({ world, random, source, victim, port, start, end }: Source): void {
  const up = random.logUniform(150, 1_500);
  let at = start;
  for (let i = random.integer(1, 6); i > 0 && at < end; i--) {
    world.traffic.tcp(random, {
      client: source,
      server: victim,
      port,
      at,
      up,
      down: random.logNormal(800, 0.5),
      turns: random.integer(1, 4),
      outcome: 'served',
    });
    at += random.exponential(20);
  }
}

function amplified(
  { world, random, source, victim, start, end, packets }: Source,
  [sourcePort, size]: (typeof AMPLIFIERS)[number],
): void {
  const targetPort = random.chance(0.5) ? 80 : random.integer(1_024, 65_535);
  const fate = victim.wideOpen ? ('delivered' as const) : ('rejected' as const);
  const count = Math.max(1, Math.round(packets * random.exponential(3)));
  const bytes = Math.round(count * size * random.uniform(0.7, 1));
  const way = { from: source, to: victim, sourcePort, targetPort, protocol: PROTOCOL.udp, ipv6: false, fate };
  world.traffic.send(way, { first: start, last: count > 1 ? end : start, packets: count, bytes });
}
