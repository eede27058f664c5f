/**
 * Attacks and findings side by side: who was found, how soon, and what findings turn out to be.
 */
import type { AttackClass } from '../detectors/detector.ts';
import { evaluationListMax } from '../limits.ts';
import { flaggedWindows } from './actor-windows.ts';
import { type Attack, attacksOf, type Notice, noticeOf } from './attacks.ts';
import type { Cases } from './cases.ts';
import { type FalseAlerts, falseAlerts } from './false-alerts.ts';
import { Coverage, type JudgedFinding, OUTCOMES, type Outcome, outcomeOf } from './findings.ts';
import { isoTime } from './review.ts';
import type { AttackLabel } from './truth.ts';

export interface AttackReport {
  readonly label: AttackLabel;
  readonly actor: string;
  readonly isVictim: boolean;
  readonly conversations: number;
  readonly onset: string;
  readonly byScores: Notice;
  readonly byFindings?: Notice;
}

export interface FindingsReport {
  readonly total: number;
  /** By class, then outcome. */
  readonly classes: Readonly<Partial<Record<AttackClass, Record<Outcome, number>>>>;
  readonly falseFindings: FalseAlerts;
  /** Those that are not true, with what they are instead. */
  readonly wrong: readonly { id: string; class: AttackClass; title: string; outcome: Outcome }[];
}

export interface Noticed {
  readonly attacksTotal: number;
  /** The first of them by onset. */
  readonly attacks: readonly AttackReport[];
  readonly findings?: FindingsReport;
}

/** Attacks, whether scores and findings noticed them, and what findings turn out to be. */
export function noticed(
  cases: Cases,
  findings: readonly JudgedFinding[] | undefined,
  hours: number,
  activeHostHours: number,
): Noticed {
  const { table } = cases;
  const attacks = attacksOf(table, cases.truth, cases.crowded);
  const flags = cases.attackColumns.map((column) => ({
    name: table.classes[column],
    of: cases.unitsOf(column).of,
    flagged: flaggedWindows(cases.unitsOf(column), table, column, cases.all),
  }));
  const byScores = (row: number) => flags.filter(({ of, flagged }) => flagged[of[row]] === 1).map(({ name }) => name);
  const judged = findings && judgeFindings(cases, findings);
  const byFindings = (row: number) => judged?.classesOf.get(row) ?? [];
  const reportOf = (attack: Attack): AttackReport => ({
    label: attack.label,
    actor: table.names.addresses.format(attack.actor),
    isVictim: attack.isVictim,
    conversations: attack.rows.length,
    onset: isoTime(attack.onset),
    byScores: noticeOf(attack, table, byScores),
    ...(judged && { byFindings: noticeOf(attack, table, byFindings) }),
  });
  return {
    attacksTotal: attacks.length,
    attacks: attacks.slice(0, evaluationListMax).map(reportOf),
    ...(judged && { findings: findingsReport(judged.outcomes, hours, activeHostHours) }),
  };
}

type JudgedOutcome = { readonly finding: JudgedFinding; readonly outcome: Outcome };

function judgeFindings(cases: Cases, findings: readonly JudgedFinding[]) {
  const coverage = new Coverage(cases.table, findings);
  /** Classes of the findings that cover a conversation, by its position. */
  const classesOf = new Map<number, Set<string>>();
  const outcomes = findings.map((finding): JudgedOutcome => {
    const rows = coverage.rowsOf(finding);
    for (const row of rows) classesOf.set(row, (classesOf.get(row) ?? new Set()).add(finding.class));
    return { finding, outcome: outcomeOf(finding.class, rows, cases.truth) };
  });
  return { outcomes, classesOf };
}

function findingsReport(outcomes: readonly JudgedOutcome[], hours: number, activeHostHours: number): FindingsReport {
  const classes: Partial<Record<AttackClass, Record<Outcome, number>>> = {};
  for (const { finding, outcome } of outcomes) {
    classes[finding.class] ??= Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as Record<Outcome, number>;
    classes[finding.class]![outcome]++;
  }
  const count = (...names: Outcome[]) => outcomes.filter(({ outcome }) => names.includes(outcome)).length;
  const wrong = outcomes.filter(({ outcome }) => outcome !== 'true');
  return {
    total: outcomes.length,
    classes,
    falseFindings: falseAlerts(count('benign', 'unlabelled'), count('unlabelled'), hours, activeHostHours),
    wrong: wrong
      .slice(0, evaluationListMax)
      .map(({ finding, outcome }) => ({ id: finding.id, class: finding.class, title: finding.title, outcome })),
  };
}
