import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fixedHeader,
  isDayFirst,
  officeTime,
  Row,
  readHeader,
  splitCells,
  writtenTime,
} from '../../lib/datasets/cells.ts';

const utc = (text: string) => Date.parse(text) / 1_000;

describe('cells', () => {
  it.each([
    ['a, b ,c', ['a', 'b', 'c']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""",,', ['a "b"', '', '']],
    ['', ['']],
    ['a,"', ['a', '"']],
    ['"a"b,c', ['"a"b', 'c']],
  ])('of %j', (line, expected) => {
    expect(splitCells(line)).toEqual(expected);
  });

  it('of quoted values are those values', () => {
    const cell = fc.string().map((text) => text.trim());
    const property = fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (values) => {
      expect(splitCells(values.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))).toEqual(values);
    });
    fc.assert(property);
  });

  it('of garbage are some', () => {
    const property = fc.property(fc.string(), (line) => {
      expect(splitCells(line).length).toBeGreaterThan(0);
    });
    fc.assert(property);
  });
});

describe('a header', () => {
  const wanted = { bytes: { names: ['Tot Bytes', 'Bytes'] }, label: { names: ['Label'], optional: true } } as const;

  it('finds columns under each of their names, whatever their case, blanks and points', () => {
    expect(readHeader(['x', ' tot.bytes'], wanted, 'it')).toEqual({
      index: { bytes: 1, label: -1 },
      title: { bytes: ' tot.bytes', label: 'Label' },
      width: 2,
    });
  });

  it('refuses to do without a column that must be there', () => {
    expect(() => readHeader(['Label'], wanted, 'the set')).toThrow(
      'no column "Tot Bytes" in the header, expected that of the set',
    );
  });
});

describe('a row', () => {
  const header = fixedHeader({ a: 0, b: 1 }, 2);
  const row = (a: string) => new Row([a, ''], header);

  it.each(['0', '7', '7.0', '9007199254740991'])('reads the count %s', (text) => {
    expect(row(text).count('a')).toBe(Number(text));
  });

  it.each(['', '-1', '1.5', 'x', 'Infinity', 'NaN', '9007199254740992', '-'])('refuses the count "%s"', (text) => {
    expect(() => row(text).count('a')).toThrow('a: packets or bytes that are no whole number');
  });

  it('reads hexadecimal ports and refuses what no port is', () => {
    expect(row('0x0050').port('a')).toBe(80);
    expect(() => row('65536').port('a')).toThrow('a: not a port');
  });

  it('refuses durations beyond a week, and times beyond 2100', () => {
    expect(row('604800000').duration('a', 1_000)).toBe(604_800);
    expect(() => row('604801').duration('a', 1)).toThrow('a: a duration');
    expect(() => row('4102444801').epoch('a', 1)).toThrow('a: no start time');
  });

  it('refuses fewer values than the header has', () => {
    expect(() => new Row(['1'], header)).toThrow('column 2: fewer values than the header names');
  });
});

describe('written times', () => {
  it.each([
    ['2011/08/16 10:01:46.972101', '2011-08-16T10:01:46.972Z'],
    ['2017-07-06 12:39:06.818901', '2017-07-06T12:39:06.818Z'],
    ['2016-06-20T00:07:11', '2016-06-20T00:07:11Z'],
    ['2016-06-20 00:07', '2016-06-20T00:07:00Z'],
  ])('year first: %s', (text, expected) => {
    expect(Math.abs(writtenTime(text, 'time') - utc(expected))).toBeLessThan(0.001);
  });

  it.each([
    ['5/7/2017 8:42', '2017-07-05T08:42:00Z'],
    ['5/7/2017 1:42', '2017-07-05T13:42:00Z'],
    ['05/07/2017 12:01:02', '2017-07-05T12:01:02Z'],
    ['05/07/2017 01:01:02 AM', '2017-07-05T01:01:02Z'],
    ['05/07/2017 12:01:02 AM', '2017-07-05T00:01:02Z'],
    ['05/07/2017 11:01:02 PM', '2017-07-05T23:01:02Z'],
    ['05/07/2017 12:01:02 PM', '2017-07-05T12:01:02Z'],
  ])('day first, in office hours: %s', (text, expected) => {
    expect(isDayFirst(text)).toBe(true);
    expect(officeTime(text, 'time')).toBe(utc(expected));
  });

  it.each([
    '',
    'now',
    '2011/13/16 10:01:46',
    '2011-01-32 10:00:00',
    '2011-01-01 24:00:00',
    '1969-01-01 00:00:00',
    '2101-01-01 00:00:00',
  ])('refuses "%s"', (text) => {
    expect(() => writtenTime(text, 'time')).toThrow('time: no start time, or none that can be read');
  });
});
