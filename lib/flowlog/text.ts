/**
 * Text flow logs, as a cursor over bytes: no string and no object per record. The header line compiles into a plan of
 * one step per field; each step reads its value where it stands and writes it into its column.
 *
 * A line of field names anywhere in the text starts a new layout (concatenated files), a line that begins with # is a
 * comment, blank lines are passed over. Everything else is a data line and is counted exactly once. Quotes, as exports
 * of comma-separated text have them around values, are passed over.
 */
import { heldLinesBytesMax, layoutsMax, lineBytesMax } from '../limits.ts';
import { DEFAULT_LAYOUT, headerLayout, type Layout } from './layout.ts';
import { compilePlan, fillBatch, type Plan, type TextOptions } from './plan.ts';
import type { FlowSink, MalformedReason, ReadReport } from './report.ts';
import { BLANK, REASONS } from './values.ts';

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;

const decoder = new TextDecoder();

/** Reads one text, handed over in chunks of any size; `finish` must be called once after the last. */
export class TextReader {
  readonly #options: TextOptions;
  readonly #report: ReadReport;
  readonly #sink: FlowSink;
  /** The lines of the records of the batch, up to `#parsed`, and the unfinished last line of the chunk before; then the chunk. */
  #buffer = Buffer.alloc(0);
  #held = 0;
  #parsed = 0;
  #plan: Plan;
  /** The plans of the header lines met, by what they declare. */
  readonly #plans = new Map<string, Plan>();
  #lines = 0;
  /** Inside a line longer than the limit, whose rest is passed over. */
  #overlong = false;

  constructor(options: TextOptions, report: ReadReport, sink: FlowSink) {
    this.#options = options;
    this.#report = report;
    this.#sink = sink;
    this.#plan = compilePlan(options.layout ?? DEFAULT_LAYOUT, options);
  }

  push(chunk: Uint8Array): void {
    const length = this.#held + chunk.length;
    if (this.#buffer.length < length) {
      const larger = Buffer.alloc(length + lineBytesMax);
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#held);
    this.#consume(length);
  }

  /**
   * Takes what is left as the last line and hands over the last batch. With `cut`, what is left is dropped: the text
   * broke off inside it, and its last value may be shorter than it was.
   */
  finish(cut = false): void {
    if (this.#held > this.#parsed && !cut) this.push(Uint8Array.of(NEWLINE));
    this.#flush();
  }

  /** Parses the complete lines of `buffer[0, length)` and keeps the rest for the next chunk. */
  #consume(length: number): void {
    const buffer = this.#buffer;
    let from = this.#parsed;
    if (this.#overlong) {
      const newline = buffer.subarray(0, length).indexOf(NEWLINE, from);
      if (newline < 0) {
        this.#held = from;
        return;
      }
      from = newline + 1;
      this.#overlong = false;
    }
    let end = length === from ? from : Math.max(from, buffer.lastIndexOf(NEWLINE, length - 1) + 1);
    const altered = removeQuotes(buffer, from, end);
    while (from < end) from = this.#parseLines(buffer, from, end, altered);
    if (length - end > lineBytesMax) {
      this.#lines++;
      this.#reject('line-too-long', decoder.decode(buffer.subarray(end, end + lineBytesMax)).trimEnd());
      this.#overlong = true;
      end = length;
    }
    const kept = this.#keepLines(end);
    buffer.copyWithin(0, kept, length);
    this.#held = length - kept;
    this.#parsed = end - kept;
  }

  /**
   * Offset from which on the buffer is needed, being parsed up to `end`: the lines of the records of the batch stay with it, unless there is
   * more between them than a batch of records usually takes.
   */
  #keepLines(end: number): number {
    const { length, from, to } = this.#plan.batch;
    let first = 0;
    while (first < length && to[first] === from[first]) first++;
    if (first === length) return end;
    const kept = from[first];
    if (end - kept > heldLinesBytesMax) {
      to.set(from.subarray(0, length));
      return end;
    }
    for (let row = first; row < length; row++) {
      from[row] -= kept;
      to[row] -= kept;
    }
    return kept;
  }

