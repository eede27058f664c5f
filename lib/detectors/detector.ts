/**
 * What a detector is: conversations in, signals out. Detectors are pure and know nothing of findings, messages or each other.
 */
import type { ModelClass } from '../model/manifest.ts';
import type { Scored } from './scored.ts';

/** Anybody: the scope of a signal that is about the actor whatever its targets. */
export const ANYBODY = 0xffff_ffff;

/** Classes of attacks: those that the forest knows, and all that only tests can tell. */
export type AttackClass = Exclude<ModelClass, 'benign'> | 'other-attack';

/** "This actor behaves like this class in this window", with the conversations that say so. */
export interface Signal {
  readonly class: AttackClass;
  /** Finding type that the detector itself names; absent where it follows from the figures of the incident. */
  readonly type?: string;
  /** A state, such as an open port, and no event: all of a UTC day is one incident. */
  readonly isState?: boolean;
  /** What this detector alone has measured, and what it expected, by names as findings have them. */
  readonly observed?: Readonly<Record<string, number>>;
  readonly expected?: Readonly<Record<string, number>>;
  /** Address code of the host the signal is about: the client, or the victim of an inbound flood. */
  readonly actor: number;
  /** Whether the actor is the server of the conversations: victims of many. */
  readonly actorIsVictim: boolean;
  /** Address code of the one target, or ANYBODY. */
  readonly scope: number;
  /** Start of the window, Unix seconds. */
  readonly window: number;
  /** Whether it is enough for a finding by itself; else it bears out what another detector has seen. */
  readonly suffices: boolean;
  /** Positions in `Scored.rows`. */
  readonly positions: readonly number[];
}

/** A signal about what a host is or has, such as an open port, which is enough alone. */
export function stateSignal(
  signal: Pick<Signal, 'type' | 'actor' | 'window' | 'positions'> & Partial<Pick<Signal, 'actorIsVictim' | 'scope'>>,
): Signal {
  return { class: 'other-attack', actorIsVictim: false, scope: ANYBODY, suffices: true, isState: true, ...signal };
}

export interface Detector {
  /** Names the witness in findings, such as "forest". */
  readonly name: string;
  /** Sentence with the source of the method. */
  readonly source: string;
  /** When its signals are enough for a finding by themselves; shown in the docs. */
  readonly alone: string;
  /**
   * Whether it looks for what is new in the run, so that it is asked only about half an hour and more. Where windows are judged hour by hour against
   * a history, the detectors of the history take its place.
   */
  readonly isForWholeRuns?: boolean;
  detect(scored: Scored): Signal[];
}
