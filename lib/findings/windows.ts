/**
 * Conversations are judged: features, class probabilities, signals of the window detectors, incidents, findings.
 */
import type { Conversations } from '../conversations/conversations.ts';
import type { Detector } from '../detectors/detector.ts';
import { DETECTORS } from '../detectors/index.ts';
import { showsNews } from '../detectors/news.ts';
import { type Scored, score } from '../detectors/scored.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import { findingsMax } from '../limits.ts';
import type { Classifier } from '../model/classifier.ts';
import { explain } from './explain.ts';
import type { Finding } from './finding.ts';
import { type Incident, incidents } from './incident.ts';

export interface WindowsOptions {
  readonly classifier: Classifier;
  readonly ours: NetworkSet;
  /** All unless told otherwise. */
  readonly detectors?: readonly Detector[];
  /** Findings made at most; `findingsMax` unless told otherwise. */
  readonly most?: number;
}

/** What the windows of a store hold. */
export interface JudgedWindows {
  /** Those that there is room for, of the `found`. */
  readonly findings: readonly Finding[];
  readonly found: number;
  readonly scored: Scored;
}

/** Conversations are joined in place while being judged, so whoever keeps them does so before. */
export async function judgeWindows(
  conversations: Conversations,
  { classifier, ours, detectors = DETECTORS, most = findingsMax }: WindowsOptions,
): Promise<JudgedWindows> {
  const scored = await score(conversations, classifier, ours);
  // In less than half an hour everything is new, or nothing.
  const asked = detectors.filter(({ isForWholeRuns }) => isForWholeRuns !== true || showsNews(scored));
  const signals = new Map(asked.map((detector) => [detector.name, detector.detect(scored)]));
  const found = incidents(signals).filter(({ suffices }) => suffices);
  const findings: Finding[] = [];
  for (const incident of weightiest(found, scored, most)) findings.push(await explain(scored, incident));
  return { findings, found: found.length, scored };
}

/** The incidents that there is room for, in their order: what hosts of ours do before what strangers try, however many these are. */
function weightiest(found: readonly Incident[], { conversations, ours }: Scored, most: number): readonly Incident[] {
  if (found.length <= most) return found;
  const { addresses } = conversations.names;
  const weightOf = ({ actor, actorIsVictim, witnesses, named }: Incident) =>
    (!actorIsVictim && ours.has(actor, addresses) ? 4 : 0) + (named.size > 0 ? 2 : 0) + (witnesses.length > 1 ? 1 : 0);
  const weights = new Map(found.map((incident) => [incident, weightOf(incident)]));
  const kept = new Set(found.toSorted((a, b) => weights.get(b)! - weights.get(a)!).slice(0, most));
  return found.filter((incident) => kept.has(incident));
}
