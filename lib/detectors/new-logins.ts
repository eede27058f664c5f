/**
 * Password guessing by its beginning: who never logged in begins to, again and again.
 *
 * Sees: a client that is not on a login service while a run of half an hour or more begins, and later opens at least ten answered sessions there
 * in five minutes, or a host of ours that goes to ten strangers' mailboxes, directories or databases. Guessing tools differ in length, pace and care
 * not to be seen, but each has a first minute.
 * Looks alike: the first round of a configuration tool, of a program that copies or of one that has a new database, which the forest knows by their
 * work: it gives them next to nothing. Where people log in, tries at one door that are all of one length are no work whatever the forest says, nor are
 * dozens of logins at servers of mailboxes, or of visits to one mail server that bring no mail, unless they come back as seldom as they may have come
 * before the run; nor are dozens at one new door of who logs in elsewhere. FTP programs open a session for every file of a folder: they move files beside it (file-transfers.ts).
 */

import { PairNumbers } from '../conversations/pair-numbers.ts';
import { F, NEVER, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { isFlat, seriesOf } from './flatness.ts';
import { DOOR_FOREST_MIN, newDoors, PROGRAMS_DOOR_FOREST_MIN } from './new-doors.ts';
import { habitOf, hostsBefore, isNews, mayBeOlder } from './news.ts';
import { areRounds } from './rounds.ts';
import { meanProbability, type Scored, wordOf } from './scored.ts';
import { isGuessedAt, isLoginService, MAIL_DELIVERY, MAIL_DELIVERY_PORTS, MAILBOX_PORTS, portOf } from './services.ts';
import { grouped, positionsOn } from './sight.ts';

/** Sessions in five minutes; Slips reports guessing from 9 on. */
export const SESSIONS_MIN = 10;

/**
 * Strangers in five minutes at which a program of ours logs in: as many as spam.ts takes for no program's; and from how many on in the run's first window it may
 * always have gone to many, as behind a NAT instance. A mail program goes to one or two.
 */
const DOORS_MIN = 10;
const HABIT_DOORS_MIN = 3;

/** Mean probability of guessing that the forest must give. Far below its own threshold: it only rules out work. Chosen on simulated networks. */
const FOREST_MIN = 0.02;

/**
 * The same for visits to the mail servers of strangers that bring no mail. Of 1,558 windows of relays and spam bots 74 had as much, all of which brought mail (simulated
 * networks, seeds 189200 to 189499).
 */
const MAIL_SPRAY_FOREST_MIN = 0.01;

/**
 * Sessions at one server in five minutes, and their spread, from which on the forest is not asked where people log in, or strangers: half of what makes
 * a series flat (flatness.ts). Who goes from host to host is told by rounds.ts. Chosen on simulated networks.
 */
const SAME_DOOR_MIN = 3;
const SAME_SPREAD_OCTAVES_MAX = 0.25;

/**
 * Sessions with servers of mailboxes, with one mail server, or of one length with a server that is new to a client which logs in elsewhere, in five minutes,
 * from which on it is not asked either: as many failures as Zeek allows in half an hour. At such a server it may also tell sessions that differ in length.
 */
const MANY_SESSIONS_MIN = 30;

/**
 * Mean bytes of a session from which on it may deliver mail: a message has headers, and is mostly carried over TLS. Below, and so often, somebody tries
 * passwords or names, or is refused each time. Our assumption.
 */
const MAIL_BYTES_MIN = 3_000;

export const newLogins: Detector = {
  name: 'new-logins',
  source: 'ten sessions in five minutes, after Slips, of a client that had none before',
  isForWholeRuns: true,
  alone: `where the forest gives brute-force ${FOREST_MIN} on average, the sessions are of one length and ${SAME_DOOR_MIN} at one server where people log in, or come in rounds to many there, or ${MANY_SESSIONS_MIN} at servers of mailboxes or, without a mail, at one mail server, or of one length at one new server where people log in (by FTP, no files being moved), or at one new server where it gives ${DOOR_FOREST_MIN}, ${PROGRAMS_DOOR_FOREST_MIN} where programs log in, or at the doors of ${DOORS_MIN} strangers (of mail servers where it gives ${MAIL_SPRAY_FOREST_MIN} and no mail is brought)`,
  detect(scored) {
    const { words } = scored.conversations;
    const sessions = { habitMin: 1, muchMin: SESSIONS_MIN, amountOf: (at: number) => words[at + W.forwardFlows] };
    const doors = { habitMin: HABIT_DOORS_MIN, muchMin: DOORS_MIN, amountOf: () => 1 };
    const guests = newcomersOf(scored, loginsOf(scored), sessions);
    const sprays = newcomersOf(scored, doorsAbroad(scored), doors).filter((spray) => isSpray(scored, spray));
    const guessers = guests.filter((guest) => isGuessing(scored, guest));
    const known = new Set(guessers.map(({ logins: [login] }) => habitOf(scored, login)));
    const others = newDoors(scored, MANY_SESSIONS_MIN, SAME_SPREAD_OCTAVES_MAX).filter(
      (position) => !known.has(habitOf(scored, position)),
    );
    const elsewhere = [...grouped(others, (position) => habitOf(scored, position)).values()].map(
      (logins): Newcomer => ({ logins, isMuch: () => true }),
    );
    return [...guessers, ...sprays, ...elsewhere].flatMap((newcomer) => signalsOf(scored, newcomer));
  },
};

/**
 * Whether a newcomer's sessions, in the windows where there are many, are no work. Who guesses in rounds, so that no account is locked, comes back like a
 * program: then the forest has to tell.
 */
function isGuessing(scored: Scored, newcomer: Newcomer): boolean {
  const busy = newcomer.logins.filter(newcomer.isMuch);
  if (meanProbability(scored, busy, 'brute-force') >= FOREST_MIN) return true;
  if (mayBeOlder(scored, windowsOf(scored, newcomer))) return false;
  const { words } = scored.conversations;
  const windows = grouped(busy, (position) => words[wordOf(scored, position) + W.window]);
  return [...windows.values()].some((positions) => {
    const series = seriesOf(scored, positions);
    const service = words[wordOf(scored, positions[0]) + W.service];
    const clientIsOurs = (scored.context.traits[positions[0]] & TRAIT.clientIsOurs) !== 0;
    if (MAILBOX_PORTS.has(portOf(service)) && series.flows >= MANY_SESSIONS_MIN) return true;
    if (positions.some((position) => bringsNoMail(scored, position))) return true;
    if (!isLoginService(service, clientIsOurs)) return false;
    if (series.flowsMost >= SAME_DOOR_MIN && isFlat(series, SAME_SPREAD_OCTAVES_MAX)) return true;
    return areRounds(scored, positions, SAME_SPREAD_OCTAVES_MAX);
  });
}

/** What a client does on a service in the first hour. */
interface Newcomer {
  readonly logins: readonly number[];
  /** Whether there is much in the window of a position. */
  readonly isMuch: (position: number) => boolean;
}

/** Positions of answered logins, where people log in and where programs do, and of visits to mail servers that are many and bring none. */
function loginsOf(scored: Scored): number[] {
  const isDelivery = (service: number) => service === MAIL_DELIVERY;
  const deliveries = positionsOn(scored, { isService: isDelivery, isFailure: false });
  return [
    ...positionsOn(scored, { isService: isGuessedAt, isFailure: false }),
    ...deliveries.filter((position) => bringsNoMail(scored, position)),
  ];
}

/** Whether a conversation is many visits to a mail server that bring it none. */
function bringsNoMail(scored: Scored, position: number): boolean {
  const { words, floats } = scored.conversations;
  const at = wordOf(scored, position);
  if (!MAIL_DELIVERY_PORTS.has(portOf(words[at + W.service]))) return false;
  const sessions = words[at + W.forwardFlows];
  return sessions >= MANY_SESSIONS_MIN && floats[(at >> 1) + F.forwardBytes] < MAIL_BYTES_MIN * sessions;
}

const isProgramLogin = (service: number) => isLoginService(service, false) && !isLoginService(service, true);

/** Positions of answered logins of our programs at strangers, and of visits to their mail servers. */
function doorsAbroad(scored: Scored): number[] {
  const isService = (service: number) => service === MAIL_DELIVERY || isProgramLogin(service);
  return positionsOn(scored, { isService, clientIsOurs: true, serverIsOurs: false, isFailure: false });
}

/** Whether a newcomer at many doors abroad tries them: mail servers are also brought mail. */
function isSpray(scored: Scored, { logins, isMuch }: Newcomer): boolean {
  const { words, floats } = scored.conversations;
  if (words[wordOf(scored, logins[0]) + W.service] !== MAIL_DELIVERY) return true;
  const busy = logins.filter(isMuch);
  const bytes = busy.reduce((sum, position) => sum + floats[(wordOf(scored, position) >> 1) + F.forwardBytes], 0);
  return (
    bytes < MAIL_BYTES_MIN * sessionsAt(scored, busy) &&
    meanProbability(scored, busy, 'brute-force') >= MAIL_SPRAY_FOREST_MIN
  );
}

function sessionsAt(scored: Scored, positions: readonly number[]): number {
  const { words } = scored.conversations;
  return positions.reduce((sum, position) => sum + words[wordOf(scored, position) + W.forwardFlows], 0);
}

/** What is counted of a client on a service in a window. */
interface Measure {
  /** Adds up the word of a row. */
  readonly amountOf: (at: number) => number;
  /** From where on the client has been there before. */
  readonly habitMin: number;
  /** From where on it is much. */
  readonly muchMin: number;
}

/** Clients on services that have no habit there in the first window, and much in one soon after that. */
function newcomersOf(scored: Scored, logins: readonly number[], { amountOf, habitMin, muchMin }: Measure): Newcomer[] {
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
    if (amounts[sweeps[position]] < habitMin) continue;
    firsts[clientOf[i]] = Math.min(firsts[clientOf[i]], words[wordOf(scored, position) + W.window]);
  }
  const isMuch = (position: number) => amounts[sweeps[position]] >= muchMin;
  const isBusy = new Uint8Array(clients.size);
  const early = logins.map((_, i) => i).filter((i) => isNews(scored, logins[i], firsts[clientOf[i]]));
  for (const i of early) if (isMuch(logins[i])) isBusy[clientOf[i]] = 1;
  const ofBusy = grouped(
    early.filter((i) => isBusy[clientOf[i]] === 1),
    (i) => clientOf[i],
  );
  const newcomers = [...ofBusy.values()].map((ofClient) => ({ logins: ofClient.map((i) => logins[i]), isMuch }));
  const wasThere = hostsBefore(
    scored,
    newcomers.map(({ logins: [first] }) => first),
  );
  return newcomers.filter((newcomer) => {
    const first = windowsOf(scored, newcomer).reduce((a, b) => Math.min(a, b));
    return wasThere(words[wordOf(scored, newcomer.logins[0]) + W.client], first);
  });
}

function windowsOf(scored: Scored, { logins }: Newcomer): number[] {
  return logins.map((position) => scored.conversations.words[wordOf(scored, position) + W.window]);
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
