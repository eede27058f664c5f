/** Helper of the Parquet tests: rows written as a Parquet file. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';

export type Codec = 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'ZSTD';

export interface TableOptions {
  readonly codec?: Codec;
  readonly rowGroupSize?: number;
}

export function parquetOf(columns: Record<string, readonly unknown[]>, options: TableOptions = {}): Uint8Array {
  const columnData: ColumnSource[] = Object.entries(columns).map(([name, data]) => ({
    name,
    data: [...data],
    nullable: true,
    ...(data.every((value) => value === null) ? { type: 'STRING' as const } : {}),
  }));
  const { codec = 'SNAPPY', rowGroupSize = 1_000 } = options;
  return new Uint8Array(
    parquetWriteBuffer({
      columnData,
      codec,
      rowGroupSize,
      compressors: {
        GZIP: (input) => gzipSync(input),
        ZSTD: (input) => zstdCompressSync(input),
      },
    }),
  );
}

/** The columns of records in the default format as AWS writes them: names with underscores, integers as such. */
export function flowColumns(count: number): Record<string, unknown[]> {
  const rows = Array.from({ length: count }, (_, index) => index);
  return {
    version: rows.map(() => 2),
    account_id: rows.map(() => '123456789010'),
    interface_id: rows.map((row) => `eni-${row % 7}`),
    srcaddr: rows.map((row) => `10.0.${row % 200}.1`),
    dstaddr: rows.map(() => '10.0.0.2'),
    srcport: rows.map((row) => row % 65_536),
    dstport: rows.map(() => 443),
    protocol: rows.map(() => 6),
    packets: rows.map((row) => BigInt(row + 1)),
    bytes: rows.map((row) => BigInt(row) * 1_000n),
    start: rows.map(() => 1_600_000_000n),
    end: rows.map(() => 1_600_000_060n),
    action: rows.map(() => 'ACCEPT'),
    log_status: rows.map(() => 'OK'),
  };
}

/** The same table as text. */
export function textOf(columns: Record<string, readonly unknown[]>): string {
  const names = Object.keys(columns);
  const count = columns[names[0]].length;
  const rows = Array.from({ length: count }, (_, row) => names.map((name) => columns[name][row] ?? '-').join(' '));
  return `${[names.join(' '), ...rows].join('\n')}\n`;
}
