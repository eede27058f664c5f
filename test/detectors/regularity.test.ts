import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regularity } from '../../lib/detectors/regularity.ts';

/** Moments from 0 on with these gaps between them. */
function moments(gaps: readonly number[]): number[] {
  const all = [0];
  for (const gap of gaps) all.push(all.at(-1)! + gap);
  return all;
}

describe('regularity', () => {
  it('is 1 for even gaps, with the gap in the middle', () => {
    expect(regularity(moments([60, 60, 60, 60]))).toEqual({ score: 1, medianSeconds: 60 });
  });

  it('falls with dispersion and with skewness', () => {
    const [some, more] = [moments([50, 60, 70, 55, 65]), moments([20, 60, 100, 40, 80])];
    expect(regularity(some).score).toBeGreaterThan(regularity(more).score);
    const skewed = moments([60, 60, 61, 200, 300, 400, 500]);
    expect(regularity(skewed).score).toBeLessThan(0.7);
  });

  it('passes over skewness that rounding makes', () => {
    expect(regularity(moments([60, 60, 65, 60, 65, 65, 60])).score).toBeGreaterThan(0.9);
  });

  it('lies between 0 and 1', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5, max: 9_000 }), { minLength: 3, maxLength: 60 }), (gaps) => {
        const { score } = regularity(moments(gaps));
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
    );
  });
});
