/**
 * Password guessing by its beginning: who never logged in begins to, again and again.
 *
 * Sees: a client that is not on a login service while a run of half an hour or more begins, and later opens at least ten answered sessions there
 * in five minutes, or a host of ours that goes to ten strangers' mailboxes, directories or databases. Guessing tools differ in length, pace and care
 * not to be seen, but each has a first minute.
 * Looks alike: the first round of a configuration tool, of a program that copies or of one that has a new database, which the forest knows by their
 * work: it gives them next to nothing. FTP programs, which open a session for every file of a folder, are left out.
 */
import { NEVER, W } from '../conversations/row.ts';
import { PairNumbers } from '../features/pair-numbers.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { isNews } from './news.ts';
import { meanProbability, type Scored, wordOf } from './scored.ts';
import { FTP_PORT, isLoginService, portOf } from './services.ts';
import { grouped, positionsOn } from './sight.ts';

/** Sessions in five minutes; Slips reports guessing from 9 on. */
export const SESSIONS_MIN = 10;

/** Strangers in five minutes at which a program of ours logs in: as many as spam.ts takes for no program's. */
const DOORS_MIN = 10;

/** Mean probability of guessing that the forest must give. Far below its own threshold: it only rules out work. Chosen on simulated networks. */
const FOREST_MIN = 0.02;

export const newLogins: Detector = {
  name: 'new-logins',
  source: 'ten sessions in five minutes, after Slips, of a client that had none before',
  isForWholeRuns: true,
  alone: `where the forest gives brute-force ${FOREST_MIN} on average, or at the doors of ${DOORS_MIN} strangers`,
  detect(scored) {
    const { words } = scored.conversations;
    const guests = newcomersOf(scored, loginsOf(scored), SESSIONS_MIN, (at) => words[at + W.forwardFlows]);
    const sprays = newcomersOf(scored, programsAbroad(scored), DOORS_MIN, () => 1);
    const likely = guests.filter(({ logins }) => meanProbability(scored, logins, 'brute-force') >= FOREST_MIN);
    return [...likely, ...sprays].flatMap((newcomer) => signalsOf(scored, newcomer));
  },
};

/** What a client does on a service in the first hour. */
interface Newcomer {
  readonly logins: readonly number[];
  /** Whether there is much in the window of a position. */
  readonly isMuch: (position: number) => boolean;
}

/** Positions of answered logins, where people log in and where programs do. */
function loginsOf(scored: Scored): number[] {
  const isService = (service: number) => isLoginService(service, false) && portOf(service) !== FTP_PORT;
  return positionsOn(scored, { isService, isFailure: false });
}

const isProgramLogin = (service: number) => isLoginService(service, false) && !isLoginService(service, true);

/** Positions of answered logins of our programs at strangers. */
function programsAbroad(scored: Scored): number[] {
  return positionsOn(scored, { isService: isProgramLogin, clientIsOurs: true, serverIsOurs: false, isFailure: false });
}

/** Clients on services that have no login in the first window, and much in one soon after theirs, added up by `amountOf` the word of a row. */
function newcomersOf(
  scored: Scored,
  logins: readonly number[],
  amountMin: number,
  amountOf: (at: number) => number,
): Newcomer[] {
  const { words } = scored.conversations;
  const { sweep: sweeps } = scored.context;
  const clients = new PairNumbers(logins.length);
  const amounts = new Uint32Array(sweeps.length);
  const clientOf = logins.map((position) => {
    const at = wordOf(scored, position);
    amounts[sweeps[position]] += amountOf(at);
    return clients.number(words[at + W.client], words[at + W.service]);
  });
  const firsts = new Uint32Array(clients.size).fill(NEVER);
  for (const [i, position] of logins.entries()) {
    firsts[clientOf[i]] = Math.min(firsts[clientOf[i]], words[wordOf(scored, position) + W.window]);
  }
  const isMuch = (position: number) => amounts[sweeps[position]] >= amountMin;
  const isBusy = new Uint8Array(clients.size);
  const early = logins.map((_, i) => i).filter((i) => isNews(scored, logins[i], firsts[clientOf[i]]));
  for (const i of early) if (isMuch(logins[i])) isBusy[clientOf[i]] = 1;
  const ofBusy = grouped(
    early.filter((i) => isBusy[clientOf[i]] === 1),
    (i) => clientOf[i],
  );
  return [...ofBusy.values()].map((ofClient) => ({ logins: ofClient.map((i) => logins[i]), isMuch }));
}

/** One for each window: the quiet ones belong to it as well. */
function signalsOf(scored: Scored, { logins, isMuch }: Newcomer): Signal[] {
  const { words } = scored.conversations;
  const windows = grouped(logins, (position) => words[wordOf(scored, position) + W.window]);
  return [...windows].map(([window, positions]) => ({
    class: 'brute-force',
    actor: words[wordOf(scored, positions[0]) + W.client],
    actorIsVictim: false,
    scope: ANYBODY,
    window: Number(window),
    suffices: isMuch(positions[0]),
    positions,
  }));
}
