/**
 * Parquet flow logs, row group by row group and only the columns that are used. Columns are named with underscores (as
 * AWS writes them) or hyphens and hold integers or text, null or `-` where there is no value.
 *
 * Source: Amazon VPC User Guide, "Flow log files"; the Parquet format itself is hyparquet's matter.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Compressors, type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetGroupRowsMax, parquetPageBytesMax, parquetRowsMax } from '../limits.ts';
import { type FieldName, USED_FIELDS } from './fields.ts';
import { headerLayout } from './layout.ts';
import type { TextOptions } from './plan.ts';
import type { FlowSink, ReadReport } from './report.ts';
import { Cells, RowReader } from './rows.ts';
import { ALWAYS } from './rules.ts';

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
  const rows = new RowReader(
    columns.map((column) => column.field),
    options.names,
    report,
    sink,
  );
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

/** Those of zlib, several times faster than the ones in JavaScript. */
const NATIVE: Compressors = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

/** The codecs, none of which may unpack a page to more than its limit. */
const BOUNDED: Compressors = {};
for (const [codec, unpack] of Object.entries({ ...compressors, ...NATIVE })) {
  BOUNDED[codec as keyof Compressors] = (input, length) => {
    if (!(length <= parquetPageBytesMax)) {
      throw new Error(`a page unpacks to ${length} bytes, expected at most ${parquetPageBytesMax}`);
    }
    return unpack(input, length);
  };
}
