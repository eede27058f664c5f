/**
 * Who hears of a finding: a message now, or the digest of the day. How it is worded is decided elsewhere.
 */
import { scoreOf, type Threshold } from '../findings/budget.ts';
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import type { Settings } from '../settings.ts';
import type { News } from './incident-state.ts';

/** Why a finding makes no message of its own, in words for the digest. */
export const HOLDS = {
  suppressed: 'suppressed by a reviewed line of the settings',
  severity: 'below the severity that makes a message',
  known: 'of an incident that has been told, and neither worse nor ten times as much',
  earlier: 'of an earlier episode of an incident that has been told since',
  'side effect': 'traces of an attack of the same host that has been told',
  threshold: 'weaker than what the alert budget leaves room for on this network',
  budget: 'after the alerts of the day for that behaviour were used up',
  unheard: 'never came to be told: the messages about them may lie in the dead-letter queue',
} as const;

export type Hold = keyof typeof HOLDS;

/** What holds a finding back whatever else has happened. */
export function holdByItself({ suppressed, severity }: Finding, { minimumSeverity }: Settings): Hold | undefined {
  if (suppressed !== undefined) return 'suppressed';
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(minimumSeverity) ? 'severity' : undefined;
}

export interface Situation {
  readonly isSideEffect: boolean;
  readonly threshold: Threshold;
}

/** What holds news back. An incident that people know of is not dropped from their sight because it is weak or follows from another. */
export function holdBySituation(
  finding: Finding,
  news: News,
  { isSideEffect, threshold }: Situation,
): Hold | undefined {
  if (news === 'worse' || news === 'more') return undefined;
  if (isSideEffect) return 'side effect';
  return scoreOf(finding) < threshold.score ? 'threshold' : undefined;
}
