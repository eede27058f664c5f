import { open } from 'node:fs/promises';
import type { Conversations } from '../../lib/conversations/conversations.ts';
import { settle } from '../../lib/conversations/settle.ts';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { matrixFile } from '../../lib/features/export.ts';
import { LabelIndex, readLabels } from '../../lib/features/labels.ts';
import type { Label } from '../../lib/flowlog/labels.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { command, required, wordOption } from '../command.ts';
import { refuseToReplace } from '../inputs.ts';
import { LOG_OPTIONS, layoutOption, logPaths, settingsOption } from '../log-options.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, print, printJson } from '../output.ts';
import { writeWhole } from '../output-file.ts';
import { readLogs } from '../read-logs.ts';
import { formatBytes, formatCount } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export const featuresCommand = command({
  name: 'features',
  summary: 'the training matrix: one row of features for every conversation, as Parquet',
  usage: 'PATH... [--labels FILE] --out FILE.parquet',
  details: [
    'PATH is a file, a folder, an s3:// address or - for standard input.',
    'With --labels, each conversation gets the label of the rows that match it: an attack wins over unlabelled, and that over benign; then the row that states more, then the shorter.',
  ],
  options: {
    out: { type: 'string', value: 'FILE', meaning: 'the Parquet file to write' },
    labels: { type: 'string', value: 'FILE', meaning: 'labels.csv; adds the column label' },
    unmatched: {
      type: 'string',
      value: 'LABEL',
      meaning: 'label where no row matches: benign (default), or unlabelled where the labels are incomplete',
    },
    catalog: { type: 'boolean', meaning: 'print the table of features as Markdown and end' },
    ...LOG_OPTIONS,
    format: FORMAT_OPTION,
  },
  examples: [
    {
      meaning: 'The matrix of labelled logs',
      line: 'flowtrap features logs --labels logs/labels.csv --out matrix.parquet',
    },
    { meaning: 'What the columns mean', line: 'flowtrap features --catalog' },
  ],
  async run({ positionals, values }) {
    if (values.catalog) {
      await print(catalogMarkdown());
      return 0;
    }
    const paths = logPaths(positionals);
    const out = required(values.out, 'out', 'the file to write, such as --out matrix.parquet');
    await refuseToReplace(paths, out);
    const unmatched = wordOption(values.unmatched, 'unmatched', ['benign', 'unlabelled']);
    if (values.unmatched !== undefined && values.labels === undefined) {
      throw new UsageError('--unmatched says what --labels leaves open, and --labels is missing');
    }
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    const layout = layoutOption(values);
    const ours = new NetworkSet((await settingsOption(values)).ourNetworks);
    const { conversations, summary } = await readLogs(paths, { layout, ours });
    // Labels are read after the logs, since their addresses are looked up in the logs' names.
    const labels = values.labels === undefined ? undefined : await labelIndex(values.labels, conversations, unmatched);
    const rows = settle(conversations);
    const counts: Partial<Record<Label, number>> = {};
    const labelOf = labels === undefined ? undefined : counting(labels, conversations, counts);
    const bytes = await writeWhole(out, matrixFile(conversations, rows, ours, labelOf));
    const result = {
      file: out,
      fileBytes: bytes,
      rows: rows.length,
      features: FEATURES.length,
      featureHash: featureHash(),
      ...(labels && { labels: counts }),
      ...summary,
    };
    if (format === 'json') await printJson(result);
    else {
      await print(
        `${out}: ${formatCount(rows.length)} rows of ${FEATURES.length} features, ${formatBytes(bytes)}, from ${formatCount(summary.records)} records\n`,
      );
      for (const [label, count] of Object.entries(counts)) await print(`  ${label.padEnd(20)} ${formatCount(count)}\n`);
    }
    return 0;
  },
});

async function labelIndex(path: string, { names }: Conversations, unmatched: Label): Promise<LabelIndex> {
  const file = await open(path).catch((cause: Error) => {
    throw new Error(`cannot read the labels ${path}: ${cause.message}`, { cause });
  });
  try {
    return new LabelIndex(await readLabels(file.readLines(), names), unmatched);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    await file.close();
  }
}

function counting(labels: LabelIndex, conversations: Conversations, counts: Partial<Record<Label, number>>) {
  return (row: number) => {
    const label = labels.labelOf(conversations, row);
    counts[label] = (counts[label] ?? 0) + 1;
    return label;
  };
}

/** The catalog of features as a table, the one that the documentation shows. */
export function catalogMarkdown(): string {
  const lines = FEATURES.map(({ name, unit, range, needs, without, meaning }) => {
    const cells = [`\`${name}\``, unit, `${range[0]} to ${range[1]}`, needs.join(', '), String(without), meaning];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  });
  return `| feature | unit | range | needs | without | meaning |\n|---|---|---|---|---|---|\n${lines.join('')}`;
}
