/**
 * Lines of text from pieces of bytes, and flows from lines.
 */
import { StringDecoder } from 'node:string_decoder';
import { lineBytesMax } from '../limits.ts';
import type { Flow, FlowSink } from './flow.ts';
import { type ConversionReport, Unreadable } from './report.ts';

/** Takes the content of one input in pieces, in order. */
export interface FlowReader {
  /** Throws `WrongFormat` when the content is not of its format. */
  push(bytes: Uint8Array): void;
  /** Must be called once after the last piece; returns why the content ends too early, if it does. */
  finish(): string | undefined;
}

/** The flow of a data line, `undefined` for headers and comments. Throws `Unreadable` for a row that cannot become a flow. */
export type RowReader = (line: string) => Flow | undefined;

/** Reads text row by row; a row that cannot be read is counted with its line and column. */
export class RowsReader implements FlowReader {
  readonly #source: string;
  readonly #row: RowReader;
  readonly #report: ConversionReport;
  readonly #sink: FlowSink;
  readonly #decoder = new StringDecoder('utf8');
  /** The unfinished last line. */
  #rest = '';
  #line = 0;
  /** Inside a line longer than the limit, whose rest is passed over. */
  #overlong = false;

  constructor(source: string, row: RowReader, report: ConversionReport, sink: FlowSink) {
    this.#source = source;
    this.#row = row;
    this.#report = report;
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#take(line);
    if (this.#rest.length <= lineBytesMax) return;
    if (!this.#overlong) this.#refuseOverlong(this.#rest);
    this.#overlong = true;
    this.#rest = '';
  }

  finish(): undefined {
    this.#rest += this.#decoder.end();
    if (this.#rest !== '') this.#take(this.#rest);
    this.#rest = '';
  }

  #take(line: string): void {
    if (this.#overlong) {
      this.#overlong = false;
      return;
    }
    if (line.length > lineBytesMax) {
      this.#refuseOverlong(line);
      return;
    }
    this.#line++;
    const text = this.#line === 1 && line.startsWith('\ufeff') ? line.slice(1) : line;
    if (text.trim() !== '') this.#read(text.endsWith('\r') ? text.slice(0, -1) : text);
  }

  #refuseOverlong(line: string): void {
    this.#line++;
    this.#report.rows++;
    this.#report.drop('overlong', { source: this.#source, line: this.#line, column: '', value: line });
  }

  #read(line: string): void {
    try {
      const flow = this.#row(line);
      if (flow === undefined) return;
      this.#sink(flow);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const { reason, column, value } = error;
      this.#report.drop(reason, { source: this.#source, line: this.#line, column, value });
    }
    this.#report.rows++;
  }
}
