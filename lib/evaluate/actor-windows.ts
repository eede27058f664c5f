/**
 * Conversations gathered by actor and window, which is what an alert is about.
 *
 * The actor is the client; for a denial of service on a service of ours with five clients or more it is the victim, the server. This and the
 * conversations that a class needs are the rules of the forest detector: each of its signals is a flagged actor-window. What it asks for
 * besides, of rates, tries and other witnesses, is not in the scores; findings tell that.
 */

import { PairNumbers } from '../conversations/pair-numbers.ts';
import { CONVERSATIONS_MIN } from '../detectors/forest.ts';
import { VICTIM_CLIENTS_MIN } from '../detectors/scored.ts';
import type { ModelClass } from '../model/manifest.ts';
import type { ScoreTable } from './score-table.ts';

/** Conversations that a class needs before the forest detector believes it. */
export function conversationsMin(name: ModelClass): number {
  return name === 'benign' ? 1 : CONVERSATIONS_MIN[name];
}

export interface ActorWindows {
  readonly count: number;
  /** Actor-window of each conversation. */
  readonly of: Uint32Array;
  /** By actor-window. */
  readonly window: Uint32Array;
  readonly actor: Uint32Array;
  readonly isVictim: Uint8Array;
}

/** Dense numbers of values. */
export function numbered(values: Iterable<number>): Map<number, number> {
  const numbers = new Map<number, number>();
  for (const value of values) if (!numbers.has(value)) numbers.set(value, numbers.size);
  return numbers;
}

/** 1 for every conversation of a service of ours that has enough clients in its window for a flood to be the victim's. */
export function crowdedServices(
  { length, window, server, service }: ScoreTable,
  isOurs: (address: number) => boolean,
): Uint8Array {
  const windows = numbered(window);
  const servers = new PairNumbers(length);
  const services = new PairNumbers(length);
  const serviceOf = new Uint32Array(length);
  for (let row = 0; row < length; row++) {
    const ofServer = servers.number(windows.get(window[row])!, server[row]);
    serviceOf[row] = services.number(ofServer, service[row]);
  }
  const clients = new Uint32Array(services.size);
  for (const number of serviceOf) clients[number]++;
  return Uint8Array.from(serviceOf, (number, row) =>
    Number(clients[number] >= VICTIM_CLIENTS_MIN && isOurs(server[row])),
  );
}

/** Gathers conversations by window and actor; the actor of those in `isVictims` is the server, of all others the client. */
export function actorWindows({ length, window, client, server }: ScoreTable, isVictims?: Uint8Array): ActorWindows {
  const windows = numbered(window);
  const numbers = new PairNumbers(length);
  const of = new Uint32Array(length);
  const firsts: number[] = [];
  for (let row = 0; row < length; row++) {
    const victim = isVictims?.[row] ?? 0;
    const actor = victim === 1 ? server[row] : client[row];
    const unit = numbers.number(windows.get(window[row])! * 2 + victim, actor);
    if (unit === firsts.length) firsts.push(row);
    of[row] = unit;
  }
  const isVictim = Uint8Array.from(firsts, (row) => isVictims?.[row] ?? 0);
  return {
    count: firsts.length,
    of,
    window: Uint32Array.from(firsts, (row) => window[row]),
    actor: Uint32Array.from(firsts, (row, unit) => (isVictim[unit] === 1 ? server[row] : client[row])),
    isVictim,
  };
}

/**
 * The score of every actor-window for a class: the highest threshold at which it would still be flagged, that is the n-th largest
 * probability among its conversations, n being what the class needs; 0 where it has fewer. Only `rows` count.
 */
export function classScores(
  { of, count }: ActorWindows,
  table: ScoreTable,
  column: number,
  rows: Uint8Array,
): Float32Array {
  const width = table.classes.length;
  const needed = conversationsMin(table.classes[column]);
  const highest = new Float32Array(count * needed);
  for (let row = 0; row < table.length; row++) {
    if (rows[row] === 0) continue;
    const probability = table.probabilities[row * width + column];
    const begin = of[row] * needed;
    let place = begin + needed - 1;
    if (probability <= highest[place]) continue;
    for (; place > begin && highest[place - 1] < probability; place--) highest[place] = highest[place - 1];
    highest[place] = probability;
  }
  return Float32Array.from({ length: count }, (_, unit) => highest[(unit + 1) * needed - 1]);
}

/** 1 for every actor-window that holds enough conversations with the verdict. Only `rows` count. */
export function flaggedWindows(
  { of, count }: ActorWindows,
  table: ScoreTable,
  column: number,
  rows: Uint8Array,
): Uint8Array {
  const verdicts = new Uint32Array(count);
  for (let row = 0; row < table.length; row++) {
    if (rows[row] === 1 && table.verdict[row] === column) verdicts[of[row]]++;
  }
  return Uint8Array.from(verdicts, (number) => Number(number >= conversationsMin(table.classes[column])));
}

/** 1 for every actor-window that holds a conversation for which `fits` is true. */
export function holding({ of, count }: ActorWindows, fits: (row: number) => boolean): Uint8Array {
  const held = new Uint8Array(count);
  for (let row = 0; row < of.length; row++) if (fits(row)) held[of[row]] = 1;
  return held;
}
