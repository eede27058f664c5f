import { readFileSync, statSync } from 'node:fs';
import { type Manifest, parseManifest } from '../../lib/model/manifest.ts';

const ONNX = new URL('../../models/random-forest.onnx', import.meta.url);

/** The model that the package ships, as its users load it. */
export function shippedModel(): { onnx: Uint8Array; manifest: Manifest; manifestText: string } {
  const manifestText = readFileSync(new URL('../../models/random-forest.json', import.meta.url), 'utf8');
  return { onnx: readFileSync(ONNX), manifest: parseManifest(manifestText), manifestText };
}

export function shippedModelBytes(): number {
  return statSync(ONNX).size;
}
