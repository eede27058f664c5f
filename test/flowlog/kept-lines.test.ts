import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNames, type FlowBatch } from '../../lib/flowlog/batch.ts';
import { readRecords } from '../../lib/flowlog/evidence.ts';
import { KeptLines } from '../../lib/flowlog/kept-lines.ts';
import { type LogObject, readObject } from '../../lib/flowlog/object.ts';
import { batchRows } from '../../lib/limits.ts';
import { bytesOf, DEFAULT_HEADER, line, lines, objectOf } from './reading.ts';
import { flowColumns, parquetOf } from './tables.ts';

/** Keeps the lines of all records of the objects, and gives the ordinals of each. */
async function keepAll(objects: readonly LogObject[], kept: KeptLines): Promise<number[][]> {
  const ordinals: number[][] = objects.map(() => []);
  for (const [number, object] of objects.entries()) {
    const batch = (records: FlowBatch) => {
      for (let record = 0; record < records.length; record++) {
        kept.keep(number, records, record);
        ordinals[number].push(records.ordinal[record]);
      }
    };
    await readObject(object, { names: createNames() }, { batch, rejected() {} });
  }
  return ordinals;
}

/** Lines of all kinds, one after another. */
const anyText = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.nat(65_535).map(line) },
      fc.constantFrom('', '# comment', 'bogus', DEFAULT_HEADER, ` ${line(7)}`, `${line(8)} `, `${line(9)}\r`),
      fc.constant(`${line(1)} NODATA`),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join('\n'));

describe('kept lines', () => {
  it('are those that a second reading gives, wherever the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, fc.integer({ min: 1, max: 3_000 }), async (one, two, pieceBytes) => {
        const kept = new KeptLines();
        const objects = [one, two].map((text) => objectOf(text, pieceBytes));
        const ordinals = await keepAll(objects, kept);
        for (const [number, object] of objects.entries()) {
          if (ordinals[number].length === 0) continue;
          const { header, lines } = await readRecords(object, ordinals[number]);
          expect(kept.find(number, ordinals[number])).toEqual({ header, lines });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are those of every batch of a packed object', async () => {
    const kept = new KeptLines();
    const object = objectOf(gzipSync(`${DEFAULT_HEADER}\n${lines(batchRows * 20)}`), 1_000);
    const [ordinals] = await keepAll([object], kept);
    expect(ordinals).toHaveLength(batchRows * 20);
    expect(kept.find(0, ordinals)?.lines).toEqual((await readRecords(object, ordinals)).lines);
  });

  it('have the header in force at the first of them', async () => {
    const text = `${line(1)}\nsrcaddr dstaddr\n10.0.0.1 10.0.0.2\n10.0.0.3 10.0.0.4\n`;
    const kept = new KeptLines();
    await keepAll([objectOf(text)], kept);
    expect(kept.find(0, [4, 3])).toEqual({
      header: 'srcaddr dstaddr',
      lines: new Map([
        [3, '10.0.0.1 10.0.0.2'],
        [4, '10.0.0.3 10.0.0.4'],
      ]),
    });
    expect(kept.find(0, [4, 1])?.header).toBe(DEFAULT_HEADER);
  });

  it('are not given unless all wanted ones are there', async () => {
    const kept = new KeptLines();
    await keepAll([objectOf(lines(3)), objectOf(lines(2))], kept);
    expect(kept.find(0, [1, 2, 3])?.lines.size).toBe(3);
    expect(kept.find(0, [1, 4])).toBeUndefined();
    expect(kept.find(1, [3])).toBeUndefined();
    expect(kept.find(2, [1])).toBeUndefined();
    expect(new KeptLines().find(0, [1])).toBeUndefined();
  });

  it('are none of text whose quotes were passed over, nor of Parquet', async () => {
    const kept = new KeptLines();
    const quoted = objectOf(line(1).replaceAll(/\S+/g, '"$&"'));
    const ordinals = await keepAll([quoted, objectOf(parquetOf(flowColumns(1)))], kept);
    expect(ordinals).toEqual([[1], [1]]);
    expect(kept.find(0, [1])).toBeUndefined();
    expect(kept.find(1, [1])).toBeUndefined();
  });

  it('are not those of a batch whose records stand far apart', async () => {
    const kept = new KeptLines();
    const gap = `${line(1)} NODATA\n`.replace('ACCEPT OK ', 'ACCEPT ').repeat(20_000);
    const object = objectOf(`${line(1)}\n${gap}${line(2)}\n`, 65_536);
    expect(await keepAll([object], kept)).toEqual([[1, 20_002]]);
    expect(kept.find(0, [1])).toBeUndefined();
    expect(kept.find(0, [20_002])?.lines.get(20_002)).toBe(line(2));
  });

  it('are the first ones when there is no room for all', async () => {
    const text = bytesOf(lines(60_000));
    const kept = new KeptLines(1);
    await keepAll([objectOf(text)], kept);
    expect(kept.find(0, [1, 30_000])?.lines.get(30_000)).toBe(line(29_999));
    expect(kept.find(0, [60_000])).toBeUndefined();
  });
});
