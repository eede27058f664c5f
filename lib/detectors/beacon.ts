/**
 * Beacons by the regularity of their gaps, after RITA (Active Countermeasures). Sizes are the forest's to judge: an order now and then spoils them.
 *
 * Sees: a host of ours that calls one place outside again and again at more or less even times, and began to within the time looked at.
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
import { HTTP } from './services.ts';
import { grouped } from './sight.ts';

/** Moments of contact; RITA needs four connections, over a day. In an hour, fewer than eight prove nothing. */
export const CONTACTS_MIN = 8;

/** Windows with contact: twenty minutes show a habit. */
const WINDOWS_MIN = 4;

/**
 * How even gaps must be, 0 to 1. Far below RITA's bands, which begin at 0.7 for gaps and sizes together: calls that are shifted by a half leave no more,
 * and the forest has a say as well.
 */
const GAPS_SCORE_MIN = 0.5;

/**
 * Share of our hosts that call outside which may call one place before it counts as popular: RITA's upper prevalence mark. Where most of its callers began
 * alike within the run, it has only just become so.
 */
export const CALLERS_SHARE_MAX = 0.5;

/** Windows from the first one looked at in which a caller must not have been seen yet: who was there before is no news. */
const QUIET_WINDOWS_MIN = 1;

/** Mean bytes of a contact, to the server: asking for orders is small, and large uploads are another class. */
export const CONTACT_BYTES_MAX = 65_536;

/**
 * Places that one client calls like a beacon, and that the forest does not rule out, at most: an implant has one home, seldom two or three. Beyond it is a
 * peer-to-peer program that keeps its peers warm; Skype and BitTorrent clients of a university had dozens to hundreds (CTU-13, scenario 6).
 */
export const HOMES_MAX = 3;

/**
 * Connections for each moment of contact, at most: an implant makes one to ask for orders, a browser several to load a page again. Where nearly all
 * moments have contact, calls are too close to be told apart.
 */
const CONNECTIONS_PER_CONTACT_MAX = 1.25;
const CROWDED_SHARE_MIN = 0.9;

/**
 * Probability that the forest must give command and control in one window for the test to be enough alone, by what a caller is like. Over plain HTTP far
 * more: pages that load themselves again are like an implant's calls in each window.
 *
 * People have several such pages open, which keep time by a timer, and close them. An implant has one home, calls it for good, and shifts each call on purpose
 * (Cobalt Strike's jitter): suspects are the only place that a host begins to call like that and still calls in the run's last two windows, and one that is
 * called at shifted times by a host with few such places; peer-to-peer programs have dozens. Chosen, as all of it, on simulated networks.
 */
const FOREST_MIN = { suspect: 0.1, other: 0.2 } as const;
const HTTP_FOREST_MIN = { suspect: 0.4, other: 0.8 } as const;
const JITTERED_GAPS_SCORE_MAX = 0.95;
const JITTERED_HOMES_MAX = 5;
const LAST_WINDOWS = 2;

/** Below, the forest rules a home of implants out. */
const RULED_OUT_BELOW = 0.05;

/**
 * Hosts of ours that begin to call one place alike within the run from which on the forest need only not rule out all of them: the home of several
 * implants, or a page that became known in an office. A host and the gateway that translates it are two already.
 */
const ALIKE_MIN = 3;

interface Beacon extends Caller {
  /** Whether it is called over plain HTTP. */
  readonly isHttp: boolean;
  /** How even the gaps are, 0 to 1. */
  readonly gapsScore: number;
  /** Highest probability that the forest gives command and control in a window. */
  readonly likely: number;
  /** Whether each call is one connection. */
  readonly isSingle: boolean;
  /** Start of its first and of its last window, Unix seconds. */
  readonly first: number;
  readonly last: number;
}

export const beacon: Detector = {
  name: 'beacon',
  source: 'regularity of gaps, after RITA',
  isForWholeRuns: true,
  alone: `where each call is one connection, and the forest gives command and control ${FOREST_MIN.other} or more in one of the windows (over plain HTTP ${HTTP_FOREST_MIN.other}), ${FOREST_MIN.suspect} (${HTTP_FOREST_MIN.suspect}) where the gaps vary and the host calls at most ${JITTERED_HOMES_MAX} places so, or where it calls no other place so and does not stop, or ${RULED_OUT_BELOW} to one of ${ALIKE_MIN} hosts that begin to call one place`,
  detect(scored) {
    const { callers, callersOfService, clients } = callersOf(scored, WINDOWS_MIN);
    const popularFrom = Math.max(2, clients * CALLERS_SHARE_MAX);
    const regular = callers.flatMap((caller) => beaconOf(scored, caller) ?? []);
    const wasThere = hostsBefore(
      scored,
      regular.flatMap(({ positions }) => positions),
    );
    const begun = regular.filter(({ client, first }) => wasThere(client, first));
    const isPopular = ([{ service }, ...others]: readonly Beacon[]) =>
      callersOfService[service] > Math.max(popularFrom, 2 * others.length + 1);
    const beacons = [...grouped(begun, ({ service }) => service).values()].filter((alike) => !isPopular(alike)).flat();
    const homes = countsOf(beacons);
    const likelyHomes = countsOf(beacons.filter(({ likely }) => likely >= RULED_OUT_BELOW));
    const implants = beacons.filter(({ client }) => (likelyHomes.get(client) ?? 0) <= HOMES_MAX);
    const isSuspect = (one: Beacon) =>
      (homes.get(one.client) === 1 && isGoingOn(scored, one)) ||
      (one.gapsScore < JITTERED_GAPS_SCORE_MAX && homes.get(one.client)! <= JITTERED_HOMES_MAX);
    return [...grouped(implants, ({ service }) => service).values()].flatMap((alike) => {
      const areAlike = alike.length >= ALIKE_MIN && alike.some(({ likely }) => likely >= RULED_OUT_BELOW);
      return alike.flatMap((one) =>
        signalsOf(scored, one, one.isSingle && (areAlike || one.likely >= forestMin(one, isSuspect(one)))),
      );
    });
  },
};

/** Number of beacons of each client. */
function countsOf(beacons: readonly Beacon[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { client } of beacons) counts.set(client, (counts.get(client) ?? 0) + 1);
  return counts;
}

function forestMin({ isHttp }: Beacon, isSuspect: boolean): number {
  const minimum = isHttp ? HTTP_FOREST_MIN : FOREST_MIN;
  return isSuspect ? minimum.suspect : minimum.other;
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
  if (gapsScore < GAPS_SCORE_MIN) return undefined;
  const isHttp = words[wordOf(scored, positions[0]) + W.service] === HTTP;
  const likely = highestProbability(scored, positions, 'command-and-control');
  return { ...caller, isHttp, gapsScore, likely, isSingle: isSingle(scored, positions, moments), first, last };
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
