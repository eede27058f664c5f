/**
 * Guessing that succeeded (Hofstede, Hendriks, Sperotto, Pras: SSH Compromise Detection using NetFlow/IPFIX, ACM CCR 2014; the tool
 * SSHCure): a flat series of sessions, then one of the same client with clearly more in it.
 *
 * Sees: a client that makes many short, alike sessions to a login service, and one that is at least three times as long within half an hour.
 * Looks alike: programs that fetch over SSH on a schedule and now and then get something new (that comes again and again, so more than one
 * long session apart from each other is taken for a program, and so is what was there from the first window on and goes on after it), and a
 * forgotten password that is remembered. So it bears out what says guessing; alone it is enough only for a stranger who failed as often as Zeek asks for,
 * and for who was not there when a run of half an hour began, as in new-logins.ts.
 */

import { PairNumbers } from '../conversations/pair-numbers.ts';
import { F, isOnePort, log16, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { windowSeconds } from '../limits.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { SPREAD_OCTAVES_MAX } from './flatness.ts';
import { showsNews } from './news.ts';
import { meanProbability, type Scored, wordOf } from './scored.ts';
import { isGuessedAt, isLoginService } from './services.ts';
import { positionsOn } from './sight.ts';

/** Alike sessions before the long one; Slips reports guessing from 9 on. */
const TRIES_MIN = 10;

/** Alike sessions of a stranger from which on the test is enough alone: Zeek's 30 failures in half an hour. */
const STRANGER_TRIES_MIN = 30;

/** Mean probability of guessing that the forest must give who is new in a run: more than new-logins.ts asks for, since who got in is critical. */
const FOREST_MIN = 0.05;

/** Packets of the long session over those of a try: four deviations of the widest flat series, 2^(4 × 0.5). */
const LONGER_MIN = 4;

/** Seconds between a try and the long session; Zeek forgets failures after half an hour. */
const MEMORY_SECONDS = 1_800;

/** Records that one session may have in a window of five minutes, at one a minute. */
const RECORDS_MAX = 5;

/** What a variance may fall below 0 by rounding. */
const ROUNDING = 1e-6;

/** Packets per try, client to server: a scan's touch is below. */
const PACKETS_MIN = 4;

export const breakIn: Detector = {
  name: 'break-in',
  source: 'a longer session after a flat series, Hofstede and others 2014 (SSHCure)',
  alone: `for a stranger after ${STRANGER_TRIES_MIN} alike sessions, or who is new in a run where the forest gives brute-force ${FOREST_MIN} on average`,
  detect(scored) {
    return sessionsOf(scored).flatMap((sessions) => signalsOf(scored, sessions));
  },
};

/**
 * Positions of the sessions of every client on a service, in order, where it has more flows there than tries are asked for: hardly any has, and
 * the others need no closer look.
 */
function sessionsOf(scored: Scored): number[][] {
  const { words } = scored.conversations;
  const found = positionsOn(scored, { isService: isGuessedAt, isFailure: false });
  const numbers = new PairNumbers(found.length);
  const flows = new Uint32Array(found.length);
  /** Number of its client and service for every position, from 1. */
  const group = new Uint32Array(scored.rows.length);
  for (const position of found) {
    const at = wordOf(scored, position);
    const number = numbers.number(words[at + W.client], words[at + W.service]);
    flows[number] += words[at + W.forwardFlows];
    group[position] = number + 1;
  }
  const groups = new Map<number, number[]>();
  for (let position = 0; position < group.length; position++) {
    if (group[position] === 0 || flows[group[position] - 1] <= TRIES_MIN || !isSession(scored, position)) continue;
    const known = groups.get(group[position]);
    if (known === undefined) groups.set(group[position], [position]);
    else known.push(position);
  }
  return [...groups.values()];
}

function isSession(scored: Scored, position: number): boolean {
  const { words, floats } = scored.conversations;
  const at = wordOf(scored, position);
  const clientIsOurs = (scored.context.traits[position] & TRAIT.clientIsOurs) !== 0;
  return isLoginService(words[at + W.service], clientIsOurs) && floats[(at >> 1) + F.forwardPackets] > 0;
}

/** Tries of one client on one service up to some window. */
interface Series {
  tries: number;
  /** Sums over tries of log16(packets) and of its square. */
  logSum: number;
  logSquares: number;
  /** Window of the last try. */
  last: number;
}

const NO_TRIES: Series = { tries: 0, logSum: 0, logSquares: 0, last: 0 };

function signalsOf(scored: Scored, sessions: number[]): Signal[] {
  const { words, names } = scored.conversations;
  const windowOf = (position: number) => words[wordOf(scored, position) + W.window];
  const serverOf = (position: number) => words[wordOf(scored, position) + W.server];
  // By address and not by its code, which depends on the order of reading.
  const addressOf = (position: number) => names.addresses.format(serverOf(position));
  sessions.sort((a, b) => windowOf(a) - windowOf(b) || (addressOf(a) < addressOf(b) ? -1 : 1));
  let series = NO_TRIES;
  const tried = new Set<number>();
  const signals: Signal[] = [];
  let triesAfter = 0;
  for (const position of sessions) {
    const window = windowOf(position);
    if (window - series.last > MEMORY_SECONDS) series = NO_TRIES;
    const whole = wholeOf(scored, position);
    const found = entryOf(scored, position, whole, series, tried.has(serverOf(position)));
    if (found !== undefined) {
      signals.push(signalOf(scored, position, found.series, found.longest));
      series = found.series;
      triesAfter = 0;
    } else {
      series = added(series, whole);
      tried.add(serverOf(position));
      if (window > (signals.at(-1)?.window ?? window)) triesAfter += whole.tries;
    }
  }
  // A program gets something long again and again; who has guessed a password goes in once.
  const isProgram = signals.some(({ window }, i) => i > 0 && window - signals[i - 1].window > 2 * windowSeconds);
  if (signals.length === 0 || isProgram) return [];
  // Who was there from the beginning and goes on as before is a program as well.
  const isNews = windowOf(sessions[0]) > scored.context.firstWindow;
  const hasStopped = triesAfter === 0 && scored.context.lastWindow - signals.at(-1)!.window >= 2 * windowSeconds;
  if (!isNews && !hasStopped) return [];
  const isGuessing = isNews && showsNews(scored) && meanProbability(scored, sessions, 'brute-force') >= FOREST_MIN;
  return signals.map((signal) => ({ ...signal, suffices: signal.suffices || isGuessing }));
}

/**
 * The long session among those at a position, after a flat series, and that series with the tries that stand with it. Where a session is cut into
 * records of unlike lengths, the tries beside it cannot be told from it: then the series before must be enough.
 */
function entryOf(scored: Scored, position: number, whole: Series, before: Series, wasTried: boolean) {
  const longest = longestOf(scored, position);
  // Short as a try of the shortest kind: nothing is longer than that by enough.
  if (longest < LONGER_MIN * PACKETS_MIN) return undefined;
  const tries = triesOf(scored, position, whole, longest);
  const series = [added(before, tries), before].find(isFlat);
  if (series === undefined || longest < LONGER_MIN * triesPackets(series)) return undefined;
  return tries.tries > 0 || wasTried ? { series, longest } : undefined;
}

function signalOf(scored: Scored, position: number, series: Series, longest: number): Signal {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  const clientIsOurs = (scored.context.traits[position] & TRAIT.clientIsOurs) !== 0;
  return {
    class: 'brute-force',
    type: 'brute-force-success',
    actor: words[at + W.client],
    actorIsVictim: false,
    scope: ANYBODY,
    window: words[at + W.window],
    suffices: !clientIsOurs && series.tries >= STRANGER_TRIES_MIN,
    positions: [position],
    observed: { packetsOfLongestSession: longest, alikeSessions: series.tries },
    expected: { packetsOfLongestSession: Math.round(LONGER_MIN * triesPackets(series)) },
  };
}

/** Typical packets of a try, client to server. */
const triesPackets = ({ logSum, tries }: Series) => 2 ** (logSum / tries / 16);

/** Spread of packets over the tries, in octaves; NaN where sums cannot be of any. */
function spreadOctaves({ tries, logSum, logSquares }: Series): number {
  const variance = logSquares / tries - (logSum / tries) ** 2;
  return variance < -ROUNDING ? Number.NaN : Math.sqrt(Math.max(0, variance)) / 16;
}

function isFlat(series: Series): boolean {
  return (
    series.tries >= TRIES_MIN && spreadOctaves(series) <= SPREAD_OCTAVES_MAX && triesPackets(series) >= PACKETS_MIN
  );
}

function wholeOf(scored: Scored, position: number): Series {
  const { words, floats } = scored.conversations;
  const at = wordOf(scored, position);
  return {
    tries: words[at + W.forwardFlows],
    logSum: floats[(at >> 1) + F.packetsLogSum],
    logSquares: floats[(at >> 1) + F.packetsLogSquares],
    last: words[at + W.window],
  };
}

/** Whether one connection is all of a conversation's window: it is cut into a record a minute. */
function isOne(scored: Scored, position: number): boolean {
  return isOnePort(scored.conversations.words[wordOf(scored, position) + W.clientPorts]);
}

/** Packets of the client in the longest session of a conversation. */
function longestOf(scored: Scored, position: number): number {
  const { words, floats } = scored.conversations;
  const at = wordOf(scored, position);
  return isOne(scored, position) ? floats[(at >> 1) + F.forwardPackets] : words[at + W.packetsMax];
}

/** The other sessions of a conversation. */
function triesOf(scored: Scored, position: number, whole: Series, longest: number): Series {
  if (isOne(scored, position)) return { ...NO_TRIES, last: whole.last };
  const log = log16(longest);
  const candidates = Array.from({ length: RECORDS_MAX }, (_, i) => without(whole, i + 1, log)).filter(
    (tries) => tries.tries > 0 && spreadOctaves(tries) >= 0,
  );
  return candidates.reduce((a, b) => (spreadOctaves(b) < spreadOctaves(a) ? b : a), without(whole, 1, log));
}

/** The series without so many records of one length. */
function without({ tries, logSum, logSquares, last }: Series, records: number, log: number): Series {
  return {
    tries: tries - records,
    logSum: logSum - records * log,
    logSquares: logSquares - records * log * log,
    last,
  };
}

const added = (a: Series, b: Series): Series => ({
  tries: a.tries + b.tries,
  logSum: a.logSum + b.logSum,
  logSquares: a.logSquares + b.logSquares,
  last: Math.max(a.last, b.last),
});
