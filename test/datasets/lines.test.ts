import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../lib/datasets/flow.ts';
import { RowsReader } from '../../lib/datasets/lines.ts';
import { ConversionReport, Unreadable, WrongFormat } from '../../lib/datasets/report.ts';
import { lineBytesMax } from '../../lib/limits.ts';

const SOME_FLOW: Flow = {
  startSeconds: 0,
  durationSeconds: 0,
  source: '10.0.0.5',
  destination: '10.0.0.6',
  sourcePort: 0,
  destinationPort: 0,
  protocol: 6,
  forward: { packets: 1, bytes: 40, flags: 0 },
};

/** Lines that reach the row reader, of bytes handed over in pieces; `#` marks no row, `?` a bad one. */
function read(pieces: readonly (Uint8Array | string)[]) {
  const lines: string[] = [];
  const report = new ConversionReport();
  let flows = 0;
  const row = (line: string) => {
    lines.push(line);
    if (line.startsWith('?')) throw new Unreadable('count', 'packets', line);
    return line.startsWith('#') ? undefined : SOME_FLOW;
  };
  const reader = new RowsReader('input', row, report, () => flows++);
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  reader.finish();
  return { lines, report, flows };
}

describe('lines of a data set', () => {
  it('end in LF or CRLF, the last one in nothing', () => {
    expect(read(['a\nb\r\n\n \r\nc']).lines).toEqual(['a', 'b', 'c']);
  });

  it('lose the byte-order mark of the first, and no other', () => {
    expect(read(['\ufeffa\n\ufeffb']).lines).toEqual(['a', '\ufeffb']);
  });

  it('are put together from pieces that cut letters in two', () => {
    const bytes = Buffer.from('é€😀\nß');
    expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte))).lines).toEqual(['é€😀', 'ß']);
  });

  it('are the same in pieces of any size', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '?', '#', '\n', '\r\n', ' ', 'é', '\ufeff'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (content, sizes) => {
        const bytes = Buffer.from(content);
        const whole = read([content]);
        const cut = read(cutAt(bytes, sizes));
        expect(cut.lines).toEqual(whole.lines);
        expect(cut.report).toEqual(whole.report);
      }),
    );
  });

  it('that are headers or comments are no rows', () => {
    const { report, flows } = read(['#a\nb\n#c\nd\n']);
    expect([report.rows, flows]).toEqual([2, 2]);
  });

  it('that cannot be read are counted with their number, blank ones counted as lines', () => {
    const { report, flows } = read(['a\n\n?x\nb\n?y']);
    expect([report.rows, flows]).toEqual([4, 2]);
    expect(report.dropped).toEqual({ count: 2 });
    expect(report.examples).toEqual([
      { source: 'input', line: 3, column: 'packets', value: '?x', reason: 'count' },
      { source: 'input', line: 5, column: 'packets', value: '?y', reason: 'count' },
    ]);
  });
});

function cutAt(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe('a line beyond the limit', () => {
  const long = 'x'.repeat(lineBytesMax + 1);

  it.each([
    ['whole', [`a\n${long}\nb`]],
    ['in two pieces', [`a\n${long.slice(0, 9_000)}`, `${long.slice(9_000)}\nb`]],
    ['with its end in a piece of its own', [`a\n${long}`, '\nb']],
    ['many times as long as the limit', [`a\n${long}`, long, long, `${long}\nb`]],
  ])('%s, is counted once and the next is read', (_, pieces) => {
    const { lines, report } = read(pieces);
    expect(lines).toEqual(['a', 'b']);
    expect(report).toMatchObject({ rows: 3, dropped: { overlong: 1 } });
    expect(report.examples).toMatchObject([{ line: 2, column: '', reason: 'overlong' }]);
    expect(report.examples[0].value).toHaveLength(80);
  });

  it('and a further one are counted each', () => {
    const { lines, report } = read([`${long}\n${long}`, `${long}\na\n${long}`]);
    expect(lines).toEqual(['a']);
    expect(report.dropped).toEqual({ overlong: 3 });
    expect(report.examples.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('may be the last one, which does not end', () => {
    expect(read([`a\n${long}`]).report).toMatchObject({ rows: 2, dropped: { overlong: 1 } });
  });

  it('is one character longer than what is still read', () => {
    expect(read([`${long.slice(1)}\n`]).lines).toEqual([long.slice(1)]);
  });
});

describe('what is no row at fault', () => {
  it.each([
    ['content of another format', new WrongFormat('no such header')],
    ['a mistake of ours', new TypeError('is not a function')],
  ])('%s passes through', (_, error) => {
    const reader = new RowsReader(
      'input',
      () => {
        throw error;
      },
      new ConversionReport(),
      () => {},
    );
    expect(() => reader.push(Buffer.from('a\n'))).toThrow(error);
  });

  it('a flow that its taker refuses is counted as a row', () => {
    const report = new ConversionReport();
    const refuse = () => {
      throw new Unreadable('address', 'source address', 'nobody');
    };
    const reader = new RowsReader('input', () => SOME_FLOW, report, refuse);
    reader.push(Buffer.from('a\nb\n'));
    expect(report).toMatchObject({ rows: 2, dropped: { address: 2 } });
  });
});
