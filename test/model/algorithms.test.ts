/** Any algorithm of the field can take the forest's place: one small example of each, as models/compare.py writes them. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../lib/features/catalog.ts';
import { type Classifier, openClassifier } from '../../lib/model/classifier.ts';
import { CLASSES, parseManifest } from '../../lib/model/manifest.ts';
import { flowtrap } from '../bin/cli.ts';

const FOLDER = fileURLToPath(new URL('../golden/model/algorithms/', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../samples/text', import.meta.url));

const ALGORITHMS = [
  'k-nn',
  'linear-svm',
  'decision-tree',
  'random-forest',
  'neural-network',
  'gradient-boosted-trees',
  'logistic-regression',
  'extremely-randomised-trees',
];

interface Golden {
  readonly rows: number[][];
  /** Of scikit-learn, by algorithm: rows × classes. */
  readonly probabilities: Readonly<Record<string, number[][]>>;
}

const golden = JSON.parse(readFileSync(`${FOLDER}parity.json`, 'utf8')) as Golden;

function open(name: string): Promise<Classifier> {
  const manifest = parseManifest(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
  return openClassifier(readFileSync(`${FOLDER}${name}.onnx`), manifest);
}

describe('the examples', () => {
  it('are one of each algorithm, with golden probabilities for each', () => {
    const names = globSync('*.onnx', { cwd: FOLDER }).map((file) => file.replace('.onnx', ''));
    expect(names.sort()).toEqual(ALGORITHMS.toSorted());
    expect(Object.keys(golden.probabilities).sort()).toEqual(ALGORITHMS.toSorted());
  });

  it('are small: 60 kB a model at most, 300 kB all together', () => {
    const sizes = globSync('*', { cwd: FOLDER }).map((file) => statSync(`${FOLDER}${file}`).size);
    const models = ALGORITHMS.map((name) => statSync(`${FOLDER}${name}.onnx`).size);
    expect(Math.max(...models)).toBeLessThanOrEqual(60_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(300_000);
  });

  it('differ from each other in what they answer', () => {
    const answers = new Set(Object.values(golden.probabilities).map((rows) => JSON.stringify(rows)));
    expect(answers.size).toBe(ALGORITHMS.length);
  });

  it('are asked about rows of this feature table', () => {
    expect(golden.rows.length).toBeGreaterThanOrEqual(20);
    expect(new Set(golden.rows.map((row) => row.length))).toEqual(new Set([FEATURES.length]));
  });
});

describe.each(ALGORITHMS)('the example %s', (name) => {
  it('gives the probabilities of scikit-learn within 1e-5', async () => {
    const classifier = await open(name);
    const got = await classifier.probabilities(Float32Array.from(golden.rows.flat()));
    const expected = golden.probabilities[name].flat();
    expect(got.length).toBe(expected.length);
    const differences = expected.map((probability, i) => Math.abs(probability - got[i]));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    await classifier.close();
  });

  it('says which algorithm it is and knows all classes', async () => {
    const { manifest, close } = await open(name);
    expect(manifest.algorithm.toLowerCase().replaceAll(' ', '-')).toBe(name);
    expect(manifest.classes).toEqual(CLASSES);
    expect(manifest.features).toEqual(FEATURES.map((feature) => feature.name));
    await close();
  });

  it('gives probabilities between 0 and 1 that add up to 1', async () => {
    const classifier = await open(name);
    const got = await classifier.probabilities(Float32Array.from(golden.rows.flat()));
    // Sums of many trees in 32-bit floats may end a rounding above 1.
    expect(got.every((probability) => probability >= 0 && probability <= 1 + 1e-6)).toBe(true);
    for (let at = 0; at < got.length; at += CLASSES.length) {
      const sum = got.subarray(at, at + CLASSES.length).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    await classifier.close();
  });

  it('takes the place of the forest on the command line', () => {
    const run = flowtrap(['detect', SAMPLES, '--model', `${FOLDER}${name}.onnx`, '--format', 'json']);
    expect(run.stderr).not.toContain('flowtrap: error');
    expect(run.code).toBe(0);
    expect(() => JSON.parse(run.stdout)).not.toThrow();
  });
});
