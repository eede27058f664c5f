/**
 * An evaluation for a person at a terminal: figures with their intervals, what was taken for what, attackers and when they were found,
 * false alerts, calibration, and what is left to look at.
 */

import type { Interval } from '../lib/evaluate/bootstrap.ts';
import type { Evaluation, Level } from '../lib/evaluate/evaluate.ts';
import { OUTCOMES } from '../lib/evaluate/findings.ts';
import { FIGURES, type FigureName } from '../lib/evaluate/measures.ts';
import type { AttackReport, FindingsReport } from '../lib/evaluate/noticed.ts';
import { formatCount, formatSeconds, type Paint, type TableColumn, table, wrap } from './terminal.ts';

type Printed = Omit<Evaluation, 'bootstrap'> & {
  readonly bootstrap: Evaluation['bootstrap'] & { readonly seed: number };
};

const left = (title: string): TableColumn => ({ title });
const right = (title: string): TableColumn => ({ title, align: 'right' });

/** `2026-01-05 09:12` of an ISO 8601 time. */
const minuteText = (time: string) => time.slice(0, 16).replace('T', ' ');

const NONE = '–';
const share = (value: number | null) => (value === null ? NONE : value.toFixed(3));
const rate = (value: number | null) => (value === null ? NONE : value.toFixed(2));

const TITLES: Readonly<Record<FigureName, string>> = {
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  averagePrecision: 'PR-AUC',
};

