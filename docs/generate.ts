/**
 * The reference pages that are made from the project's own tables: `npm run docs` writes them, a test keeps them current.
 */
import { writeFileSync } from 'node:fs';
import { catalogMarkdown } from '../bin/commands/features.ts';
import { DETECTORS } from '../lib/detectors/index.ts';
import { FEATURES } from '../lib/features/catalog.ts';
import { FINDING_TYPES } from '../lib/findings/catalog.ts';
import { FIELDS } from '../lib/flowlog/fields.ts';
import { MALFORMED_REASONS } from '../lib/flowlog/report.ts';

const NOTE = 'Written by `npm run docs`; edit the tables in `lib`, not this page.';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fieldsPage(): string {
  const rows = FIELDS.map(({ name, version, kind, parquet, used, meaning }) => [
    `\`${name}\``,
    String(version),
    kind,
    parquet,
    used ? 'yes' : '',
    meaning,
  ]);
  const reasons = Object.entries(MALFORMED_REASONS).map(([reason, meaning]) => [`\`${reason}\``, meaning]);
  return [
    '# Flow-log fields',
    NOTE,
    `All ${FIELDS.length} fields that are known: versions 2 to 5 and 7 to 11 of VPC flow logs, version 6 for transit gateways. Conversations are built from
those that are *used*; the others are checked and passed over. Fields that are not in this table are passed over and named in the summary.`,
    table(['field', 'version', 'kind', 'Parquet', 'used', 'meaning'], rows),
    '## Lines that are no records',
    'Counted by these reasons in `summary.malformed`, and kept under `--out`/rejected.',
    table(['reason', 'meaning'], reasons),
  ].join('\n\n');
}

function featuresPage(): string {
  return [
    '# Features',
    NOTE,
    `The ${FEATURES.length} features of a conversation, in the order in which the model takes them. \`octaves\` is log2(1 + value), \`log2\` is log2(value),
\`log2 factor\` the logarithm of a ratio or spread. *Without* is the value where the log lacks the field.`,
    catalogMarkdown().trimEnd(),
  ].join('\n\n');
}

function findingTypesPage(): string {
  const types = FINDING_TYPES.map(({ type, class: name, technique, meaning }) => [
    `\`${type}\``,
    name,
    `${technique.id} ${technique.name}`,
    meaning,
  ]);
  const detectors = DETECTORS.map(({ name, source, alone }) => [`\`${name}\``, source, alone]);
  return [
    '# Finding types',
    NOTE,
    table(['type', 'class', 'ATT&CK', 'meaning'], types),
    '## Witnesses',
    'A finding names the detectors that saw it. One alone never makes it more than medium.',
    table(['detector', 'source', 'raises alone'], detectors),
  ].join('\n\n');
}

/** Text of each page by its path from the root of the project. */
export const PAGES: Readonly<Record<string, string>> = {
  'docs/fields.md': `${fieldsPage()}\n`,
  'docs/features.md': `${featuresPage()}\n`,
  'docs/finding-types.md': `${findingTypesPage()}\n`,
};

if (import.meta.main) {
  for (const [path, text] of Object.entries(PAGES)) writeFileSync(new URL(`../${path}`, import.meta.url), text);
}
