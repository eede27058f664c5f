import { describe, expect, it } from 'vitest';
import { createNames, FlowBatch } from '../../lib/flowlog/batch.ts';
import { CellWriter, cellText } from '../../lib/flowlog/cells.ts';
import type { FieldName } from '../../lib/flowlog/fields.ts';
import { FAILED } from '../../lib/flowlog/values.ts';
import { lineBytesMax } from '../../lib/limits.ts';

/** What writing a value comes to: the reason, or the value as text. */
function written(name: FieldName, value: unknown): number | string | undefined {
  const batch = new FlowBatch(createNames(), 1);
  batch.length = 1;
  const failed = new CellWriter(name, batch).write(value, 0);
  return failed === 0 ? (batch.at(0)[name] ?? '-') : failed;
}

describe('CellWriter', () => {
  it.each<[FieldName, unknown, string]>([
    ['srcport', 443, '443'],
    ['srcport', 443n, '443'],
    ['srcport', '443', '443'],
    ['srcport', 443.0, '443'],
    ['bytes', 9_007_199_254_740_991n, '9007199254740991'],
    ['bytes', '840', '840'],
    ['start', 1_600_000_000_999n, '1600000000'],
    ['start', '1600000000999', '1600000000'],
    ['start', new Date(1_600_000_000_999), '1600000000'],
    ['srcaddr', '10.0.0.1', '10.0.0.1'],
    ['srcaddr', '2001:DB8:0::1', '2001:db8::1'],
    ['account-id', 123456789010n, '123456789010'],
    ['account-id', 'None', 'None'],
    ['interface-id', 'eni-1', 'eni-1'],
    ['action', 'REJECT', 'REJECT'],
  ])('writes %s %s as %s', (name, value, text) => {
    expect(written(name, value)).toBe(text);
  });

  it.each<FieldName>(['srcport', 'bytes', 'start', 'srcaddr', 'interface-id', 'action'])(
    'knows absent values of %s',
    (name) => {
      for (const value of [null, undefined, '-', '']) expect(written(name, value)).toBe('-');
    },
  );

  it('knows the missing numbers of data frames', () => {
    for (const name of ['srcport', 'bytes', 'start'] as const) {
      expect(written(name, 'None')).toBe('-');
      expect(written(name, Number.NaN)).toBe('-');
    }
  });

  it.each<[FieldName, unknown, number]>([
    ['srcport', 65_536, FAILED.range],
    ['srcport', '65536', FAILED.range],
    ['srcport', -1, FAILED.number],
    ['srcport', 1.5, FAILED.number],
    ['srcport', 'https', FAILED.number],
    ['srcport', '1 2', FAILED.fieldCount],
    ['bytes', 2n ** 63n, FAILED.range],
    ['bytes', Number.POSITIVE_INFINITY, FAILED.number],
    ['start', 10n ** 18n, FAILED.range],
    ['srcaddr', 'nowhere', FAILED.address],
    ['srcaddr', 167772161, FAILED.address],
    ['srcaddr', { ip: '10.0.0.1' }, FAILED.address],
    ['action', 'MAYBE', FAILED.keyword],
    ['action', true, FAILED.keyword],
    ['interface-id', 'two words', FAILED.fieldCount],
    ['interface-id', 'x'.repeat(lineBytesMax + 1), FAILED.lineTooLong],
    ['interface-id', 'ü'.repeat(lineBytesMax), FAILED.lineTooLong],
  ])('refuses %s %s', (name, value, reason) => {
    expect(written(name, value)).toBe(reason);
  });

  it('gives the same answer the second time', () => {
    const batch = new FlowBatch(createNames(), 4);
    const writer = new CellWriter('srcaddr', batch);
    expect(['::1', 'x', '::1', 'x'].map((value, row) => writer.write(value, row))).toEqual([
      0,
      FAILED.address,
      0,
      FAILED.address,
    ]);
    const column = batch.column('srcaddr');
    expect(column[0]).toBe(column[2]);
  });

  it('remembers a bounded number of texts and goes on', () => {
    const batch = new FlowBatch(createNames(), 1);
    const writer = new CellWriter('interface-id', batch);
    for (let index = 0; index < 150_000; index++) expect(writer.write(`eni-${index}`, 0)).toBe(0);
    writer.write('eni-0', 0);
    expect(batch.names.text.text(batch.column('interface-id')[0])).toBe('eni-0');
  });
});

describe('cellText', () => {
  it('shows values as a text log has them', () => {
    expect([null, undefined, '', '-', 5n, 5, 'x', new Date(5_000)].map(cellText)).toEqual([
      '-',
      '-',
      '-',
      '-',
      '5',
      '5',
      'x',
      '5',
    ]);
  });
});
