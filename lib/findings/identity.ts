/**
 * Names of findings and incidents: the same behaviour of the same actor has the same name, whatever the order, number or deliveries of
 * the objects that show it.
 */
import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

export interface Subject {
  /**
   * The class, which stands for its types: more data may turn one type of a class into another, and it stays the same incident. Other
   * attacks have nothing in common; there it is the type.
   */
  readonly kind: string;
  readonly role: 'actor' | 'victim';
  /** Address of who does it, or of whom it is done to, in canonical notation. */
  readonly actor: string;
  /** Address of the one target, `-` for anybody. */
  readonly scope: string;
  /** Start of its first window, or of its day where it is a state, Unix seconds. */
  readonly began: number;
}

/** The incident goes on over time; a finding is one run of it and has its start in its name as well. 32 hexadecimal digits each. */
export function identify({ kind, role, actor, scope, began }: Subject): Pick<Finding, 'id' | 'incident'> {
  return { id: digest([kind, role, actor, scope, began]), incident: digest([kind, role, actor, scope]) };
}

function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
