/**
 * Thresholds of a network of one's own, which stand above those that the model came with and never below.
 */
import type { Classifier } from './classifier.ts';
import { CLASSES, type ModelClass } from './manifest.ts';

/** Probability from which on a class counts, by attack class; classes left out keep the model's. */
export type Thresholds = Readonly<Partial<Record<ModelClass, number>>>;

/** What is wrong with thresholds as they stand in the settings, `undefined` when nothing is. */
export function thresholdsFault(value: unknown): string | undefined {
  const example = 'expected probabilities by class such as {"scan": 0.9}';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return example;
  for (const [name, threshold] of Object.entries(value)) {
    if (name === 'benign' || !(CLASSES as readonly string[]).includes(name)) {
      return `unknown class ${JSON.stringify(name)}, expected one of: ${CLASSES.filter((known) => known !== 'benign').join(', ')}`;
    }
    if (!(typeof threshold === 'number' && threshold > 0 && threshold <= 1)) {
      return `"${name}" is ${JSON.stringify(threshold)}, expected a probability above 0 and up to 1`;
    }
  }
  return undefined;
}

/** The classifier with thresholds of one's own. The model's are the floor: lower ones are not taken, since nobody has measured them. */
export function withThresholds(classifier: Classifier, own: Thresholds): Classifier {
  const shipped = classifier.manifest.thresholds;
  const raised = Object.entries(shipped).map(([name, floor]) => [name, Math.max(floor, own[name as ModelClass] ?? 0)]);
  return { ...classifier, manifest: { ...classifier.manifest, thresholds: Object.fromEntries(raised) } };
}
