/**
 * Wrong usage: what was typed cannot be meant. It ends with exit code 64 and a hint, whatever else fails ends with 1.
 */
export class UsageError extends Error {}

/** ` (did you mean "x"?)` for the candidate that is nearest to what was typed, empty when none is near. */
export function suggestion(typed: string, candidates: readonly string[]): string {
  const farthest = Math.max(1, Math.floor(typed.length / 3));
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(typed.toLowerCase(), candidate) }))
    .filter(({ candidate, distance }) => distance <= farthest || (typed.length > 2 && candidate.startsWith(typed)))
    .sort((a, b) => a.distance - b.distance);
  return near.length > 0 ? ` (did you mean "${near[0].candidate}"?)` : '';
}

/** Letters to insert, delete, replace or swap with their neighbour: optimal string alignment (Damerau 1964). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1] + Number(a[i - 1] !== b[j - 1]);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, changed, swapped ? beforeLast[j - 2] + 1 : changed);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
