/**
 * Rows out of columns of cells: each is judged as a line of text is, counted exactly once, and put into a batch when it
 * is a record.
 */
import type { DecodedArray } from 'hyparquet';
import { batchRows } from '../limits.ts';
import { FlowBatch, type Names } from './batch.ts';
import { CellWriter, cellText } from './cells.ts';
import { type FieldName, KEYWORD } from './fields.ts';
import type { FlowSink, MalformedReason, ReadReport } from './report.ts';
import { RowRules } from './rules.ts';
import { REASONS } from './values.ts';

/** Values of one column in one row group, as the pages they came in. */
export class Cells {
  length = 0;
  readonly #pages: DecodedArray[] = [];
  #page = 0;
  #at = 0;

  add(page: DecodedArray): void {
    if (page.length === 0) return;
    this.#pages.push(page);
    this.length += page.length;
  }

  /** The value after the one returned before. */
  next(): unknown {
    let page = this.#pages[this.#page];
    if (this.#at === page.length) {
      page = this.#pages[++this.#page];
      this.#at = 0;
    }
    return page[this.#at++];
  }
}

/** Turns rows into batches, counting each exactly once. */
export class RowReader {
  readonly #report: ReadReport;
  readonly #sink: FlowSink;
  readonly #batch: FlowBatch;
  readonly #writers: readonly CellWriter[];
  readonly #rules: RowRules;

  constructor(fields: readonly FieldName[], names: Names, report: ReadReport, sink: FlowSink) {
    this.#report = report;
    this.#sink = sink;
    this.#batch = new FlowBatch(names, batchRows);
    this.#writers = fields.map((name) => new CellWriter(name, this.#batch));
    this.#rules = new RowRules(this.#batch, fields);
  }

  /** Takes `count` rows, the first of which has the ordinal `start + 1`. */
  group(cells: readonly Cells[], start: number, count: number): void {
    const values = new Array<unknown>(cells.length);
    for (let index = 1; index <= count; index++) {
      for (let column = 0; column < cells.length; column++) values[column] = cells[column].next();
      this.#row(values, start + index);
    }
    this.#flush();
  }

  #row(values: readonly unknown[], ordinal: number): void {
    const batch = this.#batch;
    const row = batch.length;
    let verdict = 0;
    for (let column = 0; column < values.length && verdict === 0; column++) {
      verdict = this.#writers[column].write(values[column], row);
    }
    if (verdict === 0) verdict = this.#rules.judge(row);
    if (verdict < 0) this.#reject(REASONS[-verdict]!, values, ordinal);
    else if (verdict === KEYWORD.noData) this.#report.noData++;
    else if (verdict === KEYWORD.skipData) this.#report.skipData++;
    else {
      batch.ordinal[row] = ordinal;
      batch.length++;
      this.#report.records++;
      if (batch.length === batch.capacity) this.#flush();
    }
  }

  #reject(reason: MalformedReason, values: readonly unknown[], ordinal: number): void {
    const text = values.map(cellText).join(' ');
    this.#report.reject(ordinal, reason, text);
    this.#sink.rejected(ordinal, reason, text);
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    this.#sink.batch(this.#batch);
    this.#batch.length = 0;
  }
}
