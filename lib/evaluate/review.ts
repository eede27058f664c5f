/**
 * The actor-windows without a known attack that look most like one, for a person to decide: each is a false alert, or an attack that the
 * labels do not know.
 */
import { serviceName } from '../findings/explain.ts';
import type { ModelClass } from '../model/manifest.ts';
import type { ActorWindows } from './actor-windows.ts';
import type { ScoreTable } from './score-table.ts';
import { type Truth, UNLABELLED } from './truth.ts';

export interface ReviewEntry {
  /** Start of the window, ISO 8601. */
  readonly window: string;
  readonly actor: string;
  readonly isVictim: boolean;
  /** The attack class that scores highest, and its score. */
  readonly class: ModelClass;
  readonly score: number;
  /** What the labels say: unlabelled when they say nothing of any of its conversations. */
  readonly label: 'benign' | 'unlabelled';
  readonly conversations: number;
  /** The service of most of its conversations, such as "22/tcp". */
  readonly mainService: string;
  /** Different hosts at the other end. */
  readonly hosts: number;
}

/** The `most` highest-scoring of the actor-windows where `isInnocent` is 1; `best` holds score and class of each. */
export function review(
  table: ScoreTable,
  truth: Truth,
  units: ActorWindows,
  isInnocent: Uint8Array,
  best: { readonly score: Float32Array; readonly column: Uint8Array },
  most: number,
): ReviewEntry[] {
  const candidates = Array.from({ length: units.count }, (_, unit) => unit).filter((unit) => isInnocent[unit] === 1);
  candidates.sort(
    (a, b) => best.score[b] - best.score[a] || units.window[a] - units.window[b] || units.actor[a] - units.actor[b],
  );
  const rowsOf = new Map(candidates.slice(0, most).map((unit): [number, number[]] => [unit, []]));
  for (let row = 0; row < table.length; row++) rowsOf.get(units.of[row])?.push(row);
  return [...rowsOf].map(([unit, rows]) => {
    const isVictim = units.isVictim[unit] === 1;
    const others = isVictim ? table.client : table.server;
    return {
      window: isoTime(units.window[unit]),
      actor: table.names.addresses.format(units.actor[unit]),
      isVictim,
      class: table.classes[best.column[unit]],
      score: best.score[unit],
      label: rows.every((row) => truth.label[row] === UNLABELLED) ? 'unlabelled' : 'benign',
      conversations: rows.length,
      mainService: serviceName(mostFrequent(rows.map((row) => table.service[row]))),
      hosts: new Set(rows.map((row) => others[row])).size,
    };
  });
}

/** The value that occurs most often, the smallest among equals. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b)[0][0];
}

export function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}
