/**
 * What several conversations of one window amount to together.
 */
import { F, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { windowSeconds } from '../limits.ts';
import { type Scored, wordOf } from './scored.ts';

/**
 * Sums over conversations: what was sent to the server, and what it answered. Where the client never spoke, what came unasked is what was sent.
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
    if (isUnprompted(scored, position)) {
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

/** Whether only the server was seen to speak. */
export function isUnprompted(scored: Scored, position: number): boolean {
  return scored.conversations.floats[(wordOf(scored, position) >> 1) + F.forwardPackets] === 0;
}
