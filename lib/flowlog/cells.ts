/**
 * Cells of Parquet columns into batch columns. Text in a cell goes through the value readers of text logs, so that the
 * same value has the same meaning and the same reason in both; numbers are checked against the same maxima.
 */
import { lineBytesMax } from '../limits.ts';
import { type Column, type FlowBatch, KINDS, type Names } from './batch.ts';
import type { FieldKind, FieldName } from './fields.ts';
import { KIND_OF, maximumOf } from './rules.ts';
import { BLANK, FAILED, readAddress, readCount, readInteger, readKeyword, readText, secondsOf } from './values.ts';

/** Different texts of one column whose meaning is remembered; past it the memory starts anew. */
const REMEMBERED = 65_536;

const NEWLINE = 10;

const encoder = new TextEncoder();
/** The text of one cell and the newline that stops the readers. */
const scratch = new Uint8Array(lineBytesMax + 1);
const scratchView = new DataView(scratch.buffer);

/** What stands in a cell, for people. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (value instanceof Date) return String(value.getTime() / 1000);
  // What a column of JSON holds may have no text of its own, or be nested too deep for one.
  return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
}

/** Fills one field of a batch. */
export class CellWriter {
  readonly name: FieldName;
  readonly #kind: FieldKind;
  readonly #numeric: boolean;
  readonly #maximum: number;
  readonly #names: Names;
  readonly #column: Column;
  /** Values of addresses, texts and keywords, or negated reasons. */
  readonly #known = new Map<string, number>();

  constructor(name: FieldName, batch: FlowBatch) {
    this.name = name;
    this.#kind = KIND_OF.get(name)!;
    this.#numeric = this.#kind === 'integer' || this.#kind === 'count' || this.#kind === 'time';
    this.#maximum = maximumOf(name);
    this.#names = batch.names;
    this.#column = batch.column(name);
  }

  /** Writes a value into row `row`; 0, or the negated reason why it cannot be used. */
  write(value: unknown, row: number): number {
    if (value === null || value === undefined) {
      this.#column[row] = KINDS[this.#kind].absent;
      return 0;
    }
    if (this.#numeric) return this.#writeNumber(value, row);
    const text = cellText(value);
    const known = this.#known.get(text);
    if (known !== undefined) {
      if (known < 0) return known;
      this.#column[row] = known;
      return 0;
    }
    const failed = this.#writeText(text, row);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(text, failed < 0 ? failed : this.#column[row]);
    return failed;
  }

  #writeNumber(value: unknown, row: number): number {
    if (typeof value === 'bigint' || typeof value === 'number') return this.#writeWhole(Number(value), row);
    if (value instanceof Date) return this.#writeWhole(Math.floor(value.getTime() / 1000), row);
    // Data frames that turn a column with gaps into text write their missing values so.
    return this.#writeText(value === 'None' ? '-' : cellText(value), row);
  }

  #writeWhole(value: number, row: number): number {
    if (Number.isNaN(value)) return this.write(null, row);
    if (value < 0 || !Number.isInteger(value)) return FAILED.number;
    const fitting = value > this.#maximum ? secondsOf(value, this.#maximum) : value;
    if (fitting < 0) return fitting;
    this.#column[row] = fitting;
    return 0;
  }

  #writeText(text: string, row: number): number {
    if (text.length > lineBytesMax) return FAILED.lineTooLong;
    const { read, written } = encoder.encodeInto(text, scratch.subarray(0, lineBytesMax));
    if (read < text.length) return FAILED.lineTooLong;
    scratch[written] = NEWLINE;
    const end = this.#read(row);
    if (end < 0) return end;
    return end === written ? 0 : FAILED.fieldCount;
  }

  #read(row: number): number {
    switch (this.#kind) {
      case 'address':
        return readAddress(scratch, 0, BLANK, this.#names.addresses, this.#column as Uint32Array, row);
      case 'text':
        return readText(scratch, scratchView, 0, BLANK, this.#names.text, this.#column as Uint32Array, row);
      case 'keyword':
        return readKeyword(scratch, 0, BLANK, this.#column as Uint8Array, row);
      case 'integer':
        return readInteger(scratch, 0, BLANK, this.#maximum, this.#column as Int32Array, row);
      default:
        return readCount(scratch, 0, BLANK, this.#maximum, this.#column as Float64Array, row);
    }
  }
}
