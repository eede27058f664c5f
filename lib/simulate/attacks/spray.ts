import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer } from '../internet.ts';
import type { Random } from '../random.ts';
import { reachable } from '../security.ts';
import { LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { connect, drawTool, OTHERS, type Protocol, RDP, SSH } from './guessing.ts';
import type { Pair } from './victims.ts';

/**
 * One actor tries one or two passwords at each of many hosts, waits so that no account is locked, and comes again: 4 to 200 hosts, 1 to 4 rounds
 * of 1 to 3 tries times intensity, minutes apart (our guess; lock-out policies count 3 to 10 failures in 15 to 30 minutes).
 */
export function passwordSpray(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.1, 0.8]);
  const protocol = random.choice([SSH, RDP, ...OTHERS]);
  const pairs = drawPairs(world, random, protocol);
  for (const { client, server, port } of pairs) {
    world.befriend(client, server, port);
    world.label('brute-force', start, end + 900, { from: client, to: server, port, protocol: PROTOCOL.tcp });
  }
  const tool = drawTool(world, random, protocol);
  const rounds = random.integer(1, 4);
  const each = random.integer(1, 3) * world.intensity;
  const gap = random.logUniform(0.05, 20);
  for (let round = 0; round < rounds; round++) {
    let at = start + ((end - start) * round) / rounds;
    for (const pair of random.shuffle(pairs)) {
      // A fraction of a try is a chance of one; the first host is always tried.
      const tries = Math.floor(each + random.uniform());
      for (let i = pair === pairs[0] ? Math.max(1, tries) : tries; i > 0; i--) {
        const time = at;
        if (time < end) world.once(time, () => connect(world, random, pair, tool, time));
        at += random.exponential(gap);
      }
    }
  }
}

function drawPairs(world: World, random: Random, protocol: Protocol): Pair[] {
  const client = random.choice(world.network.hosts);
  const open = reachable(world.network, client, protocol.ports).filter(
    ([host, port]) => !world.knows(client, host) && !world.uses(client, port),
  );
  if (open.length >= 4 && random.chance(0.6)) {
    return open.map(([server, port]) => ({ client, server, port, ipv6: false }));
  }
  const port = random.choice(protocol.ports);
  return Array.from({ length: Math.round(random.logUniform(4, 200)) }, () => ({
    client,
    server: internetPeer(random, LINUX),
    port,
    ipv6: false,
    outcome: 'served' as const,
  }));
}
