/**
 * Severity from role and outcome. A stranger's attempt is the weather, an answer makes it worth a look; a host of ours that
 * attacks is lost already. GuardDuty grades guessing the same way: low as target, high as actor.
 */

import type { FindingType, Situation } from './catalog.ts';
import type { Severity } from './finding.ts';

/**
 * The rule. One witness alone, above all the forest, never raises more than medium: both experience with forests on foreign networks and
 * the published false-alarm rates say that a single classifier must not page anybody.
 */
export function severityOf(type: FindingType, situation: Situation, witnesses: readonly string[]): Severity {
  const graded = grade(type, situation);
  return witnesses.length < 2 && (graded === 'high' || graded === 'critical') ? 'medium' : graded;
}

function grade({ type }: FindingType, { actorIsOurs, measures }: Situation): Severity {
  if (type === 'inbound-flood' || type === 'reflected-flood') return 'high';
  if (type === 'beacon') return 'medium';
  if (actorIsOurs) return 'high';
  return measures.answered ? 'medium' : 'low';
}
