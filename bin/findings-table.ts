/**
 * Findings for a person at a terminal: worst first, each with who, when, why, proof and what to do, then one line about the run. Every
 * piece of text that may come from a log is made visible before it is coloured.
 */
import type { DetectSummary } from '../lib/detect.ts';
import { type Finding, type Host, type Part, type Reason, SEVERITIES, type Severity } from '../lib/findings/finding.ts';
import {
  formatBytes,
  formatCount,
  formatSeconds,
  type Paint,
  type Style,
  truncate,
  visible,
  wrap,
  wrapItems,
} from './terminal.ts';

const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'white', 'bgRed'],
  high: ['bold', 'red'],
  medium: ['bold', 'yellow'],
  low: ['bold', 'cyan'],
};

/** Columns before the text of a finding's lines. */
const INDENT = 10;

/** Reasons shown; the others stand in JSON. */
const REASONS_SHOWN = 3;

export function findingsText(
  findings: readonly Finding[],
  summary: DetectSummary,
  width: number,
  paint: Paint,
): string {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  const worstFirst = [...findings].sort((a, b) => rank(b) - rank(a));
  const blocks = worstFirst.map((finding) => findingLines(finding, width, paint).join('\n'));
  return `${[...blocks, summaryLines(findings, summary, width, paint).join('\n')].join('\n\n')}\n`;
}

function findingLines(finding: Finding, width: number, paint: Paint): string[] {
  const mark = ` ${finding.severity.toUpperCase()} `.padEnd(INDENT);
  const [title, ...more] = wrap(visible(finding.title), width - INDENT);
  const lines = [
    `${paint(SEVERITY_STYLE[finding.severity], mark)}${paint('bold', title)}`,
    ...more.map((line) => ' '.repeat(INDENT) + paint('bold', line)),
  ];
  const room = width - INDENT;
  const sentences = (texts: readonly string[]) => texts.flatMap((text) => wrap(visible(text), room));
  const items = (texts: readonly string[]) => wrapItems(texts.map(visible), room);
  const row = (name: string, [first, ...rest]: readonly string[]) => {
    lines.push(`${paint('dim', ` ${name}`.padEnd(INDENT))}${first}`);
    for (const line of rest) lines.push(' '.repeat(INDENT) + line);
  };
  row('who', items(whoItems(finding)));
  row('when', items(whenItems(finding)));
  row('what', items(whatItems(finding)));
  if (finding.parts !== undefined) row('parts', sentences(finding.parts.map(partText)));
  const reasons = finding.reasons.slice(0, REASONS_SHOWN).map(reasonText);
  if (reasons.length > 0) row('why', sentences(reasons));
  const [sample] = finding.evidence;
  if (sample !== undefined) lines.push(...evidenceLines(sample, width, paint));
  if (finding.nextSteps.length > 0) row('next', sentences([finding.nextSteps[0]]));
  const seenBy = `seen by ${finding.witnesses.join(', ')}`;
  const labels = [`${finding.technique.id} ${finding.technique.name}`, seenBy, `finding ${finding.id}`];
  for (const line of items(labels)) lines.push(' '.repeat(INDENT) + paint('dim', line));
  return lines;
}

function partText({ firstSeen, severity, title, id }: Part): string {
  return `${firstSeen.slice(11, 19)} ${title} (${severity}, ${id.slice(0, 8)})`;
}

function whoItems({ actors, actorCount, targets, account }: Finding): string[] {
  const actor = hostsText(actors, actorCount);
  const owner = account === '-' ? [] : [`account ${account}`];
  // What is about an interface or the log has no other end.
  if (targets.hostCount === 0) return [actor, ...owner];
  const services = listText(targets.services, targets.serviceCount, 'services');
  return [`${actor} → ${hostsText(targets.hosts, targets.hostCount)}`, services, ...owner];
}

function hostsText(hosts: readonly Host[], count: number): string {
  const names = hosts.map(({ address, isOurs }) => (isOurs ? `${address} (yours)` : address));
  return listText(names, count, 'hosts');
}

/** Up to three names, and how many there are beyond them. */
function listText(names: readonly string[], count: number, plural: string): string {
  if (count <= 3) return names.join(', ');
  return `${names.slice(0, 2).join(', ')} and ${formatCount(count - 2)} more ${plural}`;
}

function whenItems({ firstSeen, lastSeen, count }: Finding): string[] {
  const seconds = (Date.parse(lastSeen) - Date.parse(firstSeen)) / 1_000;
  const first = firstSeen.replace('T', ' ').replace('Z', ' UTC');
  return [`${first}, for ${formatSeconds(seconds)}`, plural(count, 'conversation')];
}

function whatItems({ observed, expected, probability, class: name }: Finding): string[] {
  const figures = Object.entries(observed).map(([figure, value]) => {
    const usual = expected[figure];
    return `${words(figure)} ${figureText(figure, value)}${usual === undefined ? '' : ` (usually up to ${figureText(figure, usual)})`}`;
  });
  const threshold = expected.probability;
  // The forest has nothing to say of other attacks.
  if (threshold === undefined) return figures;
  return [...figures, `${name} ${percent(probability)}, threshold ${percent(threshold)}`];
}

