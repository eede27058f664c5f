import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision, countsOf, figuresOf, macroAverage, tallyOf } from '../../lib/evaluate/measures.ts';
import { sampleOf } from './tables.ts';

const ap = (cases: [0 | 1, number][]) =>
  averagePrecision(tallyOf(sampleOf(cases.map(([positive, score]) => [positive, 0, score, 0]))));

const bit = fc.constantFrom(0 as const, 1 as const);
const someCases = fc.array(
  fc.tuple(
    bit,
    bit,
    fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
    fc.integer({ min: 0, max: 3 }),
  ),
  { maxLength: 40 },
);

/** The definition, threshold by threshold, as its docstring has it. */
function literally(cases: readonly (readonly [0 | 1, 0 | 1, number, number])[]): number | null {
  const positives = cases.filter(([positive]) => positive === 1).length;
  if (positives === 0) return null;
  let recallBefore = 0;
  let sum = 0;
  for (const threshold of [...new Set(cases.map(([, , score]) => score))].sort((a, b) => b - a)) {
    const above = cases.filter(([, , score]) => score >= threshold);
    const hits = above.filter(([positive]) => positive === 1).length;
    sum += (hits / positives - recallBefore) * (hits / above.length);
    recallBefore = hits / positives;
  }
  return sum;
}

describe('average precision', () => {
  it("is that of scikit-learn's documentation", () => {
    // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.83.
    expect(
      ap([
        [0, 0.1],
        [0, 0.4],
        [1, 0.35],
        [1, 0.8],
      ]),
    ).toBeCloseTo(0.5 + 0.5 * (2 / 3), 12);
  });

  it('lets cases of one score pass together', () => {
    // One threshold: recall 1, precision 1/2, in whatever order the two stand.
    expect(
      ap([
        [1, 0.5],
        [0, 0.5],
      ]),
    ).toBe(0.5);
    expect(
      ap([
        [0, 0.5],
        [1, 0.5],
      ]),
    ).toBe(0.5);
    // 0.9: recall 1/2, precision 1; 0.5: recall 1, precision 2/4.
    expect(
      ap([
        [1, 0.9],
        [1, 0.5],
        [0, 0.5],
        [0, 0.5],
      ]),
    ).toBe(0.75);
  });

  it('is 1 for perfect scores and the share of positives for equal ones', () => {
    expect(
      ap([
        [1, 0.9],
        [1, 0.8],
        [0, 0.7],
      ]),
    ).toBe(1);
    expect(
      ap([
        [1, 0.3],
        [0, 0.3],
        [0, 0.3],
        [0, 0.3],
      ]),
    ).toBe(0.25);
  });

  it('is 1 without negatives and unknown without positives or cases', () => {
    expect(
      ap([
        [1, 0],
        [1, 1],
      ]),
    ).toBe(1);
    expect(ap([[0, 0.5]])).toBeNull();
    expect(ap([])).toBeNull();
  });

  it('is what its definition says, within 0 and 1, in any order of cases', () => {
    fc.assert(
      fc.property(someCases, (cases) => {
        const value = averagePrecision(tallyOf(sampleOf(cases)));
        const expected = literally(cases);
        if (expected === null) expect(value).toBeNull();
        else {
          expect(value).toBeCloseTo(expected, 12);
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(averagePrecision(tallyOf(sampleOf(cases.toReversed())))).toBe(value);
      }),
    );
  });
});

describe('figures', () => {
  it('count what was found, missed and flagged for nothing', () => {
    const tally = tallyOf(
      sampleOf([
        [1, 1, 0.9, 0],
        [1, 1, 0.8, 0],
        [1, 0, 0.2, 1],
        [0, 1, 0.7, 2],
        [0, 0, 0.1, 2],
      ]),
    );
    expect(tally).toMatchObject({ positives: 3, positiveActors: 2, cases: 5 });
    expect(countsOf(tally)).toEqual({ truePositives: 2, falsePositives: 1, falseNegatives: 1 });
    const { precision, recall, f1, averagePrecision: area } = figuresOf(tally);
    expect([precision, recall, f1]).toEqual([2 / 3, 2 / 3, 2 / 3]);
    expect(area).toBeCloseTo((1 + 1 + 3 / 4) / 3, 12);
  });

  it('are unknown where there is nothing to share', () => {
    const nothingFlagged = figuresOf(tallyOf(sampleOf([[1, 0, 0.1, 0]])));
    expect(nothingFlagged).toEqual({ precision: null, recall: 0, f1: 0, averagePrecision: 1 });
    const noPositives = figuresOf(tallyOf(sampleOf([[0, 1, 0.1, 0]])));
    expect(noPositives).toEqual({ precision: 0, recall: null, f1: null, averagePrecision: null });
  });

  it('are 1 when everything is right', () => {
    const figures = figuresOf(
      tallyOf(
        sampleOf([
          [1, 1, 0.9, 0],
          [0, 0, 0.2, 1],
        ]),
      ),
    );
    expect(figures).toEqual({ precision: 1, recall: 1, f1: 1, averagePrecision: 1 });
  });

  it('with weights are those of cases repeated as often', () => {
    fc.assert(
      fc.property(
        someCases,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
        (cases, weights) => {
          const repeated = cases.flatMap((one) => Array.from({ length: weights[one[3]] }, () => one));
          const weighted = figuresOf(tallyOf(sampleOf(cases)), Uint16Array.from(weights));
          const plain = figuresOf(tallyOf(sampleOf(repeated)));
          for (const [name, value] of Object.entries(plain) as [keyof typeof plain, number | null][]) {
            if (value === null) expect(weighted[name]).toBeNull();
            else expect(weighted[name]).toBeCloseTo(value, 12);
          }
        },
      ),
    );
  });
});

describe('the macro average', () => {
  const figures = { precision: 1, recall: 0.5, f1: 2 / 3, averagePrecision: 0.8 };

  it('counts every class that has positives once, and precision 0 where nothing was flagged', () => {
    const nothingFlagged = { precision: null, recall: 0, f1: 0, averagePrecision: 0.2 };
    const absent = { precision: 0, recall: null, f1: null, averagePrecision: null };
    expect(macroAverage([figures, nothingFlagged, absent])).toEqual({
      precision: 0.5,
      recall: 0.25,
      f1: 1 / 3,
      averagePrecision: 0.5,
    });
  });

  it('is unknown without such a class', () => {
    expect(macroAverage([])).toEqual({ precision: null, recall: null, f1: null, averagePrecision: null });
  });
});
