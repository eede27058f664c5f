/**
 * Which classes are taken for which: what cases are, by row, and what they were taken for, by column.
 */
import { LABELS, type Label } from '../flowlog/labels.ts';
import type { ModelClass } from '../model/manifest.ts';

export interface ConfusionMatrix {
  readonly labels: readonly Label[];
  readonly classes: readonly ModelClass[];
  /** Cases by label, then class. They add up to all cases; the row of `unlabelled` enters no precision or recall. */
  readonly counts: readonly (readonly number[])[];
}

/** `label` are positions in `LABELS`, `verdict` positions in `classes`. */
export function confusionMatrix(
  label: Uint8Array,
  verdict: Uint8Array,
  classes: readonly ModelClass[],
): ConfusionMatrix {
  const counts = LABELS.map(() => classes.map(() => 0));
  for (let i = 0; i < label.length; i++) counts[label[i]][verdict[i]]++;
  return { labels: LABELS, classes, counts };
}
