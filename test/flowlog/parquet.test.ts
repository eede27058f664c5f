import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectedBytesMax, parquetGroupRowsMax } from '../../lib/limits.ts';
import { countsOf, objectOf, type Reading, readAll } from './reading.ts';
import { type Codec, flowColumns, parquetOf, textOf } from './tables.ts';

const COLUMNS = flowColumns(2_500);

/** What has to be the same whatever the form of the log. */
function essence({ report, records, rejected }: Reading) {
  return { counts: countsOf(report), records, rejected: rejected.map(([, reason]) => reason), failure: report.failure };
}

describe('a Parquet log', () => {
  it.each<Codec>(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD'])('is read as the same in text, %s', async (codec) => {
    const bytes = parquetOf(COLUMNS, { codec });
    const parquet = await readAll(objectOf(bytes));
    expect(essence(parquet)).toEqual(essence(await readAll(objectOf(textOf(COLUMNS)))));
    expect(parquet.ordinals).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
    expect(parquet.report.bytes).toBe(bytes.length);
    expect(parquet.report.unpackedBytes).toBeGreaterThan(0);
  });

  it.each([100, 1_024, 2_500])('is read in row groups of %i', async (rowGroupSize) => {
    const { records, ordinals } = await readAll(objectOf(parquetOf(COLUMNS, { rowGroupSize })));
    expect(records.map((record) => record.packets)).toEqual(records.map((_, index) => String(index + 1)));
    expect(ordinals.at(-1)).toBe(2_500);
  });

  it('may have hyphens in its names and text in its columns', async () => {
    const entries = Object.entries(COLUMNS).map(([name, data]) => [name.replaceAll('_', '-'), data.map(String)]);
    const { records } = await readAll(objectOf(parquetOf(Object.fromEntries(entries))));
    expect(records).toEqual((await readAll(objectOf(parquetOf(COLUMNS)))).records);
  });

  it('passes over unknown columns and names them', async () => {
    const { report, records } = await readAll(objectOf(parquetOf({ ...flowColumns(3), colour: ['a', 'b', 'c'] })));
    expect(records).toHaveLength(3);
    expect([...report.unknownFields]).toEqual(['colour']);
    expect([...report.missingFields].sort()).toEqual(['pkt-dstaddr', 'pkt-srcaddr', 'tcp-flags']);
  });

  it('fills the fields asked for', async () => {
    const { records } = await readAll(objectOf(parquetOf({ ...flowColumns(1), vpc_id: ['vpc-1'] })), {
      fields: ['vpc-id'],
    });
    expect(records).toEqual([
      {
        'vpc-id': 'vpc-1',
        srcaddr: '10.0.0.1',
        dstaddr: '10.0.0.2',
        start: '1600000000',
        end: '1600000060',
        'log-status': 'OK',
      },
    ]);
  });

  it('counts rows of every kind once', async () => {
    const columns = {
      ...flowColumns(8),
      srcaddr: ['10.0.0.1', null, '-', 'x', null, '10.0.0.1', '10.0.0.1', '10.0.0.1'],
      dstaddr: ['10.0.0.2', null, '-', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.2'],
      srcport: [1, null, null, 1, 1, 70_000, 1, 1],
      log_status: ['OK', 'NODATA', 'SKIPDATA', 'OK', 'OK', 'OK', 'WHAT', 'NODATA'],
    };
    const { report, rejected, ordinals } = await readAll(objectOf(parquetOf(columns)));
    expect(countsOf(report)).toEqual({
      records: 1,
      noData: 2,
      skipData: 1,
      malformed: { address: 2, range: 1, keyword: 1 },
    });
    expect(ordinals).toEqual([1]);
    expect(rejected.map(([ordinal, reason]) => [ordinal, reason])).toEqual([
      [4, 'address'],
      [5, 'address'],
      [6, 'range'],
      [7, 'keyword'],
    ]);
    expect(rejected[0][2]).toBe('123456789010 eni-3 x 10.0.0.2 1 443 6 4 3000 1600000000 1600000060 ACCEPT OK');
  });

  it('is read as its text whatever the values are', async () => {
    const address = fc.constantFrom('10.0.0.1', '::1', '-', 'x', '1.2.3', '300.1.1.1');
    const number = fc.constantFrom(
      '0',
      '443',
      '65535',
      '65536',
      '-',
      'x',
      '-5',
      '1600000000',
      '1600000000000',
      '9007199254740993',
    );
    const row = fc.record({
      srcaddr: address,
      dstaddr: address,
      srcport: number,
      bytes: number,
      start: number,
      end: number,
      interface_id: fc.constantFrom('eni-1', 'eni-2', '-'),
      action: fc.constantFrom('ACCEPT', 'REJECT', '-', 'NO'),
      log_status: fc.constantFrom('OK', 'NODATA', 'SKIPDATA', '-', 'BAD'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const names = Object.keys(rows[0]) as (keyof (typeof rows)[0])[];
        const columns = Object.fromEntries(names.map((name) => [name, rows.map((values) => values[name])]));
        const parquet = await readAll(objectOf(parquetOf(columns, { rowGroupSize: 7 })));
        expect(essence(parquet)).toEqual(essence(await readAll(objectOf(textOf(columns)))));
      }),
    );
  });

  it('is read when its storage has no ranged reads', async () => {
    const { slice, sizeBytes, ...object } = objectOf(parquetOf(COLUMNS), 1_000);
    expect((await readAll(object)).records).toHaveLength(2_500);
    expect(slice).toBeDefined();
    expect(sizeBytes).toBeGreaterThan(0);
  });

  it('reads only what it uses', async () => {
    const filler = Array.from({ length: 2_500 }, (_, index) => `${index}`.repeat(40));
    const bytes = parquetOf({ ...COLUMNS, colour: filler }, { codec: 'UNCOMPRESSED', rowGroupSize: 2_500 });
    const object = objectOf(bytes);
    const ranges: number[] = [];
    await readAll({
      ...object,
      slice: (start, end = bytes.length) => {
        if (start > 0) ranges.push(end - start);
        return object.slice!(start, end);
      },
    });
    expect(ranges.reduce((sum, range) => sum + range, 0)).toBeLessThan(bytes.length / 2);
  });
});

