/**
 * What each scored conversation really was.
 *
 * The join is that of the training matrix (`LabelIndex`), with what scores keep: a conversation lasts from the start of its window to its
 * end, and its client ports are not known. A label that covers a part of the window covers the conversation.
 */

import type { LabelIndex } from '../features/labels.ts';
import { LABELS, type Label } from '../flowlog/labels.ts';
import { windowSeconds } from '../limits.ts';
import type { ModelClass } from '../model/manifest.ts';
import type { ScoreTable } from './score-table.ts';

export interface Truth {
  /** Position in `LABELS`, one per conversation. */
  readonly label: Uint8Array;
  /** Unix seconds at which the label begins to cover the conversation, within its window. */
  readonly onset: Float64Array;
}

export const BENIGN = LABELS.indexOf('benign');
export const UNLABELLED = LABELS.indexOf('unlabelled');

/** Classes of attack, and the label that is none of the model's classes. */
export type AttackLabel = Exclude<Label, 'benign' | 'unlabelled'>;

export const isAttack = (label: number) => label !== BENIGN && label !== UNLABELLED;

/** The label of a class, as a position in `LABELS`. */
export const labelOfClass = (name: ModelClass | AttackLabel) => LABELS.indexOf(name);

/** Windows are half-open; label times have milliseconds at the finest. */
const INSTANT_SECONDS = 0.000_5;

export function truthOf(table: ScoreTable, index: LabelIndex): Truth {
  const unmatched = LABELS.indexOf(index.unmatched);
  const label = new Uint8Array(table.length);
  const onset = new Float64Array(table.length);
  for (let row = 0; row < table.length; row++) {
    const first = table.window[row];
    const match = index.rowOf({
      client: table.client[row],
      server: table.server[row],
      serverPort: table.service[row] & 0xffff,
      protocol: table.service[row] >>> 16,
      first,
      last: first + windowSeconds - INSTANT_SECONDS,
    });
    label[row] = match === undefined ? unmatched : LABELS.indexOf(match.label);
    onset[row] = Math.max(first, match?.start ?? first);
  }
  return { label, onset };
}

/** Conversations of each label. */
export function countLabels({ label }: Truth): Record<Label, number> {
  const counts = Object.fromEntries(LABELS.map((name) => [name, 0])) as Record<Label, number>;
  for (const value of label) counts[LABELS[value]]++;
  return counts;
}
