/**
 * Beacons by their regularity, after RITA (Active Countermeasures): the gaps between connections and the bytes of each are alike.
 *
 * Sees: a host of ours that calls one place outside again and again at even times with even sizes, and began to within the time looked at.
 * Looks alike: updaters, telemetry, chat and push clients, and programs that poll an interface. Most of those have always called and are
 * called by several hosts, so what called from the beginning, or is called by many, is left alone; what a user starts anew is not. Pings and
 * retries against a dead host are as regular; ICMP and places that never answer are left out, and so are clients with many such places.
 */
import { F, SLOT_SECONDS, W } from '../conversations/row.ts';
import { windowSeconds } from '../limits.ts';
import { type Caller, callersOf } from './callers.ts';
import type { Detector, Signal } from './detector.ts';
import { hostsBefore } from './news.ts';
import { regularity } from './regularity.ts';
import { highestProbability, type Scored, wordOf } from './scored.ts';
import { grouped } from './sight.ts';

/** Moments of contact; RITA needs four connections, over a day. In an hour, fewer than eight prove nothing. */
export const CONTACTS_MIN = 8;

/** Windows with contact: twenty minutes show a habit. */
const WINDOWS_MIN = 4;

/**
 * Score from which on a caller counts as a beacon, 0 to 1, and the part of it that even gaps must have: sizes that are all alike are no rhythm. RITA's
 * second band begins at 0.7; here the forest has a say as well.
 */
const SCORE_MIN = 0.6;
const GAPS_SCORE_MIN = 0.65;

/** Share of our hosts that call outside which may call one place before it counts as popular: RITA's upper prevalence mark. */
export const CALLERS_SHARE_MAX = 0.5;

/** Windows from the first one looked at in which a caller must not have been seen yet: who was there before is no news. */
const QUIET_WINDOWS_MIN = 1;

/** Mean bytes of a contact, to the server: asking for orders is small, and large uploads are another class. */
export const CONTACT_BYTES_MAX = 65_536;

/**
 * Places that one client calls like a beacon from which on it is a peer-to-peer program that keeps its peers warm: an implant has one home, seldom
 * two or three. Skype and BitTorrent clients of a university had dozens to hundreds (CTU-13, scenario 6).
 */
export const HOMES_MAX = 3;

/**
 * Connections for each moment of contact, at most: an implant makes one to ask for orders, a browser several to load a page again. Where nearly all
 * moments have contact, calls are too close to be told apart.
 */
const CONNECTIONS_PER_CONTACT_MAX = 1.25;
const CROWDED_SHARE_MIN = 0.9;

/**
 * Probability that the forest must give command and control in one window for the test to be enough alone: it rules out what looks like everyday
 * traffic in every single window, as updaters, mail programs and pages that load themselves again do. People have several such pages open, which keep
 * time by a timer, and close them; an implant has one home, calls it for good, and shifts each call on purpose (Cobalt Strike's jitter): the only place
 * that a host begins to call like that and still calls in the run's last two windows, and one that is called at shifted times, need less. Chosen on
 * simulated networks.
 */
const FOREST_MIN = 0.98;
const SUSPECT_FOREST_MIN = 0.5;
const JITTERED_GAPS_SCORE_MAX = 0.95;
const LAST_WINDOWS = 2;

/**
 * Hosts of ours that begin to call one place alike within the run from which on the forest need only not rule out all of them: the home of several
 * implants, or a page that became known in an office. A host and the gateway that translates it are two already.
 */
const ALIKE_MIN = 3;
const ALIKE_FOREST_MIN = 0.1;

interface Beacon extends Caller {
  /** How even the gaps are, 0 to 1. */
  readonly gapsScore: number;
  /** Whether each call is one connection. */
  readonly isSingle: boolean;
  /** Start of its first and of its last window, Unix seconds. */
  readonly first: number;
  readonly last: number;
}

