import { describe, expect, it } from 'vitest';
import { converted, shortOf } from './converting.ts';
import { BEGIN, fileText, PUBLISHED, type Published, rowText } from './published.ts';

const HEADED = PUBLISHED.filter(({ name }) => !["UGR'16", 'UNSW-NB15'].includes(name));

/** The same set with its columns in this order. */
const ordered = (published: Published, columns: readonly string[]): Published => ({ ...published, columns });

describe.each(PUBLISHED.map((one) => [one.name, one] as const))('a row of %s', (_, published) => {
  it('with all published columns becomes what the interface saw', async () => {
    const { records, report } = await converted(published.from, [fileText(published, [rowText(published)])]);
    expect(report).toMatchObject({ rows: 1, flows: 1, dropped: {}, failures: [], unknownLabels: {} });
    expect(records.map(shortOf)).toEqual(published.records);
    expect(records[0].start).toBe(BEGIN);
    expect(records[0].end).toBe(BEGIN + 2);
    expect(records.every(({ observer, status }) => observer.id.startsWith('eni-') && status === 'OK')).toBe(true);
  });

  it('has values of which only the documented columns are read', async () => {
    const { records } = await converted(published.from, [fileText(published, [rowText(published, {}, 'whatever')])]);
    expect(records.map(shortOf)).toEqual(published.records);
  });

  it('may end in CRLF, and the last one in nothing', async () => {
    const text = fileText(published, [rowText(published), rowText(published)]);
    const { records, report } = await converted(published.from, [text.replaceAll('\n', '\r\n').trimEnd()]);
    expect(report).toMatchObject({ rows: 2, flows: 2, dropped: {} });
    expect(records.map(({ packets }) => packets)).toEqual(published.records.map(() => 10));
  });

  it('that is cut short is counted with its line, and the next is read', async () => {
    const whole = rowText(published);
    const cut = whole.split(published.separator).slice(0, 9).join(published.separator);
    const { report } = await converted(published.from, [fileText(published, [whole, cut, whole])]);
    const headLines = published.head(published.columns).split('\n').length - 1;
    expect(report).toMatchObject({ rows: 3, flows: 2, dropped: { columns: 1 } });
    expect(report.examples).toMatchObject([
      { source: 'input-1', line: headLines + 2, column: 'column 10', reason: 'columns' },
    ]);
  });

  it('may have further values behind those of the header', async () => {
    const row = `${rowText(published)}${published.separator}more`;
    const first = rowText(published);
    const { report } = await converted(published.from, [fileText(published, [first, row])]);
    expect(report).toMatchObject({ rows: 2, flows: 2, dropped: {} });
  });

  it('is the same flow whichever end lies in the VPC, and twice when both do', async () => {
    const text = fileText(published, [rowText(published)]);
    const outside = await converted(published.from, [text], { vpc: ['198.51.100.0/24'] });
    expect(outside.records.map(shortOf).toSorted()).toEqual(published.records.toSorted());
    const both = await converted(published.from, [text], { vpc: ['10.0.0.0/8', '198.51.100.0/24'] });
    expect(both.records.map(shortOf).toSorted()).toEqual([...published.records, ...published.records].toSorted());
    expect(both.report.flows).toBe(1);
  });
});

describe.each(HEADED.map((one) => [one.name, one] as const))('the header of %s', (_, published) => {
  it('tells where columns stand, in whatever order', async () => {
    // The first of two equal names counts, so the order is turned without turning those round.
    const columns = [...new Set(published.columns)];
    for (const order of [columns.toReversed(), columns.toSorted()]) {
      const turned = ordered(published, order);
      const { records } = await converted(published.from, [fileText(turned, [rowText(turned)])]);
      expect(records.map(shortOf)).toEqual(published.records);
    }
  });

  it('may begin with a byte-order mark', async () => {
    const { records } = await converted(published.from, [`\ufeff${fileText(published, [rowText(published)])}`]);
    expect(records.map(shortOf)).toEqual(published.records);
  });

  it('may be there again where files were joined', async () => {
    const text = fileText(published, [rowText(published)]);
    const { report } = await converted(published.from, [text + text]);
    expect(report).toMatchObject({ rows: 2, flows: 2, dropped: {} });
  });
});

/** Columns that a file may lack: labels, and flags where other data tells that they are unknown. */
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  'CTU-13': ['Label'],
  'CIC-IDS2017': ['Label', 'Fwd Header Length', 'Bwd Header Length'],
  'corrected CIC-IDS2017': [
    'Label',
    'Fwd Header Length',
    'Bwd Header Length',
    'Fwd RST Flags',
    'Bwd RST Flags',
    'FIN Flag Count',
    'SYN Flag Count',
  ],
  'NF sets, version 3': ['Attack', 'CLIENT_TCP_FLAGS', 'SERVER_TCP_FLAGS'],
  CIDDS: ['class', 'attackType'],
  Zeek: [],
};

const COLUMNS = HEADED.flatMap((published) =>
  Object.keys(published.values).map((column) => [published.name, column, published] as const),
);

const lacking = (published: Published, column: string) =>
  ordered(
    published,
    published.columns.filter((name) => name !== column),
  );

describe('a file that lacks a column', () => {
  const needed = COLUMNS.filter(([name, column]) => !OPTIONAL[name].includes(column));
  const optional = COLUMNS.filter(([name, column]) => OPTIONAL[name].includes(column));

  it.each(needed)('of %s, %s, is refused in its first line', async (_, column, published) => {
    const other = lacking(published, column);
    const { report } = await converted(published.from, [fileText(other, [rowText(other)])]);
    expect(report).toMatchObject({ rows: 0, flows: 0 });
    expect(report.failures).toHaveLength(1);
    expect(report.failures[0].failure).toMatch(/^no column "|the rows have no start times|are of no known set/);
  });

  it.each(optional)('of %s, %s, is read without it', async (_, column, published) => {
    const other = lacking(published, column);
    const { report, records } = await converted(published.from, [fileText(other, [rowText(other)])]);
    expect(report).toMatchObject({ rows: 1, flows: 1, dropped: {}, failures: [] });
    expect(records.map(({ packets }) => packets)).toEqual(published.records.map(() => 5));
  });

  it('names the spelling that is wanted', async () => {
    const [, column, published] = COLUMNS.find(([name, known]) => name === 'CIDDS' && known === 'Packets')!;
    const other = lacking(published, column);
    const { report } = await converted('netflow-csv', [fileText(other, [rowText(other)])]);
    expect(report.failures[0].failure).toBe('no column "Packets" in the header, expected that of CIDDS');
  });
});
