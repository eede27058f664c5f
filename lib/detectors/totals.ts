/**
 * What several conversations of one window amount to together.
 */
import { F, ROW_WORDS, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { windowSeconds } from '../limits.ts';
import { type Scored, wordOf } from './scored.ts';
import { isIcmp } from './services.ts';

/**
 * Sums over conversations: what was sent to the server, and what it answered; the other way round where the server is the one that sends.
 */
export interface Totals {
  packets: number;
  bytes: number;
  answers: number;
  answerBytes: number;
  flows: number;
  /** Seconds from the first to the last packet, TOTAL_SECONDS_MIN at least. */
  seconds: number;
  /** Whether both ends of every conversation are ours. */
  isInternal: boolean;
}

/** Least seconds that rates are over: how far AWS's time stamps may be off. */
export const TOTAL_SECONDS_MIN = 60;

const INTERNAL = TRAIT.clientIsOurs | TRAIT.serverIsOurs;

export function totalsOf(scored: Scored, positions: readonly number[]): Totals {
  const { words, floats } = scored.conversations;
  const totals = {
    packets: 0,
    bytes: 0,
    answers: 0,
    answerBytes: 0,
    flows: 0,
    seconds: TOTAL_SECONDS_MIN,
    isInternal: true,
  };
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const position of positions) {
    const at = wordOf(scored, position);
    const f = at >> 1;
    if (isServerSending(scored, position)) {
      totals.packets += floats[f + F.backwardPackets];
      totals.bytes += floats[f + F.backwardBytes];
      totals.flows += words[at + W.backwardFlows];
    } else {
      totals.packets += floats[f + F.forwardPackets];
      totals.bytes += floats[f + F.forwardBytes];
      totals.answers += floats[f + F.backwardPackets];
      totals.answerBytes += floats[f + F.backwardBytes];
      totals.flows += words[at + W.forwardFlows];
    }
    first = Math.min(first, words[at + W.forwardFirst], words[at + W.backwardFirst]);
    last = Math.max(last, words[at + W.last]);
    if ((scored.context.traits[position] & INTERNAL) !== INTERNAL) totals.isInternal = false;
  }
  // A record of ten minutes may end after its window.
  totals.seconds = Math.min(Math.max(TOTAL_SECONDS_MIN, last - first), 2 * windowSeconds);
  return totals;
}

/**
 * Whether it is the server that sends: it alone was seen to speak, or it sent more pings. Those that begin in one second do not tell who asked; but a ping
 * may stay without an answer, and no answer comes without a ping.
 */
export function isServerSending({ conversations, rows }: Scored, position: number): boolean {
  const { words, floats } = conversations;
  const at = rows[position] * ROW_WORDS;
  const sent = floats[(at >> 1) + F.forwardPackets];
  return sent === 0 || (isIcmp(words[at + W.service]) && floats[(at >> 1) + F.backwardPackets] > sent);
}
