/**
 * The groups that give a conversation its context, counted exactly in one pass over the settled conversations of a run. Groups
 * never cross a window: what a client did five minutes ago is history, and history is another module's.
 */
import type { Conversations } from '../conversations/conversations.ts';
import { F, ROW_WORDS, W } from '../conversations/row.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import { isFailure } from './failure.ts';
import { PairNumbers } from './pair-numbers.ts';

/** What a row is by itself, as bits: asked for so often that it is worked out once. */
export const TRAIT = { failed: 1, clientIsOurs: 2, serverIsOurs: 4 } as const;

/**
 * Groups of every settled row and their totals. `client[i]` is the number of the group of `rows[i]` and indexes `clientPeers` and
 * so on. A rest row counts for as many conversations as it has taken in.
 */
export class Context {
  /** Number of different windows. */
  readonly windows: number;
  /** Start of the first and of the last window, Unix seconds: who was there already is no news. Infinite and 0 without any. */
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
    this.client = numbers();
    this.server = numbers();
    this.pair = numbers();
    this.sweep = numbers();
    this.service = numbers();
    const windows = this.#group(conversations, rows);
    this.windows = windows.size;
    this.firstWindow = [...windows].reduce((first, window) => Math.min(first, window), Number.POSITIVE_INFINITY);
    this.lastWindow = [...windows].reduce((last, window) => Math.max(last, window), 0);
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

  /** Numbers the groups of every row; returns the windows. */
  #group({ words }: Conversations, rows: Uint32Array): Set<number> {
    const clients = new PairNumbers(rows.length);
    const servers = new PairNumbers(rows.length);
    const pairs = new PairNumbers(rows.length);
    const sweeps = new PairNumbers(rows.length);
    const services = new PairNumbers(rows.length);
    const windows = new Set<number>();
    let lastWindow = -1;
    for (let i = 0; i < rows.length; i++) {
      const at = rows[i] * ROW_WORDS;
      const window = words[at + W.window];
      if (window !== lastWindow) {
        windows.add(window);
        lastWindow = window;
      }
      const client = clients.number(window, words[at + W.client]);
      const server = servers.number(window, words[at + W.server]);
      this.client[i] = client;
      this.server[i] = server;
      this.pair[i] = pairs.number(client, server);
      this.sweep[i] = sweeps.number(client, words[at + W.service]);
      this.service[i] = services.number(server, words[at + W.service]);
    }
    return windows;
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

function traitsOf({ words, floats, names }: Conversations, at: number, ours: NetworkSet): number {
  return (
    (isFailure(words, floats, at) ? TRAIT.failed : 0) |
    (ours.has(words[at + W.client], names.addresses) ? TRAIT.clientIsOurs : 0) |
    (ours.has(words[at + W.server], names.addresses) ? TRAIT.serverIsOurs : 0)
  );
}
