/**
 * Whether a probability means what it says. Reliability diagram (DeGroot and Fienberg 1983) and expected calibration error (Naeini and
 * others 2015; Guo and others 2017, "On Calibration of Modern Neural Networks", equation 3), here for the probability of one class
 * against whether the case is of it: the cases are sorted into ten bins of equal width, ((m - 1) / 10, m / 10], 0 in the first; the error is
 * the mean over cases of |mean predicted - observed share| of their bin.
 */

export const BINS = 10;

/** Probabilities come in single precision: 0.3 must not fall into the bin above it. */
const EDGE_TOLERANCE = 1e-6;

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of the probabilities, `null` without cases. */
  readonly meanPredicted: number | null;
  readonly observedShare: number | null;
}

export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  /** `null` without cases. */
  readonly expectedCalibrationError: number | null;
}

export function calibration(predicted: Float32Array, positive: Uint8Array): Calibration {
  const counts = new Uint32Array(BINS);
  const sums = new Float64Array(BINS);
  const positives = new Uint32Array(BINS);
  for (let i = 0; i < predicted.length; i++) {
    const bin = Math.max(0, Math.ceil(predicted[i] * BINS - EDGE_TOLERANCE) - 1);
    counts[bin]++;
    sums[bin] += predicted[i];
    positives[bin] += positive[i];
  }
  let error = 0;
  const bins = Array.from(counts, (count, bin): ReliabilityBin => {
    error += Math.abs(sums[bin] - positives[bin]);
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count,
      meanPredicted: count === 0 ? null : sums[bin] / count,
      observedShare: count === 0 ? null : positives[bin] / count,
    };
  });
  return { bins, expectedCalibrationError: predicted.length === 0 ? null : error / predicted.length };
}
