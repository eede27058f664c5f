/**
 * What stands beside every model: which features it was trained on, what its outputs mean, from which score on a class counts,
 * and where it comes from. A model without a fitting manifest is refused.
 */
import { FEATURES, featureHash } from '../features/catalog.ts';

/** The classes of the mission, in no order; a manifest states the order of its own outputs. */
export const CLASSES = [
  'benign',
  'scan',
  'brute-force',
  'denial-of-service',
  'command-and-control',
  'exfiltration',
] as const;

export type ModelClass = (typeof CLASSES)[number];

export const MANIFEST_MAGIC = 'flowtrap-model';
export const MANIFEST_VERSION = 1;

export interface Manifest {
  readonly magic: typeof MANIFEST_MAGIC;
  readonly version: typeof MANIFEST_VERSION;
  /** Such as "random forest". */
  readonly algorithm: string;
  /** SHA-256 of the ONNX file, hexadecimal. */
  readonly onnxSha256: string;
  readonly featureHash: string;
  readonly features: readonly string[];
  /** Class of each output column. */
  readonly classes: readonly ModelClass[];
  /** Names of the ONNX input (float32, rows × features) and of the output that holds probabilities (float32, rows × classes). */
  readonly input: string;
  readonly output: string;
  /** Probability from which on a conversation counts for a class, for every class but benign. */
  readonly thresholds: Readonly<Partial<Record<ModelClass, number>>>;
  /** Median of each feature over benign training rows, in the order of `features`. */
  readonly benignMedians: readonly number[];
  /** Provenance: what it was trained and measured on, and with which library versions. */
  readonly data: unknown;
  readonly metrics: unknown;
  readonly libraries: Readonly<Record<string, string>>;
}

/** The manifest in a JSON text; throws, naming what was got and expected, when it does not fit this build. */
export function parseManifest(text: string): Manifest {
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.magic !== MANIFEST_MAGIC)
    throw new Error(`not a model manifest: magic is "${manifest.magic}", expected "${MANIFEST_MAGIC}"`);
  if (manifest.version !== MANIFEST_VERSION) {
    throw new Error(`model manifest has version ${manifest.version}, this build reads version ${MANIFEST_VERSION}`);
  }
  const expected = featureHash();
  if (manifest.featureHash !== expected) {
    throw new Error(
      `the model was trained on feature table ${manifest.featureHash}, this build has ${expected}; retrain it or use the build it came with`,
    );
  }
  for (const name of manifest.classes) {
    if (!CLASSES.includes(name))
      throw new Error(`unknown class "${name}" in the model manifest, expected ${CLASSES.join(', ')}`);
  }
  if (manifest.benignMedians.length !== FEATURES.length) {
    throw new Error(
      `the model manifest has ${manifest.benignMedians.length} benign medians, expected ${FEATURES.length}`,
    );
  }
  for (const name of manifest.classes) {
    const threshold = manifest.thresholds[name];
    if (name !== 'benign' && !(threshold! > 0 && threshold! <= 1)) {
      throw new Error(`the threshold of class "${name}" is ${threshold}, expected a probability above 0 and up to 1`);
    }
  }
  return manifest;
}
