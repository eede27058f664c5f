/**
 * A layout compiled into steps, one for each position of a line, and the loop that takes them: what the text reader spends its time in.
 */
import { batchRows, lineBytesMax } from '../limits.ts';
import { type Column, FlowBatch, type Names } from './batch.ts';
import { type FieldKind, type FieldName, KEYWORD, USED_FIELDS } from './fields.ts';
import { formatOf, headerLayout, type Layout } from './layout.ts';
import { ALWAYS, KIND_OF, maximumOf, RowRules } from './rules.ts';
import { BLANK, FAILED, passOver, readAddress, readCount, readInteger, readKeyword, readText } from './values.ts';

const NEWLINE = 10;
const RETURN = 13;
const HASH = 35;

const STEP = { skip: 0, text: 1, address: 2, integer: 3, count: 4, keyword: 5 } as const;

const STEP_OF: Record<FieldKind, number> = {
  text: STEP.text,
  address: STEP.address,
  integer: STEP.integer,
  count: STEP.count,
  time: STEP.count,
  keyword: STEP.keyword,
};

export interface TextOptions {
  readonly names: Names;
  /** Fields to fill, those that conversations use unless told otherwise; the others of the log are passed over. */
  readonly fields?: readonly FieldName[];
  /** Layout of lines without a header; the default format when not given. */
  readonly layout?: Layout;
}

/** A layout compiled for one batch: what to do at each position of a line. */
export interface Plan {
  readonly layout: Layout;
  readonly batch: FlowBatch;
  readonly steps: Uint8Array;
  readonly columns: readonly Column[];
  readonly maxima: Float64Array;
  readonly rules: RowRules;
  /** Whether some value is checked, so that a line of field names cannot pass as data. */
  readonly checked: boolean;
  readonly tally: Tally;
  /** Whether a data line has fitted it. */
  fitted: boolean;
}

/** What `fillBatch` has met besides records. */
interface Tally {
  lines: number;
  noData: number;
  skipData: number;
  /** Negated reason why it stopped at a line, 0 if it did not. */
  failed: number;
}

export function compilePlan(layout: Layout, options: TextOptions, header = formatOf(layout)): Plan {
  const wanted = new Set<FieldName>(options.fields ?? USED_FIELDS);
  for (const name of ALWAYS) wanted.add(name);
  const batch = new FlowBatch(options.names, batchRows, header);
  const steps = layout.fields.map((name) => (name && wanted.has(name) ? STEP_OF[KIND_OF.get(name)!] : STEP.skip));
  const columns = layout.fields.map((name) => (name && wanted.has(name) ? batch.column(name) : UNUSED));
  return {
    layout,
    batch,
    steps: Uint8Array.from(steps),
    columns,
    maxima: Float64Array.from(layout.fields, (name) => (name === undefined ? 0 : maximumOf(name))),
    rules: new RowRules(batch, layout.fields),
    checked: steps.some((step) => step !== STEP.skip && step !== STEP.text),
    tally: { lines: 0, noData: 0, skipData: 0, failed: 0 },
    fitted: false,
  };
}

const UNUSED = new Uint8Array(0);

const decoder = new TextDecoder();

/** Parses lines into the batch until the range is used up, the batch is full or a line fails, whose offset it returns. */
export function fillBatch(plan: Plan, buffer: Uint8Array, from: number, to: number): number {
  const { batch, tally, rules } = plan;
  const { capacity, ordinal, from: starts, to: ends } = batch;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let { lines } = tally;
  let row = batch.length;
  let pos = from;
  while (pos < to && row < capacity) {
    let next = parseLine(plan, buffer, view, pos, row);
    lines++;
    if (next > 0) {
      const verdict = next - pos > LINE_MAX ? FAILED.lineTooLong : rules.judge(row);
      if (verdict < 0) next = verdict;
      else if (verdict === KEYWORD.noData) tally.noData++;
      else if (verdict === KEYWORD.skipData) tally.skipData++;
      else if (!plan.checked && isHeader(buffer, pos, next)) next = FAILED.fieldCount;
      else {
        starts[row] = pos;
        ends[row] = next - (buffer[next - 2] === RETURN ? 2 : 1);
        ordinal[row++] = lines;
      }
    }
    if (next < 0) {
      tally.failed = next;
      break;
    }
    pos = next;
  }
  tally.lines = lines;
  batch.length = row;
  return pos;
}

/** The longest line with its line end. */
const LINE_MAX = lineBytesMax + 1;

function isHeader(buffer: Uint8Array, from: number, to: number): boolean {
  return headerLayout(decoder.decode(buffer.subarray(from, to)).trim()) !== undefined;
}

/** Parses the line at `pos` into row `row`; returns the offset of the next line or a negated reason. */
function parseLine(plan: Plan, buffer: Uint8Array, view: DataView, pos: number, row: number): number {
  const { steps, columns, maxima } = plan;
  const { names } = plan.batch;
  const { delimiter } = plan.layout;
  const last = steps.length - 1;
  while (buffer[pos] === BLANK) pos++;
  if (buffer[pos] < BLANK || buffer[pos] === HASH) return FAILED.fieldCount;
  for (let step = 0; step <= last; step++) {
    pos = readValue(steps[step], buffer, view, pos, delimiter, maxima[step], columns[step], row, names);
    if (pos < 0) return pos;
    if (step === last) break;
    if (buffer[pos] !== delimiter) return FAILED.fieldCount;
    pos++;
    if (buffer[pos] <= BLANK && delimiter === BLANK) {
      while (buffer[pos] === BLANK) pos++;
      if (buffer[pos] < BLANK) return FAILED.fieldCount;
    }
  }
  while (buffer[pos] === BLANK) pos++;
  if (buffer[pos] === RETURN) pos++;
  return buffer[pos] === NEWLINE ? pos + 1 : FAILED.fieldCount;
}

function readValue(
  step: number,
  buffer: Uint8Array,
  view: DataView,
  pos: number,
  delimiter: number,
  maximum: number,
  column: Column,
  row: number,
  names: Names,
): number {
  switch (step) {
    case STEP.address:
      return readAddress(buffer, pos, delimiter, names.addresses, column as Uint32Array, row);
    case STEP.integer:
      return readInteger(buffer, pos, delimiter, maximum, column as Int32Array, row);
    case STEP.count:
      return readCount(buffer, pos, delimiter, maximum, column as Float64Array, row);
    case STEP.text:
      return readText(buffer, view, pos, delimiter, names.text, column as Uint32Array, row);
    case STEP.keyword:
      return readKeyword(buffer, pos, delimiter, column as Uint8Array, row);
    default:
      return passOver(buffer, pos, delimiter);
  }
}
