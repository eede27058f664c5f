/**
 * The alert budget: how strong findings must be on this network so that a behaviour makes no more alerts a day than its owner can bear.
 *
 * Detectors have thresholds that were set elsewhere; what passes them here may still be a hundred incidents a day, all of one harmless kind. So
 * the scores of each day's incidents are remembered, and the threshold of a behaviour is the score that so many have reached as the
 * budget allows over the days learned. It only ever holds back what detectors have raised: nothing below the shipped thresholds becomes a finding.
 * Scores that are alike pass together; the count of the day bounds them.
 *
 * Exact, without sampling: only the highest `alertsPerDay × days` scores can matter, and so many are kept of every day.
 */
import { budgetDaysMax, budgetDaysMin, budgetScoresMax } from '../limits.ts';
import { type Finding, SEVERITIES, type Severity } from './finding.ts';

export const BUDGET_MAGIC = 'flowtrap-budget';
export const BUDGET_VERSION = 1;

type Scores = Readonly<Partial<Record<Finding['class'], readonly number[]>>>;

export interface BudgetState {
  readonly magic: typeof BUDGET_MAGIC;
  readonly version: typeof BUDGET_VERSION;
  /** Scores of each day's incidents by behaviour, highest first. */
  readonly days: Readonly<Record<string, Scores>>;
}

export const EMPTY_BUDGET: BudgetState = { magic: BUDGET_MAGIC, version: BUDGET_VERSION, days: {} };

export interface Threshold {
  /** Lowest score that makes an alert; 0 where all do. */
  readonly score: number;
  readonly daysLearned: number;
  /** Incidents a day, on average over the days learned. */
  readonly incidentsPerDay: number;
}

/**
 * How sure a finding is, from 0 to 1: what is left of doubt after the forest's probability, shared out among its witnesses and the decades of
 * its conversations. It orders findings of one network; it is no probability.
 */
export function strengthOf({ probability, witnesses, count }: Finding): number {
  const doubt = 1 - Math.min(1, Math.max(0, probability));
  const share = Math.max(1, witnesses.length) * (1 + Math.log10(Math.max(1, count)));
  return Number((1 - (DOUBT_LEAST + (1 - DOUBT_LEAST) * doubt) / share).toFixed(6));
}

/** Doubt that even a probability of 1 leaves, so that witnesses and count still tell such findings apart. */
const DOUBT_LEAST = 0.05;

/** Severity first, then strength: 2.97 is a high finding of strength 0.97. */
export function scoreOf(finding: Finding): number {
  return SEVERITIES.indexOf(finding.severity) + strengthOf(finding) * STRENGTH_ROOM;
}

/** Keeps the strongest finding of a severity below the weakest of the next. */
const STRENGTH_ROOM = 0.999;

/** A score in words, as `medium 0.97`. */
export function scoreText(score: number): string {
  if (!Number.isFinite(score)) return 'none';
  const severity: Severity = SEVERITIES[Math.min(SEVERITIES.length - 1, Math.floor(score))];
  return `${severity} ${((score - Math.floor(score)) / STRENGTH_ROOM).toFixed(3)}`;
}

/**
 * The state with one day learned, in place of what was known of that day. An incident counts once, by its strongest finding; callers leave out
 * what would not have been told for other reasons. Only the last days are kept.
 */
export function learn(state: BudgetState, day: string, findings: readonly Finding[]): BudgetState {
  const strongest = new Map<string, { readonly behaviour: Finding['class']; score: number }>();
  for (const finding of findings) {
    const score = scoreOf(finding);
    const known = strongest.get(finding.incident);
    if (known === undefined) strongest.set(finding.incident, { behaviour: finding.class, score });
    else known.score = Math.max(known.score, score);
  }
  const scores: Partial<Record<Finding['class'], number[]>> = {};
  for (const { behaviour, score } of strongest.values()) {
    scores[behaviour] ??= [];
    scores[behaviour].push(score);
  }
  for (const list of Object.values(scores)) list.sort((a, b) => b - a).splice(budgetScoresMax);
  const days = Object.entries({ ...state.days, [day]: scores }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...state, days: Object.fromEntries(days.slice(-budgetDaysMax)) };
}

/** The threshold of a behaviour, from days before the given one; without enough of them everything passes. */
export function thresholdOf(
  state: BudgetState,
  behaviour: Finding['class'],
  alertsPerDay: number,
  day: string,
): Threshold {
  const past = Object.entries(state.days).filter(([learned]) => learned < day);
  const lists = past.map(([, scores]) => scores[behaviour] ?? []);
  const total = lists.reduce((sum, list) => sum + list.length, 0);
  const daysLearned = lists.length;
  const incidentsPerDay = daysLearned === 0 ? 0 : Number((total / daysLearned).toPrecision(3));
  const allowed = alertsPerDay * daysLearned;
  if (daysLearned < budgetDaysMin || total <= allowed) return { score: 0, daysLearned, incidentsPerDay };
  const highestFirst = lists.flat().sort((a, b) => b - a);
  const score = allowed === 0 ? Number.POSITIVE_INFINITY : highestFirst[allowed - 1];
  return { score, daysLearned, incidentsPerDay };
}
