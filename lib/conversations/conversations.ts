/**
 * Conversations: one row per (observing interface, client, server, server port, protocol, five-minute window), built from
 * records in any order. A commutative monoid: merging is associative and commutative and equals building from all records at
 * once, as long as the limit on rows is not reached (past it, see `overflow.ts`).
 *
 * Addresses are packet-level where the log has them (pkt-srcaddr, pkt-dstaddr), because those name the true ends behind NAT
 * gateways, load balancers and pod hosts; else those of the interface. A record counts in the window of its start, in event
 * time, whenever it arrives.
 */
import { ABSENT_ADDRESS } from '../flowlog/address.ts';
import type { FlowBatch, Names } from '../flowlog/batch.ts';
import { KEYWORD } from '../flowlog/fields.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../flowlog/network.ts';
import { batchRows, conversationsMax, conversationsMin } from '../limits.ts';
import { BASIS_MASK, DESTINATION_IS_CLIENT } from './direction.ts';
import { FIRSTS, see } from './evidence.ts';
import { type ConversationKey, keyHash, type RecordColumns, RecordKeys, recordColumns, startOf } from './keys.ts';
import { noteAccount, noteTranslator } from './observers.ts';
import { foldTarget, lightestRows } from './overflow.ts';
import { MARK, NEVER, ROW_WORDS, W } from './row.ts';
import { RowIndex } from './row-index.ts';
import { type Translator, translator } from './translator.ts';
import { addBackward, addClientPort, addForward, addRow, clearRow, floatsOf, orFlags } from './update.ts';

const FIRST_ROWS = 16_384;

const PRIVATE = new NetworkSet(PRIVATE_NETWORKS);

export interface ConversationsOptions {
  readonly rowsMax?: number;
  /** Whose hosts keep a rest row of their own at the limit on rows. */
  readonly ours?: NetworkSet;
}

export class Conversations {
  readonly names: Names;
  readonly rowsMax: number;
  readonly ours: NetworkSet;
  /** Names of the objects that records came from; rows hold an index. */
  readonly sources: string[] = [];
  /** Account of each observer, both as text ids. */
  readonly accounts = new Map<number, number>();
  /** Interface-level addresses that stood in for packet-level ones, by observer: NAT gateways, load balancers, pod hosts. */
  readonly translators = new Map<number, Set<number>>();
  /** Conversations folded into rest rows so far. */
  folded = 0;
  /** Records without addresses (formats that leave them out), which belong to no conversation. */
  unaddressed = 0;

  #words: Uint32Array;
  #floats: Float64Array;
  #index = new RowIndex();
  #keys = new RecordKeys();
  readonly #sourceNumbers = new Map<string, number>();
  #size = 0;

