/**
 * A finding: one (type, actor, target scope, run of windows), with its proof.
 */
import type { ModelClass } from '../model/manifest.ts';

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
}

export interface Finding {
  /** Stable under duplicates, re-delivery and reordering: a digest of type, actor, target scope and first window. */
  readonly id: string;
  readonly type: string;
  readonly class: Exclude<ModelClass, 'benign'>;
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
  /** What benign traffic shows instead, by the same names, and the threshold that was crossed. */
  readonly expected: Readonly<Record<string, number>>;
  /** Highest class probability among its conversations. */
  readonly probability: number;
  /** Detectors that saw it, such as "forest". */
  readonly witnesses: readonly string[];
  readonly reasons: readonly Reason[];
  readonly evidence: readonly Evidence[];
  /** Objects that hold its records. */
  readonly sources: readonly string[];
  readonly technique: { readonly id: string; readonly name: string };
  readonly nextSteps: readonly string[];
}