describe('Parquet that is no flow log', () => {
  it('is refused with its columns named', async () => {
    const { report } = await readAll(objectOf(parquetOf({ name: ['x'], colour: ['y'], end: [1] })));
    expect(report.failure).toBe(
      'looks like Parquet of something else, got columns name, colour, end, expected flow-log fields such as srcaddr',
    );
  });

  it('is refused as OCSF where it is that', async () => {
    const { report } = await readAll(objectOf(parquetOf({ metadata: ['x'], class_uid: [4001], time: [1n] })));
    expect(report.failure).toMatch(/^looks like OCSF \(Security Lake\) data/);
  });
});

describe('damaged Parquet', () => {
  const bytes = parquetOf(COLUMNS, { rowGroupSize: 500, codec: 'GZIP' });

  it('is refused where it is truncated', async () => {
    for (const length of [4, 8, 100, bytes.length - 1]) {
      const { report } = await readAll(objectOf(bytes.subarray(0, length)));
      expect(report.failure).toMatch(/^the Parquet data cannot be read \(/);
      expect(report.records).toBe(0);
    }
  });

  it('gives the row groups before the damaged one', async () => {
    const damaged = Uint8Array.from(bytes);
    damaged.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 200);
    const { report, records } = await readAll(objectOf(damaged));
    expect(report.failure).toMatch(/^the Parquet data (cannot be read|is damaged)/);
    expect(records.length % 500).toBe(0);
    expect(records.length).toBeGreaterThan(0);
    expect(records.length).toBeLessThan(2_500);
  });

  it('never throws and counts no more rows than there are, whatever byte is wrong', async () => {
    const small = parquetOf(flowColumns(20), { codec: 'UNCOMPRESSED' });
    await fc.assert(
      fc.asyncProperty(fc.nat(small.length - 5), fc.nat(255), async (at, byte) => {
        const damaged = Uint8Array.from(small);
        damaged[at + 4] = byte;
        const { report, records } = await readAll(objectOf(damaged));
        expect(report.records).toBe(records.length);
        const total = report.records + report.noData + report.skipData + report.malformedCount;
        expect(report.failure === undefined ? total : 20).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused with absurd numbers of rows', async () => {
    const { report } = await readAll(objectOf(withCounts(bytes, 500, 10n ** 12n)));
    expect(report.failure).toBe(
      `the Parquet data says one row group has 1000000000000 rows, expected at most ${parquetGroupRowsMax}; write it with smaller row groups`,
    );
    const many = withCounts(parquetOf(flowColumns(300), { rowGroupSize: 1 }), 1, BigInt(parquetGroupRowsMax));
    expect((await readAll(objectOf(many))).report.failure).toMatch(/^the Parquet data says it has 2516582400 rows/);
  });
});

/** The file with every count of its footer that is `from` saying `to`: an i64 in Thrift's compact protocol. */
function withCounts(bytes: Uint8Array, from: number, to: bigint): Uint8Array {
  const file = Buffer.from(bytes);
  const footer = file.length - 8 - file.readUInt32LE(file.length - 8);
  const begin = file.subarray(0, footer);
  const metadata = file.subarray(footer, file.length - 8).toString('latin1');
  const patched = Buffer.from(metadata.replaceAll(count(BigInt(from)), count(to)), 'latin1');
  const tail = Buffer.alloc(8, 'PAR1');
  tail.writeUInt32LE(patched.length);
  return Buffer.concat([begin, patched, tail]);
}

function count(value: bigint): string {
  let text = '\x16';
  let rest = value * 2n;
  for (; rest > 127n; rest >>= 7n) text += String.fromCharCode(Number(rest & 127n) | 128);
  return text + String.fromCharCode(Number(rest));
}

describe('Parquet without ranged reads', () => {
  it('is refused past the bytes that may be collected', async () => {
    const block = new Uint8Array(16_777_216);
    let given = 0;
    const { report } = await readAll({
      name: 'endless',
      async *open() {
        yield new TextEncoder().encode('PAR1');
        for (;;) {
          given += block.length;
          yield block;
        }
      },
    });
    expect(report.failure).toMatch(/^Parquet of more than \d+ bytes needs random access, which endless does not offer/);
    expect(given).toBeLessThanOrEqual(collectedBytesMax + 2 * block.length);
  });
});
