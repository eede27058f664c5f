import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { openClassifier } from '../../lib/model/classifier.ts';
import { CLASSES } from '../../lib/model/manifest.ts';
import { shippedModel, shippedModelBytes } from './shipped.ts';

interface Golden {
  readonly onnxSha256: string;
  readonly rows: number[][];
  readonly probabilities: number[][];
}

const golden = JSON.parse(readFileSync(new URL('../golden/model/parity.json', import.meta.url), 'utf8')) as Golden;

describe('the shipped model', () => {
  it('gives the probabilities of scikit-learn within 1e-5', async () => {
    const { onnx, manifest } = shippedModel();
    const classifier = await openClassifier(onnx, manifest);
    const matrix = Float32Array.from(golden.rows.flat());
    const got = await classifier.probabilities(matrix);
    const expected = golden.probabilities.flat();
    expect(got.length).toBe(expected.length);
    const differences = expected.map((probability, i) => Math.abs(probability - got[i]));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    await classifier.close();
  });

  it('is the one that the golden rows were scored with, and they hold rows of every class', () => {
    expect(golden.onnxSha256).toBe(shippedModel().manifest.onnxSha256);
    expect(golden.rows.length).toBeGreaterThan(100);
    expect(new Set(golden.rows.map((row) => row.length))).toEqual(new Set([FEATURES.length]));
    const likeliest = golden.probabilities.map((row) => row.indexOf(Math.max(...row)));
    expect(new Set(likeliest)).toEqual(new Set(CLASSES.keys()));
  });

  it('knows all classes, and was trained on the features of this build', () => {
    const { manifest } = shippedModel();
    expect([...manifest.classes].sort()).toEqual([...CLASSES].sort());
    expect(manifest.featureHash).toBe(featureHash());
    expect(manifest.features).toEqual(FEATURES.map(({ name }) => name));
  });

  it('has benign medians within the range of their features', () => {
    const { benignMedians } = shippedModel().manifest;
    const outside = FEATURES.filter(({ range }, i) => benignMedians[i] < range[0] || benignMedians[i] > range[1]);
    expect(outside).toEqual([]);
  });

  it('takes at most 3 MB', () => {
    expect(shippedModelBytes()).toBeLessThanOrEqual(3_000_000);
  });

  it('gives a typical benign conversation the class benign', async () => {
    const { onnx, manifest } = shippedModel();
    const classifier = await openClassifier(onnx, manifest);
    const probabilities = await classifier.probabilities(Float32Array.from(manifest.benignMedians));
    expect(manifest.classes[probabilities.indexOf(Math.max(...probabilities))]).toBe('benign');
    await classifier.close();
  });

  it('gives probabilities that add up to 1 whatever the features', async () => {
    const { onnx, manifest } = shippedModel();
    const classifier = await openClassifier(onnx, manifest);
    const edges = [0, 1, 2].flatMap((edge) =>
      FEATURES.map(({ range, without }) => (edge === 2 ? without : range[edge])),
    );
    const probabilities = await classifier.probabilities(Float32Array.from(edges));
    for (let row = 0; row < 3; row++) {
      const sum = probabilities.subarray(row * CLASSES.length, (row + 1) * CLASSES.length).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    await classifier.close();
  });
});
