import { PROTOCOL } from '../../flowlog/fields.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../schedule.ts';
import { drawHabit, type Habit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { drawPairs, type Pair } from './victims.ts';

/** A failed login over SSH: key exchange of about 2.5 kB each way in OpenSSH, then tries that differ by a name and a password. */
function failedLogin(world: World, random: Random, pair: Pair, habit: Habit, at: number): number {
  const noise = random.logNormal(1, 0.03);
  const seconds = random.uniform(1, 3);
  return world.traffic.tcp(random, { ...pair, at, up: 1_900 * noise, down: 2_100 * noise, turns: 10, seconds, habit })
    .end;
}

/** Passwords are guessed until one is right (hydra -f stops then); who guessed it stays for a while. */
export function sshBreakIn(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.2, 0.5]);
  const pair = drawPairs(world, random, [22])[0];
  const { client, server, port, ipv6 } = pair;
  world.befriend(client, server, port);
  world.label('brute-force', start, world.end, { from: client, to: server, port, protocol: PROTOCOL.tcp, ipv6 });
  // 20 rounds are what GuardDuty's tester does with crowbar; word lists go to hundreds.
  const tries = Math.max(12, Math.round(random.logUniform(20, 1_000) * world.intensity));
  const gap = Math.min(random.logUniform(0.2, 20), (end - start) / tries);
  const habit = drawHabit(random, world.network);
  const guessing = function* (): Activity {
    let now = start;
    for (let i = 0; i < tries; i++) {
      yield now;
      failedLogin(world, random, pair, habit, now);
      now += random.exponential(gap);
    }
    yield now + 2;
    const up = random.logUniform(2e4, 5e6) * world.intensity ** 0.5;
    const down = random.logUniform(2e4, 5e6) * world.intensity ** 0.5;
    const seconds = Math.min(random.uniform(20, 800), Math.max(1, world.end - now - 5));
    world.traffic.tcp(random, { ...pair, at: now + 2, up, down, turns: random.integer(80, 800), seconds });
  };
  world.start(start, guessing());
}
