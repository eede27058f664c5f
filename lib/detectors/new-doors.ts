/**
 * Tries at one server that a client never logged in to, though it may log in elsewhere all day: what new-logins.ts, which knows a client by the service, is
 * blind to.
 */
import { W } from '../conversations/row.ts';
import { isFlat, isLogin, seriesOf } from './flatness.ts';
import { edgeOf, News } from './news.ts';
import { type Scored, wordOf } from './scored.ts';
import { isGuessedAt } from './services.ts';
import { positionsOn } from './sight.ts';

/** Positions of conversations with so many sessions as alike as that, where people log in or strangers come, at servers that are new to their clients. */
export function newDoors(scored: Scored, sessionsMin: number, spreadOctavesMax: number): number[] {
  const { words } = scored.conversations;
  const tries = positionsOn(scored, { isService: isGuessedAt, isFailure: false }).filter((position) => {
    const isMany = words[wordOf(scored, position) + W.forwardFlows] >= sessionsMin;
    return isMany && isLogin(scored, position) && isFlat(seriesOf(scored, [position]), spreadOctavesMax);
  });
  const news = new News(scored, tries, edgeOf);
  return tries.filter((position) => news.has(position));
}
