/**
 * An evaluation for a person at a terminal: figures with their intervals, what was taken for what, attackers and when they were found,
 * false alerts, calibration, and what is left to look at.
 */
import type { AttackReport, ClassFigures, Evaluation, FindingsReport, Level } from '../lib/evaluate/evaluate.ts';
import { OUTCOMES } from '../lib/evaluate/findings.ts';
import { FIGURES, type FigureName } from '../lib/evaluate/measures.ts';
import { formatCount, formatSeconds, type Paint, type TableColumn, table, wrap } from './terminal.ts';

type Printed = Omit<Evaluation, 'bootstrap'> & {
  readonly bootstrap: Evaluation['bootstrap'] & { readonly seed: number };
};

const left = (title: string): TableColumn => ({ title });
const right = (title: string): TableColumn => ({ title, align: 'right' });

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
    section('Conversations', levelLines(evaluation.perConversation, width)),
    section('Actor-windows', levelLines(evaluation.perActorWindow, width)),
    paint('dim', intervals),
    section('Actor-windows by what they are (rows) and were taken for (columns)', confusionLines(evaluation, width)),
    section(`Attackers: ${attackersText(evaluation)}`, attackLines(evaluation.attacks, width)),
    ...(findings ? [section(`Findings: ${formatCount(findings.total)}`, findingLines(findings, width))] : []),
    section('False alerts: flagged actor-windows without an attack', alertLines(evaluation, width)),
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

function levelLines({ classes, macro }: Level, width: number): string[] {
  const columns = [left('class'), right('cases'), right('actors'), ...FIGURES.map((name) => right(TITLES[name]))];
  const rows = classes.map((row) => [
    row.subject,
    formatCount(row.positives),
    formatCount(row.positiveActors),
    ...FIGURES.map((name) => figureText(row, name)),
  ]);
  return table(columns, [...rows, ['macro average', '', '', ...FIGURES.map((name) => share(macro[name]))]], width);
}

function figureText({ figures, intervals }: ClassFigures, name: FigureName): string {
  const bounds = intervals[name];
  return bounds === null ? share(figures[name]) : `${share(figures[name])} (${share(bounds[0])}–${share(bounds[1])})`;
}

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
    if (notice.found) return `after ${formatSeconds(notice.delaySeconds!)}`;
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
    attack.onset,
    formatCount(attack.conversations),
    noticeText(attack.byScores),
    noticeText(attack.byFindings),
  ]);
  return table(columns, rows, width);
}

function findingLines({ classes, falseFindings, wrong }: FindingsReport, width: number): string[] {
  const rows = Object.entries(classes).map(([name, outcomes]) => [
    name,
    ...OUTCOMES.map((outcome) => formatCount(outcomes[outcome])),
  ]);
  const rates = `false: ${rate(falseFindings.perHour)} per hour, ${rate(falseFindings.per1000HostHours)} per 1,000 host-hours`;
  const listed = wrong.map(({ outcome, class: name, title, id }) => [outcome, name, title, id]);
  return [
    ...table([left('class'), ...OUTCOMES.map(right)], rows, width),
    rates,
    ...(listed.length > 0 ? table([left('instead'), left('class'), left('title'), left('id')], listed, width) : []),
  ];
}

function alertLines({ falseAlerts }: Printed, width: number): string[] {
  const rates = falseAlerts[0].recallAt.map((at) => right(`recall at ${at.falseAlertsPer1000HostHours}/1,000`));
  const columns = [
    left('class'),
    right('false'),
    right('unlabelled'),
    right('per hour'),
    right('per 1,000 host-hours'),
    ...rates,
  ];
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
    right('conversations'),
    left('main service'),
    right('hosts'),
  ];
  const rows = review.map((entry) => [
    entry.window,
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
