/**
 * How even moments of contact are, after RITA (Active Countermeasures).
 */

/** Distance of the quartiles of gaps, in seconds, from which on their skewness counts. */
const QUARTILES_SECONDS_MIN = 10;

/** A score from 0 to 1, and the gap in the middle, in seconds. */
export interface Regularity {
  readonly score: number;
  readonly medianSeconds: number;
}

/** RITA's time-stamp score: mean of 1 − |Bowley skewness| and of (median − median absolute deviation) / median, over the gaps. */
export function regularity(momentsSeconds: readonly number[]): Regularity {
  const gaps = momentsSeconds.slice(1).map((moment, index) => moment - momentsSeconds[index]);
  gaps.sort((a, b) => a - b);
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(gaps, share));
  // As in RITA, the skewness of narrow or one-sided quartiles says more about rounding than about gaps.
  const isTelling = high - low >= QUARTILES_SECONDS_MIN && median !== low && median !== high;
  const skewness = isTelling ? (low + high - 2 * median) / (high - low) : 0;
  const deviations = gaps.map((gap) => Math.abs(gap - median)).sort((a, b) => a - b);
  const dispersion = Math.max(0, (median - quantile(deviations, 0.5)) / median);
  return { score: (1 - Math.abs(skewness) + dispersion) / 2, medianSeconds: median };
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}
