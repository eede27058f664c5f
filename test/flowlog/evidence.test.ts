import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../lib/flowlog/evidence.ts';
import { formatLayout } from '../../lib/flowlog/layout.ts';
import { bytesOf, DEFAULT_HEADER, line, objectOf, readAll } from './reading.ts';
import { flowColumns, parquetOf } from './tables.ts';

const LINES = Array.from({ length: 500 }, (_, index) => line(index));
const LOG = [DEFAULT_HEADER, ...LINES].join('\n');

describe('readRecords', () => {
  it.each([
    ['text', bytesOf(LOG)],
    ['gzip', gzipSync(LOG)],
    ['text with carriage returns', bytesOf(LOG.replaceAll('\n', '\r\n'))],
    ['text with a byte order mark', bytesOf(`\ufeff${LOG}`)],
  ])('gives the lines of %s as they stand', async (_, bytes) => {
    for (const pieceBytes of [1_000_000, 100, 1]) {
      const { header, lines, failure } = await readRecords(objectOf(bytes, pieceBytes), [2, 250, 501]);
      expect(header).toBe(DEFAULT_HEADER);
      expect([...lines]).toEqual([
        [2, LINES[0]],
        [250, LINES[248]],
        [501, LINES[499]],
      ]);
      expect(failure).toBeUndefined();
    }
  });

  it('gives for the ordinals of a batch the lines of its records', async () => {
    const text = `# comment\n\n${LOG}\nbogus\n${DEFAULT_HEADER}\n${line(9)}`;
    const { ordinals, records } = await readAll(objectOf(text));
    await fc.assert(
      fc.asyncProperty(fc.subarray(ordinals), fc.integer({ min: 1, max: 5_000 }), async (wanted, pieceBytes) => {
        const { lines } = await readRecords(objectOf(text, pieceBytes), wanted);
        expect(lines.size).toBe(wanted.length);
        for (const ordinal of wanted) {
          expect(lines.get(ordinal)?.split(' ')[5]).toBe(records[ordinals.indexOf(ordinal)].srcport);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('names the format of a log without a header', async () => {
    expect((await readRecords(objectOf(LINES.join('\n')), [1])).header).toBe(DEFAULT_HEADER);
    const layout = formatLayout('dstaddr srcaddr');
    expect(await readRecords(objectOf('10.0.0.1 10.0.0.2\n'), [1], { layout })).toEqual({
      header: 'dstaddr srcaddr',
      lines: new Map([[1, '10.0.0.1 10.0.0.2']]),
      failure: undefined,
    });
  });

  it('gives the header in force at the first line wanted', async () => {
    const text = `${LOG}\nsrcaddr dstaddr\n10.0.0.1 10.0.0.2\n"srcaddr","dstaddr"\n"10.0.0.3","10.0.0.4"\n`;
    expect((await readRecords(objectOf(text), [5, 503])).header).toBe(DEFAULT_HEADER);
    expect((await readRecords(objectOf(text), [503])).header).toBe('srcaddr dstaddr');
    expect(await readRecords(objectOf(text), [505])).toMatchObject({
      header: '"srcaddr","dstaddr"',
      lines: new Map([[505, '"10.0.0.3","10.0.0.4"']]),
    });
  });

  it('gives the messages of CloudWatch events', async () => {
    const payload = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: LINES.map((message) => ({ message })) });
    const { lines } = await readRecords(objectOf(gzipSync(payload)), [3, 500]);
    expect([...lines]).toEqual([
      [3, LINES[2]],
      [500, LINES[499]],
    ]);
  });

  it('gives the rows of Parquet with all their columns', async () => {
    const columns = { colour: new Array(50).fill('red'), ...flowColumns(50) };
    const bytes = parquetOf(columns, { rowGroupSize: 20 });
    const { header, lines } = await readRecords(objectOf(bytes), [1, 50]);
    expect(header).toBe(Object.keys(columns).join(' '));
    expect([...lines]).toEqual([
      [1, 'red 2 123456789010 eni-0 10.0.0.1 10.0.0.2 0 443 6 1 0 1600000000 1600000060 ACCEPT OK'],
      [50, 'red 2 123456789010 eni-0 10.0.49.1 10.0.0.2 49 443 6 50 49000 1600000000 1600000060 ACCEPT OK'],
    ]);
  });

  it('stops reading after the last line wanted', async () => {
    let given = 0;
    const endless = {
      name: 'endless',
      async *open() {
        for (;;) {
          given++;
          yield bytesOf(`${line(1)}\n`.repeat(100));
        }
      },
    };
    const { lines, failure } = await readRecords(endless, [1, 350]);
    expect([...lines.keys()]).toEqual([1, 350]);
    expect(failure).toBeUndefined();
    expect(given).toBeLessThan(12);
  });

  it('gives what there is of ordinals past the end and of damaged objects', async () => {
    expect((await readRecords(objectOf(LOG), [2, 9_999])).lines.size).toBe(1);
    const cut = await readRecords(objectOf(gzipSync(LOG).subarray(0, 900)), [2, 501]);
    expect([...cut.lines.keys()]).toEqual([2]);
    expect(cut.failure).toMatch(/^the gzip data is truncated/);
    expect((await readRecords(objectOf('<html>'), [1])).failure).toMatch(/^looks like an HTML/);
    expect((await readRecords(objectOf('PAR1'), [1])).failure).toMatch(/^the Parquet data cannot be read/);
  });

  it('cuts a line without end', async () => {
    const { lines } = await readRecords(objectOf('x'.repeat(1_000_000), 999), [1]);
    expect(lines.get(1)).toHaveLength(16_384);
  });

  it('wants nothing and reads next to nothing', async () => {
    expect((await readRecords(objectOf(LOG), [])).lines.size).toBe(0);
  });
});
