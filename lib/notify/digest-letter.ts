/**
 * What the digest of a day says.
 */
import { scoreOf, scoreText, type Threshold } from '../findings/budget.ts';
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import { type Suppression, suppressionText } from '../findings/suppression.ts';
import { digestListMax } from '../limits.ts';
import type { DayMessage } from './day-record.ts';
import type { Letter, Section } from './letter.ts';
import { type Message, messageOf } from './message.ts';
import { HOLDS, type Hold } from './route.ts';
import { countText, plain } from './wording.ts';

export interface IncidentOfDay {
  /** Its findings that the digest counts, at least one. */
  readonly findings: readonly Finding[];
  /** Why it was not told, `undefined` when it was. */
  readonly hold: Hold | undefined;
  /** Whether it was never heard of before. */
  readonly isNew: boolean;
}

export interface BudgetUse {
  readonly behaviour: Finding['class'];
  readonly alertsPerDay: number;
  readonly used: number;
  /** What the next day's findings have to reach. */
  readonly threshold: Threshold;
}

export interface DayReport {
  readonly day: string;
  readonly messages: readonly DayMessage[];
  readonly incidents: readonly IncidentOfDay[];
  readonly findingCount: number;
  /** Findings among them that began before the day and were found since its digest. */
  readonly lateCount: number;
  /** Findings that were too many to read. */
  readonly leftOut: number;
  readonly unreadable: readonly string[];
  readonly expired: readonly Suppression[];
  readonly budget: readonly BudgetUse[];
}

const LINE_CHARACTERS_MAX = 200;

export function digestMessage(report: DayReport): Message {
  const severity = worst([...report.messages, ...report.incidents.flatMap(({ findings }) => findings)]);
  return messageOf(digestLetter(report), machineDigest(report), { type: 'digest', severity, account: 'unknown' });
}

export function digestLetter(report: DayReport): Letter {
  const { day, messages, incidents } = report;
  const heldBack = incidents.filter(({ hold }) => hold !== undefined).length;
  return {
    mark: 'DIGEST',
    title: `${day}, ${countText(messages.length)} told, ${countText(heldBack)} held back`,
    thread: `digest-${day}`,
    sections: [
      { name: 'Found', lines: foundLines(report) },
      { name: 'Told', lines: listed(messages.map(({ severity, title, news }) => `${severity}: ${title} (${news})`)) },
      { name: 'New', lines: newLines(incidents) },
      { name: 'Budget', lines: report.budget.flatMap(budgetLines) },
      { name: 'Expired', lines: listed(report.expired.map(expiredText)) },
      { name: 'Unreadable', lines: listed(report.unreadable) },
      // The longest come last, since what has no room in a chat is left out from the end.
      ...holdSections(incidents),
    ]
      .filter(({ lines }) => lines.length > 0)
      .map(({ name, lines }) => ({ name, lines: lines.map((text) => plain(text, LINE_CHARACTERS_MAX)) })),
    nextSteps:
      report.expired.length > 0 ? ['Remove expired suppressions, or renew them after a look at what they hid.'] : [],
    keywords: ['digest', day],
  };
}

function foundLines({ findingCount, lateCount, incidents, leftOut }: DayReport): string[] {
  const counts = SEVERITIES.toReversed().map((severity) => {
    const count = incidents.filter(({ findings }) => worst(findings) === severity).length;
    return count === 0 ? [] : [`${countText(count)} ${severity}`];
  });
  const kinds = counts.flat().join(', ');
  return [
    `${countText(findingCount)} findings of ${countText(incidents.length)} incidents${kinds === '' ? '' : `: ${kinds}`}`,
    ...(lateCount > 0
      ? [`${countText(lateCount)} of them began on days before, and were found after the digest of that day`]
      : []),
    ...(leftOut > 0 ? [`${countText(leftOut)} more findings were not read: too many for one digest`] : []),
  ];
}

