/**
 * Reads the logs behind paths into conversations, with progress and warnings on standard error: the way in of every command that judges
 * logs.
 */
import type { NetworkSet } from '../lib/flowlog/network.ts';
import { type ReadOptions, type ReadSummary, readConversations } from '../lib/reading.ts';
import { inputs } from './inputs.ts';
import { formatCount, progressLine, visible } from './terminal.ts';

/** Runs `read` with a line of progress, which is gone when it returns. */
export async function withProgress<T>(
  read: (onProgress: NonNullable<ReadOptions['onProgress']>) => Promise<T>,
): Promise<T> {
  const progress = progressLine(process.stderr, Date.now);
  try {
    return await read((numbers) => progress.show(numbers));
  } finally {
    progress.clear();
  }
}

type LogOptions = Omit<ReadOptions, 'onProgress'> & { readonly ours: NetworkSet };

export async function readLogs(paths: readonly string[], options: LogOptions) {
  const result = await withProgress((onProgress) => readConversations(inputs(paths), { ...options, onProgress }));
  warnOf(result.summary);
  refuseNothing(result.summary, paths);
  return result;
}

/** Says on standard error what could not be read. */
export function warnOf(summary: ReadSummary): void {
  for (const { source, failure } of summary.failures) warn(`${source}: ${failure}`);
  const unlisted = summary.objectsFailed - summary.failures.length;
  if (unlisted > 0) warn(`${formatCount(unlisted)} more objects could not be read in full`);
  const reasons = Object.entries(summary.malformed).map(([reason, count]) => `${reason} ${formatCount(count)}`);
  const example = summary.malformedExamples[0];
  if (example !== undefined) {
    warn(
      `lines that are no records: ${reasons.join(', ')}; such as ${example.source}:${example.ordinal}: ${example.text}`,
    );
  }
}

function warn(message: string): void {
  process.stderr.write(`flowtrap: warning: ${visible(message)}\n`);
}

/** Throws when there is nothing to judge: no object, or not one line that could be read. */
export function refuseNothing(summary: ReadSummary, paths: readonly string[]): void {
  if (summary.objects === 0)
    throw new Error(`no flow logs in ${paths.join(', ')}, expected .log, .gz or .parquet files`);
  const read = summary.records + summary.noData + summary.skipData;
  const failed = summary.objectsFailed > 0 || Object.keys(summary.malformed).length > 0;
  if (read === 0 && failed) {
    throw new Error(`nothing could be read from ${formatCount(summary.objects)} objects in ${paths.join(', ')}`);
  }
}
