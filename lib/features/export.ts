/**
 * The training matrix as a Parquet file, row group by row group: who and when, the label where there is one, then one FLOAT column per
 * feature of the catalog. The key-value metadata `flowtrap.matrix` holds the version of this layout, `flowtrap.feature_hash` the hash
 * of the catalog: training copies it into the model's manifest.
 */

import type { Conversations } from '../conversations/conversations.ts';
import { ROW_WORDS, W } from '../conversations/row.ts';
import type { Label } from '../flowlog/labels.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import { matrixRowsMax } from '../limits.ts';
import { type ParquetColumn, ParquetFile } from '../parquet-file.ts';
import { FEATURES, featureHash } from './catalog.ts';
import { Context } from './context.ts';
import { fillMatrix } from './matrix.ts';

export const MATRIX_VERSION = '1';

/** Whose numbers a row holds; `score` writes the same columns. */
export const IDENTITY_COLUMNS: readonly ParquetColumn[] = [
  { name: 'window_start', type: 'INT64' },
  { name: 'interface_id', type: 'STRING' },
  { name: 'client', type: 'STRING' },
  { name: 'server', type: 'STRING' },
  { name: 'server_port', type: 'INT32' },
  { name: 'protocol', type: 'INT32' },
  { name: 'flows', type: 'INT32' },
];

export type IdentityValues = [number, string, string, string, number, number, number];

const FLOWS_MAX = 2_147_483_647;

/** Values of `IDENTITY_COLUMNS` for one row. */
export function identityOf({ words, names }: Conversations, row: number): IdentityValues {
  const at = row * ROW_WORDS;
  return [
    words[at + W.window],
    names.text.text(words[at + W.observer]),
    names.addresses.format(words[at + W.client]),
    names.addresses.format(words[at + W.server]),
    words[at + W.service] & 0xffff,
    words[at + W.service] >>> 16,
    Math.min(FLOWS_MAX, words[at + W.forwardFlows] + words[at + W.backwardFlows]),
  ];
}

const FEATURE_COLUMNS: readonly ParquetColumn[] = FEATURES.map(({ name }) => ({ name, type: 'FLOAT' }));

/** The file's pieces, for the settled `rows`; with `labelOf`, a column `label` stands before the features. */
export function* matrixFile(
  conversations: Conversations,
  rows: Uint32Array,
  ours: NetworkSet,
  labelOf?: (row: number) => Label,
): Generator<Uint8Array> {
  const label: ParquetColumn[] = labelOf === undefined ? [] : [{ name: 'label', type: 'STRING' }];
  const file = new ParquetFile({
    columns: [...IDENTITY_COLUMNS, ...label, ...FEATURE_COLUMNS],
    metadata: { 'flowtrap.matrix': MATRIX_VERSION, 'flowtrap.feature_hash': featureHash() },
  });
  const context = new Context(conversations, rows, ours);
  const matrix = new Float32Array(Math.min(rows.length, matrixRowsMax) * FEATURES.length);
  for (let from = 0; from < rows.length; from += matrixRowsMax) {
    const to = Math.min(rows.length, from + matrixRowsMax);
    fillMatrix(matrix, conversations, rows, from, to, context);
    const chunk = rows.subarray(from, to);
    const labels = labelOf === undefined ? [] : [Array.from(chunk, labelOf)];
    yield file.rowGroup([...identityColumns(conversations, chunk), ...labels, ...featureColumns(matrix, chunk.length)]);
  }
  yield file.finish();
}

/** The identity of rows, column by column. */
export function identityColumns(conversations: Conversations, rows: Uint32Array): (number | string)[][] {
  const identities = Array.from(rows, (row) => identityOf(conversations, row));
  return IDENTITY_COLUMNS.map((_, column) => identities.map((identity) => identity[column]));
}

function featureColumns(matrix: Float32Array, rows: number): Float32Array[] {
  return FEATURES.map((_, feature) => {
    const column = new Float32Array(rows);
    for (let row = 0; row < rows; row++) column[row] = matrix[row * FEATURES.length + feature];
    return column;
  });
}
