import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNames } from '../../lib/flowlog/batch.ts';
import { FIELDS, type FieldName, KEYWORDS, USED_FIELDS } from '../../lib/flowlog/fields.ts';
import { formatLayout, headerLayout } from '../../lib/flowlog/layout.ts';
import { compilePlan, fillBatch, type Plan } from '../../lib/flowlog/plan.ts';
import { ALWAYS, maximumOf } from '../../lib/flowlog/rules.ts';
import { FAILED } from '../../lib/flowlog/values.ts';
import { batchRows, lineBytesMax } from '../../lib/limits.ts';
import { bytesOf } from './reading.ts';

const planOf = (format: string, fields?: readonly FieldName[]) =>
  compilePlan(formatLayout(format), { names: createNames(), fields });

/** Takes steps until the text is used up or a line fails. */
function fill(plan: Plan, text: string) {
  const bytes = bytesOf(text);
  const end = fillBatch(plan, bytes, 0, bytes.length);
  const { length, ordinal } = plan.batch;
  return {
    rows: Array.from({ length }, (_, row) => plan.batch.at(row)),
    ordinals: [...ordinal.subarray(0, length)],
    rest: text.slice(end),
    failed: plan.tally.failed,
  };
}

const FORMAT = 'srcaddr dstaddr srcport log-status';

describe('a plan', () => {
  it('fills a batch with the rows of its lines, numbered by line', () => {
    expect(fill(planOf(FORMAT), '10.0.0.1 10.0.0.2 1 OK\n10.0.0.1 10.0.0.2 2 OK\n')).toEqual({
      rows: [
        { srcaddr: '10.0.0.1', dstaddr: '10.0.0.2', srcport: '1', 'log-status': 'OK' },
        { srcaddr: '10.0.0.1', dstaddr: '10.0.0.2', srcport: '2', 'log-status': 'OK' },
      ],
      ordinals: [1, 2],
      rest: '',
      failed: 0,
    });
  });

  it('stops at a line that does not fit, where it stands, with the reason', () => {
    const good = '10.0.0.1 10.0.0.2 1 OK\n';
    for (const [bad, reason] of [
      ['10.0.0.1 10.0.0.2 1\n', FAILED.fieldCount],
      ['10.0.0.1 10.0.0.2 1 OK more\n', FAILED.fieldCount],
      ['10.0.0 10.0.0.2 1 OK\n', FAILED.address],
      ['- 10.0.0.2 1 OK\n', FAILED.address],
      ['10.0.0.1 10.0.0.2 http OK\n', FAILED.number],
      ['10.0.0.1 10.0.0.2 65536 OK\n', FAILED.range],
      ['10.0.0.1 10.0.0.2 1 FINE\n', FAILED.keyword],
      ['\n', FAILED.fieldCount],
      ['# comment\n', FAILED.fieldCount],
    ] as const) {
      const { rows, rest, failed } = fill(planOf(FORMAT), good + bad + good);
      expect({ bad, rows: rows.length, rest, failed }).toEqual({ bad, rows: 1, rest: bad + good, failed: reason });
    }
  });

  it('goes on counting lines over several calls', () => {
    const plan = planOf(FORMAT);
    fill(plan, '10.0.0.1 10.0.0.2 1 OK\n- - - NODATA\n');
    const { ordinals } = fill(plan, '10.0.0.1 10.0.0.2 2 OK\n- - - SKIPDATA\n');
    expect(ordinals).toEqual([1, 3]);
    expect(plan.tally).toMatchObject({ lines: 4, noData: 1, skipData: 1 });
  });

  it('stops when the batch is full', () => {
    const text = '10.0.0.1 10.0.0.2 1 OK\n'.repeat(batchRows + 2);
    const { rows, rest } = fill(planOf(FORMAT), text);
    expect(rows).toHaveLength(batchRows);
    expect(rest.trimEnd().split('\n')).toHaveLength(2);
  });

  it('takes a line at the limit and none that is longer, its line end apart', () => {
    const line = (length: number) => `10.0.0.1 10.0.0.2 1 OK${' '.repeat(length - 22)}\n`;
    expect(fill(planOf(FORMAT), line(lineBytesMax)).failed).toBe(0);
    expect(fill(planOf(FORMAT), line(lineBytesMax + 1)).failed).toBe(FAILED.lineTooLong);
  });

  it('takes several blanks between and around values for one', () => {
    const { rows, failed } = fill(planOf(FORMAT), '  10.0.0.1   10.0.0.2 1  OK  \r\n');
    expect([rows.length, failed]).toEqual([1, 0]);
  });
});

