import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, suggestion } from '../../bin/usage-error.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['detect', 'detect', 0],
    ['detcet', 'detect', 1],
    ['detec', 'detect', 1],
    ['score', 'scare', 1],
    ['kitten', 'sitting', 3],
  ])('from %j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is the same both ways, 0 for equals only, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});

describe('a suggestion', () => {
  const commands = ['detect', 'score', 'features', 'simulate'];
  it.each([
    ['detcet', 'detect'],
    ['DETECT', 'detect'],
    ['simulat', 'simulate'],
    ['feat', 'features'],
    ['sc0re', 'score'],
  ])('for %s is %s', (typed, meant) => {
    expect(suggestion(typed, commands)).toBe(` (did you mean "${meant}"?)`);
  });

  it.each(['', 'x', 'frobnicate', 'report'])('is not made for %j', (typed) => {
    expect(suggestion(typed, commands)).toBe('');
  });
});
