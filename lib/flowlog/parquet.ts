/**
 * Parquet flow logs, row group by row group and only the columns that are used. Columns are named with underscores (as
 * AWS writes them) or hyphens and hold integers or text, null or `-` where there is no value.
 *
 * Source: Amazon VPC User Guide, "Flow log files"; the Parquet format itself is hyparquet's matter.
 */
import { gunzipSync } from 'node:zlib';
import {
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { batchRows, parquetGroupRowsMax, parquetPageBytesMax, parquetRowsMax } from '../limits.ts';
import { FlowBatch } from './batch.ts';
import { CellWriter, cellText } from './cells.ts';
import { type FieldName, KEYWORD, USED_FIELDS } from './fields.ts';
import { headerLayout } from './layout.ts';
import type { FlowSink, ReadReport } from './report.ts';
import { ALWAYS, RowRules } from './rules.ts';
import type { TextOptions } from './text.ts';
import { REASONS } from './values.ts';

/** Random access to an object, as hyparquet wants it. */
export interface RandomAccess {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** A column of the file and the field it holds. */
export interface ParquetColumn {
  readonly name: string;
  readonly field: FieldName;
}

/** A file whose schema is that of a flow log. */
export interface ParquetLog {
  readonly metadata: FileMetaData;
  readonly columns: readonly ParquetColumn[];
  /** Names of all columns that are not nested, in the order of the file. */
  readonly names: readonly string[];
  readonly unknown: readonly string[];
}

/** Reads a Parquet flow log into batches; returns why reading stopped early, if it did. */
export async function readParquet(
  file: RandomAccess,
  options: TextOptions,
  report: ReadReport,
  sink: FlowSink,
): Promise<string | undefined> {
  report.bytes = file.byteLength;
  const log = await openParquet(file);
  if (typeof log === 'string') return log;
  report.describe(
    log.columns.map((column) => column.field),
    log.unknown,
  );
  const wanted = new Set([...(options.fields ?? USED_FIELDS), ...ALWAYS]);
  const columns = log.columns.filter((column) => wanted.has(column.field));
  const names = columns.map(({ name }) => name);
  const rows = new RowReader(columns, options, report, sink);
  let start = 0;
  for (const group of log.metadata.row_groups) {
    const count = Number(group.num_rows);
    const cells = await readGroup(file, log.metadata, names, start, count);
    if (typeof cells === 'string') return cells;
    for (const { meta_data } of group.columns) report.unpackedBytes += Number(meta_data?.total_uncompressed_size ?? 0);
    rows.group(cells, start, count);
    start += count;
  }
  return undefined;
}

/** The log that a file holds, or why it holds none. */
export async function openParquet(file: RandomAccess): Promise<ParquetLog | string> {
  try {
    const metadata = await parquetMetadataAsync(file);
    const { children } = parquetSchema(metadata);
    const counts = metadata.row_groups.map((group) => Number(group.num_rows));
    const largest = Math.max(0, ...counts);
    if (counts.some((count) => !(count >= 0)) || largest > parquetGroupRowsMax) {
      return `the Parquet data says one row group has ${largest} rows, expected at most ${parquetGroupRowsMax}; write it with smaller row groups`;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total > parquetRowsMax) {
      return `the Parquet data says it has ${total} rows, expected at most ${parquetRowsMax}; split the object`;
    }
    return withColumns(metadata, children);
  } catch (error) {
    return unreadable(error);
  }
}

function withColumns(metadata: FileMetaData, tree: ReturnType<typeof parquetSchema>['children']): ParquetLog | string {
  const names = tree.map((child) => child.element.name);
  if (names.includes('class_uid') && names.includes('metadata')) {
    return 'looks like OCSF (Security Lake) data, expected a flow log as VPC delivers it; name the flow-log objects themselves';
  }
  const flat = tree.filter((child) => child.children.length === 0 && child.element.repetition_type !== 'REPEATED');
  const flatNames = flat.map((child) => child.element.name);
  const layout = headerLayout(flatNames.join(' '));
  if (layout === undefined) {
    return `looks like Parquet of something else, got columns ${names.slice(0, 8).join(', ')}, expected flow-log fields such as srcaddr`;
  }
  const columns: ParquetColumn[] = [];
  for (const [index, field] of layout.fields.entries()) {
    if (field !== undefined) columns.push({ name: flatNames[index], field });
  }
  const nested = tree.filter((child) => !flat.includes(child)).map((child) => child.element.name);
  return { metadata, columns, names: flatNames, unknown: [...layout.unknown, ...nested] };
}

/** The cells of one row group, column by column, or why they cannot be had. */
export async function readGroup(
  file: RandomAccess,
  metadata: FileMetaData,
  names: readonly string[],
  start: number,
  count: number,
): Promise<readonly Cells[] | string> {
  const cells = new Map(names.map((name) => [name, new Cells()]));
  if (count === 0) return [];
  try {
    await parquetRead({
      file,
      metadata,
      columns: [...cells.keys()],
      compressors: BOUNDED,
      rowStart: start,
      rowEnd: start + count,
      onChunk: ({ columnName, columnData }) => cells.get(columnName)!.add(columnData),
    });
  } catch (error) {
    return unreadable(error);
  }
  for (const [name, { length }] of cells) {
    if (length < count) {
      return `the Parquet data is damaged: column ${name} has ${length} of ${count} values in the row group at row ${start + 1}`;
    }
  }
  return [...cells.values()];
}

function unreadable(error: unknown): string {
  return `the Parquet data cannot be read (${(error as Error).message}); what came before was read, fetch it again`;
}

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
class RowReader {
  readonly #report: ReadReport;
  readonly #sink: FlowSink;
  readonly #batch: FlowBatch;
  readonly #writers: readonly CellWriter[];
  readonly #rules: RowRules;

  constructor(columns: readonly ParquetColumn[], options: TextOptions, report: ReadReport, sink: FlowSink) {
    this.#report = report;
    this.#sink = sink;
    this.#batch = new FlowBatch(options.names, batchRows);
    this.#writers = columns.map(({ field }) => new CellWriter(field, this.#batch));
    this.#rules = new RowRules(
      this.#batch,
      columns.map(({ field }) => field),
    );
  }

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

  #reject(reason: NonNullable<(typeof REASONS)[number]>, values: readonly unknown[], ordinal: number): void {
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

/** The codecs, none of which may unpack a page to more than its limit; gzip is zlib's, several times faster. */
const BOUNDED: Compressors = {};
for (const [codec, unpack] of Object.entries(compressors)) {
  BOUNDED[codec as keyof Compressors] = (input, length) => {
    if (!(length <= parquetPageBytesMax)) {
      throw new Error(`a page unpacks to ${length} bytes, expected at most ${parquetPageBytesMax}`);
    }
    return codec === 'GZIP' ? gunzipSync(input, { maxOutputLength: Math.max(1, length) }) : unpack(input, length);
  };
}