export function evaluationText(evaluation: Printed, width: number, paint: Paint): string {
  const section = (title: string, lines: readonly string[]) => [paint('bold', title), ...lines].join('\n');
  const { bootstrap, findings } = evaluation;
  const intervals = `95 % intervals: bootstrap over ${formatCount(evaluation.actors)} actors, ${formatCount(bootstrap.resamples)} draws, seed ${bootstrap.seed}`;
  const sections = [
    headLines(evaluation, width).join('\n'),
    section('Conversations', levelLines(evaluation.perConversation, width, paint)),
    section('Actor-windows', levelLines(evaluation.perActorWindow, width, paint)),
    paint('dim', intervals),
    section('Actor-windows by what they are (rows) and were taken for (columns)', confusionLines(evaluation, width)),
    section(`Attackers: ${attackersText(evaluation)}`, attackLines(evaluation.attacks, width)),
    ...(findings ? [section(`Findings: ${formatCount(findings.total)}`, findingLines(findings, width))] : []),
    section(
      'False alerts: actor-windows flagged without an attack; rates per 1,000 active host-hours',
      alertLines(evaluation, width),
    ),
    section('Calibration: probability of any attack', calibrationLines(evaluation, width)),
    section(
      'Highest scores without a known attack: false alerts, or attacks that the labels miss',
      reviewLines(evaluation, width),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function headLines({ conversations, labels, hours, windows, hostHours }: Printed, width: number): string[] {
  const counts = Object.entries(labels).filter(([, count]) => count > 0);
  const of = counts.map(([label, count]) => `${formatCount(count)} ${label}`).join(', ');
  const time = `${formatCount(windows)} windows, ${rate(hours)} hours, ${formatCount(hostHours)} active host-hours`;
  return wrap(`${formatCount(conversations)} conversations (${of}) in ${time}`, width);
}

/** Each class has a line of figures, and under it one of their intervals where there are any. */
function levelLines({ classes, macro }: Level, width: number, paint: Paint): string[] {
  const columns = [left('class'), right('cases'), right('actors'), ...FIGURES.map((name) => right(TITLES[name]))];
  const rows = classes.flatMap(({ subject, positives, positiveActors, figures, intervals }) => {
    const line = [
      subject,
      formatCount(positives),
      formatCount(positiveActors),
      ...FIGURES.map((name) => share(figures[name])),
    ];
    if (FIGURES.every((name) => intervals[name] === null)) return [line];
    return [line, ['', '', '', ...FIGURES.map((name) => intervalText(intervals[name]))]];
  });
  const average = ['macro average', '', '', ...FIGURES.map((name) => share(macro[name]))];
  return table(columns, [...rows, average], width).map((line) => (line.startsWith(' ') ? paint('dim', line) : line));
}

const intervalText = (interval: Interval) => (interval === null ? NONE : `${share(interval[0])}–${share(interval[1])}`);

function confusionLines({ perActorWindow }: Printed, width: number): string[] {
  const { labels, classes, counts } = perActorWindow.confusion;
  const rows = labels.map((label, i) => [label, ...counts[i].map(formatCount)]);
  const held = rows.filter((_, i) => counts[i].some((count) => count > 0));
  return table([left(''), ...classes.map(right)], held, width);
}

function attackersText({ attacksTotal, attacks, findings }: Printed): string {
  const found = attacks.filter(({ byFindings, byScores }) => (byFindings ?? byScores).found).length;
  const by = findings === undefined ? 'scores' : 'findings';
  const listed = attacksTotal > attacks.length ? ` of the first ${formatCount(attacks.length)}` : '';
  return `${formatCount(attacksTotal)}, found by ${by}: ${formatCount(found)}${listed}`;
}

function attackLines(attacks: readonly AttackReport[], width: number): string[] {
  const noticeText = (notice: AttackReport['byScores'] | undefined) => {
    if (notice === undefined) return '';
    if (notice.found) return formatSeconds(notice.delaySeconds!);
    return notice.takenFor.length === 0 ? 'missed' : `missed, taken for ${notice.takenFor.join(', ')}`;
  };
  const columns = [
    left('attack'),
    left('actor'),
    left('from'),
    right('conversations'),
    left('by scores'),
    left('by findings'),
  ];
  const rows = attacks.map((attack) => [
    attack.label,
    attack.isVictim ? `on ${attack.actor}` : attack.actor,
    minuteText(attack.onset),
    formatCount(attack.conversations),
    noticeText(attack.byScores),
    noticeText(attack.byFindings),
  ]);
  return table(columns, rows, width);
}

/** Findings that are not true, shown one by one; the others stand in JSON. */
const WRONG_SHOWN = 20;

function findingLines({ classes, falseFindings, wrong }: FindingsReport, width: number): string[] {
  const rows = Object.entries(classes).map(([name, outcomes]) => [
    name,
    ...OUTCOMES.map((outcome) => formatCount(outcomes[outcome])),
  ]);
  const rates = `false: ${rate(falseFindings.perHour)} per hour, ${rate(falseFindings.per1000HostHours)} per 1,000 host-hours`;
  const listed = wrong.slice(0, WRONG_SHOWN).map(({ outcome, class: name, title, id }) => [outcome, name, title, id]);
  const untold = wrong.length - listed.length;
  return [
    ...table([left('class'), ...OUTCOMES.map(right)], rows, width),
    rates,
    ...(listed.length > 0 ? table([left('instead'), left('class'), left('title'), left('id')], listed, width) : []),
    ...(untold > 0 ? [`and ${formatCount(untold)} more, see --format json`] : []),
  ];
}

function alertLines({ falseAlerts }: Printed, width: number): string[] {
  const rates = falseAlerts[0].recallAt.map((at) => right(`recall at ${at.falseAlertsPer1000HostHours}`));
  const columns = [left('class'), right('false'), right('unlabelled'), right('per hour'), right('per 1,000'), ...rates];
  const rows = falseAlerts.map(({ subject, count, unlabelled, perHour, per1000HostHours, recallAt }) => [
    subject,
    formatCount(count),
    formatCount(unlabelled),
    rate(perHour),
    rate(per1000HostHours),
    ...recallAt.map(({ recall }) => share(recall)),
  ]);
  return table(columns, rows, width);
}

function calibrationLines({ calibration }: Printed, width: number): string[] {
  const { bins } = calibration.find(({ subject }) => subject === 'any-attack')!;
  const rows = bins.map(({ from, to, count, meanPredicted, observedShare }) => [
    `${from.toFixed(1)}–${to.toFixed(1)}`,
    formatCount(count),
    share(meanPredicted),
    share(observedShare),
  ]);
  const errors = calibration.map(
    ({ subject, expectedCalibrationError: error }) => `${subject} ${error === null ? NONE : error.toFixed(4)}`,
  );
  return [
    ...table(
      [left('probability'), right('conversations'), right('mean predicted'), right('observed share')],
      rows,
      width,
    ),
    ...wrap(`expected calibration error: ${errors.join(', ')}`, width),
  ];
}

function reviewLines({ review }: Printed, width: number): string[] {
  const columns = [
    left('window'),
    left('actor'),
    left('class'),
    right('score'),
    left('label'),
    right('count'),
    left('service'),
    right('hosts'),
  ];
  const rows = review.map((entry) => [
    minuteText(entry.window),
    entry.isVictim ? `on ${entry.actor}` : entry.actor,
    entry.class,
    share(entry.score),
    entry.label,
    formatCount(entry.conversations),
    entry.mainService,
    formatCount(entry.hosts),
  ]);
  return table(columns, rows, width);
}
