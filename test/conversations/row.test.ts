import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { F, log16, ROW_FLOATS, ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { countMax } from '../../lib/limits.ts';
import { build, rowsOf } from '../records.ts';

const anyCount = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.maxSafeNat(),
  fc.nat({ max: 52 }).map((exponent) => 2 ** exponent),
);

describe('log16', () => {
  it('is 0 up to 1 and 16 more for every doubling', () => {
    expect([0, 1].map(log16)).toEqual([0, 0]);
    for (let exponent = 0; exponent <= 52; exponent++) expect(log16(2 ** exponent)).toBe(16 * exponent);
  });

  it('grows by 16 when the value doubles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 2 ** 51 }), (value) => {
        expect(log16(2 * value)).toBe(log16(value) + 16);
      }),
    );
  });

  it('is a whole number within a sixteenth and a half of 16 · log2', () => {
    fc.assert(
      fc.property(anyCount, (value) => {
        const result = log16(value);
        expect(Number.isInteger(result)).toBe(true);
        const exact = value <= 1 ? 0 : 16 * Math.log2(value);
        expect(result).toBeLessThanOrEqual(exact);
        expect(result).toBeGreaterThan(exact - 2.5);
      }),
    );
  });

  it('never falls as the value grows', () => {
    fc.assert(
      fc.property(anyCount, anyCount, (a, b) => {
        expect(log16(Math.min(a, b))).toBeLessThanOrEqual(log16(Math.max(a, b)));
      }),
    );
    for (const edge of [2 ** 31, 2 ** 32, countMax]) expect(log16(edge - 1)).toBeLessThanOrEqual(log16(edge));
  });
});

describe('the layout of a row', () => {
  it('gives every number its own place, floats first', () => {
    const places = [...Object.values(F).flatMap((float) => [2 * float, 2 * float + 1]), ...Object.values(W)];
    expect(places).toEqual(Array.from({ length: ROW_WORDS }, (_, word) => word));
    expect(ROW_FLOATS).toBe(ROW_WORDS / 2);
  });
});

describe('moments', () => {
  it('are exact sums over forward flows, whatever the order', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.nat({ max: 2 ** 40 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(counts, (flows) => {
        const lines = flows.map(
          ([packets, bytes]) => `eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp packets=${packets} bytes=${bytes} for=7`,
        );
        const answer = 'eni-a 10.0.0.2:443 > 10.0.0.1:40000 tcp packets=999 bytes=999 for=9';
        const [row] = rowsOf(build([answer, ...lines].join('\n')));
        const sum = (value: (flow: [number, number]) => number) =>
          flows.reduce((total, flow) => total + value(flow), 0);
        expect(row).toMatchObject({
          forwardPackets: sum(([packets]) => packets),
          forwardBytes: sum(([, bytes]) => bytes),
          packetsLog: [sum(([packets]) => log16(packets)), sum(([packets]) => log16(packets) ** 2)],
          bytesLog: [sum(([, bytes]) => log16(bytes)), sum(([, bytes]) => log16(bytes) ** 2)],
          durationSum: 7 * flows.length,
          backwardPackets: 999,
        });
      }),
    );
  });

  it('clamp the range of packets to a word', () => {
    const [row] = rowsOf(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp packets=9000000000
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp packets=3
      `),
    );
    expect(row.packetsRange).toEqual([3, 0xffff_fffe]);
  });
});