describe('the fields of a plan', () => {
  it('are those that are asked for and those that decide what a line is', () => {
    const all = FIELDS.map(({ name }) => name);
    const line = `${all.map(someValue).join(' ')}\n`;
    const filled = (fields?: readonly FieldName[]) => Object.keys(fill(planOf(all.join(' '), fields), line).rows[0]);
    expect(filled(['region']).toSorted()).toEqual([...ALWAYS, 'region'].toSorted());
    expect(filled([]).toSorted()).toEqual([...ALWAYS].toSorted());
    expect(filled().toSorted()).toEqual([...new Set([...USED_FIELDS, ...ALWAYS])].toSorted());
    expect(filled(all).toSorted()).toEqual(all.toSorted());
  });

  it('that nobody asked for may hold anything', () => {
    const plan = planOf('srcaddr dstaddr srcport packets', []);
    expect(fill(plan, '10.0.0.1 10.0.0.2 ??? !!!\n').failed).toBe(0);
  });

  it('that are unknown are passed over between commas too', () => {
    const layout = headerLayout('srcaddr,new-field,dstaddr,other-field')!;
    const plan = compilePlan(layout, { names: createNames() });
    const { rows, failed } = fill(plan, '10.0.0.1,"x",10.0.0.2,\n');
    expect([rows, failed]).toEqual([[{ srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' }], 0]);
  });

  it('that are text only cannot tell a header from data by its values, but by its words', () => {
    const plan = compilePlan(formatLayout('account-id interface-id'), {
      names: createNames(),
      fields: ['account-id', 'interface-id'],
    });
    expect(plan.checked).toBe(false);
    expect(fill(plan, '123 eni-1\naccount-id interface-id\n')).toMatchObject({
      rows: [{ 'account-id': '123', 'interface-id': 'eni-1' }],
      failed: FAILED.fieldCount,
      rest: 'account-id interface-id\n',
    });
  });
});

/** A value that every field takes. */
function someValue(name: FieldName): string {
  const { kind } = FIELDS.find((field) => field.name === name)!;
  if (name === 'log-status') return 'OK';
  if (kind === 'keyword') return 'ACCEPT';
  if (kind === 'address') return '10.0.0.1';
  return kind === 'text' ? 'text' : '7';
}

describe('any value of a field', () => {
  const digits = fc.stringMatching(/^[0-9]{1,17}$/);
  const numeric = FIELDS.filter(({ kind }) => kind === 'integer' || kind === 'count').map(({ name }) => name);

  it('of whole numbers is taken exactly when it is at most the largest, and as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...numeric), digits, (name, text) => {
        const plan = compilePlan(formatLayout(name), { names: createNames(), fields: [name] });
        const { rows, failed } = fill(plan, `${text}\n`);
        const { kind } = FIELDS.find((field) => field.name === name)!;
        // Ten digits and more are too long for small numbers, leading zeros or not.
        const fits = Number(text) <= maximumOf(name) && (kind === 'count' || text.length <= 9);
        expect(failed).toBe(fits ? 0 : FAILED.range);
        if (fits) expect(rows[0][name]).toBe(String(Number(text)));
      }),
    );
  });

  it('of keywords is taken when it is one of them, whatever stood in the row before', () => {
    const words = fc.array(fc.oneof(fc.constantFrom(...KEYWORDS), fc.stringMatching(/^[A-Za-z-]{1,9}$/)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, (all) => {
        const plan = compilePlan(formatLayout('action'), { names: createNames(), fields: ['action'] });
        const wrong = all.findIndex((word) => !(KEYWORDS as readonly string[]).includes(word));
        const { rows, failed } = fill(plan, all.map((word) => `${word}\n`).join(''));
        const taken = wrong < 0 ? all : all.slice(0, wrong);
        expect(rows.map(({ action }) => action ?? '-')).toEqual(taken);
        expect(failed).toBe(wrong < 0 ? 0 : FAILED.keyword);
      }),
    );
  });
});
