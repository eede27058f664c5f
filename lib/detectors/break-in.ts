/**
 * Guessing that succeeded (Hofstede, Hendriks, Sperotto, Pras: SSH Compromise Detection using NetFlow/IPFIX, ACM CCR 2014; the tool
 * SSHCure): a flat series of sessions, then one of the same client with clearly more in it.
 *
 * Sees: a client that makes many short, alike sessions to a login service, and one that is at least three times as long within half an hour.
 * Looks alike: programs that fetch over SSH on a schedule and now and then get something new (that comes again and again, so more than one
 * long session apart from each other is taken for a program, and so is what was there from the first window on and goes on after it), and a
 * forgotten password that is remembered. So it bears out what says guessing; alone it is enough only for a stranger who failed as often as Zeek asks for.
 */
import { F, log16, W } from '../conversations/row.ts';
import { PairNumbers } from '../features/pair-numbers.ts';
import { windowSeconds } from '../limits.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { type Scored, wordOf } from './scored.ts';
import { isLoginService, portOf } from './services.ts';
import { grouped, positionsOn, type Sight, sightsAt } from './sight.ts';

/** Alike sessions before the long one; Slips reports guessing from 9 on. */
const TRIES_MIN = 10;

/** Alike sessions of a stranger from which on the test is enough alone: Zeek's 30 failures in half an hour. */
const STRANGER_TRIES_MIN = 30;

/** Spread of packets per session, in octaves, up to which a series is flat; as in flatness.ts. */
const SPREAD_OCTAVES_MAX = 0.5;

/** Packets of the long session over those of a try: four deviations of the widest flat series, 2^(4 × 0.5). */
const LONGER_MIN = 4;

/** Seconds between a try and the long session; Zeek forgets failures after half an hour. */
const MEMORY_SECONDS = 1_800;

/** Records that one session may have in a window of five minutes, at one a minute. */
const RECORDS_MAX = 5;

/** What a variance may fall below 0 by rounding. */
const ROUNDING = 1e-6;

/** FTP programs open hundreds of alike sessions for a folder of files, and a longer one for a large file. */
const FTP_PORT = 21;

/** Packets per try, client to server: a scan's touch is below. */
const PACKETS_MIN = 4;

export const breakIn: Detector = {
  name: 'break-in',
  source: 'a longer session after a flat series, Hofstede and others 2014 (SSHCure)',
  alone: `for a stranger after ${STRANGER_TRIES_MIN} alike sessions`,
  detect(scored) {
    const sessions = sightsAt(scored, ofManyFlows(scored), isSession);
    const groups = grouped(sessions, ({ client, service }) => `${client}/${service}`);
    return [...groups.values()].flatMap((group) => signalsOf(scored, group));
  },
};

/** Positions of clients with more flows on the service than tries are asked for: hardly any has, and the others need no closer look. */
function ofManyFlows(scored: Scored): number[] {
  const { words } = scored.conversations;
  const positions = positionsOn(scored, { isService: isGuarded, isFailure: false });
  const numbers = new PairNumbers(positions.length);
  const flows = new Uint32Array(positions.length);
  const clients = positions.map((position) => {
    const at = wordOf(scored, position);
    const client = numbers.number(words[at + W.client], words[at + W.service]);
    flows[client] += words[at + W.forwardFlows];
    return client;
  });
  return positions.filter((_, i) => flows[clients[i]] > TRIES_MIN);
}

/** Services with logins for anybody, FTP aside. */
function isGuarded(service: number): boolean {
  return isLoginService(service, false) && portOf(service) !== FTP_PORT;
}

function isSession({ service, clientIsOurs, packetsSent }: Sight): boolean {
  return isLoginService(service, clientIsOurs) && packetsSent > 0;
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

function signalsOf(scored: Scored, sessions: Sight[]): Signal[] {
  const { addresses } = scored.conversations.names;
  // By address and not by its code, which depends on the order of reading.
  const byAddress = (a: Sight, b: Sight) => (addresses.format(a.server) < addresses.format(b.server) ? -1 : 1);
  sessions.sort((a, b) => a.window - b.window || byAddress(a, b));
  let series = NO_TRIES;
  const tried = new Set<number>();
  const signals: Signal[] = [];
  let triesAfter = 0;
  for (const sight of sessions) {
    if (sight.window - series.last > MEMORY_SECONDS) series = NO_TRIES;
    const { longest, tries } = partsOf(scored, sight);
    const all = added(series, tries);
    if (isFlat(all) && longest >= LONGER_MIN * triesPackets(all) && (tries.tries > 0 || tried.has(sight.server))) {
      signals.push(signalOf(sight, all, longest));
      series = all;
      triesAfter = 0;
    } else {
      series = added(series, wholeOf(scored, sight));
      tried.add(sight.server);
      if (sight.window > (signals.at(-1)?.window ?? sight.window)) triesAfter += wholeOf(scored, sight).tries;
    }
  }
  // A program gets something long again and again; who has guessed a password goes in once.
  const isProgram = signals.some(({ window }, i) => i > 0 && window - signals[i - 1].window > 2 * windowSeconds);
  if (signals.length === 0 || isProgram) return [];
  // Who was there from the beginning and goes on as before is a program as well.
  const isNews = sessions[0].window > scored.context.firstWindow;
  const hasStopped = triesAfter === 0 && scored.context.lastWindow - signals.at(-1)!.window >= 2 * windowSeconds;
  return isNews || hasStopped ? signals : [];
}

function signalOf({ client, clientIsOurs, window, position }: Sight, series: Series, longest: number): Signal {
  return {
    class: 'brute-force',
    type: 'brute-force-success',
    actor: client,
    actorIsVictim: false,
    scope: ANYBODY,
    window,
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

function wholeOf(scored: Scored, { position, window }: Sight): Series {
  const { words, floats } = scored.conversations;
  const at = wordOf(scored, position);
  return {
    tries: words[at + W.forwardFlows],
    logSum: floats[(at >> 1) + F.packetsLogSum],
    logSquares: floats[(at >> 1) + F.packetsLogSquares],
    last: window,
  };
}

/** The longest session of a conversation, in packets of the client, and the others. */
function partsOf(scored: Scored, sight: Sight): { longest: number; tries: Series } {
  const { words } = scored.conversations;
  const at = wordOf(scored, sight.position);
  const ports = words[at + W.clientPorts];
  // One connection is cut into a record a minute: all of the window is its.
  const isOne = (ports & 0xffff) === ports >>> 16;
  if (isOne) return { longest: sight.packetsSent, tries: { ...NO_TRIES, last: sight.window } };
  const longest = words[at + W.packetsMax];
  const log = log16(longest);
  const whole = wholeOf(scored, sight);
  const candidates = Array.from({ length: RECORDS_MAX }, (_, i) => without(whole, i + 1, log)).filter(
    (tries) => tries.tries > 0 && spreadOctaves(tries) >= 0,
  );
  const tries = candidates.reduce((a, b) => (spreadOctaves(b) < spreadOctaves(a) ? b : a), without(whole, 1, log));
  return { longest, tries };
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
