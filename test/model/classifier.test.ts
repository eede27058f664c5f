import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FEATURES } from '../../lib/features/catalog.ts';
import { scoreRowsMax } from '../../lib/limits.ts';
import { type Classifier, openClassifier } from '../../lib/model/classifier.ts';
import { CLASSES } from '../../lib/model/manifest.ts';
import { shippedModel } from './shipped.ts';

const { onnx, manifest } = shippedModel();
const width = FEATURES.length;

/** Rows that differ from each other and lie within the table, the same every time. */
function variedMatrix(rows: number): Float32Array {
  return Float32Array.from({ length: rows * width }, (_, i) => {
    const [least, most] = FEATURES[i % width].range;
    return least + (most - least) * (((i * 7_919) % 1_000) / 1_000);
  });
}

describe('openClassifier', () => {
  it('refuses bytes that are not those of the manifest, and names both hashes', async () => {
    const other = Uint8Array.from(onnx);
    other[other.length - 1] ^= 1;
    const got = createHash('sha256').update(other).digest('hex');
    await expect(openClassifier(other, manifest)).rejects.toThrow(
      `the model file has SHA-256 ${got}, its manifest says ${manifest.onnxSha256}; restore the pair together`,
    );
  });

  it('refuses an empty file', async () => {
    await expect(openClassifier(new Uint8Array(), manifest)).rejects.toThrow('the model file has SHA-256 e3b0c442');
  });

  it('refuses a file that is no model even if its hash fits', async () => {
    const bytes = new TextEncoder().encode('not a model');
    const onnxSha256 = createHash('sha256').update(bytes).digest('hex');
    await expect(openClassifier(bytes, { ...manifest, onnxSha256 })).rejects.toThrow();
  });

  it.each([
    [{ input: 'Y' }, 'its manifest names Y and probabilities'],
    [{ output: 'scores' }, 'its manifest names X and scores'],
  ])('refuses a manifest that names other inputs or outputs: %o', async (change, message) => {
    await expect(openClassifier(onnx, { ...manifest, ...change })).rejects.toThrow(
      `the model has inputs X and outputs label,probabilities, ${message}`,
    );
  });
});

describe('probabilities', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await openClassifier(onnx, manifest);
  });
  afterAll(() => classifier.close());

  it('gives one row of class probabilities for each row of features', async () => {
    const got = await classifier.probabilities(variedMatrix(3));
    expect(got).toHaveLength(3 * CLASSES.length);
    expect([...got].every((probability) => probability >= 0 && probability <= 1)).toBe(true);
  });

  it('gives nothing for no rows', async () => {
    expect(await classifier.probabilities(new Float32Array())).toHaveLength(0);
  });

  it('refuses a matrix that does not consist of whole rows', async () => {
    await expect(classifier.probabilities(new Float32Array(width + 1))).rejects.toThrow(
      `a matrix of ${width + 1} values is not a multiple of ${width} features`,
    );
  });

  it('refuses a model whose number of classes is not that of the manifest', async () => {
    const fewer = await openClassifier(onnx, { ...manifest, classes: ['benign', 'scan'] });
    await expect(fewer.probabilities(variedMatrix(2))).rejects.toThrow('expected 2 rows of 2 classes');
    await fewer.close();
  });

  it('gives the same past the size of a chunk as row by row', async () => {
    const rows = 2 * scoreRowsMax + 3;
    const matrix = variedMatrix(rows);
    const whole = await classifier.probabilities(matrix);
    for (const row of [0, scoreRowsMax - 1, scoreRowsMax, 2 * scoreRowsMax - 1, 2 * scoreRowsMax, rows - 1]) {
      const alone = await classifier.probabilities(matrix.slice(row * width, (row + 1) * width));
      expect(alone).toEqual(whole.slice(row * CLASSES.length, (row + 1) * CLASSES.length));
    }
  });

  it('scores a row the same whatever rows come before and after it', async () => {
    const value = fc.integer({ min: 0, max: 1_000 });
    const row = fc.array(value, { minLength: width, maxLength: width });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (drawn) => {
        const matrix = Float32Array.from(drawn.flatMap((values) => values.map((v, i) => scaled(i, v))));
        const together = await classifier.probabilities(matrix);
        const reversed = Float32Array.from(drawn.toReversed().flatMap((values) => values.map((v, i) => scaled(i, v))));
        const backwards = await classifier.probabilities(reversed);
        for (let i = 0; i < drawn.length; i++) {
          const mirrored = drawn.length - 1 - i;
          expect(together.slice(i * CLASSES.length, (i + 1) * CLASSES.length)).toEqual(
            backwards.slice(mirrored * CLASSES.length, (mirrored + 1) * CLASSES.length),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('leaves the matrix as it was', async () => {
    const matrix = variedMatrix(5);
    await classifier.probabilities(matrix);
    expect(matrix).toEqual(variedMatrix(5));
  });
});

function scaled(feature: number, thousandths: number): number {
  const [least, most] = FEATURES[feature].range;
  return least + ((most - least) * thousandths) / 1_000;
}