  /** Throws when `rowsMax` leaves no room for a rest row beside another. */
  constructor(names: Names, { rowsMax = conversationsMax, ours = PRIVATE }: ConversationsOptions = {}) {
    if (!Number.isInteger(rowsMax) || rowsMax < conversationsMin) {
      throw new Error(`a limit of ${rowsMax} conversations, expected a whole number from ${conversationsMin}`);
    }
    this.names = names;
    this.ours = ours;
    this.rowsMax = rowsMax;
    const rows = Math.min(FIRST_ROWS, rowsMax);
    this.#words = new Uint32Array(rows * ROW_WORDS);
    this.#floats = floatsOf(this.#words);
    this.#index.reset(rows);
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** The rows, ROW_WORDS words each (row.ts); valid until the next change. */
  get words(): Uint32Array {
    return this.#words;
  }

  get floats(): Float64Array {
    return this.#floats;
  }

  /** Index of a source, entered when new. */
  source(name: string): number {
    const known = this.#sourceNumbers.get(name);
    if (known !== undefined) return known;
    this.#sourceNumbers.set(name, this.sources.length);
    return this.sources.push(name) - 1;
  }

  /** Adds a batch of records read from `sources[source]`; `first` is told of the rows of those that may be the first of a conversation each way. */
  add(batch: FlowBatch, source: number, first: (batch: FlowBatch, record: number) => void = () => {}): void {
    const columns = recordColumns(batch);
    // A block adds at most its length in rows; the limit on rows may be lower than a batch.
    const block = Math.max(1, Math.min(batchRows, this.rowsMax >> 2));
    for (let from = 0; from < columns.length; from += block) {
      const to = Math.min(columns.length, from + block);
      this.#keys.fill(columns, from, to);
      this.#ensureRoom(to - from);
      this.#lookUp(to - from);
      for (let record = from; record < to; record++) {
        if (this.#addRecord(columns, record, record - from, source)) first(batch, record);
      }
    }
  }

  /**
   * Finds or makes the row of every key of the block. Most keys have a row, at the first place looked at: those are confirmed in loops so
   * short that the processor waits for many rows at once.
   */
  #lookUp(count: number): void {
    const { observer, client, server, service, window, hash, row } = this.#keys;
    this.#index.guess(hash, row, count);
    const words = this.#words;
    for (let i = 0; i < count; i++) {
      const at = row[i] * ROW_WORDS;
      const fits =
        at >= 0 &&
        words[at + W.client] === client[i] &&
        words[at + W.server] === server[i] &&
        words[at + W.service] === service[i] &&
        words[at + W.observer] === observer[i] &&
        words[at + W.window] === window[i];
      if (!fits) row[i] = -1;
    }
    for (let i = 0; i < count; i++) {
      if (row[i] >= 0 || client[i] === ABSENT_ADDRESS) continue;
      row[i] = this.#locate(hash[i], observer[i], client[i], server[i], service[i], window[i]);
    }
  }

  /** Adds record `record` of a batch, whose key is key `i` of the block; whether it is the first of its conversation and direction so far. */
  #addRecord(columns: RecordColumns, record: number, i: number, source: number): boolean {
    const keys = this.#keys;
    if (keys.row[i] < 0) {
      this.unaddressed++;
      return false;
    }
    const words = this.#words;
    const floats = this.#floats;
    const at = keys.row[i] * ROW_WORDS;
    const flags = columns.flags[record];
    const decision = keys.decision[i];
    const backward = decision >= DESTINATION_IS_CLIENT;
    const start = startOf(columns, record);
    const end = Math.max(start, columns.ends[record]);
    if (words[at + W.last] === 0) noteAccount(this, keys.observer[i], columns.accounts[record]);
    if (end > words[at + W.last]) words[at + W.last] = end;
    let marks = (flags >= 0 ? MARK.flagged : 0) | (columns.starts[record] >= 0 ? 0 : MARK.untimed);
    if (keys.replaced[i] !== ABSENT_ADDRESS) {
      marks |= MARK.translated;
      noteTranslator(this, keys.observer[i], keys.replaced[i]);
    }
    words[at + W.flags] = orFlags(words[at + W.flags], flags, backward, decision & BASIS_MASK, marks);
    const packets = Math.max(0, columns.packets[record]);
    const bytes = Math.max(0, columns.bytes[record]);
    const rejected = columns.actions[record] === KEYWORD.reject ? 1 : 0;
    if (backward) {
      addClientPort(words, at, Math.max(0, columns.destinationPorts[record]));
      addBackward(words, floats, at, packets, bytes, flags);
      words[at + W.backwardRejects] += rejected;
      return see(this, at, W.backwardFirst, W.backwardSource, start, source, columns.ordinals[record]);
    }
    addClientPort(words, at, Math.max(0, columns.sourcePorts[record]));
    addForward(words, floats, at, packets, bytes, flags, start, end - start);
    words[at + W.forwardRejects] += rejected;
    return see(this, at, W.forwardFirst, W.forwardSource, start, source, columns.ordinals[record]);
  }

  /** Adds all conversations of `other`, which stays as it is. */
  merge(other: Conversations): void {
    const translate = translator(other, this);
    for (let row = 0; row < other.size; row++) this.#mergeRow(other, row * ROW_WORDS, translate);
    for (const [observer, account] of other.accounts) {
      noteAccount(this, translate.text(observer), translate.text(account));
    }
    for (const [observer, addresses] of other.translators) {
      for (const address of addresses) noteTranslator(this, translate.text(observer), translate.address(address));
    }
    this.folded += other.folded;
    this.unaddressed += other.unaddressed;
  }

