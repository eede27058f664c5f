import { PROTOCOL } from '../../flowlog/fields.ts';
import type { Ending } from '../ending.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../schedule.ts';
import { drawHabit, type Habit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawEpisode, type Episode } from './episode.ts';
import { drawPairs, type Pair } from './victims.ts';

/** What one failed connection looks like; ranges are drawn once an episode, as a tool repeats itself. */
export interface Protocol {
  readonly ports: readonly number[];
  /** Application bytes each way before the first guess: banners, key exchange, TLS. */
  readonly up: readonly [number, number];
  readonly down: readonly [number, number];
  readonly turns: readonly [number, number];
  /** Guesses a server takes on one connection (OpenSSH MaxAuthTries is 6, clients stop after 3). */
  readonly tries: readonly number[];
  /** Seconds a server waits before it says no (pam_unix about 2 s; the others from our assumption). */
  readonly delay: readonly [number, number];
}

export const SSH: Protocol = {
  ports: [22],
  up: [1_100, 2_800],
  down: [1_300, 3_200],
  turns: [7, 12],
  tries: [1, 1, 1, 3, 3, 6],
  delay: [0.3, 2.5],
};
export const RDP: Protocol = {
  ports: [3389],
  up: [1_200, 3_000],
  down: [1_400, 3_000],
  turns: [5, 10],
  tries: [1],
  delay: [0.05, 1],
};
export const OTHERS: readonly Protocol[] = [
  { ports: [21], up: [30, 80], down: [120, 500], turns: [3, 5], tries: [1, 1, 3], delay: [0.1, 3] },
  { ports: [23], up: [40, 150], down: [150, 700], turns: [5, 12], tries: [1, 3], delay: [0.5, 3] },
  { ports: [445, 139], up: [600, 1_600], down: [700, 1_500], turns: [4, 6], tries: [1], delay: [0, 0.1] },
  { ports: [5985], up: [700, 2_200], down: [500, 1_200], turns: [2, 4], tries: [1, 3], delay: [0, 0.1] },
  { ports: [5986], up: [1_300, 3_000], down: [3_500, 6_000], turns: [4, 7], tries: [1, 3], delay: [0, 0.1] },
  // RFB (RFC 6143): 12 bytes of version each way, 16 of challenge and of answer; servers slow down after five failures.
  { ports: [5900], up: [29, 60], down: [34, 90], turns: [3, 5], tries: [1], delay: [0, 3] },
  // LDAP simple bind (RFC 4511): one request and one answer, several on a connection.
  { ports: [389], up: [40, 200], down: [20, 160], turns: [1, 2], tries: [1, 1, 10], delay: [0, 0.2] },
  {
    ports: [5432, 3306, 1433, 1521, 27_017],
    up: [150, 500],
    down: [150, 600],
    turns: [2, 5],
    tries: [1],
    delay: [0, 0.2],
  },
  { ports: [6379], up: [30, 60], down: [10, 60], turns: [1, 2], tries: [1, 50], delay: [0, 0.01] },
  {
    ports: [993, 995, 143, 110, 587, 25],
    up: [400, 1_200],
    down: [600, 5_000],
    turns: [4, 8],
    tries: [1, 3],
    delay: [0.5, 3],
  },
];

export const guessSsh = (world: World, random: Random): void => guess(world, random, SSH);
export const guessRdp = (world: World, random: Random): void => guess(world, random, RDP);
export const guessService = (world: World, random: Random): void => guess(world, random, random.choice(OTHERS));

