/**
 * Confidence intervals by bootstrap (Efron 1979), percentile method, over actors: as many actors as there are are drawn with replacement,
 * each with all its cases, the figures are computed again, and the interval holds the middle 95 % of the outcomes. Cases of one actor
 * are alike, and drawing them one by one would make ten thousand flows of one bot look like ten thousand proofs.
 *
 * A draw in which a figure is not defined is left out of its interval. With fewer than two actors that hold a positive there is no
 * interval: one attacker says nothing about the next.
 */
import { FIGURES, type FigureName, figuresOf, type Tally, type Weights } from './measures.ts';

export const CONFIDENCE = 0.95;

/** Lower and upper bound; `null` where it cannot be told. */
export type Interval = readonly [number, number] | null;
export type Intervals = Readonly<Record<FigureName, Interval>>;

export interface Resampling {
  /** Number of draws. */
  readonly resamples: number;
  /** Uniform random numbers from 0 to below 1. */
  readonly uniform: () => number;
}

/** Intervals of the figures of every tally, all over the same draws of actors `[0, actors)`. */
export function bootstrap(tallies: readonly Tally[], actors: number, { resamples, uniform }: Resampling): Intervals[] {
  const outcomes = tallies.map(() => FIGURES.map((): number[] => []));
  const weights: Weights = new Uint16Array(actors);
  for (let draw = 0; draw < resamples; draw++) {
    drawActors(weights, uniform);
    for (const [i, tally] of tallies.entries()) {
      if (tally.positiveActors < 2) continue;
      const figures = figuresOf(tally, weights);
      for (const [j, name] of FIGURES.entries()) if (figures[name] !== null) outcomes[i][j].push(figures[name]);
    }
  }
  return outcomes.map(
    (ofTally) =>
      Object.fromEntries(FIGURES.map((name, j) => [name, interval(ofTally[j])])) as Record<FigureName, Interval>,
  );
}

function drawActors(weights: Weights, uniform: () => number): void {
  weights.fill(0);
  for (let i = 0; i < weights.length; i++) weights[Math.floor(uniform() * weights.length)]++;
}

function interval(outcomes: number[]): Interval {
  if (outcomes.length === 0) return null;
  const sorted = Float64Array.from(outcomes).sort();
  const tail = (1 - CONFIDENCE) / 2;
  return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
}

/** Quantile of sorted values with linear interpolation (Hyndman and Fan 1996, type 7, as in NumPy and R). */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
