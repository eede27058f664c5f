/**
 * How much of an hour is unlike anything the model was trained on. Distances cost more than the forest itself, so one window of each hour is
 * looked at, another one every hour: which one depends on the hour alone, and so not on how records came in.
 */
import { ROW_WORDS, W } from '../conversations/row.ts';
import { type Scored, wordOf } from '../detectors/scored.ts';
import { FEATURES } from '../features/catalog.ts';
import { fillMatrix } from '../features/matrix.ts';
import { unfamiliarHostsMax, windowSeconds } from '../limits.ts';
import { type Novelty, noveltyOf } from '../model/novelty.ts';
import { HOUR_SECONDS } from './hours.ts';

export interface Unfamiliar {
  /** Conversations that were looked at, and those of them that are unlike all training. */
  readonly conversations: number;
  readonly unlike: number;
  /** Hosts of ours with the most of these, and how many. */
  readonly hosts: readonly (readonly [string, number])[];
}

export const FAMILIAR: Unfamiliar = { conversations: 0, unlike: 0, hosts: [] };

/** Of the hour that begins at `start`; a model without a measure of novelty finds nothing unlike. */
export function unfamiliarIn(scored: Scored, start: number): Unfamiliar {
  const { novelty } = scored.classifier.manifest;
  if (novelty === undefined) return FAMILIAR;
  const positions = positionsIn(scored, windowOf(start));
  const hosts = new Map<string, number>();
  let unlike = 0;
  for (const position of positions) {
    if (!isUnlike(scored, position, novelty)) continue;
    unlike++;
    const host = ourEndOf(scored, position);
    if (host !== undefined) hosts.set(host, (hosts.get(host) ?? 0) + 1);
  }
  const most = [...hosts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, unfamiliarHostsMax);
  return { conversations: positions.length, unlike, hosts: most };
}

/** Start of the window of an hour that is looked at: in half a day, every one of them once. */
function windowOf(start: number): number {
  const windows = HOUR_SECONDS / windowSeconds;
  return start + ((start / HOUR_SECONDS) % windows) * windowSeconds;
}

function positionsIn(scored: Scored, window: number): number[] {
  const { words } = scored.conversations;
  return [...scored.rows.keys()].filter((position) => words[wordOf(scored, position) + W.window] === window);
}

function isUnlike({ conversations, rows, context }: Scored, position: number, novelty: Novelty): boolean {
  const features = new Float32Array(FEATURES.length);
  fillMatrix(features, conversations, rows, position, position + 1, context);
  return noveltyOf(novelty, features)[0] > 1;
}

/** Address of the end that is ours, of the client where both are. */
function ourEndOf({ conversations, rows, ours }: Scored, position: number): string | undefined {
  const { words, names } = conversations;
  const at = rows[position] * ROW_WORDS;
  const end = [words[at + W.client], words[at + W.server]].find((code) => ours.has(code, names.addresses));
  return end === undefined ? undefined : names.addresses.format(end);
}