/** `packetsPerSecond` as `packets per second`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function figureText(name: string, value: number): string {
  if (/share$/i.test(name)) return percent(value);
  if (/^bytes/.test(name)) return `${formatBytes(value)}`;
  return amount(value);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.01 || share > 0.99 ? 1 : 0))}%`;
}

/** A reason as a sentence: what was measured, how much, and what benign traffic has. */
export function reasonText({ meaning, unit, value, benign, effect }: Reason): string {
  const read = READINGS[unit] ?? plain;
  return `${meaning}: ${read(value)}, benign ${read(benign)} (${points(effect)})`;
}

/** What a reason adds to the probability, in percentage points. */
function points(effect: number): string {
  return `${effect < 0 ? '−' : '+'}${Math.round(Math.abs(effect) * 100)} points`;
}

const plain = (value: number) => String(Number(value.toPrecision(3)));
const amount = (value: number) => (value < 10 ? plain(value) : formatCount(value));

/** How a value is read aloud, by the unit of its feature. */
const READINGS: Readonly<Record<string, (value: number) => string>> = {
  octaves: (value) => amount(2 ** value - 1),
  log2: (value) => amount(2 ** value),
  'log2 factor': (value) => `×${amount(2 ** value)}`,
  share: (value) => (value < 0 ? 'unknown' : percent(value)),
  flag: (value) => (value === 1 ? 'yes' : value === 0 ? 'no' : `${percent(value)} of cases`),
};

function evidenceLines(
  { source, ordinal, record }: Finding['evidence'][number],
  width: number,
  paint: Paint,
): string[] {
  const place = `${source}:${ordinal}`;
  const room = width - INDENT;
  const name = paint('dim', ' proof'.padEnd(INDENT));
  const shown = record === undefined ? [] : wrap(visible(record), room);
  const kept = shown.slice(0, RECORD_LINES_MAX);
  if (shown.length > kept.length) kept[kept.length - 1] = truncate(`${kept.at(-1)} …`, room);
  const [first, ...rest] = [...kept, paint('dim', shorten(visible(place), room))];
  return [name + first, ...rest.map((text) => ' '.repeat(INDENT) + text)];
}

/** Lines of a sample record; one of all fields would fill the screen. */
const RECORD_LINES_MAX = 3;

/** Text cut at its beginning when it is a path, whose end says more, else at its end. */
function shorten(text: string, width: number): string {
  if (text.length <= width || !text.includes('/')) return truncate(text, width);
  return `…${text.slice(text.length - width + 1)}`;
}

function summaryLines(findings: readonly Finding[], summary: DetectSummary, width: number, paint: Paint): string[] {
  const counts = SEVERITIES.toReversed().map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? undefined : paint(SEVERITY_STYLE[severity], `${count} ${severity}`);
  });
  const total =
    summary.findings === 0 ? paint(['bold', 'green'], 'No findings') : `${plural(summary.findings, 'finding')}:`;
  const head = [total, counts.filter((text) => text !== undefined).join(', ')].filter((text) => text !== '').join(' ');
  const untold = summary.findings - findings.length;
  const details = [
    plural(summary.records, 'record'),
    plural(summary.conversations, 'conversation'),
    plural(summary.windows, 'window'),
    plural(summary.objects, 'object'),
    formatBytes(summary.bytes),
    ...(untold > 0 ? [`${formatCount(untold)} findings left out`] : []),
    ...(summary.suppressed > 0 ? [`${formatCount(summary.suppressed)} suppressed`] : []),
    ...(summary.noData > 0 ? [`${formatCount(summary.noData)} without data`] : []),
    ...(summary.skipData > 0 ? [`${formatCount(summary.skipData)} where AWS lost records`] : []),
    ...Object.entries(summary.malformed).map(([reason, count]) => `${formatCount(count)} malformed (${reason})`),
    ...(summary.objectsFailed > 0 ? [`${plural(summary.objectsFailed, 'object')} failed`] : []),
    ...(summary.conversationsFolded > 0 ? [`${formatCount(summary.conversationsFolded)} conversations folded`] : []),
  ];
  return [head, ...wrapItems(details, width).map((line) => paint('dim', line)), ...missingNetworks(summary, width)];
}

/** Share of conversations without a host of the user's from which on it is worth a word: multicast and the like are a few. */
const STRANGERS_SHARE_MIN = 0.01;

function missingNetworks({ strangers, conversations }: DetectSummary, width: number): string[] {
  if (strangers.conversations <= conversations * STRANGERS_SHARE_MIN) return [];
  const text = `${plural(strangers.conversations, 'conversation')} without a host of yours, most of them with ${strangers.networks.join(', ')}: if one of these is yours, add it to ourNetworks in the settings, or its hosts pass for strangers.`;
  return wrap(text, width);
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
