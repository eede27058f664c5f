import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BINS, calibration } from '../../lib/evaluate/calibration.ts';

describe('calibration', () => {
  it('is worked out bin by bin', () => {
    // 0.2 to 0.3: mean 0.25, none of two observed; 0.9 to 1: mean 0.96, two of three.
    const { bins, expectedCalibrationError } = calibration(
      Float32Array.of(0.22, 0.28, 0.96, 0.92, 1),
      Uint8Array.of(0, 0, 1, 0, 1),
    );
    expect(bins).toHaveLength(BINS);
    expect(bins[2]).toMatchObject({ from: 0.2, to: 0.3, count: 2, observedShare: 0 });
    expect(bins[2].meanPredicted).toBeCloseTo(0.25, 6);
    expect(bins[9]).toMatchObject({ count: 3, observedShare: 2 / 3 });
    expect(expectedCalibrationError).toBeCloseTo((2 * 0.25 + 3 * (0.96 - 2 / 3)) / 5, 6);
  });

  it('puts a probability on an edge into the bin below, and 0 into the first', () => {
    const edges = Float32Array.from({ length: BINS + 1 }, (_, i) => i / BINS);
    const { bins } = calibration(edges, new Uint8Array(BINS + 1));
    expect(bins.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('knows nothing of empty bins or no cases', () => {
    expect(calibration(Float32Array.of(0.5), Uint8Array.of(1)).bins[0]).toEqual({
      from: 0,
      to: 0.1,
      count: 0,
      meanPredicted: null,
      observedShare: null,
    });
    expect(calibration(new Float32Array(), new Uint8Array()).expectedCalibrationError).toBeNull();
  });

  it('has no error for certainties that come true, and 1 for those that never do', () => {
    const certain = Float32Array.of(0, 1, 1);
    expect(calibration(certain, Uint8Array.of(0, 1, 1)).expectedCalibrationError).toBe(0);
    expect(calibration(certain, Uint8Array.of(1, 0, 0)).expectedCalibrationError).toBe(1);
  });

  it('counts every case once and has an error from 0 to 1', () => {
    const cases = fc.array(fc.tuple(fc.float({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(cases, (list) => {
        const { bins, expectedCalibrationError } = calibration(
          Float32Array.from(list, ([predicted]) => predicted),
          Uint8Array.from(list, ([, positive]) => positive),
        );
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
        expect(expectedCalibrationError).toBeGreaterThanOrEqual(0);
        expect(expectedCalibrationError).toBeLessThanOrEqual(1);
      }),
    );
  });
});
