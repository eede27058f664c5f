import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairNumbers } from '../../lib/conversations/pair-numbers.ts';

/** Pairs of few different words, among them the largest, so that most come again. */
const anyPairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, 1, 7, 0xffff_ffff)), {
  maxLength: 3_000,
});

describe('the numbers of pairs', () => {
  it('count up from 0 in the order of first sight', () => {
    const numbers = new PairNumbers(4);
    const seen = [
      [5, 1],
      [1, 5],
      [5, 1],
      [0, 0],
    ].map(([first, second]) => numbers.number(first, second));
    expect(seen).toEqual([0, 1, 0, 2]);
    expect(numbers.size).toBe(3);
  });

  it('are known of pairs that have one, and asking gives none', () => {
    fc.assert(
      fc.property(anyPairs, anyPairs, (pairs, others) => {
        const numbers = new PairNumbers(pairs.length);
        for (const [first, second] of pairs) numbers.number(first, second);
        const known = new Set(pairs.map(String));
        const { size } = numbers;
        for (const pair of [...pairs, ...others]) expect(numbers.has(...pair)).toBe(known.has(String(pair)));
        expect(numbers.size).toBe(size);
      }),
    );
  });

  it('are the same for whole columns as pair by pair', () => {
    fc.assert(
      fc.property(anyPairs, (pairs) => {
        const one = new PairNumbers(pairs.length);
        const all = new PairNumbers(pairs.length);
        const columns = [0, 1].map((side) => Uint32Array.from(pairs, (pair) => pair[side]));
        expect([...all.numberAll(columns[0], columns[1])]).toEqual(pairs.map((pair) => one.number(pair[0], pair[1])));
        expect(all.size).toBe(one.size);
      }),
    );
  });

  it('keep pairs apart when all of a large table are different', () => {
    const count = 50_000;
    const first = Uint32Array.from({ length: count }, (_, i) => i);
    const numbers = new PairNumbers(count).numberAll(first, new Uint32Array(count).fill(9));
    expect(numbers).toEqual(first);
  });
});
