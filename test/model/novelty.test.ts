import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../lib/features/catalog.ts';
import { type Novelty, noveltyOf } from '../../lib/model/novelty.ts';
import { shippedModel } from './shipped.ts';

const width = FEATURES.length;
const { manifest } = shippedModel();
const shipped = manifest.novelty!;

/** Every feature of its own, with a spread of 1. */
const PLAIN: Novelty = {
  centre: FEATURES.map(() => 2),
  whitening: FEATURES.map((_, row) => FEATURES.map((_, column) => Number(row === column))),
  beyond: 4,
};

describe('novelty', () => {
  it('is nothing at the centre and grows with the distance from it', () => {
    const rows = [2, 3, 6, 10].flatMap((value) => FEATURES.map(() => value));
    expect([...noveltyOf(PLAIN, Float32Array.from(rows))]).toEqual([0, 0.25, 1, 2]);
  });

  it('weighs a direction by its spread', () => {
    const narrow = {
      ...PLAIN,
      whitening: PLAIN.whitening.with(
        0,
        PLAIN.whitening[0].map((value) => 10 * value),
      ),
    };
    const along = (feature: number) => Float32Array.from(FEATURES, (_, i) => (i === feature ? 3 : 2));
    expect(noveltyOf(narrow, along(0))[0]).toBeCloseTo(10 * noveltyOf(narrow, along(1))[0], 10);
  });

  it('is nothing for no rows', () => {
    expect(noveltyOf(PLAIN, new Float32Array())).toHaveLength(0);
  });

  it('of a row does not depend on the rows beside it', () => {
    const row = fc.array(fc.integer({ min: -60, max: 60 }), { minLength: width, maxLength: width });
    fc.assert(
      fc.property(row, row, (one, other) => {
        const together = noveltyOf(shipped, Float32Array.from([...one, ...other]));
        expect(together[0]).toBe(noveltyOf(shipped, Float32Array.from(one))[0]);
        expect(together[1]).toBe(noveltyOf(shipped, Float32Array.from(other))[0]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the shipped model', () => {
  it('finds a typical benign conversation familiar', () => {
    expect(noveltyOf(shipped, Float32Array.from(manifest.benignMedians))[0]).toBeLessThan(0.5);
  });

  it('finds the far corner of the feature table unlike anything', () => {
    const corner = Float32Array.from(FEATURES, ({ range }) => range[1]);
    expect(noveltyOf(shipped, corner)[0]).toBeGreaterThan(1);
  });
});
