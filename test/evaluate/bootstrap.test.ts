import { describe, expect, it } from 'vitest';
import { bootstrap, quantile } from '../../lib/evaluate/bootstrap.ts';
import { figuresOf, tallyOf } from '../../lib/evaluate/measures.ts';
import { sampleOf, uniform } from './tables.ts';

const NONE = { precision: null, recall: null, f1: null, averagePrecision: null };
const mixed = tallyOf(
  sampleOf([
    [1, 1, 0.9, 0],
    [1, 0, 0.3, 1],
    [1, 1, 0.8, 2],
    [0, 1, 0.6, 3],
    [0, 0, 0.1, 4],
    [0, 0, 0.2, 4],
  ]),
);

describe('bootstrap', () => {
  it('gives the same intervals for the same seed and others for another', () => {
    const run = (seed: number) => bootstrap([mixed], 5, { resamples: 60, uniform: uniform(seed) });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('holds the figure between its bounds', () => {
    const [intervals] = bootstrap([mixed], 5, { resamples: 300, uniform: uniform(3) });
    const figures = figuresOf(mixed);
    for (const name of ['precision', 'recall', 'f1', 'averagePrecision'] as const) {
      const [low, high] = intervals[name]!;
      expect(low).toBeLessThanOrEqual(figures[name]!);
      expect(high).toBeGreaterThanOrEqual(figures[name]!);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }
    expect(intervals.recall![0]).toBeLessThan(intervals.recall![1]);
  });

  it('draws actors with all their cases, not cases', () => {
    // One draw of two actors by hand: actor 1 twice, so that the only miss counts twice.
    const tally = tallyOf(
      sampleOf([
        [1, 1, 0.9, 0],
        [1, 1, 0.9, 0],
        [1, 0, 0.9, 1],
      ]),
    );
    const [{ recall, precision }] = bootstrap([tally], 2, { resamples: 1, uniform: () => 0.9 });
    expect(recall).toEqual([0, 0]);
    expect(precision).toBeNull();
  });

  it('gives no interval where one actor or none holds the positives', () => {
    const one = tallyOf(
      sampleOf([
        [1, 1, 0.9, 0],
        [1, 0, 0.3, 0],
        [0, 0, 0.2, 1],
      ]),
    );
    const none = tallyOf(
      sampleOf([
        [0, 0, 0.9, 0],
        [0, 0, 0.9, 1],
      ]),
    );
    expect(bootstrap([one, none], 2, { resamples: 20, uniform: uniform(1) })).toEqual([NONE, NONE]);
  });

  it('is certain where every actor does alike', () => {
    const perfect = tallyOf(
      sampleOf([
        [1, 1, 0.9, 0],
        [1, 1, 0.9, 1],
      ]),
    );
    const [intervals] = bootstrap([perfect], 2, { resamples: 20, uniform: uniform(1) });
    expect(intervals).toEqual({ precision: [1, 1], recall: [1, 1], f1: [1, 1], averagePrecision: [1, 1] });
  });
});

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    const sorted = Float64Array.of(0, 10, 20, 30, 40);
    expect([0, 0.25, 0.9, 1].map((share) => quantile(sorted, share))).toEqual([0, 10, 36, 40]);
    expect(quantile(Float64Array.of(7), 0.975)).toBe(7);
  });
});
