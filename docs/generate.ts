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
import { HISTORY_DETECTORS } from '../lib/history/detectors/index.ts';
import { threatLists } from '../lib/history/detectors/threat-list.ts';
import { budgetDaysMax, budgetDaysMin } from '../lib/limits.ts';
import { HOLDS } from '../lib/notify/route.ts';
import { SIDE_EFFECTS } from '../lib/notify/side-effects.ts';
import { SETTINGS } from '../lib/settings.ts';

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

interface Witness {
  readonly name: string;
  readonly source: string;
  readonly alone: string;
}

function findingTypesPage(): string {
  const types = FINDING_TYPES.map(({ type, class: name, severity, technique, meaning }) => [
    `\`${type}\``,
    name,
    severity.rule,
    `${technique.id} ${technique.name}`,
    meaning,
  ]);
  const witnesses = (detectors: readonly Witness[]) =>
    table(
      ['detector', 'source', 'raises alone'],
      detectors.map(({ name, source, alone }) => [`\`${name}\``, source, alone]),
    );
  return [
    '# Finding types',
    NOTE,
    table(['type', 'class', 'severity', 'ATT&CK', 'meaning'], types),
    '## Witnesses',
    'A finding names the detectors that saw it. One alone never makes it more than medium.',
    'Of single windows, or of those of one run:',
    witnesses(DETECTORS),
    'Of the history of hours and days:',
    witnesses([...HISTORY_DETECTORS, threatLists([])]),
  ].join('\n\n');
}

/** Settings of the page on tuning, which its commands work with. */
const EXAMPLE_SETTINGS = {
  trustedNetworks: [{ network: '10.205.64.117', name: 'ping monitor', reason: 'asks every host whether it is there' }],
  suppressions: [
    {
      type: '*-sweep',
      actor: '10.205.16.214',
      port: '3306/tcp',
      owner: 'database team',
      reason: 'inventory looks for forgotten databases',
      expires: '2027-06-30',
    },
  ],
  alertsPerDay: { scan: 1 },
};

function tuningPage(): string {
  const settings = Object.entries(SETTINGS).map(([key, { meaning, fallback }]) => [
    `\`${key}\``,
    meaning,
    `\`${JSON.stringify(fallback)}\``,
  ]);
  const words = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const effects = SIDE_EFFECTS.map(({ of, mute }) => [words(of), words(mute)]);
  const holds = Object.entries(HOLDS).map(([hold, meaning]) => [hold, meaning]);
  return [
    '# Tuning: fewer messages, none missed',
    NOTE,
    `Every finding is kept, whatever is set here. Settings decide which of them make a message; the daily digest says what was held back, and why. One
file serves the command line (\`--settings\`) and the stack; a mistake in it refuses the run, with its place and what was expected. \`alertsPerDay\`, \`quietMinutes\` and \`minimumSeverity\` are about messages, which only the
stack sends.`,
    table(['setting', 'meaning', 'default'], settings),
    '## An example',
    'A monitor that pings every host is trusted, and an inventory that looks for databases is suppressed. As `settings.json`:',
    `\`\`\`json\n${JSON.stringify(EXAMPLE_SETTINGS, null, 2)}\n\`\`\``,
    'What the suppressions would hide is shown before they do, on findings of an earlier run; then they take effect at once:',
    `\`\`\`sh
flowtrap detect samples/text --out found
flowtrap suppress --preview settings.json --findings found
flowtrap detect samples/text --settings settings.json --out judged
\`\`\``,
    `The second run counts what it suppressed in its summary. Those findings are kept with \`suppressed\`, which names owner, reason and end.
The sweep of the monitor has become less severe by one step; \`softened\` says why, and what it was before.`,
    '## Suppressions',
    `A line names what it hides by \`type\` (\`*\` stands for any characters), \`actor\` and \`target\` (address or network), \`port\` (\`22\`, \`22/tcp\`,
\`*/udp\`, \`icmp\`) and \`tag\` (of instance, interface or group, where the log has tag fields); what is left out is any. Owner, reason and last day are no
options. A line hides a finding only when it covers all of its actors, targets and services; a finding that lists its hosts only in part, such as a sweep of
hundreds, is not hidden by a line that names targets. An expired line hides nothing and stands in every digest until it is removed.`,
    '## Trusted networks',
    `Scanners, monitoring, load balancers and ranges of AWS soften, and never hide: a trusted scanner is where an intruder would like to sit. A finding is one step less
severe when all of its actors, or all of its targets, lie in one trusted network.`,
    '## What is for the digest',
    `A finding below \`minimumSeverity\` makes no message. Severity follows from role and outcome; a single witness never raises more than medium. Low, and so for the digest
by default, is what everyday traffic is full of: what strangers try in vain; what the forest alone has seen and the published test of its class finds too small (floods below 1,000
packets and 500 connections a second, uploads below 100 MB, a stranger's fewer than ten tries in five minutes); datagrams as few as that which are answered all along, as in a call,
whoever has seen them alone; one new login from one host of yours to another, until a second one follows; volumes that a few usual days cannot tell from chance; and what is
low by its [type](finding-types.md). Where the forest and a published test agree, none of these sizes matters.`,
    '## One incident, one message',
    `An incident is a behaviour of one host, or one host and its target, over time. It is told when it begins, when it becomes more severe, when it has grown
tenfold, and when it comes back after \`quietMinutes\` without activity; after each further message the break must be ten times as long, up to a week, since what keeps
coming back is known. What follows from an attack that has been told goes to the digest:`,
    table(['after a message about', 'of the same host within an hour, not more severe'], effects),
    '## The alert budget',
    `\`alertsPerDay\` says how many alerts of a behaviour you can bear. It works twice. First, every digest learns the scores of the day's incidents (severity first,
then the forest's probability, the number of witnesses and of conversations). Once ${budgetDaysMin} days are learned a behaviour has a threshold: the score that as many
incidents of the last ${budgetDaysMax} days have reached as the budget allows. It only holds back what detectors have raised, so it never falls below the thresholds
that were shipped. Second, a day has no more messages than that: a finding finds room when fewer alerts went out that are at least as severe, so noise does not use up the room
of a severe one. Digests name the thresholds.`,
    '## Why something was not told',
    table(['reason', 'the digest says'], holds),
  ].join('\n\n');
}

/** Text of each page by its path from the root of the project. */
export const PAGES: Readonly<Record<string, string>> = {
  'docs/fields.md': `${fieldsPage()}\n`,
  'docs/features.md': `${featuresPage()}\n`,
  'docs/finding-types.md': `${findingTypesPage()}\n`,
  'docs/tuning.md': `${tuningPage()}\n`,
};

if (import.meta.main) {
  for (const [path, text] of Object.entries(PAGES)) writeFileSync(new URL(`../${path}`, import.meta.url), text);
}
