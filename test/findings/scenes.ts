/** Scored conversations of record lines, with a stub in place of the model. */
import { type Scored, score } from '../../lib/detectors/scored.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import type { Manifest, ModelClass } from '../../lib/model/manifest.ts';
import { build, type FeatureRow, type Fields, stubClassifier } from '../records.ts';

export type Judge = (features: FeatureRow) => Partial<Record<ModelClass, number>>;

/** Scores everything as one class. */
export const always =
  (name: ModelClass, probability = 0.9): Judge =>
  () => ({ [name]: probability });

export function scene(
  records: string | readonly Fields[],
  judge: Judge,
  manifest: Partial<Manifest> = {},
  rowsMax?: number,
): Promise<Scored> {
  return score(build(records, { rowsMax }), stubClassifier(judge, manifest), new NetworkSet(PRIVATE_NETWORKS));
}

/** The address of a code, for expectations in words. */
export function addressOf({ conversations }: Scored, code: number): string {
  return conversations.names.addresses.format(code);
}
