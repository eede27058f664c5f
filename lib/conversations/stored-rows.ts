/**
 * Rows as a summary holds them, in the shape that `Conversations.merge` reads.
 */
import { BOOK_BASE, NOT_AN_ADDRESS } from '../flowlog/address.ts';
import type { Names } from '../flowlog/batch.ts';
import { NEVER, ROW_WORDS, W } from './row.ts';
import { FLOATS, INTEGERS, TEXTS } from './summary-layout.ts';
import { floatsOf } from './update.ts';

export class StoredRows {
  readonly names: Names;
  readonly size: number;
  readonly words: Uint32Array;
  readonly floats: Float64Array;
  readonly sources: string[] = [];
  readonly accounts = new Map<number, number>();
  readonly translators = new Map<number, Set<number>>();
  /** Conversations behind rest rows: each was counted once when it was folded. */
  folded = 0;
  readonly unaddressed = 0;
  readonly #sourceNumbers = new Map<string, number>();
  /** Ids and codes of what was met before: rows repeat a few interfaces and many addresses. */
  readonly #textIds = new Map<string, number>();
  readonly #addressCodes = new Map<string, number>();

  constructor(names: Names, size: number) {
    this.names = names;
    this.size = size;
    this.words = new Uint32Array(size * ROW_WORDS);
    this.floats = floatsOf(this.words);
  }

  /** Fills a row with the values of `COLUMNS`. */
  fill(row: number, values: readonly unknown[]): void {
    const at = row * ROW_WORDS;
    const { words, floats } = this;
    for (let i = 0; i < FLOATS.length; i++) floats[(at >> 1) + FLOATS[i][1]] = Number(values[TEXTS.length + i]);
    const integers = TEXTS.length + FLOATS.length;
    for (let i = 0; i < INTEGERS.length; i++) {
      const [, word, shift] = INTEGERS[i];
      const value = values[integers + i] ?? undefined;
      if (value === undefined) words[at + word] = NEVER;
      else words[at + word] |= Number(value) << shift;
    }
    this.folded += words[at + W.members];
    this.#fillTexts(at, values);
  }

  #fillTexts(at: number, values: readonly unknown[]): void {
    const { words } = this;
    const [observer, account, client, server, translated, forwardSource, backwardSource] = values as (string | null)[];
    words[at + W.observer] = this.#text(observer!);
    words[at + W.client] = this.#address(client!);
    words[at + W.server] = this.#address(server!);
    words[at + W.forwardSource] = this.#source(forwardSource);
    words[at + W.backwardSource] = this.#source(backwardSource);
    this.accounts.set(words[at + W.observer], this.#text(account!));
    if (translated && !this.translators.has(words[at + W.observer])) {
      this.translators.set(words[at + W.observer], new Set(translated.split(' ').map((text) => this.#address(text))));
    }
  }

  #text(text: string): number {
    const id = this.#textIds.get(text) ?? this.names.text.intern(text);
    this.#textIds.set(text, id);
    return id;
  }

  /** Code of an address; the one that a full address book gives for all others is not an address to the parser. */
  #address(text: string): number {
    const known = this.#addressCodes.get(text);
    if (known !== undefined) return known;
    const parsed = this.names.addresses.parse(text);
    const code = parsed === NOT_AN_ADDRESS ? BOOK_BASE : parsed;
    this.#addressCodes.set(text, code);
    return code;
  }

  #source(name: string | null): number {
    if (name === null) return 0;
    const known = this.#sourceNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.sources.push(name) - 1;
    this.#sourceNumbers.set(name, number);
    return number;
  }
}
