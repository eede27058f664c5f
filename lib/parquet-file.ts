/**
 * Parquet files that are written one row group after another: matrices, scores, summaries and simulated logs. The pieces come out
 * as bytes, so that whoever stores them needs no second copy of the file.
 */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

export interface ParquetColumn {
  readonly name: string;
  readonly type: 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'STRING';
  /** Whether values may be missing (`undefined`). */
  readonly nullable?: boolean;
}

export type ColumnData = Float32Array | Float64Array | Int32Array | (number | string | undefined)[];

export interface ParquetFileOptions {
  readonly columns: readonly ParquetColumn[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** ZSTD unless told otherwise: Athena, DuckDB, pyarrow and Polars read both. */
  readonly codec?: 'ZSTD' | 'GZIP';
}

const COMPRESSORS = { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes), GZIP: gzipFixed };

/** Offset of the byte that names the operating system (RFC 1952, 2.3), and its value for "unknown". */
const GZIP_SYSTEM = 9;
const GZIP_SYSTEM_UNKNOWN = 255;

/** Gzip without a trace of the machine: zlib leaves the time 0, the system is blanked. */
export function gzipFixed(bytes: Uint8Array): Uint8Array {
  const packed = gzipSync(bytes);
  packed[GZIP_SYSTEM] = GZIP_SYSTEM_UNKNOWN;
  return packed;
}

export class ParquetFile {
  readonly #columns: readonly ParquetColumn[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor({ columns, metadata = {}, codec = 'ZSTD' }: ParquetFileOptions) {
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
      codec,
      compressors: COMPRESSORS,
      createdBy: 'flowtrap',
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  /** Bytes of one row group; `data` holds an array per column, all of the same length; INT64 takes whole numbers. */
  rowGroup(data: readonly ColumnData[]): Uint8Array {
    if (data.length !== this.#columns.length) {
      throw new Error(`a row group of ${data.length} columns in a file of ${this.#columns.length}`);
    }
    const rowGroupSize = Math.max(1, data[0].length);
    const columnData = this.#columns.map(({ name, type }, i) => ({
      name,
      data: type === 'INT64' ? bigints(data[i]) : data[i],
    }));
    this.#writer.write({ columnData, rowGroupSize });
    return this.#taken();
  }

  /** The last bytes of the file. */
  finish(): Uint8Array {
    this.#writer.finish();
    return this.#taken();
  }

  #taken(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice();
    // The writer's count of all bytes goes on: offsets in the footer are made from it.
    this.#bytes.index = 0;
    return bytes;
  }
}

function bigints(data: ColumnData): (bigint | undefined)[] {
  return Array.from(data, (value) => (value === undefined ? undefined : BigInt(value)));
}

function schemaElement({ name, type, nullable }: ParquetColumn): SchemaElement {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  if (type === 'STRING') return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type };
  return { name, type, repetition_type };
}
