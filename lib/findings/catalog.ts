/**
 * The one table of finding types: how an incident becomes one, what it means, how it is graded, how it maps to ATT&CK and what to do next.
 * Types of one class are tried in order; the last of each class takes what is left.
 */
import type { AttackClass } from '../detectors/detector.ts';
import { CONTROL } from './types/control.ts';
import { EXFILTRATION } from './types/exfiltration.ts';
import type { FindingType, Situation } from './types/finding-type.ts';
import { FLOODS } from './types/floods.ts';
import { GUESSING } from './types/guessing.ts';
import { SCANS } from './types/scans.ts';
import { STRANGE } from './types/strange.ts';

export const FINDING_TYPES: readonly FindingType[] = [
  ...SCANS,
  ...GUESSING,
  ...FLOODS,
  ...CONTROL,
  ...EXFILTRATION,
  ...STRANGE,
];

/** The type of an incident: one that a detector has named, else the first of its class that fits. */
export function typeOf(className: AttackClass, situation: Situation): FindingType {
  const ofClass = FINDING_TYPES.filter((candidate) => candidate.class === className);
  const type =
    ofClass.find(({ type }) => situation.named.has(type)) ?? ofClass.find(({ fits }) => fits?.(situation) === true);
  if (type === undefined) throw new Error(`no finding type for class "${className}"`);
  return type;
}

/** The type of that name; throws for one that is not in the table. */
export function typeNamed(name: string): FindingType {
  const type = FINDING_TYPES.find((candidate) => candidate.type === name);
  if (type === undefined) throw new Error(`no finding type "${name}"`);
  return type;
}
