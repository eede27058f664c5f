import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatSeconds,
  progressLine,
  progressText,
  table,
  textWidth,
  truncate,
  visible,
  wrap,
  wrapItems,
} from '../../bin/terminal.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\x1b[2J', '\x1b]0;title\x07', '日本語', '🔥', 'e\u0301', '\u202eabc'),
);

describe('visible', () => {
  it.each([
    ['plain text, ünï', 'plain text, ünï'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\nb\tc\0', 'a\\x0ab\\x09c\\x00'],
    ['\x9b2J', '\\x9b2J'],
    ['\u202eabc', '\\u{202e}abc'],
    ['a\u200bb', 'a\\u{200b}b'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('writes %j as %j', (input, output) => {
    expect(visible(input)).toBe(output);
  });

  it('leaves no control character of any text', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(visible(input)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('textWidth', () => {
  it.each([
    ['abc', 3],
    ['\x1b[1mabc\x1b[22m', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['→ ·', 3],
    ['🔥', 2],
  ])('of %j is %i', (input, width) => {
    expect(textWidth(input)).toBe(width);
  });
});

describe('truncate', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
  ])('of %j to %i is %j', (input, width, output) => {
    expect(truncate(input, width)).toBe(output);
  });

  it('never exceeds the width', () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 20 }),
        (input, width) => textWidth(truncate(visible(input), width)) <= width,
      ),
    );
  });
});

describe('wrap', () => {
  it('breaks at blanks and cuts what has none', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(wrap('', 4)).toEqual(['']);
  });

  it('keeps every character and no line longer than the width', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (input, width) => {
        const shown = visible(input);
        const lines = wrap(shown, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(shown.replaceAll(' ', ''));
        expect(lines.filter((line) => textWidth(line) > width)).toEqual([]);
      }),
    );
  });

  it('breaks between items, not within', () => {
    expect(wrapItems(['one two', 'three four', 'five'], 14)).toEqual(['one two ·', 'three four ·', 'five']);
    expect(wrapItems(['a b c d e f g'], 6)).toEqual(['a b c', 'd e f', 'g']);
  });
});

describe('table', () => {
  const columns = [{ title: 'NAME' }, { title: 'COUNT', align: 'right' }, { title: 'NOTE' }] as const;

  it('lines up under its titles', () => {
    expect(
      table(
        columns,
        [
          ['a', '1', 'x'],
          ['bcd', '23', 'yy'],
        ],
        40,
      ),
    ).toEqual(['NAME  COUNT  NOTE', 'a         1  x', 'bcd      23  yy']);
  });

  it('shrinks the widest column to fit', () => {
    const lines = table(columns, [['a', '1', 'x'.repeat(100)]], 30);
    expect(lines.map(textWidth)).toEqual([17, 30]);
    expect(lines[1]).toBe(`a         1  ${'x'.repeat(16)}…`);
  });

  it('fits any width of 40 and more, whatever the cells', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text)), fc.integer({ min: 40, max: 120 }), (rows, width) => {
        const lines = table(columns, rows, width);
        expect(lines).toHaveLength(rows.length + 1);
        expect(lines.filter((line) => textWidth(line) > width || line.includes('\x1b'))).toEqual([]);
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [123_456_789, '123 MB'],
    [2e18, '2000 PB'],
  ])('%d bytes read %s', (bytes, shown) => {
    expect(formatBytes(bytes)).toBe(shown);
  });

  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [185, '3 min 5 s'],
    [7_620, '2 h 7 min'],
  ])('%d seconds read %s', (seconds, shown) => {
    expect(formatSeconds(seconds)).toBe(shown);
  });

  it('are grouped by thousands', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
  });
});

describe('progress', () => {
  function terminal(isTTY: boolean) {
    const written: string[] = [];
    const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) > 0 };
    return { written, stream: stream as unknown as NodeJS.WriteStream };
  }

  it('says how much was read and how fast', () => {
    expect(progressText({ objects: 2, bytes: 1_500_000, records: 30_000 }, 2_000)).toBe(
      '2 objects · 1.5 MB · 30,000 records · 15,000 records/s · 2 s',
    );
  });

  it('is one line that fits and goes away, drawn ten times a second at most', () => {
    const { written, stream } = terminal(true);
    let now = 0;
    const line = progressLine(stream, () => now);
    for (now = 0; now < 1_000; now += 10) line.show({ objects: 1e9, bytes: 1e15, records: 1e12 });
    line.clear();
    expect(written.length).toBe(11);
    expect(written.at(-1)).toBe('\r\x1b[K');
    expect(written.every((text) => text.startsWith('\r') && textWidth(text.slice(1)) < 60)).toBe(true);
  });

  it('is silent where nobody looks', () => {
    const { written, stream } = terminal(false);
    const line = progressLine(stream, () => 0);
    line.show({ objects: 1, bytes: 1, records: 1 });
    line.clear();
    expect(written).toEqual([]);
  });
});
