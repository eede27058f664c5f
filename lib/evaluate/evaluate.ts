/**
 * How good detection was on labelled logs: from scores, labels and, where there are any, findings to one report. Each part is defined in
 * the file that it comes from; `null` stands for what the data cannot tell.
 */
import type { LabelIndex } from '../features/labels.ts';
import { windowSeconds } from '../limits.ts';
import type { ModelClass } from '../model/manifest.ts';
import { classScores, flaggedWindows, holding } from './actor-windows.ts';
import { bootstrap, CONFIDENCE, type Intervals, type Resampling } from './bootstrap.ts';
import { type Calibration, calibration } from './calibration.ts';
import { Cases } from './cases.ts';
import { type ConfusionMatrix, confusionMatrix } from './confusion.ts';
import {
  ALERT_RATES,
  type FalseAlerts,
  falseAlerts,
  hostHours,
  type RecallAtRate,
  recallAtRate,
} from './false-alerts.ts';
import type { JudgedFinding } from './findings.ts';
import { type Counts, countsOf, type Figures, figuresOf, macroAverage, type Sample, tallyOf } from './measures.ts';
import { type Noticed, noticed } from './noticed.ts';
import { type ReviewEntry, review } from './review.ts';
import type { ScoreTable } from './score-table.ts';
import { countLabels, truthOf, UNLABELLED } from './truth.ts';

export interface EvaluationInput {
  readonly table: ScoreTable;
  /** Labels whose addresses were read with the table's names. */
  readonly labels: LabelIndex;
  readonly findings?: readonly JudgedFinding[];
  /** Whether an address code is a host of ours. */
  readonly isOurs: (address: number) => boolean;
  readonly resampling: Resampling;
  /** Actor-windows listed for review. */
  readonly reviewMost: number;
}

/** An attack class, or all of them pooled. */
export type Subject = ModelClass | 'any-attack';

export interface ClassFigures extends Counts {
  readonly subject: Subject;
  readonly cases: number;
  readonly positives: number;
  readonly positiveActors: number;
  readonly figures: Figures;
  readonly intervals: Intervals;
}

export interface Level {
  /** Each attack class, then any attack. */
  readonly classes: readonly ClassFigures[];
  readonly macro: Figures;
  readonly confusion: ConfusionMatrix;
}

export interface Evaluation extends Noticed {
  readonly conversations: number;
  readonly labels: Readonly<Record<string, number>>;
  readonly windows: number;
  /** Time covered: five minutes for each window with a conversation. */
  readonly hours: number;
  readonly actors: number;
  readonly hostHours: number;
  readonly bootstrap: { readonly confidence: number; readonly resamples: number };
  readonly perConversation: Level;
  readonly perActorWindow: Level;
  readonly falseAlerts: readonly ({
    readonly subject: Subject;
    readonly recallAt: readonly RecallAtRate[];
  } & FalseAlerts)[];
  readonly calibration: readonly ({ readonly subject: Subject } & Calibration)[];
  readonly review: readonly ReviewEntry[];
}

export function evaluate(input: EvaluationInput): Evaluation {
  const { table, labels, isOurs, resampling, reviewMost } = input;
  const truth = truthOf(table, labels);
  const cases = new Cases(table, truth, isOurs);
  const subjects = [...cases.attackColumns, undefined];
  const conversations = subjects.map((column) => cases.conversations(column));
  const units = subjects.map((column) => cases.actorWindows(column));
  const [ofConversations, ofUnits] = withIntervals(cases, subjects, [conversations, units], resampling);
  const windows = new Set(table.window).size;
  const hours = (windows * windowSeconds) / 3_600;
  const activeHostHours = hostHours(table.window, table.client, isOurs);
  const everything = cases.judge(cases.all);
  return {
    conversations: table.length,
    labels: countLabels(truth),
    windows,
    hours,
    actors: cases.actors.size,
    hostHours: activeHostHours,
    bootstrap: { confidence: CONFIDENCE, resamples: resampling.resamples },
    perConversation: levelOf(ofConversations, confusionMatrix(truth.label, table.verdict, table.classes)),
    perActorWindow: levelOf(
      ofUnits,
      confusionMatrix(cases.unitLabels(), cases.judge(cases.telling()).verdict, table.classes),
    ),
    falseAlerts: subjects.map((column, i) => alertsOf(cases, column, units[i], hours, activeHostHours)),
    calibration: subjects.map((column) => calibrationOf(cases, column)),
    ...noticed(cases, input.findings, hours, activeHostHours),
    review: review(table, truth, cases.pooled, cases.innocent(cases.pooled), everything, reviewMost),
  };
}