  /** Parses lines until the range is used up, the batch is full or a line is no record; returns where to go on. */
  #parseLines(buffer: Buffer, from: number, to: number, altered: boolean): number {
    const { batch, tally } = this.#plan;
    const before = batch.length;
    tally.lines = this.#lines;
    const pos = fillBatch(this.#plan, buffer, from, to);
    if (altered) batch.to.set(batch.from.subarray(before, batch.length), before);
    this.#lines = tally.lines;
    this.#report.records += batch.length - before;
    this.#report.noData += tally.noData;
    this.#report.skipData += tally.skipData;
    tally.noData = 0;
    tally.skipData = 0;
    if (pos > from) this.#describe(this.#plan);
    if (batch.length === batch.capacity) this.#flush();
    if (tally.failed === 0) return pos;
    const reason = REASONS[-tally.failed]!;
    tally.failed = 0;
    return this.#noRecord(buffer, pos, to, reason);
  }

  /** A line that did not parse: blank, comment, a header, or malformed. Returns the offset of the next line. */
  #noRecord(buffer: Uint8Array, from: number, to: number, reason: MalformedReason): number {
    if (buffer[from] === NEWLINE) return this.#emptyLines(buffer, from, to);
    const end = buffer.indexOf(NEWLINE, from);
    const text = decoder.decode(buffer.subarray(from, Math.min(end, from + lineBytesMax))).trimEnd();
    if (end - from > lineBytesMax) {
      this.#reject('line-too-long', text);
    } else if (!PASSED_OVER.test(text)) {
      const layout = headerLayout(text);
      if (layout === undefined || !this.#changeLayout(layout, text)) this.#reject(this.#reasonFor(text, reason), text);
    }
    return end + 1;
  }

  /** Passes over empty lines together: small packed objects can hold them by the hundred million. */
  #emptyLines(buffer: Uint8Array, from: number, to: number): number {
    let end = from + 1;
    while (end < to && buffer[end] === NEWLINE) end++;
    this.#lines += end - from - 1;
    return end;
  }

  /** A wrong number of values says more than the first value that did not fit its field for that. */
  #reasonFor(text: string, reason: MalformedReason): MalformedReason {
    const { layout, fitted } = this.#plan;
    const values = layout.delimiter === COMMA ? text.split(',') : text.trimStart().split(/ +/);
    if (values.length === layout.fields.length) return reason;
    return layout === DEFAULT_LAYOUT && !fitted ? 'no-format' : 'field-count';
  }

  /** Goes over to the layout of a header line; false when the text has had more different ones than it may. */
  #changeLayout(layout: Layout, header: string): boolean {
    const key = `${layout.delimiter} ${layout.fields.join()} ${layout.unknown.join()}`;
    const known = this.#plans.get(key);
    if (known === undefined && this.#plans.size >= layoutsMax) return false;
    this.#flush();
    this.#plan = known ?? compilePlan(layout, this.#options, header);
    this.#plans.set(key, this.#plan);
    return true;
  }

  /** Notes what a layout holds and lacks, once data lines have it: a header by itself says nothing about the log. */
  #describe(plan: Plan): void {
    if (plan.fitted) return;
    plan.fitted = true;
    this.#report.describe(plan.layout.fields, plan.layout.unknown);
  }

  #reject(reason: MalformedReason, text: string): void {
    this.#report.reject(this.#lines, reason, text);
    this.#sink.rejected(this.#lines, reason, text);
  }

  #flush(): void {
    const { batch } = this.#plan;
    if (batch.length === 0) return;
    batch.text = this.#buffer;
    this.#sink.batch(batch);
    batch.length = 0;
  }
}

/** Moves the values of lines together over their quotes; blanks before the line end take their place. Whether there were any. */
function removeQuotes(buffer: Buffer, from: number, to: number): boolean {
  const first = buffer.subarray(from, to).indexOf(QUOTE);
  if (first < 0) return false;
  let target = from + first;
  for (let at = target; at < to; at++) {
    const byte = buffer[at];
    if (byte === NEWLINE || byte === RETURN) {
      buffer.fill(BLANK, target, at);
      target = at;
    }
    if (byte !== QUOTE) buffer[target++] = byte;
  }
  return true;
}

/** Lines without values, be it between quotes, and comments. */
const PASSED_OVER = /^[\s"]*(#|$)/;
