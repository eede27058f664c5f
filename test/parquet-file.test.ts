import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
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

describe('values of a Parquet file', () => {
  const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 12 }), { nil: undefined });
  const port = fc.option(fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }), { nil: undefined });
  const row = fc.record({
    time: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    port,
    name: text,
    share: fc.float({ noNaN: true }),
    sum: fc.double({ noNaN: true }),
  });

  it('are read as they were written, whatever they are and however they fall into groups', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
        fc.constantFrom('ZSTD' as const, 'GZIP' as const),
        async (groups, codec) => {
          const file = new ParquetFile({ columns, codec });
          const parts = groups.map((rows) =>
            file.rowGroup([
              rows.map(({ time }) => time),
              rows.map((one) => one.port),
              rows.map(({ name }) => name),
              Float32Array.from(rows, ({ share }) => share),
              rows.map(({ sum }) => sum),
            ]),
          );
          const table = await readTable(Buffer.concat([...parts, file.finish()]));
          const expected = groups.flat().map(({ time, port: number, name, share, sum }) => ({
            time: BigInt(time),
            port: number ?? null,
            name: name ?? null,
            share,
            sum,
          }));
          expect(table.rows).toEqual(expected);
          expect(table.groups).toEqual(groups.map(({ length }) => length));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are the same bytes each time, and the pieces have no bytes in common', () => {
    const write = () => {
      const file = new ParquetFile({ columns, codec: 'GZIP', metadata: { purpose: 'test' } });
      const group = () => file.rowGroup([[1], [2], ['a'], Float32Array.of(0.5), [1.5]]);
      return [group(), group(), file.finish()];
    };
    const [first, second] = [write(), write()];
    expect(second).toEqual(first);
    expect(Buffer.from(first[0].subarray(0, 4)).toString()).toBe('PAR1');
    expect(Buffer.from(first[2].subarray(-4)).toString()).toBe('PAR1');
    expect(new Set(first.map(({ buffer }) => buffer)).size).toBe(3);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s as a whole number', (value) => {
    const one = new ParquetFile({ columns: [{ name: 'time', type: 'INT64' }] });
    expect(() => one.rowGroup([[value]])).toThrow(RangeError);
  });
});

describe('gzipFixed', () => {
  it('names neither time nor system', () => {
    const packed = gzipFixed(Buffer.from('flow log'));
    expect([...packed.subarray(4, 8), packed[9]]).toEqual([0, 0, 0, 0, 255]);
    expect(gunzipSync(packed).toString()).toBe('flow log');
  });
});
