import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../bin/model.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import { CLASSES } from '../../lib/model/manifest.ts';
import { temporaryFolder } from './cli.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = temporaryFolder();

function tinyModel(name: string): string {
  const path = join(folder, `${name}.onnx`);
  writeTinyModel(path);
  return path;
}

/** The manifest beside a model, with some of its values replaced. */
function changeManifest(path: string, changes: Record<string, unknown>): void {
  const manifest = path.replace('.onnx', '.json');
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), ...changes }));
}

describe('a model', () => {
  it('scores rows of features with one probability for each class', async () => {
    const classifier = await openModel(tinyModel('good'));
    const probabilities = await classifier.probabilities(new Float32Array(2 * FEATURES.length));
    await classifier.close();
    expect(probabilities).toHaveLength(2 * CLASSES.length);
    const [first, second] = [probabilities.subarray(0, CLASSES.length), probabilities.subarray(CLASSES.length)];
    expect(first).toEqual(second);
    expect(first.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1);
    expect(first[CLASSES.indexOf('benign')]).toBeGreaterThan(0.9);
  });

  it('is refused when it is missing, with its name', async () => {
    await expect(openModel(join(folder, 'none.onnx'))).rejects.toThrow(
      `cannot read the model: ${join(folder, 'none.onnx')} does not exist; name another with --model`,
    );
  });

  it('is refused without its manifest', async () => {
    const path = tinyModel('alone');
    rmSync(path.replace('.onnx', '.json'));
    await expect(openModel(path)).rejects.toThrow('cannot read the manifest of the model:');
  });

  it('is refused under another ending', async () => {
    await expect(openModel(join(folder, 'forest.json'))).rejects.toThrow('expected a file that ends in .onnx');
  });

  it.each([
    ['featureHash', 'f'.repeat(64), 'the model was trained on feature table ffff'],
    ['version', 99, 'model manifest has version 99, this build reads version'],
    ['onnxSha256', '0'.repeat(64), 'its manifest says 0000'],
  ])('is refused when its manifest has another %s', async (key, value, message) => {
    const path = tinyModel(`wrong-${key}`);
    changeManifest(path, { [key]: value });
    await expect(openModel(path)).rejects.toThrow(message);
    await expect(openModel(path)).rejects.toThrow(path.replace('.onnx', '.json'));
  });
});
