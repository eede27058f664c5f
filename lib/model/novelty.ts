/**
 * How unlike everything the model was trained on a conversation is: its distance from the training rows in directions of equal spread (Mahalanobis,
 * On the generalised distance in statistics, 1936). A forest extrapolates without saying so; this says so.
 */
import { FEATURES } from '../features/catalog.ts';

/** As it stands in the manifest. */
export interface Novelty {
  /** Mean of each feature over the training rows. */
  readonly centre: readonly number[];
  /** features × features: a row less the centre, times this, has deviation 1 in every direction. */
  readonly whitening: readonly (readonly number[])[];
  /** Distance that one training row in a thousand exceeds. */
  readonly beyond: number;
}

/** Distances of a matrix of rows × FEATURES.length, row-major, as shares of `beyond`: more than 1 is unlike anything trained on. */
export function noveltyOf({ centre, whitening, beyond }: Novelty, matrix: Float32Array): Float64Array {
  const width = FEATURES.length;
  const shares = new Float64Array(matrix.length / width);
  for (let row = 0; row < shares.length; row++) {
    let squares = 0;
    for (let direction = 0; direction < width; direction++) {
      let along = 0;
      for (let feature = 0; feature < width; feature++) {
        along += (matrix[row * width + feature] - centre[feature]) * whitening[feature][direction];
      }
      squares += along * along;
    }
    shares[row] = Math.sqrt(squares / width) / beyond;
  }
  return shares;
}

/** What is wrong with the entry of a manifest, `undefined` when nothing is. */
export function noveltyFault(value: unknown): string | undefined {
  const { centre, whitening, beyond } = (value ?? {}) as Partial<Novelty>;
  const isRow = (row: unknown) => Array.isArray(row) && row.length === FEATURES.length && row.every(Number.isFinite);
  if (!isRow(centre)) return `centre is not one number for each of ${FEATURES.length} features`;
  if (!Array.isArray(whitening) || whitening.length !== FEATURES.length || !whitening.every(isRow)) {
    return `whitening is not ${FEATURES.length} rows of ${FEATURES.length} numbers`;
  }
  return typeof beyond === 'number' && beyond > 0 ? undefined : `beyond is ${beyond}, expected a distance above 0`;
}
