import { PROTOCOL } from '../../flowlog/fields.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { connect, drawTool, OTHERS, RDP, SSH } from './guessing.ts';
import { drawPairs } from './victims.ts';

/** Guessing at FTP, Telnet, WinRM and VNC besides SSH and RDP: where people log in, so that a slow guess is told from a program's work. */
const DOORS = [SSH, SSH, SSH, RDP, RDP, ...OTHERS.filter(({ ports }) => [21, 23, 5985, 5900].includes(ports[0]))];

/**
 * Small packets to a turn that no byte explains, at most: a failed login over SSH takes a dozen to fifty packets of the client (what SSHCure takes
 * for guessing, from general knowledge), for its 9 to 24 turns and the acknowledgements of answers.
 */
const CHATTER_MAX = 1;

/**
 * Who does not want to be seen guesses once every minute to every half hour, for as long as it takes: a botnet's member waits for its turn, and
 * fail2ban forgets within ten minutes (its default `findtime`).
 */
export function slowGuessing(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const protocol = random.choice(DOORS);
  const pairs = drawPairs(world, random, protocol.ports);
  for (const { client, server, port, ipv6 } of pairs) {
    world.befriend(client, server, port);
    world.label('brute-force', start, world.end, { from: client, to: server, port, protocol: PROTOCOL.tcp, ipv6 });
  }
  const drawn = drawTool(world, random, protocol);
  const habit = { ...drawn.habit, chatter: Math.min(CHATTER_MAX, drawn.habit.chatter) };
  const tool = { ...drawn, habit, dropped: 0 };
  const gap = Math.min(random.logUniform(60, 1_800) / world.intensity, (world.end - start) / 12);
  world.repeat({
    from: start,
    gap: () => gap * random.uniform(0.6, 1.4),
    act: (at) => void connect(world, random, random.choice(pairs), tool, at),
  });
}
