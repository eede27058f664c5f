import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gzipFixed, ParquetFile } from '../lib/parquet-file.ts';
import { readTable } from './bin/parquet-tables.ts';

const columns = [
  { name: 'time', type: 'INT64' },
  { name: 'port', type: 'INT32', nullable: true },
  { name: 'name', type: 'STRING', nullable: true },
  { name: 'share', type: 'FLOAT' },
  { name: 'sum', type: 'DOUBLE' },
] as const;

describe('ParquetFile', () => {
  it.each(['ZSTD', 'GZIP'] as const)('gives back every row of every group, packed with %s', async (codec) => {
    const file = new ParquetFile({ columns, metadata: { purpose: 'test' }, codec });
    const bytes = Buffer.concat([
      file.rowGroup([
        [4_294_967_295, 1],
        [80, undefined],
        ['a', 'ä,"'],
        Float32Array.of(0.5, 2),
        Float64Array.of(2 ** 60, 3),
      ]),
      file.rowGroup([[7], [1], [undefined], Float32Array.of(1), [9]]),
      file.finish(),
    ]);
    const table = await readTable(bytes);
    expect(table.columns).toEqual([
      ['time', 'INT64'],
      ['port', 'INT32'],
      ['name', 'UTF8'],
      ['share', 'FLOAT'],
      ['sum', 'DOUBLE'],
    ]);
    expect(table.metadata).toEqual({ purpose: 'test' });
    expect(table.groups).toEqual([2, 1]);
    expect([...table.codecs]).toEqual([codec]);
    expect(table.rows).toEqual([
      { time: 4_294_967_295n, port: 80, name: 'a', share: 0.5, sum: 2 ** 60 },
      { time: 1n, port: null, name: 'ä,"', share: 2, sum: 3 },
      { time: 7n, port: 1, name: null, share: 1, sum: 9 },
    ]);
  });

  it('is a valid file without rows', async () => {
    const table = await readTable(new ParquetFile({ columns }).finish());
    expect(table.rows).toEqual([]);
    expect(table.columns).toHaveLength(5);
  });

  it('refuses a row group of another width', () => {
    expect(() => new ParquetFile({ columns }).rowGroup([[1]])).toThrow('a row group of 1 columns in a file of 5');
  });
});

describe('gzipFixed', () => {
  it('names neither time nor system', () => {
    const packed = gzipFixed(Buffer.from('flow log'));
    expect([...packed.subarray(4, 8), packed[9]]).toEqual([0, 0, 0, 0, 255]);
    expect(gunzipSync(packed).toString()).toBe('flow log');
  });
});
