/**
 * Beacons by their regularity, after RITA (Active Countermeasures): the gaps between connections and the bytes of each are alike.
 *
 * Sees: a host of ours that calls one place outside again and again at even times with even sizes, and began to within the time looked at.
 * Looks alike: updaters, telemetry, chat and push clients, and programs that poll an interface. Most of those have always called and are
 * called by several hosts, so what called from the beginning, or is called by many, is left alone; what a user starts anew is not. Pings and
 * retries against a dead host are as regular; ICMP and places that never answer are left out, and so are clients with many such places.
 */
import { F, SLOT_SECONDS, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { PairNumbers } from '../features/pair-numbers.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import { windowSeconds } from '../limits.ts';
import type { Detector, Signal } from './detector.ts';
import { regularity } from './regularity.ts';
import { highestProbability, type Scored, wordOf } from './scored.ts';
import { isTimeOrNothing } from './services.ts';
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
 * Probability that the forest must give command and control in one window for the test to be enough alone: it rules out what looks like everyday
 * traffic in every single window, as updaters, mail programs and pages that load themselves again do. Those keep time by a timer, and implants
 * shift each call on purpose so as not to (Cobalt Strike's jitter): whose gaps vary needs less. Chosen on simulated networks, also on ones whose
 * pages are as small as an implant's calls.
 */
const FOREST_MIN = 0.9;
const JITTERED_FOREST_MIN = 0.5;
const JITTERED_GAPS_SCORE_MAX = 0.95;

export function forestMin(gapsScore: number): number {
  return gapsScore < JITTERED_GAPS_SCORE_MAX ? JITTERED_FOREST_MIN : FOREST_MIN;
}

/**
 * Hosts of ours that begin to call one place alike within the run from which on the forest need only give half as much to one of them: the home of
 * several implants. A host and the gateway that translates it are two already. Chosen on simulated networks.
 */
const ALIKE_MIN = 3;
const ALIKE_FOREST_MIN = 0.5;

/** A client of ours with its conversations with one service of one stranger. */
interface Caller {
  readonly client: number;
  readonly server: number;
  /** Number of the service among all; callers of one service share it. */
  readonly service: number;
  readonly positions: number[];
}

interface Beacon extends Caller {
  /** How even the gaps are, 0 to 1. */
  readonly gapsScore: number;
}

export const beacon: Detector = {
  name: 'beacon',
  source: 'regularity of gaps and sizes, after RITA',
  isForWholeRuns: true,
  alone: `where the forest gives command and control ${FOREST_MIN} or more in one of the windows, ${JITTERED_FOREST_MIN} where the gaps vary, or ${ALIKE_FOREST_MIN} to one of ${ALIKE_MIN} hosts that begin to call one place`,
  detect(scored) {
    const began = scored.context.firstWindow;
    const { callers, callersOfService, clients } = callersOf(scored);
    const popularFrom = Math.max(2, clients * CALLERS_SHARE_MAX);
    const beacons = callers
      .filter(({ service }) => callersOfService[service] <= popularFrom)
      .flatMap((caller) => beaconOf(scored, caller, began) ?? []);
    const homes = new Map<number, number>();
    for (const { client } of beacons) homes.set(client, (homes.get(client) ?? 0) + 1);
    const implants = beacons.filter(({ client }) => homes.get(client)! <= HOMES_MAX);
    return [...grouped(implants, ({ service }) => service).values()].flatMap((alike) => signalsOf(scored, alike));
  },
};

/** Callers seen in WINDOWS_MIN windows, how many callers each service has, and the number of clients that call outside at all. */
function callersOf(scored: Scored) {
  const { words } = scored.conversations;
  const calls = callsOf(scored);
  const clients = new Set<number>();
  const services = new PairNumbers(calls.length);
  const callsOfService = new Uint32Array(calls.length);
  const serviceOf = calls.map((position) => {
    const at = wordOf(scored, position);
    clients.add(words[at + W.client]);
    const service = services.number(words[at + W.server], words[at + W.service]);
    callsOfService[service]++;
    return service;
  });
  const numbers = new PairNumbers(calls.length);
  const callersOfService = new Uint32Array(services.size);
  const windows = new Uint32Array(calls.length);
  const callerOf = calls.map((position, i) => {
    // Most services are called too seldom for any of their callers to be one.
    if (callsOfService[serviceOf[i]] < WINDOWS_MIN) return -1;
    const known = numbers.size;
    const number = numbers.number(serviceOf[i], words[wordOf(scored, position) + W.client]);
    if (number === known) callersOfService[serviceOf[i]]++;
    windows[number]++;
    return number;
  });
  const habitual = calls.map((_, i) => i).filter((i) => callerOf[i] >= 0 && windows[callerOf[i]] >= WINDOWS_MIN);
  const callers = [...grouped(habitual, (i) => callerOf[i]).values()].map((ofCaller): Caller => {
    const at = wordOf(scored, calls[ofCaller[0]]);
    return {
      client: words[at + W.client],
      server: words[at + W.server],
      service: serviceOf[ofCaller[0]],
      positions: ofCaller.map((i) => calls[i]),
    };
  });
  return { callers, callersOfService, clients: clients.size };
}

/** Positions of answered calls of ours to strangers. */
function callsOf(scored: Scored): number[] {
  const calls: number[] = [];
  for (let position = 0; position < scored.rows.length; position++) {
    // All three traits are known: not failed, of ours, to a stranger.
    if (scored.context.traits[position] !== TRAIT.clientIsOurs) continue;
    if (isCall(scored, wordOf(scored, position))) calls.push(position);
  }
  return calls;
}

/** Whether the row is a call of a program. A settled row is the only one of its caller in its window. */
function isCall(scored: Scored, at: number): boolean {
  const { words, floats } = scored.conversations;
  const bytesPerPacket = floats[(at >> 1) + F.forwardBytes] / floats[(at >> 1) + F.forwardPackets];
  const protocol = words[at + W.service] >>> 16;
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return false;
  if (words[at + W.forwardFlows] === 0 || words[at + W.members] > 0) return false;
  return !isTimeOrNothing(words[at + W.service], bytesPerPacket);
}

function beaconOf(scored: Scored, caller: Caller, began: number): Beacon | undefined {
  const { words, floats } = scored.conversations;
  const { positions } = caller;
  const moments = contactMoments(scored, positions);
  if (moments.length < CONTACTS_MIN) return undefined;
  const first = words[wordOf(scored, positions[0]) + W.window];
  const earliest = positions.reduce(
    (least, position) => Math.min(least, words[wordOf(scored, position) + W.window]),
    first,
  );
  if (earliest < began + QUIET_WINDOWS_MIN * windowSeconds) return undefined;
  const bytes = positions.reduce((sum, position) => sum + floats[(wordOf(scored, position) >> 1) + F.forwardBytes], 0);
  if (bytes / moments.length > CONTACT_BYTES_MAX) return undefined;
  const gapsScore = regularity(moments).score;
  const score = (gapsScore + sizeScore(scored, positions)) / 2;
  return gapsScore >= GAPS_SCORE_MIN && score >= SCORE_MIN ? { ...caller, gapsScore } : undefined;
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

/** Of the callers of one service. */
function signalsOf(scored: Scored, callers: readonly Beacon[]): Signal[] {
  const { words } = scored.conversations;
  const likely = callers.map(({ positions }) => highestProbability(scored, positions, 'command-and-control'));
  const areAlike = callers.length >= ALIKE_MIN && Math.max(...likely) >= ALIKE_FOREST_MIN;
  return callers.flatMap(({ client, server, positions, gapsScore }, i) =>
    positions.map((position) => ({
      class: 'command-and-control' as const,
      actor: client,
      actorIsVictim: false,
      scope: server,
      window: words[wordOf(scored, position) + W.window],
      suffices: areAlike || likely[i] >= forestMin(gapsScore),
      positions: [position],
    })),
  );
}
