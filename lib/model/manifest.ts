/**
 * What stands beside every model: which features it was trained on, what its outputs mean, from which score on a class counts,
 * and where it comes from. A model without a fitting manifest is refused.
 */
import { FEATURES, featureHash } from '../features/catalog.ts';
import { type Novelty, noveltyFault } from './novelty.ts';

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
  /** Tells rows unlike anything trained on; models of others may do without. */
  readonly novelty?: Novelty;
  /** Provenance: what it was trained and measured on, and with which library versions. */
  readonly data: unknown;
  readonly metrics: unknown;
  readonly libraries: Readonly<Record<string, string>>;
}

/** The manifest in a JSON text; throws, naming what was got and expected, when it does not fit this build. */
export function parseManifest(text: string): Manifest {
  const manifest = parseObject(text) as Partial<Manifest>;
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
  for (const key of ['algorithm', 'onnxSha256', 'input', 'output'] as const) {
    if (typeof manifest[key] !== 'string' || manifest[key] === '') {
      throw new Error(`${key} of the model manifest is ${JSON.stringify(manifest[key])}, expected a text`);
    }
  }
  checkClasses(manifest);
  checkMedians(manifest.benignMedians);
  const fault = manifest.novelty === undefined ? undefined : noveltyFault(manifest.novelty);
  if (fault !== undefined) throw new Error(`novelty of the model manifest: ${fault}`);
  return manifest as Manifest;
}

function parseObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`not a model manifest: ${(cause as Error).message}`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error(`not a model manifest: got ${JSON.stringify(value).slice(0, 40)}, expected a JSON object`);
}

function checkClasses({ classes, thresholds }: Partial<Manifest>): void {
  if (!Array.isArray(classes) || !classes.includes('benign') || new Set(classes).size !== classes.length) {
    throw new Error(
      `classes of the model manifest are ${JSON.stringify(classes)}, expected different ones with benign among them`,
    );
  }
  for (const name of classes as ModelClass[]) {
    if (!CLASSES.includes(name))
      throw new Error(`unknown class "${name}" in the model manifest, expected ${CLASSES.join(', ')}`);
    const threshold = thresholds?.[name];
    if (name !== 'benign' && !(typeof threshold === 'number' && threshold > 0 && threshold <= 1)) {
      throw new Error(`the threshold of class "${name}" is ${threshold}, expected a probability above 0 and up to 1`);
    }
  }
}

function checkMedians(medians: unknown): void {
  const count = Array.isArray(medians) ? medians.filter(Number.isFinite).length : 0;
  if (count !== FEATURES.length || count !== (medians as unknown[]).length) {
    throw new Error(
      `the model manifest has ${count} numbers as benign medians, expected one for each of ${FEATURES.length} features`,
    );
  }
}
