import type { Finding } from '../../lib/findings/finding.ts';
import { isExpired, matcher, type Suppression, suppressionText } from '../../lib/findings/suppression.ts';
import { command, required, wordOption } from '../command.ts';
import { settingsOption } from '../log-options.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, print, printJson } from '../output.ts';
import { readFindings } from '../stored-findings.ts';
import { formatCount, table, widthOf } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** What one line of the settings covers. */
interface LinePreview {
  readonly index: number;
  readonly suppression: Suppression;
  readonly expired: boolean;
  /** Findings that it covers, whether or not another line does as well. */
  readonly findings: readonly string[];
  readonly titles: readonly string[];
}

interface Preview {
  readonly lines: readonly LinePreview[];
  readonly summary: {
    readonly findings: number;
    /** Findings that at least one line in force covers. */
    readonly hidden: number;
    readonly expired: number;
  };
}

export const suppressCommand = command({
  name: 'suppress',
  summary: 'what suppressions would hide, before they do',
  usage: '--preview FILE [--findings DIR|FILE] [--format table|json]',
  details: [
    'Reads the suppressions of a settings file and says for each which findings of an earlier run it covers. Nothing is changed: the lines take effect with detect --settings, or when they are deployed.',
    'An expired line is shown with what it would cover, and hides nothing.',
  ],
  options: {
    preview: { type: 'string', value: 'FILE', meaning: 'settings file with the suppressions' },
    findings: {
      type: 'string',
      value: 'DIR|FILE',
      meaning: 'folder of detect --out, or its findings.json; without it the folder found',
    },
    format: FORMAT_OPTION,
  },
  examples: [
    {
      meaning: 'What the lines of a settings file hide of what was found',
      line: 'flowtrap suppress --preview settings.json --findings found',
    },
  ],
  async run({ positionals, values }) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument ${positionals[0]}; name files by options`);
    const settings = required(values.preview, 'preview', 'the settings file whose suppressions are previewed');
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    const { suppressions } = await settingsOption({ settings });
    const preview = previewOf(suppressions, await readFindings(values.findings ?? 'found'), Date.now() / 1000);
    if (format === 'json') await printJson(preview);
    else await print(previewText(preview, widthOf(process.stdout)));
    return 0;
  },
});

export function previewOf(
  suppressions: readonly Suppression[],
  findings: readonly Finding[],
  nowSeconds: number,
): Preview {
  const hidden = new Set<string>();
  const lines = suppressions.map((suppression, index): LinePreview => {
    const covered = findings.filter(matcher(suppression));
    const expired = isExpired(suppression, nowSeconds);
    if (!expired) for (const { id } of covered) hidden.add(id);
    const titles = [...new Set(covered.map(({ title }) => title))];
    return { index, suppression, expired, findings: covered.map(({ id }) => id), titles };
  });
  const expired = lines.filter((line) => line.expired).length;
  return { lines, summary: { findings: findings.length, hidden: hidden.size, expired } };
}

/** Titles shown of what a line covers. */
const TITLES_MAX = 3;

function previewText({ lines, summary }: Preview, width: number): string {
  const columns = [
    { title: 'line', align: 'right' },
    { title: 'suppression' },
    { title: 'owner' },
    { title: 'until' },
    { title: 'covers', align: 'right' },
    { title: 'such as' },
  ] as const;
  const rows = lines.map(({ index, suppression, expired, findings, titles }) => [
    String(index),
    suppressionText(suppression),
    suppression.owner,
    `${suppression.expires}${expired ? ' (expired)' : ''}`,
    formatCount(findings.length),
    titles.slice(0, TITLES_MAX).join('; '),
  ]);
  const { findings, hidden, expired } = summary;
  const end = [
    `${formatCount(hidden)} of ${formatCount(findings)} findings would be hidden`,
    ...(expired > 0 ? [`${formatCount(expired)} expired and without effect`] : []),
  ];
  return `${[...table(columns, rows, width), '', end.join('; ')].join('\n')}\n`;
}
