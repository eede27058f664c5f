/**
 * A network that the model does not know: traffic unlike anything that it was trained on. There the forest extrapolates without saying so, and
 * its word, for or against, is worth less (lib/model/novelty.ts).
 *
 * Sees: a day in which ten times as many conversations are beyond the training rows as of those rows themselves.
 * Looks alike: nothing; it is a statement about the model rather than about an attack, and for the digest.
 */

import { DAY_SECONDS, HOUR_SECONDS } from '../hours.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';

/** Share of the training rows that lie beyond, as the manifest defines it. */
const TRAINING_SHARE = 0.001;

/** Share from which on it is told, and conversations that must have been looked at. */
const SHARE_MIN = 10 * TRAINING_SHARE;
const CONVERSATIONS_MIN = 1_000;

export const unfamiliar: HistoryDetector = {
  name: 'novelty',
  source: 'Mahalanobis distance from the training rows, in one window of each hour',
  alone: 'always, for the digest',
  detectNetwork: (context) => unfamiliarDay(context),
};

function unfamiliarDay({ unfamiliar: hours, nowSeconds }: HistoryContext): HistorySignal[] {
  const day = [...hours].filter(([start]) => start >= nowSeconds - DAY_SECONDS).sort(([a], [b]) => a - b);
  const sum = (of: 'conversations' | 'unlike') => day.reduce((total, [, hour]) => total + hour[of], 0);
  const [conversations, unlike] = [sum('conversations'), sum('unlike')];
  if (conversations < CONVERSATIONS_MIN || unlike < SHARE_MIN * conversations) return [];
  const hosts = new Map<string, number>();
  for (const [, hour] of day) for (const [host, count] of hour.hosts) hosts.set(host, (hosts.get(host) ?? 0) + count);
  const [first] = [...hosts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (first === undefined) return [];
  const [address, most] = first;
  return [
    {
      type: 'unfamiliar-traffic',
      actor: { address, isOurs: true },
      actorIsVictim: false,
      scope: ANYWHERE,
      firstSeconds: day[0][0],
      lastSeconds: day.at(-1)![0] + HOUR_SECONDS,
      observed: {
        conversationsLookedAt: conversations,
        unlikeTraining: unlike,
        unlikeTrainingShare: Number((unlike / conversations).toPrecision(3)),
        ofThisHost: most,
      },
      expected: { unlikeTrainingShare: TRAINING_SHARE },
      tracks: [],
    },
  ];
}
