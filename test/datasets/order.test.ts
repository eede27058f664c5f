import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StartOrder } from '../../lib/datasets/order.ts';

function ordered(starts: readonly number[], most: number): { startSeconds: number; number: number }[] {
  const order = new StartOrder<{ startSeconds: number; number: number }>(most);
  const given = starts.flatMap((startSeconds, number) => order.push({ startSeconds, number }) ?? []);
  return [...given, ...order.drain()];
}

describe('the order of starts', () => {
  it('is complete when everything fits, and stable among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (starts) => {
        const expected = starts
          .map((startSeconds, number) => ({ startSeconds, number }))
          .sort((a, b) => a.startSeconds - b.startSeconds || a.number - b.number);
        expect(ordered(starts, 60)).toEqual(expected);
      }),
    );
  });

  it('is complete for what is out of place by fewer than it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 80 }), (shifts) => {
        const starts = shifts.map((shift, i) => i + shift);
        const given = ordered(starts, 10).map(({ startSeconds }) => startSeconds);
        expect(given).toEqual([...starts].sort((a, b) => a - b));
      }),
    );
  });

  it('loses nothing, however little it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 50 }), fc.integer({ min: 1, max: 5 }), (starts, most) => {
        const numbers = ordered(starts, most).map(({ number }) => number);
        expect(numbers.sort((a, b) => a - b)).toEqual(starts.map((_, i) => i));
      }),
    );
  });
});
