/**
 * The first record of a conversation each way: its start, and where it stands, so that a finding can show it.
 */
import { W } from './row.ts';

/** Words of a row with the start and the place of its first forward record, and of its first backward one. */
export const FIRSTS = [
  [W.forwardFirst, W.forwardSource],
  [W.backwardFirst, W.backwardSource],
] as const;

/** What holds rows, and the names of the sources that they number. */
interface Rows {
  readonly words: Uint32Array;
  readonly sources: readonly string[];
}

/** Keeps the first record of a direction: the earliest, then by name of its source, then by its place there. Whether it is this one. */
export function see(
  { words, sources }: Rows,
  at: number,
  first: number,
  evidence: number,
  start: number,
  source: number,
  ordinal: number,
): boolean {
  const known = words[at + first];
  if (start > known || (start === known && !isBefore(words, sources, source, ordinal, at + evidence))) return false;
  words[at + first] = start;
  words[at + evidence] = source;
  words[at + evidence + 1] = ordinal;
  return true;
}

function isBefore(
  words: Uint32Array,
  sources: readonly string[],
  source: number,
  ordinal: number,
  evidence: number,
): boolean {
  const known = words[evidence];
  if (known === source) return ordinal < words[evidence + 1];
  return sources[source] < sources[known];
}
