/**
 * Tries at one server that a client never logged in to, though it may log in elsewhere all day: what new-logins.ts, which knows a client by the service, is
 * blind to.
 */
import { W } from '../conversations/row.ts';
import { fileTransfers } from './file-transfers.ts';
import { isFlat, isLogin, seriesOf } from './flatness.ts';
import { edgeOf, News } from './news.ts';
import { probabilityOf, type Scored, wordOf } from './scored.ts';
import { isLoginService } from './services.ts';
import { positionsOn } from './sight.ts';

/**
 * Probability of guessing that the forest must give so many sessions that are not of one length: where people log in, and elsewhere, where programs connect
 * anew for every question or file. Chosen on simulated networks.
 */
export const DOOR_FOREST_MIN = 0.2;
export const PROGRAMS_DOOR_FOREST_MIN = 0.85;

/**
 * Positions of conversations with so many sessions, at servers that are new to their clients, which are as alike as that or which the forest suspects. FTP
 * sessions that move files are left out.
 */
export function newDoors(scored: Scored, sessionsMin: number, spreadOctavesMax: number): number[] {
  const { words } = scored.conversations;
  const isGuarded = (service: number) => isLoginService(service, false);
  const many = positionsOn(scored, { isService: isGuarded, isFailure: false }).filter(
    (position) => words[wordOf(scored, position) + W.forwardFlows] >= sessionsMin,
  );
  const transfers = fileTransfers(scored, many);
  const tries = many.filter((position) => {
    if (transfers.has(position)) return false;
    const isWhereItCanBeTold = isLogin(scored, position);
    const probabilityMin = isWhereItCanBeTold ? DOOR_FOREST_MIN : PROGRAMS_DOOR_FOREST_MIN;
    if (probabilityOf(scored, position, 'brute-force') >= probabilityMin) return true;
    return isWhereItCanBeTold && isFlat(seriesOf(scored, [position]), spreadOctavesMax);
  });
  const news = new News(scored, tries, edgeOf);
  return tries.filter((position) => news.has(position));
}
