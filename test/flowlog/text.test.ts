import { describe, expect, it, vi } from 'vitest';
import { FIELDS } from '../../lib/flowlog/fields.ts';
import { formatLayout } from '../../lib/flowlog/layout.ts';
import { ReadReport } from '../../lib/flowlog/report.ts';
import { batchRows, layoutsMax, lineBytesMax } from '../../lib/limits.ts';
import { countsOf, DEFAULT_HEADER, line, lines, readText } from './reading.ts';

const NO_DATA = '2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA';
const SKIP_DATA = '2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - SKIPDATA';

const RECORD = {
  'account-id': '123456789010',
  'interface-id': 'eni-1',
  srcaddr: '10.0.0.1',
  dstaddr: '10.0.0.2',
  srcport: '1',
  dstport: '443',
  protocol: '6',
  packets: '10',
  bytes: '840',
  start: '1600000000',
  end: '1600000060',
  action: 'ACCEPT',
  'log-status': 'OK',
};

describe('a text log', () => {
  it('is read with its header', () => {
    const { records, ordinals, report } = readText(`${DEFAULT_HEADER}\n${line(1)}\n`);
    expect(records).toEqual([RECORD]);
    expect(ordinals).toEqual([2]);
    expect(countsOf(report)).toEqual({ records: 1, noData: 0, skipData: 0, malformed: {} });
  });

  it('is read without a header in the default format', () => {
    expect(readText(`${line(1)}\n`).records).toEqual([RECORD]);
  });

  it('is read without a header in a given format', () => {
    const layout = formatLayout('dstaddr srcaddr vpc-id');
    const { records, report } = readText('10.0.0.2 10.0.0.1 vpc-1\n', { layout });
    expect(records).toEqual([{ srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' }]);
    expect(report.missingFields.has('srcport')).toBe(true);
  });

  it('prefers its header to a given format', () => {
    const { records } = readText(`${DEFAULT_HEADER}\n${line(1)}\n`, { layout: formatLayout('dstaddr srcaddr') });
    expect(records).toEqual([RECORD]);
  });

  it('fills the fields asked for, with those that decide what a line is', () => {
    const { records } = readText('vpc-id srcaddr dstaddr bytes\nvpc-1 10.0.0.1 10.0.0.2 5\n', { fields: ['vpc-id'] });
    expect(records).toEqual([{ 'vpc-id': 'vpc-1', srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' }]);
  });

  it('is read in any order of fields, all of them', () => {
    const fields = FIELDS.map((field) => field.name).reverse();
    const values: Record<string, string> = { text: 'x', address: '::1', integer: '1', count: '2', time: '3' };
    const keyword: Record<string, string> = {
      action: 'REJECT',
      'log-status': 'OK',
      'flow-direction': 'egress',
      type: 'IPv6',
    };
    const kinds = new Map(FIELDS.map((field) => [field.name, field.kind]));
    const record = Object.fromEntries(fields.map((name) => [name, keyword[name] ?? values[kinds.get(name)!]]));
    const text = `${fields.join(' ')}\n${Object.values(record).join(' ')}\n`;
    expect(readText(text, { fields }).records).toEqual([record]);
  });

  it('passes over fields it does not know and names them', () => {
    const { records, report } = readText('srcaddr new-field dstaddr\n10.0.0.1 what.ever 10.0.0.2\n');
    expect(records).toEqual([{ srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' }]);
    expect([...report.unknownFields]).toEqual(['new-field']);
  });

  it.each([
    ['carriage returns', `${DEFAULT_HEADER}\r\n${line(1)}\r\n`],
    ['no newline at its end', `${DEFAULT_HEADER}\n${line(1)}`],
    ['doubled blanks', `${DEFAULT_HEADER.replace(' ', '  ')}\n  ${line(1).replaceAll(' ', '   ')}  \n`],
    ['blank lines', `\n\n${DEFAULT_HEADER}\n\n   \n\r\n${line(1)}\n\n`],
    ['comments', `# a log\n${DEFAULT_HEADER}\n# ${line(2)}\n  # more\n${line(1)}\n#`],
    ['headers that recur', `${DEFAULT_HEADER}\n${DEFAULT_HEADER}\n${line(1)}\n${DEFAULT_HEADER}\n`],
    ['a header with underscores', `${DEFAULT_HEADER.replaceAll('-', '_')}\n${line(1)}\n`],
  ])('may have %s', (_, text) => {
    const { records, report } = readText(text);
    expect(records).toEqual([RECORD]);
    expect(report.malformed).toEqual({});
  });

  it('numbers records by line, whatever the lines between are', () => {
    const text = `# comment\n${DEFAULT_HEADER}\n${line(1)}\n\nbogus\n${line(2)}\n${DEFAULT_HEADER}\n${line(3)}`;
    const { ordinals, rejected } = readText(text);
    expect(ordinals).toEqual([3, 6, 8]);
    expect(rejected).toEqual([[5, 'field-count', 'bogus']]);
  });

  it('changes its layout at each header', () => {
    const text = `${line(1)}\nsrcaddr dstaddr\n10.0.0.9 10.0.0.8\n${DEFAULT_HEADER}\n${line(1)}\nsrcaddr dstaddr\n10.0.0.7 10.0.0.6\n`;
    expect(readText(text).records).toEqual([
      RECORD,
      { srcaddr: '10.0.0.9', dstaddr: '10.0.0.8' },
      RECORD,
      { srcaddr: '10.0.0.7', dstaddr: '10.0.0.6' },
    ]);
  });

  it('fills batch after batch', () => {
    const { records, ordinals } = readText(lines(batchRows * 2 + 5));
    expect(records).toHaveLength(batchRows * 2 + 5);
    expect(ordinals.at(-1)).toBe(batchRows * 2 + 5);
    expect(records.map((record) => record.srcport)).toEqual(records.map((_, index) => String(index)));
  });

  it('is empty without lines', () => {
    expect(countsOf(readText('').report)).toEqual({ records: 0, noData: 0, skipData: 0, malformed: {} });
    expect(countsOf(readText(DEFAULT_HEADER).report)).toEqual({ records: 0, noData: 0, skipData: 0, malformed: {} });
  });
});

describe('NODATA and SKIPDATA', () => {
  it('are counted and are no records', () => {
    const { report, records } = readText(`${NO_DATA}\n${SKIP_DATA}\n${NO_DATA}\n${line(1)}\n`);
    expect(records).toEqual([RECORD]);
    expect(countsOf(report)).toEqual({ records: 1, noData: 2, skipData: 1, malformed: {} });
  });

  it('count also where the line has addresses', () => {
    const { report } = readText(`${line(1).replace('ACCEPT OK', 'REJECT NODATA')}\n`);
    expect(countsOf(report)).toEqual({ records: 0, noData: 1, skipData: 0, malformed: {} });
  });
});

describe('comma-separated text', () => {
  const header = DEFAULT_HEADER.replaceAll(' ', ',').replaceAll('-', '_');
  const row = line(1).replaceAll(' ', ',');
  const quoted = (text: string) => text.replace(/[^,\n]+/g, '"$&"');

  it.each([
    ['plain', `${header}\n${row}\n`],
    ['with all values quoted', quoted(`${header}\n${row}\n`)],
    ['with the header quoted', `${quoted(header)}\n${row}\n`],
    ['with the records quoted', `${header}\n${quoted(row)}\n`],
    ['with some values quoted', `${header}\n${row.replace('eni-1', '"eni-1"').replace('10.0.0.1', '"10.0.0.1"')}\n`],
    ['quoted, with carriage returns', quoted(`${header}\n${row}\n`).replaceAll('\n', '\r\n')],
    ['quoted, without a newline at its end', quoted(`${header}\n${row}`)],
  ])('is read %s', (_, text) => {
    const { records, report } = readText(text);
    expect(records).toEqual([RECORD]);
    expect(report.malformed).toEqual({});
  });

  it('may have nothing between its commas', () => {
    const empty = row.replace('443', '').replace('840', '');
    const { dstport, bytes, ...rest } = RECORD;
    expect(readText(`${header}\n${empty}\n`).records).toEqual([rest]);
    expect(readText(`${header}\n${row.replace('443', '""').replace('840', '""')}\n`).records).toEqual([rest]);
    expect([dstport, bytes]).toEqual(['443', '840']);
  });

  it.each([
    ['in the middle', ['note', ...header.split(',')], ['made by hand', ...row.split(',')]],
    ['at the end', [...header.split(','), 'note'], [...row.split(','), 'made by hand']],
  ])('may have blanks in a column that is not used, %s', (_, names, values) => {
    const plain = `${names.join()}\n${values.join()}\n`;
    for (const text of [plain, quoted(plain), quoted(plain).replaceAll('\n', '\r\n')]) {
      const { records, report } = readText(text);
      expect({ records, malformed: report.malformed }).toEqual({ records: [RECORD], malformed: {} });
    }
  });

  it('is read quoted however it is cut into pieces', () => {
    const text = quoted(`${header}\n${row}\n${row}\n${header}\n${row}`);
    for (let cut = 0; cut <= text.length; cut++)
      expect(readText(text, {}, [cut]).records).toEqual([RECORD, RECORD, RECORD]);
  });

  it('may follow text separated by blanks and the other way round', () => {
    const text = `${line(1)}\n${quoted(`${header}\n${row}`)}\n${DEFAULT_HEADER}\n${line(1)}\n`;
    expect(readText(text).records).toEqual([RECORD, RECORD, RECORD]);
  });
});

describe('a malformed line', () => {
  it.each([
    ['field-count', `${line(1)} more`],
    ['field-count', line(1).slice(0, -3)],
    ['address', line(1).replace('10.0.0.1', '10.0.0.256')],
    ['address', line(1).replace('10.0.0.2', '-')],
    ['number', line(1).replace('443', 'https')],
    ['number', line(1).replace(' 10 ', ' -10 ')],
    ['range', line(1).replace('443', '65536')],
    ['range', line(1).replace('1600000060', '1500000000')],
    ['range', line(1).replace('840', '99999999999999999')],
    ['keyword', line(1).replace('ACCEPT', 'MAYBE')],
    ['keyword', line(1).replace('OK', 'FINE')],
    ['line-too-long', line(1).replace('eni-1', 'e'.repeat(lineBytesMax))],
  ])('is counted as %s', (reason, text) => {
    const { report, rejected, records } = readText(`${DEFAULT_HEADER}\n${line(1)}\n${text}\n${line(1)}\n`);
    expect(countsOf(report)).toEqual({ records: 2, noData: 0, skipData: 0, malformed: { [reason]: 1 } });
    expect(rejected).toEqual([[3, reason, text.slice(0, lineBytesMax)]]);
    expect(records).toEqual([RECORD, RECORD]);
  });

  it('without any header is said to have no format', () => {
    const { report } = readText('10.0.0.1 10.0.0.2 443\n10.0.0.1,10.0.0.2\n');
    expect(report.malformed).toEqual({ 'no-format': 2 });
  });

  it('among lines that fit the default format is one by itself', () => {
    expect(readText(`${line(1)}\nbogus\n`).report.malformed).toEqual({ 'field-count': 1 });
  });

  it('is cut where it is too long, also when its end never comes', () => {
    const text = 'x'.repeat(lineBytesMax * 5);
    for (const cuts of [[], [10], [lineBytesMax, lineBytesMax * 2, lineBytesMax * 4]]) {
      const { report, records } = readText(`${line(1)}\n${text}`, {}, cuts);
      expect(report.malformed).toEqual({ 'line-too-long': 1 });
      expect(records).toEqual([RECORD]);
    }
  });

  it('has its limit at the same byte however the text is cut', () => {
    for (const length of [lineBytesMax - 1, lineBytesMax, lineBytesMax + 1]) {
      const long = line(1).replace('eni-1', 'e'.repeat(length - line(1).length + 5));
      const text = `${long}\n${line(1)}\n`;
      const whole = countsOf(readText(text).report);
      expect(whole.malformed).toEqual(length > lineBytesMax ? { 'line-too-long': 1 } : {});
      for (const cut of [1, lineBytesMax - 1, lineBytesMax, lineBytesMax + 1]) {
        expect(countsOf(readText(text, {}, [cut]).report)).toEqual(whole);
      }
    }
  });
});

describe('what a log has and lacks', () => {
  const lacking = ['tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr'];

  it.each([
    ['with a header', `${DEFAULT_HEADER}\n${line(1)}\n`],
    ['without a header', `${line(1)}\n`],
    ['with recurring headers', `${DEFAULT_HEADER}\n${line(1)}\n${DEFAULT_HEADER}\n${line(1)}\n`],
  ])('is noted of a log %s', (_, text) => {
    expect([...readText(text).report.missingFields].sort()).toEqual([...lacking].sort());
  });

  it('is noted once per layout, not per piece or batch', () => {
    const text = `${DEFAULT_HEADER}\n${lines(batchRows + 1)}${DEFAULT_HEADER}\n${lines(2)}`;
    const describing = vi.spyOn(ReadReport.prototype, 'describe');
    readText(text, {}, [200, 5_000, 90_000]);
    expect(describing).toHaveBeenCalledTimes(1);
    describing.mockRestore();
  });

  it('is not judged by a header without records', () => {
    const { report } = readText(`${DEFAULT_HEADER}\n${line(1)}\nversion account-id\n`);
    expect([...report.missingFields].sort()).toEqual([...lacking].sort());
  });
});

describe('headers that no value can be told from', () => {
  it('are headers also when they recur', () => {
    const header = 'tgw-attachment-id tgw-id';
    expect(readText(`${header}\ntgw-attach-1 tgw-1\n${header}\ntgw-attach-2 tgw-2\n`).records).toEqual([
      { 'tgw-attachment-id': 'tgw-attach-1' },
      { 'tgw-attachment-id': 'tgw-attach-2' },
    ]);
  });

  it('leave blank lines and comments what they are', () => {
    const { report } = readText('account-id\nx\n\n#y\n');
    expect(countsOf(report)).toEqual({ records: 1, noData: 0, skipData: 0, malformed: {} });
  });
});

describe('many different headers', () => {
  it('are malformed lines past their limit', () => {
    const names = FIELDS.map((field) => field.name);
    const text = names.map((name) => `srcaddr dstaddr ${name}\n`).join('');
    const headers = new Set(names.map((name) => (name === 'srcaddr' || name === 'dstaddr' ? '' : name))).size;
    const { report } = readText(`${text}${line(1)}\n`);
    expect(report.malformedCount).toBe(headers - layoutsMax + 1);
  });
});
