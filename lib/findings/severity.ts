/**
 * Severity from role and outcome. A stranger's attempt is the weather, an answer makes it worth a look; a host of ours that
 * attacks is lost already. GuardDuty grades guessing the same way: low as target, high as actor.
 */
import type { Severity } from './finding.ts';

/** Who does it, what came of it, and how much it is. */
export interface Role {
  readonly actorIsOurs: boolean;
  readonly answered: boolean;
  /** Whether it is less than the published test of its class takes for an attack by itself. */
  readonly isSmall?: boolean;
  /** Whether the other end speaks all along, as in a call: then small is small whoever has seen it alone. */
  readonly isExchange?: boolean;
}

/** How a type of finding is graded, in words for the docs and as code. */
export interface SeverityRule {
  readonly rule: string;
  readonly grade: (role: Role) => Severity;
}

const FOREST = 'forest';

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
 * the published false-alarm rates say that a single classifier must not page anybody. The forest's word alone about what is too small for the
 * published test is for the digest: everyday traffic of that size and shape is too common.
 */
export function severityOf({ grade }: SeverityRule, role: Role, witnesses: readonly string[]): Severity {
  const isAlone = witnesses.length === 1;
  if (isAlone && role.isSmall === true && (witnesses[0] === FOREST || role.isExchange === true)) return 'low';
  const graded = grade(role);
  return isAlone && (graded === 'high' || graded === 'critical') ? 'medium' : graded;
}
