import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSENT_ADDRESS, AddressBook, NOT_AN_ADDRESS } from '../../lib/flowlog/address.ts';
import { TextDictionary } from '../../lib/flowlog/dictionary.ts';
import { KEYWORD, KEYWORDS } from '../../lib/flowlog/fields.ts';
import {
  BLANK,
  FAILED,
  REASONS,
  readAddress,
  readCount,
  readInteger,
  readKeyword,
  readText,
  secondsOf,
  skipValue,
} from '../../lib/flowlog/values.ts';
import { countMax, timeSecondsMax } from '../../lib/limits.ts';
import { bytesOf } from './reading.ts';

const COMMA = 44;

/** What a reader makes of a value that ends its line: where it stops and what it wrote. */
function integer(text: string, maximum = 65_535, delimiter = BLANK) {
  const column = Int32Array.of(-7);
  const end = readInteger(bytesOf(`${text}\n`), 0, delimiter, maximum, column, 0);
  return end < 0 ? end : [end, column[0]];
}

function count(text: string, maximum: number = countMax, delimiter = BLANK) {
  const column = Float64Array.of(-7);
  const end = readCount(bytesOf(`${text}\n`), 0, delimiter, maximum, column, 0);
  return end < 0 ? end : [end, column[0]];
}

function address(text: string, book = new AddressBook()) {
  const column = Uint32Array.of(7);
  const end = readAddress(bytesOf(`${text}\n`), 0, BLANK, book, column, 0);
  return end < 0 ? end : [end, book.format(column[0])];
}

describe('FAILED', () => {
  it('numbers the reasons, negated', () => {
    expect(Object.values(FAILED).map((number) => REASONS[-number])).toEqual([
      'field-count',
      'address',
      'number',
      'range',
      'keyword',
      'line-too-long',
    ]);
  });
});

describe('readInteger', () => {
  it('reads digits up to the delimiter or the line end', () => {
    expect(integer('443')).toEqual([3, 443]);
    expect(integer('443 80')).toEqual([3, 443]);
    expect(integer('443,80', 65_535, COMMA)).toEqual([3, 443]);
    expect(integer('0')).toEqual([1, 0]);
    expect(integer('65535')).toEqual([5, 65_535]);
  });

  it('knows a dash, and nothing between commas, as absent', () => {
    expect(integer('-')).toEqual([1, -1]);
    expect(integer('-,5', 9, COMMA)).toEqual([1, -1]);
    expect(integer(',5', 9, COMMA)).toEqual([0, -1]);
  });

  it('refuses what is no number', () => {
    for (const text of ['x', '4x', '-1', '--', '4.5', '+4', '0x10', '4,5']) expect(integer(text)).toBe(FAILED.number);
  });

  it('refuses what is larger than the field holds', () => {
    expect(integer('65536')).toBe(FAILED.range);
    expect(integer('4294967297')).toBe(FAILED.range);
    expect(integer('99999999999999999999', 2_147_483_647)).toBe(FAILED.range);
  });
});

describe('readCount', () => {
  it('reads whole numbers exactly up to the largest', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(count(String(value))).toEqual([String(value).length, value]);
      }),
    );
    expect(count('9007199254740991')).toEqual([16, 9_007_199_254_740_991]);
  });

  it('knows a dash, and nothing between commas, as absent', () => {
    expect(count('-')).toEqual([1, -1]);
    expect(count(',5', 9, COMMA)).toEqual([0, -1]);
  });

  it('refuses what is no number or too large a number', () => {
    expect(count('12a')).toBe(FAILED.number);
    expect(count('1e9')).toBe(FAILED.number);
    expect(count('9007199254740993')).toBe(FAILED.range);
    expect(count('18446744073709551615')).toBe(FAILED.range);
  });

  it('takes a time past the year 2100 as milliseconds, rounded down', () => {
    expect(count('1600000000', timeSecondsMax)).toEqual([10, 1_600_000_000]);
    expect(count('1600000000999', timeSecondsMax)).toEqual([13, 1_600_000_000]);
    expect(count('1600000000999000', timeSecondsMax)).toBe(FAILED.range);
    expect(secondsOf(1_600_000_000_999, timeSecondsMax)).toBe(1_600_000_000);
    expect(secondsOf(70_000, 65_535)).toBe(FAILED.range);
  });
});

