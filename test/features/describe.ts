/** Features of the conversations in record lines, by name. */
import type { Conversations } from '../../lib/conversations/conversations.ts';
import { settle } from '../../lib/conversations/settle.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import { Context } from '../../lib/features/context.ts';
import { fillMatrix } from '../../lib/features/matrix.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { type BuildOptions, build, type FeatureRow, type Fields, featureRow, rowOf } from '../records.ts';

export const OURS = new NetworkSet(PRIVATE_NETWORKS);

/** The matrix of all settled conversations, in order of first sight. */
export function matrixOf(conversations: Conversations): { rows: Uint32Array; matrix: Float32Array } {
  const rows = settle(conversations);
  const matrix = new Float32Array(rows.length * FEATURES.length);
  fillMatrix(matrix, conversations, rows, 0, rows.length, new Context(conversations, rows, OURS));
  return { rows, matrix };
}

export interface Described {
  /** Such as `10.0.0.1 > 10.0.0.2:22`. */
  readonly name: string;
  readonly features: FeatureRow;
}

export function described(records: string | readonly Fields[], options?: BuildOptions): Described[] {
  const conversations = build(records, options);
  const { rows, matrix } = matrixOf(conversations);
  return [...rows].map((row, index) => {
    const { client, server, port } = rowOf(conversations, row);
    return { name: `${client} > ${server}:${port}`, features: featureRow(matrix, index) };
  });
}

/** Features of the conversation that the first record belongs to. */
export function featuresOf(records: string, options?: BuildOptions): FeatureRow {
  return described(records, options)[0].features;
}
