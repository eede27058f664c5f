/**
 * A finding: one (type, actor, target scope, run of windows), with its proof.
 */
import type { AttackClass } from '../detectors/detector.ts';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A host that takes part, by its canonical address. */
export interface Host {
  readonly address: string;
  /** Whether it lies in our networks. */
  readonly isOurs: boolean;
}

/** What a finding points at: hosts and services, counted in full and listed up to a limit. */
export interface Targets {
  readonly hosts: readonly Host[];
  readonly hostCount: number;
  /** Such as "22/tcp". */
  readonly services: readonly string[];
  readonly serviceCount: number;
}

/** A feature that moved the score: its value, the benign median, and by how much the probability falls when put back to it. */
export interface Reason {
  readonly feature: string;
  readonly meaning: string;
  readonly unit: string;
  readonly value: number;
  readonly benign: number;
  readonly effect: number;
}

/** A record as it stands in the log, or where it stands when the log could not be read a second time. */
export interface Evidence {
  readonly source: string;
  /** Line, row or event number in the source, from 1. */
  readonly ordinal: number;
  readonly record?: string;
  /** Values of the tag fields of the record, where the log has any. */
  readonly tags?: readonly string[];
}

/** The reviewed line that keeps a finding from people. */
export interface SuppressedBy {
  readonly owner: string;
  readonly reason: string;
  /** Last day on which the line holds, UTC. */
  readonly expires: string;
}

/** The trusted network that made a finding less severe. */
export interface SoftenedBy {
  readonly network: string;
  readonly name: string;
  readonly reason: string;
  readonly severityBefore: Severity;
}

/** A stage of a chain, which is a finding of its own. */
export interface Part {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly severity: Severity;
  readonly firstSeen: string;
}

export interface Finding {
  /** Stable under duplicates, re-delivery and reordering: a digest of type, actor, target scope and first window. */
  readonly id: string;
  /** Digest of class, role, actor and target scope without the time: what goes on tomorrow is the same incident. */
  readonly incident: string;
  readonly type: string;
  readonly class: AttackClass;
  readonly severity: Severity;
  readonly title: string;
  readonly account: string;
  readonly actors: readonly Host[];
  readonly actorCount: number;
  readonly targets: Targets;
  /** ISO 8601, UTC, of the first and last packet. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Conversations behind it. */
  readonly count: number;
  /** Measured values by name, with units in the names. */
  readonly observed: Readonly<Record<string, number>>;
  /** What benign traffic shows instead, by the same names, and the forest's threshold where the class has one. */
  readonly expected: Readonly<Record<string, number>>;
  /** Highest class probability among its conversations; 0 for classes that the forest does not know. */
  readonly probability: number;
  /** Detectors that saw it, such as "forest". */
  readonly witnesses: readonly string[];
  readonly reasons: readonly Reason[];
  readonly evidence: readonly Evidence[];
  /** Objects that hold its records. */
  readonly sources: readonly string[];
  readonly technique: { readonly id: string; readonly name: string };
  readonly nextSteps: readonly string[];
  readonly suppressed?: SuppressedBy;
  readonly softened?: SoftenedBy;
  /** Stages of a chain, in the order of time. */
  readonly parts?: readonly Part[];
}