/** A section for each reason, with the incidents that would have been most worth telling. */
function holdSections(incidents: readonly IncidentOfDay[]): Section[] {
  return (Object.keys(HOLDS) as Hold[]).flatMap((hold) => {
    const ofHold = incidents.filter((incident) => incident.hold === hold);
    if (ofHold.length === 0) return [];
    const strongest = ofHold
      .map(({ findings, isNew }) => ({ finding: strongestOf(findings), isNew }))
      .sort((a, b) => scoreOf(b.finding) - scoreOf(a.finding));
    const lines = strongest.map(
      ({ finding, isNew }) => `${finding.severity}: ${finding.title}${isNew ? ' (new)' : ''}${wordOf(finding)}`,
    );
    return [{ name: 'Held back', lines: [`${countText(ofHold.length)} ${HOLDS[hold]}`, ...listed(lines)] }];
  });
}

/** By whose word a finding is suppressed or softened. */
function wordOf({ suppressed, softened }: Finding): string {
  if (suppressed !== undefined) {
    return ` (${suppressed.reason}; ${suppressed.owner}, until ${suppressed.expires})`;
  }
  return softened === undefined ? '' : ` (trusted: ${softened.name})`;
}

function newLines(incidents: readonly IncidentOfDay[]): string[] {
  const fresh = incidents.filter(({ isNew }) => isNew);
  const heldBack = fresh.filter(({ hold }) => hold !== undefined).length;
  if (fresh.length === 0) return [];
  return [`${countText(fresh.length)} incidents never heard of before, ${countText(heldBack)} of them held back`];
}

function budgetLines({ behaviour, alertsPerDay, used, threshold }: BudgetUse): string[] {
  const { score, daysLearned, incidentsPerDay } = threshold;
  if (used === 0 && score === 0) return [];
  const learned =
    score === 0
      ? `no threshold after ${daysLearned} days`
      : `from ${scoreText(score)} on, after ${daysLearned} days of ${incidentsPerDay} incidents each`;
  return [`${behaviour}: ${used} of ${alertsPerDay} alerts a day; ${learned}`];
}

function expiredText(suppression: Suppression): string {
  const { owner, expires, reason } = suppression;
  return `${suppressionText(suppression)} of ${owner} has ended on ${expires} and hides nothing: ${reason}`;
}

/** The first lines, and how many there are beyond. */
function listed(lines: readonly string[]): string[] {
  const more = lines.length - digestListMax;
  return more <= 0 ? [...lines] : [...lines.slice(0, digestListMax), `and ${countText(more)} more`];
}

function strongestOf(findings: readonly Finding[]): Finding {
  return findings.reduce((best, finding) => (scoreOf(finding) > scoreOf(best) ? finding : best));
}

function worst(graded: readonly { readonly severity: Severity }[]): Severity {
  const ranks = graded.map(({ severity }) => SEVERITIES.indexOf(severity));
  return SEVERITIES[Math.max(0, ...ranks)];
}

/** The digest in numbers. */
function machineDigest(report: DayReport) {
  const { day, messages, incidents, findingCount, lateCount, leftOut, unreadable, expired, budget } = report;
  const holds = Object.keys(HOLDS) as Hold[];
  const heldBack = holds.map((hold) => [hold, incidents.filter((incident) => incident.hold === hold).length] as const);
  return JSON.stringify({
    version: 1,
    kind: 'digest',
    day,
    findings: findingCount + leftOut,
    late: lateCount,
    incidents: incidents.length,
    told: messages.length,
    heldBack: Object.fromEntries(heldBack.filter(([, count]) => count > 0)),
    new: incidents.filter(({ isNew }) => isNew).length,
    unreadable: unreadable.length,
    expiredSuppressions: expired.slice(0, digestListMax).map(suppressionText),
    budget: budget.map(({ threshold, ...use }) => ({ ...use, ...threshold })),
  });
}
