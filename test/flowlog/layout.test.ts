import { describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT, FIELDS } from '../../lib/flowlog/fields.ts';
import { DEFAULT_LAYOUT, formatLayout, headerLayout } from '../../lib/flowlog/layout.ts';
import { DEFAULT_HEADER, line } from './reading.ts';

describe('headerLayout', () => {
  it('reads the header of the default format', () => {
    expect(headerLayout(DEFAULT_HEADER)).toEqual({ fields: DEFAULT_FORMAT, unknown: [], delimiter: 32 });
  });

  it.each([
    ['account_id,srcaddr,log_status', 44],
    ['"account_id","srcaddr","log_status"', 44],
    ['account_id srcaddr log_status', 32],
    ['  account-id   srcaddr log-status  ', 32],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: format strings are written so
    ['${account-id} ${srcaddr} ${log-status}', 32],
  ])('reads %j', (text, delimiter) => {
    expect(headerLayout(text)).toEqual({ fields: ['account-id', 'srcaddr', 'log-status'], unknown: [], delimiter });
  });

  it('reads every field of the table in any order', () => {
    const names = FIELDS.map((field) => field.name).reverse();
    expect(headerLayout(names.join(' '))?.fields).toEqual(names);
  });

  it('passes over names that AWS may add', () => {
    expect(headerLayout('srcaddr new-field dstaddr')).toEqual({
      fields: ['srcaddr', undefined, 'dstaddr'],
      unknown: ['new-field'],
      delimiter: 32,
    });
  });

  it('takes the first of repeated names', () => {
    expect(headerLayout('srcaddr dstaddr srcaddr')?.fields).toEqual(['srcaddr', 'dstaddr', undefined]);
  });

  it.each(['', '   ', ',', line(1), 'bogus line', 'hello srcaddr world', '- - -', '# srcaddr', 'srcaddr 10.0.0.1'])(
    'knows that %j is none',
    (text) => {
      expect(headerLayout(text)).toBeUndefined();
    },
  );
});

describe('formatLayout', () => {
  it('reads the format string of a flow log', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: format strings are written so
    expect(formatLayout('${version} ${pkt-srcaddr} ${end}').fields).toEqual(['version', 'pkt-srcaddr', 'end']);
    expect(formatLayout(DEFAULT_HEADER)).toEqual(DEFAULT_LAYOUT);
  });

  it('refuses an unknown name', () => {
    expect(() => formatLayout('srcaddr dest')).toThrow('unknown field "dest" in the format');
  });

  it('refuses a name given twice', () => {
    expect(() => formatLayout('srcaddr dstaddr srcaddr')).toThrow('field "srcaddr" stands twice in the format');
  });

  it('refuses an empty format', () => {
    expect(() => formatLayout('  ')).toThrow('the format has no fields');
  });
});