  #mergeRow(other: Conversations, from: number, translate: Translator): void {
    this.#ensureRoom(1);
    const key = other.words.subarray(from, from + ROW_WORDS);
    const row = this.#rowOf({
      observer: translate.text(key[W.observer]),
      client: translate.address(key[W.client]),
      server: translate.address(key[W.server]),
      service: key[W.service],
      window: key[W.window],
    });
    this.#absorb(row * ROW_WORDS, other, from, translate);
  }

  #absorb(at: number, other: Conversations, from: number, translate: Translator): void {
    const theirs = other.words;
    addRow(this.#words, this.#floats, at, theirs, other.floats, from);
    for (const [first, evidence] of FIRSTS) {
      const start = theirs[from + first];
      const source = theirs[from + evidence];
      if (start === NEVER) continue;
      see(this, at, first, evidence, start, translate.source(source), theirs[from + evidence + 1]);
    }
  }

  /** Row of a key, −1 when there is none. */
  find({ observer, client, server, service, window }: ConversationKey): number {
    return this.#probe(keyHash(observer, client, server, service, window), observer, client, server, service, window);
  }

  /** Row of a key, made when new. */
  #rowOf({ observer, client, server, service, window }: ConversationKey): number {
    return this.#locate(keyHash(observer, client, server, service, window), observer, client, server, service, window);
  }

  #locate(hash: number, observer: number, client: number, server: number, service: number, window: number): number {
    const row = this.#probe(hash, observer, client, server, service, window);
    return row >= 0 ? row : this.#append(hash, observer, client, server, service, window);
  }

  #probe(hash: number, observer: number, client: number, server: number, service: number, window: number): number {
    const index = this.#index;
    const words = this.#words;
    for (let slot = index.next(hash, hash << 1); slot >= 0; slot = index.next(hash, slot + 2)) {
      const row = index.row(slot);
      const at = row * ROW_WORDS;
      if (
        words[at + W.client] === client &&
        words[at + W.server] === server &&
        words[at + W.service] === service &&
        words[at + W.observer] === observer &&
        words[at + W.window] === window
      ) {
        return row;
      }
    }
    return -1;
  }

  #append(hash: number, observer: number, client: number, server: number, service: number, window: number): number {
    const row = this.#size;
    if ((row + 1) * ROW_WORDS > this.#words.length) this.#grow();
    const words = this.#words;
    const at = row * ROW_WORDS;
    clearRow(words, at);
    words[at + W.hash] = hash;
    words[at + W.observer] = observer;
    words[at + W.client] = client;
    words[at + W.server] = server;
    words[at + W.service] = service;
    words[at + W.window] = window;
    this.#size = row + 1;
    this.#index.enter(hash, row);
    return row;
  }

  #grow(): void {
    const rows = Math.min(this.rowsMax, Math.floor(this.#words.length / ROW_WORDS) * 2);
    const words = new Uint32Array(rows * ROW_WORDS);
    words.set(this.#words);
    this.#words = words;
    this.#floats = floatsOf(words);
    this.#reindex(rows);
  }

  #reindex(rows: number): void {
    this.#index.reset(rows);
    for (let row = 0; row < this.#size; row++) this.#index.enter(this.#words[row * ROW_WORDS + W.hash], row);
  }

  #ensureRoom(rows: number): void {
    while (this.#size + rows > this.rowsMax) this.#shrink();
  }

  /**
   * Makes room: the lightest rows are folded into rest rows, one for each host of ours and observer, and leave. Rows are moved in place
   * because at the limit there is no memory for a second copy.
   */
  #shrink(): void {
    const lightest = lightestRows(this.#words, this.#floats, this.#size);
    const rest = new Conversations(this.names, { rowsMax: this.rowsMax, ours: this.ours });
    const identity = translator(this, rest);
    let kept = 0;
    for (let row = 0; row < this.#size; row++) {
      const at = row * ROW_WORDS;
      if (lightest(row)) {
        rest.#fold(this, at, identity);
      } else {
        this.#words.copyWithin(kept * ROW_WORDS, at, at + ROW_WORDS);
        kept++;
      }
    }
    this.#size = kept;
    this.#reindex(this.#index.capacity);
    this.merge(rest);
  }

  #fold(from: Conversations, at: number, identity: Translator): void {
    const row = this.#rowOf(foldTarget(from.words, at, this.names.addresses, this.ours));
    this.#absorb(row * ROW_WORDS, from, at, identity);
    if (from.words[at + W.members] > 0) return;
    this.#words[row * ROW_WORDS + W.members]++;
    this.folded++;
  }
}
