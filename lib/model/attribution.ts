/**
 * Why the model says so: each feature in turn is put back to its benign median and the conversation scored again. What the probability
 * loses is that feature's effect (a baseline ablation; one feature at a time, so features that say the same share their effect).
 */
import { FEATURES } from '../features/catalog.ts';
import type { Classifier } from './classifier.ts';

/**
 * Mean effect of each feature on the probability of class `column` over the rows of `matrix`, in the order of the catalog. Positive means
 * that the feature speaks for the class.
 */
export async function featureEffects(
  classifier: Classifier,
  matrix: Float32Array,
  column: number,
): Promise<Float64Array> {
  const width = FEATURES.length;
  const rows = matrix.length / width;
  const { benignMedians, classes } = classifier.manifest;
  const variants = new Float32Array(rows * (width + 1) * width);
  for (let row = 0; row < rows; row++) {
    const original = matrix.subarray(row * width, (row + 1) * width);
    for (let variant = 0; variant <= width; variant++) {
      const at = (row * (width + 1) + variant) * width;
      variants.set(original, at);
      if (variant < width) variants[at + variant] = benignMedians[variant];
    }
  }
  const probabilities = await classifier.probabilities(variants);
  const probabilityOf = (row: number, variant: number) =>
    probabilities[(row * (width + 1) + variant) * classes.length + column];
  const effects = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let feature = 0; feature < width; feature++) {
      effects[feature] += (probabilityOf(row, width) - probabilityOf(row, feature)) / rows;
    }
  }
  return effects;
}
