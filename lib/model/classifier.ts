/**
 * Any ONNX classifier of the feature matrix.
 */
import { createHash } from 'node:crypto';
import { FEATURES } from '../features/catalog.ts';
import { scoreRowsMax } from '../limits.ts';
import type { Manifest } from './manifest.ts';
import { loadRuntime } from './runtime.ts';

export interface Classifier {
  readonly manifest: Manifest;
  /**
   * Class probabilities of a matrix of rows × FEATURES.length, row-major, in the manifest's order of classes. Rows are handed to the
   * model in chunks of `scoreRowsMax`.
   */
  probabilities(matrix: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a model; throws when the bytes are not those that the manifest describes or the model's inputs do not fit. */
export async function openClassifier(onnx: Uint8Array, manifest: Manifest): Promise<Classifier> {
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  if (sha256 !== manifest.onnxSha256) {
    throw new Error(
      `the model file has SHA-256 ${sha256}, its manifest says ${manifest.onnxSha256}; restore the pair together`,
    );
  }
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(onnx, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  if (!session.inputNames.includes(manifest.input) || !session.outputNames.includes(manifest.output)) {
    await session.release();
    throw new Error(
      `the model has inputs ${session.inputNames} and outputs ${session.outputNames}, its manifest names ${manifest.input} and ${manifest.output}`,
    );
  }
  const width = FEATURES.length;
  const classes = manifest.classes.length;

  async function scoreChunk(chunk: Float32Array): Promise<Float32Array> {
    const rows = chunk.length / width;
    const tensor = new Tensor('float32', chunk, [rows, width]);
    const result = (await session.run({ [manifest.input]: tensor }, [manifest.output]))[manifest.output];
    if (result.dims[0] !== rows || result.dims[1] !== classes) {
      throw new Error(`the model answered with shape ${result.dims}, expected ${rows} rows of ${classes} classes`);
    }
    return result.data as Float32Array;
  }

  return {
    manifest,
    async probabilities(matrix) {
      if (matrix.length % width !== 0)
        throw new Error(`a matrix of ${matrix.length} values is not a multiple of ${width} features`);
      const rows = matrix.length / width;
      const scores = new Float32Array(rows * classes);
      for (let from = 0; from < rows; from += scoreRowsMax) {
        const to = Math.min(rows, from + scoreRowsMax);
        scores.set(await scoreChunk(matrix.subarray(from * width, to * width)), from * classes);
      }
      return scores;
    },
    close: () => session.release(),
  };
}
