/**
 * What `flowtrap score` wrote, as columns.
 */
import { NOT_AN_ADDRESS } from '../flowlog/address.ts';
import type { Names } from '../flowlog/batch.ts';
import { evaluatedRowsMax, timeSecondsMax } from '../limits.ts';
import { CLASSES, type ModelClass } from '../model/manifest.ts';

/** Scored conversations, one per position. */
export interface ScoreTable {
  readonly length: number;
  readonly names: Names;
  /** Classes with a probability, in the order of their columns. */
  readonly classes: readonly ModelClass[];
  /** Start of the five-minute window, Unix seconds. */
  readonly window: Uint32Array;
  /** Address codes of `names`. */
  readonly client: Uint32Array;
  readonly server: Uint32Array;
  /** Protocol in the upper 16 bits, server port in the lower. */
  readonly service: Uint32Array;
  /** The class that was given, as a position in `classes`. */
  readonly verdict: Uint8Array;
  /** Highest probability of any attack class. */
  readonly score: Float32Array;
  /** rows × classes. */
  readonly probabilities: Float32Array;
}

const BASE_COLUMNS = ['window_start', 'client', 'server', 'server_port', 'protocol', 'class', 'score'] as const;

const PROBABILITY_PREFIX = 'p_';

/** Probabilities are means in single precision, which may end a hair above 1. */
const PROBABILITY_TOLERANCE = 1e-6;

/** Takes rows one by one; `finish` gives the table. */
export class ScoreTableBuilder {
  /** Names of the columns that are read, in the order in which `add` wants their values. */
  readonly columns: readonly string[];
  readonly #names: Names;
  readonly #classes: readonly ModelClass[];
  #size = 0;
  #words = new Uint32Array(4 * 1_024);
  #verdict = new Uint8Array(1_024);
  /** Score and probabilities of each row. */
  #values: Float32Array;

  /** Throws when `header` lacks a column or names a class that there is none of. */
  constructor(header: readonly string[], names: Names) {
    this.#names = names;
    this.#classes = classesOf(header);
    this.columns = [...BASE_COLUMNS, ...this.#classes.map((name) => PROBABILITY_PREFIX + name)];
    for (const column of this.columns) {
      const count = header.filter((name) => name === column).length;
      if (count === 1) continue;
      const fault = count === 0 ? `lack the column ${column}` : `have the column ${column} ${count} times`;
      throw new Error(`the scores ${fault}, expected the output of flowtrap score`);
    }
    this.#values = new Float32Array(1_024 * (1 + this.#classes.length));
  }

  /** Adds the values of `columns`; `place` names the row in messages. Throws on the first that cannot be meant. */
  add(values: readonly unknown[], place: string): void {
    if (this.#size >= evaluatedRowsMax) {
      throw new Error(`the scores have more than ${evaluatedRowsMax} rows; evaluate them day by day`);
    }
    this.#grow();
    const [window, client, server, port, protocol, name, ...shares] = values;
    const at = this.#size * 4;
    this.#words[at] = integer(window, timeSecondsMax, 'window_start', place);
    this.#words[at + 1] = this.#address(client, 'client', place);
    this.#words[at + 2] = this.#address(server, 'server', place);
    this.#words[at + 3] =
      integer(protocol, 255, 'protocol', place) * 65_536 + integer(port, 65_535, 'server_port', place);
    this.#verdict[this.#size] = this.#class(name, place);
    const width = shares.length;
    for (let i = 0; i < width; i++) {
      const column = this.columns[BASE_COLUMNS.length - 1 + i];
      this.#values[this.#size * width + i] = probability(shares[i], column, place);
    }
    this.#size++;
  }

  /** Throws when there is no row. */
  finish(): ScoreTable {
    const size = this.#size;
    if (size === 0) throw new Error('the scores have no rows, expected one for every conversation');
    const width = this.#classes.length;
    const word = (offset: number) => Uint32Array.from({ length: size }, (_, row) => this.#words[row * 4 + offset]);
    const probabilities = new Float32Array(size * width);
    const score = new Float32Array(size);
    for (let row = 0; row < size; row++) {
      const at = row * (width + 1);
      score[row] = this.#values[at];
      probabilities.set(this.#values.subarray(at + 1, at + 1 + width), row * width);
    }
    return {
      length: size,
      names: this.#names,
      classes: this.#classes,
      window: word(0),
      client: word(1),
      server: word(2),
      service: word(3),
      verdict: this.#verdict.slice(0, size),
      score,
      probabilities,
    };
  }

  #grow(): void {
    if (this.#size < this.#verdict.length) return;
    this.#words = doubled(this.#words, new Uint32Array(this.#words.length * 2));
    this.#verdict = doubled(this.#verdict, new Uint8Array(this.#verdict.length * 2));
    this.#values = doubled(this.#values, new Float32Array(this.#values.length * 2));
  }

  #address(value: unknown, column: string, place: string): number {
    const code = this.#names.addresses.parse(String(value));
    if (code !== NOT_AN_ADDRESS) return code;
    throw refusal(value, 'an IPv4 or IPv6 address', column, place);
  }

  #class(value: unknown, place: string): number {
    const index = this.#classes.indexOf(value as ModelClass);
    if (index >= 0) return index;
    throw refusal(value, this.#classes.join(', '), 'class', place);
  }
}

function classesOf(header: readonly string[]): ModelClass[] {
  const named = header.filter((name) => name.startsWith(PROBABILITY_PREFIX)).map((name) => name.slice(2));
  for (const name of named) {
    if (CLASSES.includes(name as ModelClass)) continue;
    throw new Error(`the scores have the column p_${name}, expected p_ and one of ${CLASSES.join(', ')}`);
  }
  if (!named.includes('benign'))
    throw new Error('the scores lack the column p_benign, expected the output of flowtrap score');
  if (named.length < 2) throw new Error('the scores have no attack class, expected columns such as p_scan');
  return named as ModelClass[];
}

function doubled<T extends Uint32Array | Uint8Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function numberOf(value: unknown): number {
  if (typeof value === 'string') return value.trim() === '' ? Number.NaN : Number(value);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

function integer(value: unknown, most: number, column: string, place: string): number {
  const number = numberOf(value);
  if (Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw refusal(value, `a whole number from 0 to ${most}`, column, place);
}

function probability(value: unknown, column: string, place: string): number {
  const number = numberOf(value);
  if (number >= 0 && number <= 1 + PROBABILITY_TOLERANCE) return Math.min(1, number);
  throw refusal(value, 'a probability from 0 to 1', column, place);
}

function refusal(value: unknown, expected: string, column: string, place: string): Error {
  return new Error(`scores ${place}, column ${column}: got "${String(value).slice(0, 80)}", expected ${expected}`);
}