describe('readAddress', () => {
  it('reads all notations', () => {
    expect(address('10.0.0.1')).toEqual([8, '10.0.0.1']);
    expect(address('255.255.255.255 x')).toEqual([15, '255.255.255.255']);
    expect(address('2001:DB8::1')).toEqual([11, '2001:db8::1']);
    expect(address('-')).toEqual([1, '-']);
  });

  it.each([
    'x',
    '10',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1..22.33',
    '10..22.33',
    '10.0.0.',
    '.10.0.0',
    '0000010.0.0.1',
    '1.2.3.4x',
    '1.2.3.4:80',
    '1.2.3.4/32',
    '--',
  ])('refuses %j', (text) => {
    expect(address(text)).toBe(FAILED.address);
  });

  it('agrees with the address book on everything that looks like a dotted quad', () => {
    const part = fc.oneof(fc.nat(300).map(String), fc.stringMatching(/^[0-9]{0,4}$/));
    fc.assert(
      fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        const book = new AddressBook();
        const code = book.parse(text);
        expect(address(text, book)).toEqual(
          code === NOT_AN_ADDRESS ? FAILED.address : [text.length, book.format(code)],
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes nothing between commas as no address', () => {
    const column = Uint32Array.of(7);
    expect(readAddress(bytesOf(',x\n'), 0, COMMA, new AddressBook(), column, 0)).toBe(0);
    expect(column[0]).toBe(ABSENT_ADDRESS);
  });
});

describe('readText', () => {
  it('interns the value and finds that of the row before again', () => {
    const dictionary = new TextDictionary();
    const column = new Uint32Array(4);
    const bytes = bytesOf('eni-1 eni-1 eni-12 -\n');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    expect(readText(bytes, view, 0, BLANK, dictionary, column, 0)).toBe(5);
    expect(readText(bytes, view, 6, BLANK, dictionary, column, 1)).toBe(11);
    expect(readText(bytes, view, 12, BLANK, dictionary, column, 2)).toBe(18);
    expect(readText(bytes, view, 19, BLANK, dictionary, column, 3)).toBe(20);
    expect([...column].map((id) => dictionary.text(id))).toEqual(['eni-1', 'eni-1', 'eni-12', '-']);
  });
});

describe('readKeyword', () => {
  it('knows the words as they are written', () => {
    const column = new Uint8Array(1);
    for (const [index, word] of KEYWORDS.entries()) {
      expect(readKeyword(bytesOf(`${word}\n`), 0, BLANK, column, 0)).toBe(word.length);
      expect(column[0]).toBe(index);
    }
    expect(readKeyword(bytesOf(',x\n'), 0, COMMA, column, 0)).toBe(0);
    expect(column[0]).toBe(KEYWORD.absent);
  });

  it.each(['accept', 'ACCEP', 'ACCEPTED', 'OKAY', 'x'])('refuses %j', (word) => {
    expect(readKeyword(bytesOf(`${word}\n`), 0, BLANK, new Uint8Array(1), 0)).toBe(FAILED.keyword);
  });
});

describe('skipValue', () => {
  it('stops at the delimiter and at everything up to the blank', () => {
    expect(skipValue(bytesOf('abc,d\n'), 0, COMMA)).toBe(3);
    expect(skipValue(bytesOf('abc,d\n'), 0, BLANK)).toBe(5);
    expect(skipValue(bytesOf('abc\tx\n'), 0, COMMA)).toBe(3);
    expect(skipValue(bytesOf('\n'), 0, BLANK)).toBe(0);
  });
});
