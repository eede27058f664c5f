import { scoreOf } from '../../lib/findings/budget.ts';
import { FINDING_TYPES } from '../../lib/findings/catalog.ts';
import type { Evidence, Finding, Host } from '../../lib/findings/finding.ts';
import { command, wordOption } from '../command.ts';
import { reasonText } from '../findings-table.ts';
import { defaultFormat, FINDING_FORMAT_OPTION, FINDING_FORMATS, print, printJson } from '../output.ts';
import { ocsfText, readFindings } from '../stored-findings.ts';
import { formatCount, type Paint, painter, visible, widthOf, wrap } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Fewest digits of an id that name a finding. */
const ID_DIGITS_MIN = 4;

export const explainCommand = command({
  name: 'explain',
  summary: 'everything known about one finding',
  usage: '[FINDING-ID] [--out DIR] [--format table|json|ocsf]',
  details: [
    'FINDING-ID is the id that detect shows, or its first digits; without one the gravest finding is explained. All hosts, figures, reasons, sample records and next steps are told.',
  ],
  options: {
    out: { type: 'string', value: 'DIR', meaning: 'folder that detect --out has written; without it the folder found' },
    format: FINDING_FORMAT_OPTION,
  },
  examples: [{ meaning: 'The gravest finding of an earlier run', line: 'flowtrap explain --out found' }],
  async run({ positionals, values }) {
    const format = wordOption(values.format ?? defaultFormat(), 'format', FINDING_FORMATS);
    const id = idOf(positionals);
    const findings = await readFindings(values.out ?? 'found');
    const finding = id === undefined ? gravest(findings) : pick(findings, id);
    if (format === 'json') await printJson(finding);
    else if (format === 'ocsf') await print(ocsfText([finding]));
    else await print(explanationText(finding, widthOf(process.stdout), painter(process.stdout)));
    return 0;
  },
});

function idOf(positionals: readonly string[]): string | undefined {
  const [id, ...others] = positionals.map((text) => text.toLowerCase());
  const isId = new RegExp(`^[0-9a-f]{${ID_DIGITS_MIN},32}$`);
  if (others.length > 0) throw new UsageError(`one finding at a time, got ${positionals.length} ids`);
  if (id !== undefined && !isId.test(id)) {
    throw new UsageError(`"${id}" is no id of a finding, expected ${ID_DIGITS_MIN} to 32 hexadecimal digits`);
  }
  return id;
}

function pick(findings: readonly Finding[], id: string): Finding {
  const [finding, ...others] = findings.filter((candidate) => candidate.id.startsWith(id));
  if (finding === undefined) throw new Error(`no finding ${id} among ${formatCount(findings.length)}`);
  if (others.length > 0) throw new Error(`${others.length + 1} findings begin with ${id}, give more digits`);
  return finding;
}

function gravest(findings: readonly Finding[]): Finding {
  return findings.reduce((best, finding) => (scoreOf(finding) > scoreOf(best) ? finding : best));
}

const INDENT = 14;

export function explanationText(finding: Finding, width: number, paint: Paint): string {
  const room = width - INDENT;
  const row = (name: string, texts: readonly string[]) =>
    texts
      .flatMap((text) => wrap(visible(text), room))
      .map((text, i) => `${paint('dim', (i === 0 ? name : '').padEnd(INDENT))}${text}`);
  const lines = [
    paint('bold', visible(finding.title)),
    '',
    ...row('meaning', [meaningOf(finding)]),
    ...row('severity', [severityText(finding)]),
    ...row('seen', [`${finding.firstSeen} to ${finding.lastSeen}, ${formatCount(finding.count)} conversations`]),
    ...row('account', [finding.account]),
    ...row('actors', hostTexts(finding.actors, finding.actorCount)),
    ...row('targets', hostTexts(finding.targets.hosts, finding.targets.hostCount)),
    ...row('services', [partText(finding.targets.services, finding.targets.serviceCount)]),
    ...row(
      'observed',
      Object.entries(finding.observed).map(([name, value]) => `${name} ${value}`),
    ),
    ...row(
      'expected',
      Object.entries(finding.expected).map(([name, value]) => `${name} ${value}`),
    ),
    ...row('probability', [`${finding.probability}, seen by ${finding.witnesses.join(', ')}`]),
    ...row('reasons', finding.reasons.map(reasonText)),
    ...row('records', finding.evidence.flatMap(evidenceTexts)),
    ...row('sources', finding.sources),
    ...row('technique', [`${finding.technique.id} ${finding.technique.name}`]),
    ...row(
      'next steps',
      finding.nextSteps.map((step, i) => `${i + 1}. ${step}`),
    ),
    ...row('finding', [finding.id]),
    ...row('incident', [finding.incident]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the catalog says of its type; a finding of another version may have one that is not in it. */
function meaningOf({ type }: Finding): string {
  return (
    FINDING_TYPES.find((known) => known.type === type)?.meaning ?? `type ${type}, which this version does not know`
  );
}

function severityText({ severity, softened, suppressed }: Finding): string {
  return [
    severity,
    ...(softened === undefined
      ? []
      : [
          `instead of ${softened.severityBefore}: ${softened.name} (${softened.network}) is trusted, ${softened.reason}`,
        ]),
    ...(suppressed === undefined
      ? []
      : [`suppressed by ${suppressed.owner} until ${suppressed.expires}: ${suppressed.reason}`]),
  ].join('; ');
}

function hostTexts(hosts: readonly Host[], count: number): string[] {
  return [
    partText(
      hosts.map(({ address, isOurs }) => (isOurs ? `${address} (yours)` : address)),
      count,
    ),
  ];
}

/** All that is listed, and how many there are beyond. */
function partText(names: readonly string[], count: number): string {
  const more = count - names.length;
  return more > 0 ? `${names.join(', ')} and ${formatCount(more)} more` : names.join(', ');
}

function evidenceTexts({ source, ordinal, record }: Evidence): string[] {
  const place = `${source}:${ordinal}`;
  return record === undefined ? [place] : [record, `  at ${place}`];
}