/** Threads of one or several actors guess passwords of one or several hosts (hydra -t 16 and ncrack by default). */
function guess(world: World, random: Random, protocol: Protocol): void {
  const episode = drawEpisode(world, random, [0.05, 0.6]);
  const pairs = drawPairs(world, random, protocol.ports);
  for (const { client, server, port, ipv6 } of pairs) {
    world.befriend(client, server, port);
    world.label('brute-force', episode.start, episode.end + 900, {
      from: client,
      to: server,
      port,
      protocol: PROTOCOL.tcp,
      ipv6,
    });
  }
  const tool = drawTool(world, random, protocol);
  // 10 to 3,000 connections an episode at intensity 1, at the speed of 1 to 64 threads, with a delay, or far slower to stay unseen.
  const attempts = { left: Math.max(6, Math.round(random.logUniform(10, 3_000) * world.intensity)) };
  const threads = Math.min(64, Math.ceil(random.logUniform(1, 64)), attempts.left);
  const slow = random.chance(0.3);
  const pause = slow
    ? ((episode.end - episode.start) / attempts.left) * threads * random.uniform(0.5, 1)
    : random.logUniform(0.02, 8);
  for (let thread = 0; thread < threads; thread++) {
    const at = episode.start + thread * random.uniform(0.01, 0.3);
    world.start(at, worker(world, random.fork(`thread-${thread}`), { pairs, tool, attempts, pause, episode, at }));
  }
  if (random.chance(0.3)) world.once(episode.end - 1, () => breakIn(world, random, random.choice(pairs), episode));
}

export interface Tool {
  readonly up: number;
  readonly down: number;
  readonly turns: number;
  readonly tries: number;
  readonly delay: number;
  /** Share of connections cut by the server's limits (OpenSSH MaxStartups 10:30:100 drops at random). */
  readonly dropped: number;
  /** Deviation between sessions: names and passwords differ in length, networks in chatter. */
  readonly spread: number;
  readonly ending: Ending;
  readonly habit: Habit;
}

export function drawTool(world: World, random: Random, protocol: Protocol): Tool {
  return {
    up: random.uniform(...protocol.up),
    down: random.uniform(...protocol.down),
    turns: random.integer(...protocol.turns),
    tries: random.choice(protocol.tries),
    delay: random.uniform(...protocol.delay),
    dropped: random.chance(0.5) ? 0 : random.uniform(0.02, 0.4),
    spread: random.logUniform(0.005, 0.15),
    habit: { ...drawHabit(random, world.network), spread: random.logUniform(0.02, 0.4) },
    ending: random.weighted([
      ['fin', 6],
      ['client-reset', 2],
      ['server-reset', 2],
    ]),
  };
}

interface Work {
  readonly pairs: readonly Pair[];
  readonly tool: Tool;
  readonly attempts: { left: number };
  readonly pause: number;
  readonly episode: Episode;
  readonly at: number;
}

function* worker(world: World, random: Random, { pairs, tool, attempts, pause, episode, at }: Work): Activity {
  let now = at;
  while (now < episode.end && attempts.left > 0) {
    yield now;
    if (attempts.left-- <= 0) return;
    now = connect(world, random, random.choice(pairs), tool, now) + random.exponential(pause);
  }
}

export function connect(world: World, random: Random, pair: Pair, tool: Tool, at: number): number {
  if (random.chance(tool.dropped)) {
    // The server closes after its banner or resets at once.
    const ending = random.chance(0.5) ? 'server-reset' : 'fin';
    return world.traffic.tcp(random, { ...pair, at, up: random.chance(0.5) ? 25 : 0, down: 40, turns: 1, ending }).end;
  }
  const tries = random.integer(1, tool.tries);
  const noise = random.logNormal(1, tool.spread);
  const seconds = 0.2 + tries * tool.delay * random.logNormal(1, 0.2);
  const turns = tool.turns + tries * 2;
  const up = tool.up * noise + tries * random.integer(60, 140);
  const down = tool.down * noise + tries * random.integer(40, 100);
  return world.traffic.tcp(random, { ...pair, at, up, down, turns, seconds, ending: tool.ending, habit: tool.habit })
    .end;
}

/** One guess was right: a session that clearly does more than fail. */
function breakIn(world: World, random: Random, pair: Pair, episode: Episode): void {
  const up = random.logUniform(5e3, 5e6);
  const down = random.logUniform(1e4, 5e6);
  const seconds = random.uniform(20, 800);
  world.traffic.tcp(random, { ...pair, at: episode.end, up, down, turns: random.integer(30, 400), seconds });
}
