import { describe, expect, it } from 'vitest';
import { createNames, FlowBatch, KINDS } from '../../lib/flowlog/batch.ts';
import { FIELDS, KEYWORD } from '../../lib/flowlog/fields.ts';

describe('FlowBatch', () => {
  it('has a column for every field, of the array of its kind, absent until filled', () => {
    const batch = new FlowBatch(createNames(), 4);
    for (const { name, kind } of FIELDS) {
      const column = batch.column(name);
      expect(column).toBeInstanceOf(KINDS[kind].array);
      expect([...column]).toEqual(new Array(4).fill(KINDS[kind].absent));
    }
  });

  it('gives the same column each time', () => {
    const batch = new FlowBatch(createNames(), 4);
    expect(batch.column('bytes')).toBe(batch.column('bytes'));
  });

  it('shows a record as text without its absent fields', () => {
    const batch = new FlowBatch(createNames(), 2);
    batch.column('srcaddr')[0] = batch.names.addresses.parse('10.0.0.1');
    batch.column('interface-id')[0] = batch.names.text.intern('eni-1');
    batch.column('action')[0] = KEYWORD.reject;
    batch.column('bytes')[0] = 9_007_199_254_740_991;
    batch.column('srcport');
    batch.length = 1;
    expect(batch.at(0)).toEqual({
      srcaddr: '10.0.0.1',
      'interface-id': 'eni-1',
      action: 'REJECT',
      bytes: '9007199254740991',
    });
  });

  it('refuses a row past its end', () => {
    const batch = new FlowBatch(createNames(), 2);
    expect(() => batch.at(0)).toThrow('row 0 is past the end of a batch of 0');
  });
});