const subjectOf = ({ table }: Cases, column: number | undefined): Subject =>
  column === undefined ? 'any-attack' : table.classes[column];

/** Figures of every sample, with intervals over the same draws of actors. */
function withIntervals(
  cases: Cases,
  subjects: readonly (number | undefined)[],
  levels: readonly (readonly Sample[])[],
  resampling: Resampling,
): ClassFigures[][] {
  const tallies = levels.map((samples) => samples.map(tallyOf));
  const intervals = bootstrap(tallies.flat(), cases.actors.size, resampling);
  return tallies.map((ofLevel, level) =>
    ofLevel.map((tally, i) => ({
      subject: subjectOf(cases, subjects[i]),
      cases: tally.cases,
      positives: tally.positives,
      positiveActors: tally.positiveActors,
      ...countsOf(tally),
      figures: figuresOf(tally),
      intervals: intervals[level * subjects.length + i],
    })),
  );
}

function levelOf(classes: readonly ClassFigures[], confusion: ConfusionMatrix): Level {
  const own = classes.filter(({ subject }) => subject !== 'any-attack');
  return { classes, macro: macroAverage(own.map(({ figures }) => figures)), confusion };
}

function alertsOf(
  cases: Cases,
  column: number | undefined,
  { positive, score }: Sample,
  hours: number,
  activeHostHours: number,
): Evaluation['falseAlerts'][number] {
  const { table, truth, all } = cases;
  const units = column === undefined ? cases.pooled : cases.unitsOf(column);
  const judged = column === undefined ? cases.judge(all) : undefined;
  const scores = judged?.score ?? classScores(units, table, column!, all);
  const flagged =
    judged?.verdict.map((verdict) => Number(verdict !== cases.benignColumn)) ??
    flaggedWindows(units, table, column!, all);
  const innocent = cases.innocent(units);
  const unlabelled = holding(units, (row) => truth.label[row] !== UNLABELLED).map((held) => 1 - held);
  const alerts = flagged.map((flag, unit) => flag & innocent[unit]);
  const count = alerts.reduce((sum, alert) => sum + alert, 0);
  const ofUnlabelled = alerts.reduce((sum, alert, unit) => sum + (alert & unlabelled[unit]), 0);
  const positives = score.filter((_, i) => positive[i] === 1);
  const others = scores.filter((_, unit) => innocent[unit] === 1);
  return {
    subject: subjectOf(cases, column),
    ...falseAlerts(count, ofUnlabelled, hours, activeHostHours),
    recallAt: ALERT_RATES.map((rate) => recallAtRate(positives, others, activeHostHours, rate)),
  };
}

/** The probability of any attack is what benign leaves over, not the highest of the classes. */
function calibrationOf(cases: Cases, column: number | undefined): Evaluation['calibration'][number] {
  const sample = cases.conversations(column ?? cases.benignColumn);
  if (column !== undefined) return { subject: subjectOf(cases, column), ...calibration(sample.score, sample.positive) };
  const attack = sample.score.map((benign) => 1 - benign);
  return {
    subject: 'any-attack',
    ...calibration(
      attack,
      sample.positive.map((benign) => 1 - benign),
    ),
  };
}
