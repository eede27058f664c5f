/**
 * The groups that give a conversation its context, counted exactly in one pass over the settled conversations of a run. Groups
 * never cross a window: what a client did five minutes ago is history, and history is another module's.
 */
import type { Conversations } from '../conversations/conversations.ts';
import { PairNumbers } from '../conversations/pair-numbers.ts';
import { F, ROW_WORDS, W } from '../conversations/row.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import { windowSeconds } from '../limits.ts';
import { isFailure } from './failure.ts';

/** What a row is by itself, as bits: asked for so often that it is worked out once. */
export const TRAIT = { failed: 1, clientIsOurs: 2, serverIsOurs: 4 } as const;

/**
 * Groups of every settled row and their totals. `client[i]` is the number of the group of `rows[i]` and indexes `clientPeers` and
 * so on. A rest row counts for as many conversations as it has taken in.
 */
export class Context {
  /** Number of different windows. */
  readonly windows: number;
  /**
   * Start of the first and of the last window of the run, Unix seconds: who was there already is no news. A few records that are late or of a broken
   * clock are no part of it. Infinite and 0 without any.
   */
  readonly firstWindow: number;
  readonly lastWindow: number;
  /** TRAITs of every row. */
  readonly traits: Uint8Array;
  /** All conversations of the client in the window. */
  readonly client: Uint32Array;
  readonly clientConversations: Uint32Array;
  readonly clientFailures: Uint32Array;
  readonly clientInternal: Uint32Array;
  readonly clientPeers: Uint32Array;
  readonly clientServices: Uint32Array;
  /** Largest number of the client's conversations on one service, and with one server. */
  readonly clientLargestService: Uint32Array;
  readonly clientLargestPeer: Uint32Array;
  readonly clientForwardBytes: Float64Array;
  /** All conversations of the server in the window. */
  readonly server: Uint32Array;
  readonly serverPeers: Uint32Array;
  /** Conversations of the two hosts, one per service. */
  readonly pair: Uint32Array;
  readonly pairConversations: Uint32Array;
  readonly pairFailures: Uint32Array;
  /** Conversations of the client on this service, one per server. */
  readonly sweep: Uint32Array;
  readonly sweepConversations: Uint32Array;
  readonly sweepFailures: Uint32Array;
  /** Conversations of the server on this service, one per client. */
  readonly service: Uint32Array;
  readonly serviceConversations: Uint32Array;
  readonly serviceFailures: Uint32Array;
  readonly serviceForwardPackets: Float64Array;

