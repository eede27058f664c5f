/**
 * Tries at one server that a client never logged in to, though it may log in elsewhere all day: what new-logins.ts, which knows a client by the service, is
 * blind for.
 */
import { W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { isFlat, seriesOf } from './flatness.ts';
import { edgeOf, News } from './news.ts';
import { type Scored, wordOf } from './scored.ts';
import { FTP_PORT, isLoginService, portOf } from './services.ts';
import { positionsOn } from './sight.ts';

/** Positions of conversations with so many sessions as alike as that, where people log in or strangers come, at servers that are new to their clients. */
export function newDoors(scored: Scored, sessionsMin: number, spreadOctavesMax: number): number[] {
  const { words } = scored.conversations;
  const isService = (service: number) => isLoginService(service, false) && portOf(service) !== FTP_PORT;
  const tries = positionsOn(scored, { isService, isFailure: false }).filter((position) => {
    const at = wordOf(scored, position);
    const clientIsOurs = (scored.context.traits[position] & TRAIT.clientIsOurs) !== 0;
    if (words[at + W.forwardFlows] < sessionsMin || !isLoginService(words[at + W.service], clientIsOurs)) return false;
    return isFlat(seriesOf(scored, [position]), spreadOctavesMax);
  });
  const news = new News(scored, tries, edgeOf);
  return tries.filter((position) => news.has(position));
}
