/**
 * What the catalog says of a type of finding, and the sentences and figures that several types share.
 */
import type { AttackClass } from '../../detectors/detector.ts';
import type { Measures } from '../measure.ts';
import type { SeverityRule } from '../severity.ts';

/** What types are told apart by. */
export interface Situation {
  readonly measures: Measures;
  readonly actorIsOurs: boolean;
  readonly actorIsVictim: boolean;
  /** Types that detectors have named. */
  readonly named: ReadonlySet<string>;
}

export interface FindingType {
  readonly type: string;
  readonly class: AttackClass;
  /** Whether an incident of the class is of this type; a type without this is raised only where a detector names it. */
  readonly fits?: (situation: Situation) => boolean;
  /** Sentence with the placeholders {actor}, {targets}, {service}; {origin} where the type is about one. */
  readonly title: string;
  readonly meaning: string;
  readonly severity: SeverityRule;
  /** Whether it is less than the published test of its class takes for an attack by itself: then the forest's word alone is for the digest. */
  readonly isSmall?: (situation: Situation) => boolean;
  /** Whether the other end speaks all along, as in a call: then what is small is for the digest whoever has seen it alone. */
  readonly isExchange?: (situation: Situation) => boolean;
  readonly technique: { readonly id: string; readonly name: string };
  /** Figures shown as observed, beside those that the detector measured itself. */
  readonly observed?: (measures: Measures) => Readonly<Record<string, number>>;
  /** What benign traffic or the published test expects of them. */
  readonly expected?: Readonly<Record<string, number>>;
  readonly nextSteps: readonly string[];
}

export const perSecond = (amount: number, { activeSeconds }: Measures) => round(amount / activeSeconds);
export const round = (value: number) => Number(value.toPrecision(4));

/** Figures of a plain exchange. */
export const trafficFigures = (measures: Measures) => ({
  conversations: measures.conversations,
  bytesSent: measures.bytesSent,
  bytesReceived: measures.bytesReceived,
});

export const ISOLATE =
  'If nobody in charge can explain it, isolate {actor} with a security group that allows nothing, keep its disk and memory, and rotate its credentials.';
export const OWNER =
  'Ask the owner of {actor} whether a scanner, monitoring or migration tool runs there; if so, put it on record as trusted.';
export const WHOSE = 'Find out who owns {targets} and which process on {actor} talks to it.';