  constructor(conversations: Conversations, rows: Uint32Array, ours: NetworkSet) {
    const length = rows.length;
    const numbers = () => new Uint32Array(length);
    const column = (word: number) => columnOf(conversations, rows, word);
    const numbered = (first: Uint32Array, second: Uint32Array) => new PairNumbers(length).numberAll(first, second);
    const window = column(W.window);
    const service = column(W.service);
    this.client = numbered(window, column(W.client));
    this.server = numbered(window, column(W.server));
    this.pair = numbered(this.client, this.server);
    this.sweep = numbered(this.client, service);
    this.service = numbered(this.server, service);
    const windows = [...different(window)];
    this.windows = windows.length;
    [this.firstWindow, this.lastWindow] = runOf(windows, window);
    this.traits = new Uint8Array(length);
    this.clientConversations = numbers();
    this.clientFailures = numbers();
    this.clientInternal = numbers();
    this.clientPeers = numbers();
    this.clientServices = numbers();
    this.clientLargestService = numbers();
    this.clientLargestPeer = numbers();
    this.clientForwardBytes = new Float64Array(length);
    this.serverPeers = numbers();
    this.pairConversations = numbers();
    this.pairFailures = numbers();
    this.sweepConversations = numbers();
    this.sweepFailures = numbers();
    this.serviceConversations = numbers();
    this.serviceFailures = numbers();
    this.serviceForwardPackets = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      this.traits[i] = traitsOf(conversations, rows[i] * ROW_WORDS, ours);
      this.#count(conversations, rows[i] * ROW_WORDS, i);
    }
    this.#relate();
  }

  #count({ words, floats }: Conversations, at: number, i: number): void {
    const client = this.client[i];
    const service = this.service[i];
    const members = words[at + W.members] || 1;
    this.clientConversations[client] += members;
    this.pairConversations[this.pair[i]] += members;
    this.sweepConversations[this.sweep[i]] += members;
    this.serviceConversations[service] += members;
    if ((this.traits[i] & TRAIT.failed) !== 0) {
      this.clientFailures[client] += members;
      this.pairFailures[this.pair[i]] += members;
      this.sweepFailures[this.sweep[i]] += members;
      this.serviceFailures[service] += members;
    }
    if ((this.traits[i] & TRAIT.serverIsOurs) !== 0) this.clientInternal[client] += members;
    this.clientForwardBytes[client] += floats[(at >> 1) + F.forwardBytes];
    this.serviceForwardPackets[service] += floats[(at >> 1) + F.forwardPackets];
  }

  /** Counts distinct peers and services: each pair is one peer of its client and its server, each sweep one service. */
  #relate(): void {
    const length = this.client.length;
    const pairSeen = new Uint8Array(length);
    const sweepSeen = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const client = this.client[i];
      const pair = this.pair[i];
      const sweep = this.sweep[i];
      if (pairSeen[pair] === 0) {
        pairSeen[pair] = 1;
        this.clientPeers[client]++;
        this.serverPeers[this.server[i]]++;
        const conversations = this.pairConversations[pair];
        if (conversations > this.clientLargestPeer[client]) this.clientLargestPeer[client] = conversations;
      }
      if (sweepSeen[sweep] === 0) {
        sweepSeen[sweep] = 1;
        this.clientServices[client]++;
        const conversations = this.sweepConversations[sweep];
        if (conversations > this.clientLargestService[client]) this.clientLargestService[client] = conversations;
      }
    }
  }
}

/** One word of every row. */
function columnOf({ words }: Conversations, rows: Uint32Array, word: number): Uint32Array {
  const column = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) column[i] = words[rows[i] * ROW_WORDS + word];
  return column;
}

/** The different values of a column in which equal ones mostly stand together. */
/** Seconds between windows that belong together, at most: two silent windows lie between. */
const STRETCH_GAP_SECONDS = 3 * windowSeconds;

/** Share of all rows below which what lies apart from the others is astray. */
const ASTRAY_SHARE = 0.01;

/** The first and the last of the windows that are not astray; `column` has the window of every row. */
function runOf(windows: readonly number[], column: Uint32Array): [number, number] {
  const stretches: number[][] = [];
  for (const window of windows.toSorted((a, b) => a - b)) {
    const stretch = stretches.at(-1);
    if (stretch !== undefined && window - stretch.at(-1)! <= STRETCH_GAP_SECONDS) stretch.push(window);
    else stretches.push([window]);
  }
  const kept = stretches.length < 2 ? stretches : crowded(stretches, column);
  return [kept[0]?.[0] ?? Number.POSITIVE_INFINITY, kept.at(-1)?.at(-1) ?? 0];
}

function crowded(stretches: readonly number[][], column: Uint32Array): readonly number[][] {
  const stretchOf = new Map(stretches.flatMap((windows, i) => windows.map((window) => [window, i] as const)));
  const rows = new Uint32Array(stretches.length);
  for (const window of column) rows[stretchOf.get(window)!]++;
  return stretches.filter((_, i) => rows[i] >= ASTRAY_SHARE * column.length);
}

function different(column: Uint32Array): Set<number> {
  const values = new Set<number>();
  for (let i = 0; i < column.length; i++) if (i === 0 || column[i] !== column[i - 1]) values.add(column[i]);
  return values;
}

function traitsOf({ words, floats, names }: Conversations, at: number, ours: NetworkSet): number {
  return (
    (isFailure(words, floats, at) ? TRAIT.failed : 0) |
    (ours.has(words[at + W.client], names.addresses) ? TRAIT.clientIsOurs : 0) |
    (ours.has(words[at + W.server], names.addresses) ? TRAIT.serverIsOurs : 0)
  );
}
