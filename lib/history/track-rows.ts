/**
 * Rows of tracks in memory: one for each host of ours, other end, service and hour. A track between two hosts of ours stands twice, once for
 * each of them, so that all of a host lies together whichever end it is.
 */
import { HASH_SEED, hashByte } from '../flowlog/dictionary.ts';
import { CLASSES } from '../model/manifest.ts';

/** Classes of attacks that the forest knows, each with a column for its highest probability. */
export const FOREST_CLASSES = CLASSES.filter((name) => name !== 'benign');

/** Numbers of a row, by place. Sums are over the five-minute windows of the hour, "sent" is client to server. */
export const N = {
  hour: 0,
  /** 1 where the host that the row stands for is the server. */
  hostIsServer: 1,
  port: 2,
  protocol: 3,
  /** Bit i: contact in window i; and contact that failed; and contact with an answer that did not fail. */
  windows: 4,
  failedWindows: 5,
  answeredWindows: 6,
  flows: 7,
  failedFlows: 8,
  opens: 9,
  packetsSent: 10,
  packetsReceived: 11,
  bytesSent: 12,
  bytesReceived: 13,
  packetsLogSum: 14,
  packetsLogSquares: 15,
  bytesLogSum: 16,
  bytesLogSquares: 17,
  durationSum: 18,
  first: 19,
  last: 20,
  ordinal: 21,
  /** Conversations that a row of forgotten ends stands for, else 0. */
  members: 22,
  /** Then the highest probability of each of FOREST_CLASSES. */
  probabilities: 23,
} as const;

export const NUMBERS = N.probabilities + FOREST_CLASSES.length;

/** Texts of a row, by place; `-` where the log does not say. */
export const T = { client: 0, server: 1, interfaceId: 2, account: 3, source: 4 } as const;
export const TEXTS = 5;

/** Words for each window with contact: slots of 5 seconds with flows of the client (30 bits each), and its sketch of client ports. */
export const B = { slotsLow: 0, slotsHigh: 1, portsLow: 2, portsHigh: 3 } as const;
export const BITS = 4;

const FIRST_ROWS = 1_024;

export class TrackRows {
  /** Texts by number. */
  readonly texts: string[] = [];
  length = 0;
  numbers = new Float64Array(FIRST_ROWS * NUMBERS);
  textNumbers = new Uint32Array(FIRST_ROWS * TEXTS);
  /** Bits of all windows with contact, one row after another, and where those of each row begin. */
  bits = new Uint32Array(FIRST_ROWS * BITS);
  bitsFrom = new Uint32Array(FIRST_ROWS + 1);
  readonly #textNumber = new Map<string, number>();

  text(value: string): number {
    const known = this.#textNumber.get(value);
    if (known !== undefined) return known;
    this.#textNumber.set(value, this.texts.length);
    return this.texts.push(value) - 1;
  }

  /** Adds an empty row with room for the bits of `windows` windows, and returns its number. */
  append(windows: number): number {
    const row = this.length++;
    const bits = this.bitsFrom[row] + windows * BITS;
    this.numbers = roomy(this.numbers, this.length * NUMBERS);
    this.textNumbers = roomy(this.textNumbers, this.length * TEXTS);
    this.bitsFrom = roomy(this.bitsFrom, this.length + 1);
    this.bits = roomy(this.bits, bits);
    this.bitsFrom[this.length] = bits;
    return row;
  }

  /** Adds a row of `other`. */
  copy(other: TrackRows, row: number): number {
    const to = this.append((other.bitsFrom[row + 1] - other.bitsFrom[row]) / BITS);
    this.numbers.set(other.numbers.subarray(row * NUMBERS, (row + 1) * NUMBERS), to * NUMBERS);
    this.bits.set(other.bits.subarray(other.bitsFrom[row], other.bitsFrom[row + 1]), this.bitsFrom[to]);
    for (let i = 0; i < TEXTS; i++) {
      this.textNumbers[to * TEXTS + i] = this.text(other.texts[other.textNumbers[row * TEXTS + i]]);
    }
    return to;
  }

  /** The host of ours that a row stands for. */
  host(row: number): string {
    const end = this.numbers[row * NUMBERS + N.hostIsServer] === 1 ? T.server : T.client;
    return this.texts[this.textNumbers[row * TEXTS + end]];
  }
}

function roomy<A extends Float64Array | Uint32Array>(array: A, length: number): A {
  if (length <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}

/** Where a host belongs: 32 bits of FNV-1a, mixed once more, since neighbours in a network differ in their last characters only. */
export function hostHash(address: string): number {
  let hash = HASH_SEED;
  for (let i = 0; i < address.length; i++) hash = hashByte(hash, address.charCodeAt(i));
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
