import { describe, expect, it } from 'vitest';
import { createNames } from '../../lib/flowlog/batch.ts';
import { ReadReport } from '../../lib/flowlog/report.ts';
import { Cells, RowReader } from '../../lib/flowlog/rows.ts';
import { batchRows } from '../../lib/limits.ts';

describe('Cells', () => {
  it('gives values page by page', () => {
    const cells = new Cells();
    cells.add([1, 2]);
    cells.add([]);
    cells.add(BigInt64Array.of(3n));
    expect(cells.length).toBe(3);
    expect([cells.next(), cells.next(), cells.next()]).toEqual([1, 2, 3n]);
  });
});

function cellsOf(values: readonly unknown[]): Cells {
  const cells = new Cells();
  cells.add([...values]);
  return cells;
}

describe('RowReader', () => {
  it('goes on through row groups and fills batch after batch', () => {
    const report = new ReadReport();
    const ordinals: number[] = [];
    const sizes: number[] = [];
    const sink = {
      batch({ length, ordinal }: { length: number; ordinal: Uint32Array }) {
        sizes.push(length);
        ordinals.push(...ordinal.subarray(0, length));
      },
      rejected() {},
    };
    const rows = new RowReader(['srcaddr', 'dstaddr'], createNames(), report, sink);
    const count = batchRows + 10;
    for (const start of [0, count]) {
      const addresses = new Array(count).fill('10.0.0.1');
      rows.group([cellsOf(addresses), cellsOf(addresses)], start, count);
    }
    expect(report.records).toBe(2 * count);
    expect(ordinals).toEqual(Array.from({ length: 2 * count }, (_, index) => index + 1));
    expect(sizes).toEqual([batchRows, 10, batchRows, 10]);
  });

  it('gives the first reason in the order of the columns', () => {
    const report = new ReadReport();
    const rejected: unknown[] = [];
    const sink = {
      batch() {},
      rejected(...args: unknown[]) {
        rejected.push(args);
      },
    };
    const rows = new RowReader(['dstport', 'srcaddr'], createNames(), report, sink);
    rows.group([cellsOf(['x', 1]), cellsOf(['y', null])], 40, 2);
    expect(rejected).toEqual([
      [41, 'number', 'x y'],
      [42, 'address', '1 -'],
    ]);
    expect(report.malformed).toEqual({ number: 1, address: 1 });
  });
});