export const beacon: Detector = {
  name: 'beacon',
  source: 'regularity of gaps and sizes, after RITA',
  isForWholeRuns: true,
  alone: `where each call is one connection, and the forest gives command and control ${FOREST_MIN} or more in one of the windows, ${SUSPECT_FOREST_MIN} where the gaps vary, or where the host calls no other place so and does not stop, or ${ALIKE_FOREST_MIN} to one of ${ALIKE_MIN} hosts that begin to call one place`,
  detect(scored) {
    const { callers, callersOfService, clients } = callersOf(scored, WINDOWS_MIN);
    const popularFrom = Math.max(2, clients * CALLERS_SHARE_MAX);
    const regular = callers
      .filter(({ service }) => callersOfService[service] <= popularFrom)
      .flatMap((caller) => beaconOf(scored, caller) ?? []);
    const wasThere = hostsBefore(
      scored,
      regular.flatMap(({ positions }) => positions),
    );
    const beacons = regular.filter(({ client, first }) => wasThere(client, first));
    const homes = new Map<number, number>();
    for (const { client } of beacons) homes.set(client, (homes.get(client) ?? 0) + 1);
    const implants = beacons.filter(({ client }) => homes.get(client)! <= HOMES_MAX);
    const isOnly = (one: Beacon) => homes.get(one.client) === 1 && isGoingOn(scored, one);
    return [...grouped(implants, ({ service }) => service).values()].flatMap((alike) => {
      const likely = alike.map(({ positions }) => highestProbability(scored, positions, 'command-and-control'));
      const areAlike = alike.length >= ALIKE_MIN && Math.max(...likely) >= ALIKE_FOREST_MIN;
      return alike.flatMap((one, i) =>
        signalsOf(scored, one, one.isSingle && (areAlike || likely[i] >= forestMin(one, isOnly(one)))),
      );
    });
  },
};

/** Probability that the forest must give a caller, which may have no other home and still call. */
function forestMin({ gapsScore }: Beacon, isOnly: boolean): number {
  return isOnly || gapsScore < JITTERED_GAPS_SCORE_MAX ? SUSPECT_FOREST_MIN : FOREST_MIN;
}

function isGoingOn({ context }: Scored, { last }: Beacon): boolean {
  return last > context.lastWindow - LAST_WINDOWS * windowSeconds;
}

function beaconOf(scored: Scored, caller: Caller): Beacon | undefined {
  const { words, floats } = scored.conversations;
  const { positions } = caller;
  const moments = contactMoments(scored, positions);
  if (moments.length < CONTACTS_MIN) return undefined;
  const windows = positions.map((position) => words[wordOf(scored, position) + W.window]).sort((a, b) => a - b);
  const [first, last] = [windows[0], windows.at(-1)!];
  if (first < scored.context.firstWindow + QUIET_WINDOWS_MIN * windowSeconds) return undefined;
  const bytes = positions.reduce((sum, position) => sum + floats[(wordOf(scored, position) >> 1) + F.forwardBytes], 0);
  if (bytes / moments.length > CONTACT_BYTES_MAX) return undefined;
  const gapsScore = regularity(moments).score;
  const score = (gapsScore + sizeScore(scored, positions)) / 2;
  if (gapsScore < GAPS_SCORE_MIN || score < SCORE_MIN) return undefined;
  return { ...caller, gapsScore, isSingle: isSingle(scored, positions, moments), first, last };
}

function isSingle(scored: Scored, positions: readonly number[], moments: readonly number[]): boolean {
  const { words } = scored.conversations;
  const flows = positions.reduce((sum, position) => sum + words[wordOf(scored, position) + W.forwardFlows], 0);
  const slots = (moments.at(-1)! - moments[0]) / SLOT_SECONDS + 1;
  return flows <= CONNECTIONS_PER_CONTACT_MAX * moments.length || moments.length >= CROWDED_SHARE_MIN * slots;
}

/** Start of the slots with contact, Unix seconds, in order. */
function contactMoments(scored: Scored, positions: readonly number[]): number[] {
  const { words } = scored.conversations;
  const moments: number[] = [];
  for (const position of positions) {
    const at = wordOf(scored, position);
    for (let slot = 0; slot < 60; slot++) {
      const word = words[at + (slot < 30 ? W.slotsLow : W.slotsHigh)];
      if ((word >>> (slot % 30)) & 1) moments.push(words[at + W.window] + slot * SLOT_SECONDS);
    }
  }
  return moments.sort((a, b) => a - b);
}

/** 1 where all flows have the same bytes, 0 where their standard deviation is an octave or more. */
function sizeScore(scored: Scored, positions: readonly number[]): number {
  const { words, floats } = scored.conversations;
  let flows = 0;
  let sum = 0;
  let squares = 0;
  for (const position of positions) {
    const at = wordOf(scored, position);
    flows += words[at + W.forwardFlows];
    sum += floats[(at >> 1) + F.bytesLogSum];
    squares += floats[(at >> 1) + F.bytesLogSquares];
  }
  const mean = sum / flows;
  return Math.max(0, 1 - Math.sqrt(Math.max(0, squares / flows - mean * mean)) / 16);
}

/** One for each window. */
function signalsOf(scored: Scored, { client, server, positions }: Beacon, suffices: boolean): Signal[] {
  const { words } = scored.conversations;
  return positions.map((position) => ({
    class: 'command-and-control',
    actor: client,
    actorIsVictim: false,
    scope: server,
    window: words[wordOf(scored, position) + W.window],
    suffices,
    positions: [position],
  }));
}
