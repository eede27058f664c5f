import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { CLASSES, MANIFEST_MAGIC, MANIFEST_VERSION, type Manifest, type ModelClass } from '../../lib/model/manifest.ts';

/**
 * A softmax over weighted features as ONNX, small enough to be made by hand: enough to run every command without the trained model.
 * Field numbers are those of onnx.proto3, wire types those of Protocol Buffers.
 */

const BENIGN_LOGIT = 8;

/** Weights of the features by class; what is not here weighs nothing. */
const WEIGHTS: Partial<Record<ModelClass, Record<string, number>>> = {
  scan: { pair_services: 1.6, sweep_peers: 1.6 },
  exfiltration: { bytes_balance: 1.4 },
};

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const number = (field: number, value: number) => Buffer.from([...varint(field * 8), ...varint(value)]);

function bytes(field: number, ...parts: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

function node(type: string, inputs: readonly string[], output: string): Buffer {
  return bytes(1, ...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(3, output), bytes(4, type));
}

function tensor(name: string, dimensions: readonly number[], values: Float32Array): Buffer {
  const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return bytes(5, ...dimensions.map((size) => number(1, size)), number(2, 1), bytes(8, name), bytes(9, raw));
}

function value(field: number, name: string, columns: number): Buffer {
  const shape = bytes(2, bytes(1, bytes(2, 'rows')), bytes(1, number(1, columns)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, number(1, 1), shape)));
}

export function tinyOnnx(): Buffer {
  const weights = new Float32Array(FEATURES.length * CLASSES.length);
  for (const [row, { name }] of FEATURES.entries()) {
    for (const [column, label] of CLASSES.entries()) {
      weights[row * CLASSES.length + column] = WEIGHTS[label]?.[name] ?? 0;
    }
  }
  const bias = Float32Array.from(CLASSES, (label) => (label === 'benign' ? BENIGN_LOGIT : 0));
  const graph = bytes(
    7,
    node('MatMul', ['features', 'weights'], 'products'),
    node('Add', ['products', 'bias'], 'logits'),
    node('Softmax', ['logits'], 'probabilities'),
    bytes(2, 'tiny'),
    tensor('weights', [FEATURES.length, CLASSES.length], weights),
    tensor('bias', [CLASSES.length], bias),
    value(11, 'features', FEATURES.length),
    value(12, 'probabilities', CLASSES.length),
  );
  return Buffer.concat([number(1, 8), graph, bytes(8, number(2, 13))]);
}

export function tinyManifest(onnx: Uint8Array): Manifest {
  return {
    magic: MANIFEST_MAGIC,
    version: MANIFEST_VERSION,
    algorithm: 'softmax regression',
    onnxSha256: createHash('sha256').update(onnx).digest('hex'),
    featureHash: featureHash(),
    features: FEATURES.map(({ name }) => name),
    classes: [...CLASSES],
    input: 'features',
    output: 'probabilities',
    thresholds: Object.fromEntries(CLASSES.filter((name) => name !== 'benign').map((name) => [name, 0.5])),
    benignMedians: FEATURES.map(() => 0),
    data: {},
    metrics: {},
    libraries: {},
  };
}

/** Writes the model to `path`, which ends in .onnx, and its manifest beside it. */
export function writeTinyModel(path: string): void {
  const onnx = tinyOnnx();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, onnx);
  writeFileSync(path.replace(/\.onnx$/, '.json'), JSON.stringify(tinyManifest(onnx)));
}
