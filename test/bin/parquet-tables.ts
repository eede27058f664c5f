import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

export type Row = Record<string, unknown>;

/** Column names and types, key-value metadata and rows of a Parquet file. */
export async function readTable(file: string | Uint8Array) {
  const bytes = typeof file === 'string' ? readFileSync(file) : file;
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(buffer);
  return {
    columns: metadata.schema.slice(1).map(({ name, type, converted_type }) => [name, converted_type ?? type]),
    metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value])),
    groups: metadata.row_groups.map((group) => Number(group.num_rows)),
    codecs: new Set(metadata.row_groups.flatMap((group) => group.columns.map((column) => column.meta_data?.codec))),
    rows: (await parquetReadObjects({ file: buffer, compressors })) as Row[],
  };
}
