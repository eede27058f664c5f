/**
 * Severity from role and outcome. A stranger's attempt is the weather, an answer makes it worth a look; a host of ours that
 * attacks is lost already. GuardDuty grades guessing the same way: low as target, high as actor.
 */
import type { Severity } from './finding.ts';

/** Who does it, and what came of it. */
export interface Role {
  readonly actorIsOurs: boolean;
  readonly answered: boolean;
}

/** How a type of finding is graded, in words for the docs and as code. */
export interface SeverityRule {
  readonly rule: string;
  readonly grade: (role: Role) => Severity;
}

/** Attacks that both strangers and hosts of ours make. */
export const BY_ROLE: SeverityRule = {
  rule: 'high by a host of yours; by a stranger medium if answered, else low',
  grade: ({ actorIsOurs, answered }) => {
    if (actorIsOurs) return 'high';
    return answered ? 'medium' : 'low';
  },
};

/** What is worse once somebody has answered: contacts with listed places, doors that open. */
export const BY_OUTCOME: SeverityRule = {
  rule: 'high if answered, else low',
  grade: ({ answered }) => (answered ? 'high' : 'low'),
};

export const always = (severity: Severity): SeverityRule => ({ rule: severity, grade: () => severity });

/**
 * The rule. One witness alone, above all the forest, never raises more than medium: both experience with forests on foreign networks and
 * the published false-alarm rates say that a single classifier must not page anybody.
 */
export function severityOf({ grade }: SeverityRule, role: Role, witnesses: readonly string[]): Severity {
  const graded = grade(role);
  return witnesses.length < 2 && (graded === 'high' || graded === 'critical') ? 'medium' : graded;
}
