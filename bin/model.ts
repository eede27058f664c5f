/**
 * The model that scores: the bundled random forest, or another ONNX file with its manifest beside it.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Classifier, openClassifier } from '../lib/model/classifier.ts';
import { parseManifest } from '../lib/model/manifest.ts';
import { UsageError } from './usage-error.ts';

export const MODEL_OPTION = {
  type: 'string',
  value: 'FILE.onnx',
  meaning: 'another model, with its manifest FILE.json beside it (default: the bundled random forest)',
} as const;

/** Opens a model; throws when a file is missing or the pair does not fit each other or this build. */
export async function openModel(path?: string): Promise<Classifier> {
  const onnxPath = path ?? fileURLToPath(import.meta.resolve('#models/random-forest.onnx'));
  if (!onnxPath.endsWith('.onnx')) throw new UsageError(`--model is "${onnxPath}", expected a file that ends in .onnx`);
  const manifestPath = onnxPath.replace(/\.onnx$/, '.json');
  const onnx = await readPart(onnxPath, 'the model');
  const manifestText = (await readPart(manifestPath, 'the manifest of the model')).toString('utf8');
  try {
    return await openClassifier(onnx, parseManifest(manifestText));
  } catch (error) {
    throw new Error(`${manifestPath}: ${(error as Error).message}`, { cause: error });
  }
}

async function readPart(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? `${path} does not exist; name another with --model` : message;
    throw new Error(`cannot read ${what}: ${problem}`, { cause: error });
  }
}
