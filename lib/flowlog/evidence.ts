/**
 * Records as they stand in an object, fetched by ordinal: the proof that a finding shows.
 */
import { lineBytesMax } from '../limits.ts';
import { cellText } from './cells.ts';
import { DEFAULT_LAYOUT, formatOf, headerLayout, type Layout } from './layout.ts';
import { type LogObject, streamObject } from './object.ts';
import { openParquet, type RandomAccess, readGroup } from './parquet.ts';

export interface SampleRecords {
  /** Names of the fields of the first of the lines, as the log has them; those of the given format when it has none. */
  readonly header: string;
  /** The records found, by ordinal. */
  readonly lines: ReadonlyMap<number, string>;
}

export interface Evidence extends SampleRecords {
  /** Why reading stopped early, if it did: then lines may be missing. */
  readonly failure: string | undefined;
}

/**
 * Reads the records at the given ordinals (line numbers, Parquet row numbers, CloudWatch event numbers, from 1) in one
 * pass that ends after the last of them. Throws when the object cannot be opened, with the reason as `cause`.
 */
export async function readRecords(
  object: LogObject,
  ordinals: readonly number[],
  options: { readonly layout?: Layout } = {},
): Promise<Evidence> {
  const picker = new Picker(ordinals, formatOf(options.layout ?? DEFAULT_LAYOUT));
  const counts = { bytes: 0, unpackedBytes: 0 };
  const failure = await streamObject(
    object,
    counts,
    (bytes) => picker.push(bytes),
    (file) => pickRows(file, picker),
  );
  if (failure === undefined) picker.finish();
  return { header: picker.header, lines: picker.lines, failure };
}

const decoder = new TextDecoder();
const NEWLINE = 10;

/** Picks lines by number out of a text that comes in pieces. */
class Picker {
  header: string;
  readonly lines = new Map<number, string>();
  readonly wanted: ReadonlySet<number>;
  /** The line looked for, and those after it, the last one first. */
  #next: number | undefined;
  readonly #falling: number[];
  #headerNow: string;
  #held = new Uint8Array(0);
  #number = 0;

  constructor(ordinals: readonly number[], format: string) {
    this.wanted = new Set(ordinals);
    this.#falling = [...this.wanted].sort((a, b) => b - a);
    this.#next = this.#falling.pop();
    this.header = format;
    this.#headerNow = format;
  }

  /** False once all lines are found. */
  push(bytes: Uint8Array): boolean {
    // A Buffer looks for a byte several times faster than a plain array does.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let from = 0;
    while (this.#next !== undefined) {
      const end = buffer.indexOf(NEWLINE, from);
      if (end < 0) {
        this.#hold(bytes.subarray(from));
        return true;
      }
      this.#number++;
      if (this.#number === this.#next || this.#held.length > 0 || mayBeHeader(bytes[from])) {
        this.#line(bytes.subarray(from, end));
      }
      from = end + 1;
    }
    return false;
  }

  /** Takes what is left as the last line. */
  finish(): void {
    if (this.#held.length === 0 || this.#next === undefined) return;
    this.#number++;
    this.#line(new Uint8Array(0));
  }

  /** Takes a row of a table as the line of that number. */
  row(ordinal: number, header: string, text: string): void {
    this.header = header;
    this.lines.set(ordinal, text);
  }

  #hold(bytes: Uint8Array): void {
    const room = lineBytesMax - this.#held.length;
    this.#held = Buffer.concat([this.#held, bytes.subarray(0, room)]);
  }

  /** Takes the end of a line that may be wanted. */
  #line(bytes: Uint8Array): void {
    this.#hold(bytes);
    const text = decoder.decode(this.#held).replace(/\r$/, '');
    this.#held = new Uint8Array(0);
    if (this.#number === this.#next) {
      if (this.lines.size === 0) this.header = this.#headerNow;
      this.lines.set(this.#number, text);
      this.#next = this.#falling.pop();
    } else if (headerLayout(text) !== undefined) this.#headerNow = text;
  }
}

/** Headers begin with a letter or a quote; most records begin with a digit and need no closer look. */
function mayBeHeader(byte: number): boolean {
  return byte > 57 || byte === 34 || byte === 32;
}

async function pickRows(file: RandomAccess, picker: Picker): Promise<string | undefined> {
  const log = await openParquet(file);
  if (typeof log === 'string') return log;
  const header = log.names.join(' ');
  let start = 0;
  for (const group of log.metadata.row_groups) {
    const count = Number(group.num_rows);
    const end = start + count;
    if ([...picker.wanted].some((ordinal) => ordinal > start && ordinal <= end)) {
      const cells = await readGroup(file, log.metadata, log.names, start, count);
      if (typeof cells === 'string') return cells;
      for (let ordinal = start + 1; ordinal <= end; ordinal++) {
        const values = cells.map((column) => column.next());
        if (picker.wanted.has(ordinal)) picker.row(ordinal, header, values.map(cellText).join(' '));
      }
    }
    start = end;
  }
  return undefined;
}
