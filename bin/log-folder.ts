/**
 * A folder of flow logs and the labels beside them, as commands write it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatLabel, LABEL_COLUMNS } from '../lib/features/labels.ts';
import type { LabelRow } from '../lib/flowlog/labels.ts';
import { writeWhole } from './output-file.ts';

const LABELS_FILE = 'labels.csv';

type Batches<T> = Iterable<readonly T[]> | AsyncIterable<readonly T[]>;

/** Throws when the folder has logs or labels already. */
export function refuseOccupied(directory: string): void {
  for (const name of ['AWSLogs', LABELS_FILE]) {
    if (!existsSync(join(directory, name))) continue;
    throw new Error(`${join(directory, name)} exists already; choose another folder, or add to it with --force`);
  }
}

/** Writes labels.csv as its rows come, batch by batch; the file appears when the last one is in. */
export async function writeLabels(directory: string, batches: Batches<LabelRow>): Promise<void> {
  await writeWhole(join(directory, LABELS_FILE), labelLines(batches));
}

async function* labelLines(batches: Batches<LabelRow>): AsyncGenerator<string> {
  yield `${LABEL_COLUMNS.join(',')}\n`;
  for await (const rows of batches) yield rows.map((row) => `${formatLabel(row)}\n`).join('');
}
