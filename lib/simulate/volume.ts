import type { Network, Peer } from './network.ts';
import type { Random } from './random.ts';

/** Application bytes each way and how often the sides take turns. */
export interface Work {
  readonly up: number;
  readonly down: number;
  /** Requests and answers; each turn is at least one packet each way. */
  readonly turns: number;
}

export interface Volume {
  readonly packets: number;
  readonly bytes: number;
}

/** How a pair of programs uses packets. A program that repeats itself keeps its habit, so its sessions look alike. */
export interface Habit {
  /** Small packets per turn that no byte explains. */
  readonly chatter: number;
  /** Acknowledgements per received data packet. */
  readonly acknowledgements: number;
  /** Deviation of the logarithm of the chatter between exchanges. */
  readonly spread: number;
}

/** Largest TCP payload on the internet: 1500 bytes MTU less 40 to 52 of headers. */
const OUTSIDE_SEGMENT = 1_448;

export function drawHabit(random: Random, network: Network): Habit {
  return {
    chatter: network.chatter * random.exponential(1),
    acknowledgements: Math.min(1, network.acknowledgements * random.uniform(0.4, 1.6)),
    spread: random.logUniform(0.02, 0.5),
  };
}

/**
 * Packets and bytes each way of established TCP traffic, without the opening and closing packets.
 *
 * Packets are not a function of bytes: programs write in small pieces, send keepalives and window updates, lose
 * segments, and receivers acknowledge more or less often. Guessing sessions without that chatter do not look like
 * those of real networks, so the amount is drawn per network, per habit and again per exchange.
 */
export function established(
  random: Random,
  network: Network,
  client: Peer,
  server: Peer,
  work: Work,
  habit: Habit = drawHabit(random, network),
): { up: Volume; down: Volume } {
  const inside = client.reach === 'vpc' && server.reach === 'vpc';
  const segment = inside ? network.insideSegment : OUTSIDE_SEGMENT;
  const dataUp = dataPackets(random, work.up, work.turns, segment, habit);
  const dataDown = dataPackets(random, work.down, work.turns, segment, habit);
  // Inside a region hardly anything is lost (our assumption: a tenth).
  const loss = network.loss * random.exponential(1) * (inside ? 0.1 : 1);
  const ratio = habit.acknowledgements;
  return {
    up: direction(random, dataUp, dataDown * ratio, work.up, client.stack.ackBytes, loss),
    down: direction(random, dataDown, dataUp * ratio, work.down, server.stack.ackBytes, loss),
  };
}

function dataPackets(random: Random, bytes: number, turns: number, segment: number, habit: Habit): number {
  if (bytes <= 0) return 0;
  const full = bytes / segment;
  const pieces = turns * (1 + habit.chatter * random.logNormal(1, habit.spread));
  return full < turns ? pieces : full + pieces - turns;
}

function direction(
  random: Random,
  data: number,
  acknowledgements: number,
  bytes: number,
  header: number,
  loss: number,
): Volume {
  const repeated = Math.floor(data * loss + random.uniform());
  const packets = Math.floor(data + acknowledgements + random.uniform()) + repeated;
  const payload = data > 0 ? bytes * (1 + repeated / data) : 0;
  return { packets, bytes: packets > 0 ? Math.round(payload) + packets * header : 0 };
}
