/**
 * Settled conversations with their context and class probabilities: what every detector looks at.
 */
import type { Conversations } from '../conversations/conversations.ts';
import { ROW_WORDS } from '../conversations/row.ts';
import { settle } from '../conversations/settle.ts';
import { FEATURES } from '../features/catalog.ts';
import { Context, TRAIT } from '../features/context.ts';
import { fillMatrix } from '../features/matrix.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import { scoreRowsMax } from '../limits.ts';
import type { Classifier } from '../model/classifier.ts';
import type { ModelClass } from '../model/manifest.ts';

export interface Scored {
  readonly conversations: Conversations;
  /** Settled rows; everything below is by position in this list. */
  readonly rows: Uint32Array;
  readonly context: Context;
  readonly ours: NetworkSet;
  readonly classifier: Classifier;
  /** rows × classes, in the order of the classifier's manifest. */
  readonly probabilities: Float32Array;
}

/** Settles and scores. The conversations must not change afterwards. */
export async function score(conversations: Conversations, classifier: Classifier, ours: NetworkSet): Promise<Scored> {
  const rows = settle(conversations);
  const context = new Context(conversations, rows, ours);
  const classes = classifier.manifest.classes.length;
  const probabilities = new Float32Array(rows.length * classes);
  const chunk = new Float32Array(Math.min(rows.length, scoreRowsMax) * FEATURES.length);
  for (let from = 0; from < rows.length; from += scoreRowsMax) {
    const to = Math.min(rows.length, from + scoreRowsMax);
    const matrix = chunk.subarray(0, (to - from) * FEATURES.length);
    fillMatrix(matrix, conversations, rows, from, to, context);
    probabilities.set(await classifier.probabilities(matrix), from * classes);
  }
  return { conversations, rows, context, ours, classifier, probabilities };
}

/** Probability of a class at a position. */
export function probabilityOf({ classifier, probabilities }: Scored, position: number, name: ModelClass): number {
  const { classes } = classifier.manifest;
  return probabilities[position * classes.length + classes.indexOf(name)];
}

/** Highest probability of a class over some positions, 0 without any. */
export function highestProbability(scored: Scored, positions: readonly number[], name: ModelClass): number {
  return positions.reduce((highest, position) => Math.max(highest, probabilityOf(scored, position, name)), 0);
}

/** Mean probability of a class over some positions, NaN without any. */
export function meanProbability(scored: Scored, positions: readonly number[], name: ModelClass): number {
  return positions.reduce((sum, position) => sum + probabilityOf(scored, position, name), 0) / positions.length;
}

/** Clients of one service from which on a flood is the victim's: fewer attackers are better named one by one. */
export const VICTIM_CLIENTS_MIN = 5;

/** Whether what floods at this position is told of the victim: a host of ours with many clients on that service. */
export function isVictims(scored: Scored, position: number): boolean {
  const { context } = scored;
  if (context.serviceConversations[context.service[position]] < VICTIM_CLIENTS_MIN) return false;
  return (context.traits[position] & TRAIT.serverIsOurs) !== 0;
}

/** First word of the row at a position. */
export function wordOf(scored: Scored, position: number): number {
  return scored.rows[position] * ROW_WORDS;
}
