/**
 * Text interned once per run: identifiers become small numbers, so that a record holds no string.
 */
import { dictionaryBytesMax, dictionaryEntriesMax } from '../limits.ts';

/** Hashes are FNV-1a (Fowler, Noll, Vo), 32 bits: start from the seed and take in one byte at a time. */
export const HASH_SEED = 0x811c9dc5 | 0;

export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Id of "no value": what `-` and a missing field become. */
export const ABSENT_TEXT = 0;

/** Id shared by everything that came after the dictionary was full. */
export const OTHER_TEXT = 1;

/**
 * A dictionary of byte strings. Ids count up from 2 in order of first sight; 0 is absent, 1 is "(other)".
 * Lookup is open addressing; the bytes lie one after another in one arena.
 */
export class TextDictionary {
  #slots = new Int32Array(1_024);
  #hashes = new Int32Array(512);
  #ends = new Uint32Array(512);
  #arena = new Uint8Array(16_384);
  #arenaView = new DataView(this.#arena.buffer);
  #count = 0;

  constructor() {
    this.intern('-');
    this.intern('(other)');
  }

  /** Number of ids given out, absent and other included. */
  get size(): number {
    return this.#count;
  }

  intern(text: string): number {
    const bytes = encoder.encode(text);
    return this.internBytes(bytes, 0, bytes.length);
  }

  /** Id of `bytes[from, to)`. */
  internBytes(bytes: Uint8Array, from: number, to: number): number {
    let hash = HASH_SEED;
    for (let i = from; i < to; i++) hash = hashByte(hash, bytes[i]);
    return this.internHashed(bytes, from, to, hash);
  }

  /** As `internBytes`, for a caller that has hashed the bytes while looking for their end. */
  internHashed(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, bytes, from, to)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes, from, to, hash, slot);
  }

  /** Number of bytes of text `id` when `bytes` continues with exactly these at `from`, else 0. */
  matchLength(id: number, bytes: DataView, from: number): number {
    const start = id === 0 ? 0 : this.#ends[id - 1];
    const length = this.#ends[id] - start;
    if (from + length > bytes.byteLength) return 0;
    const arena = this.#arenaView;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (arena.getInt32(start + i, true) !== bytes.getInt32(from + i, true)) return 0;
    for (; i < length; i++) if (arena.getUint8(start + i) !== bytes.getUint8(from + i)) return 0;
    return length;
  }

  text(id: number): string {
    if (id >= this.#count) throw new Error(`unknown text id ${id}, the dictionary holds ${this.#count}`);
    return decoder.decode(this.#arena.subarray(id === 0 ? 0 : this.#ends[id - 1], this.#ends[id]));
  }

  #equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = id === 0 ? 0 : this.#ends[id - 1];
    if (this.#ends[id] - start !== to - from) return false;
    const arena = this.#arena;
    for (let i = from, j = start; i < to; i++, j++) if (arena[j] !== bytes[i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const id = this.#count;
    const start = id === 0 ? 0 : this.#ends[id - 1];
    const end = start + (to - from);
    if (id >= dictionaryEntriesMax || end > dictionaryBytesMax) return OTHER_TEXT;
    this.#reserve(id + 1, end);
    this.#arena.set(bytes.subarray(from, to), start);
    this.#ends[id] = end;
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    this.#count = id + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #reserve(entries: number, bytes: number): void {
    if (entries > this.#ends.length) {
      this.#ends = grown(this.#ends, new Uint32Array(this.#ends.length * 2));
      this.#hashes = grown(this.#hashes, new Int32Array(this.#hashes.length * 2));
    }
    if (bytes > this.#arena.length) {
      this.#arena = grown(this.#arena, new Uint8Array(Math.max(this.#arena.length * 2, bytes)));
      this.#arenaView = new DataView(this.#arena.buffer);
    }
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      const hash = this.#hashes[id];
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function grown<T extends Uint8Array | Uint32Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
