import { describe, expect, it } from 'vitest';
import { linesOf } from '../../lib/evaluate/lines.ts';
import { readScoresCsv, readScoresParquet } from '../../lib/evaluate/read-scores.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { lineBytesMax } from '../../lib/limits.ts';
import { type ParquetColumn, ParquetFile } from '../../lib/parquet-file.ts';
import { NOON, type ScoreRow, scoreLines, tableOf } from './tables.ts';

const ROW: ScoreRow = { client: '10.0.0.1', port: 22, class: 'scan', p: { scan: 0.75, exfiltration: 0.125 } };
const [HEADER, LINE] = scoreLines([ROW]);

const read = (lines: readonly string[]) => readScoresCsv(lines, createNames());

/** Line and header with the value of one column replaced, or the column left out. */
function changed(column: string, value?: string): string[] {
  const names = HEADER.split(',');
  const place = names.indexOf(column);
  const replace = (line: string, by?: string) =>
    line
      .split(',')
      .flatMap((old, i) => (i !== place ? [old] : by === undefined ? [] : [by]))
      .join(',');
  return value === undefined ? [replace(HEADER), replace(LINE)] : [HEADER, replace(LINE, value)];
}

describe('scores as CSV', () => {
  it('become columns', async () => {
    const table = await tableOf([ROW, { client: 'fd00::1', window: NOON + 300, protocol: 17, port: 53 }]);
    const { addresses } = table.names;
    expect(table.length).toBe(2);
    expect([...table.window]).toEqual([NOON, NOON + 300]);
    expect([...table.client].map((code) => addresses.format(code))).toEqual(['10.0.0.1', 'fd00::1']);
    expect([...table.service]).toEqual([6 * 65_536 + 22, 17 * 65_536 + 53]);
    expect([...table.verdict].map((i) => table.classes[i])).toEqual(['scan', 'benign']);
    expect([...table.score]).toEqual([0.75, 0]);
    expect([...table.probabilities.subarray(0, 6)]).toEqual([0.125, 0.75, 0, 0, 0, 0.125]);
  });

  it('may have their columns in any order, others beside them, quotes, a byte order mark and blank lines', async () => {
    const names = HEADER.split(',').reverse();
    const values = LINE.split(',').reverse();
    const table = await read([`\ufeff${names.join(',')},note`, '', `${values.join(',')},"a, ""b"""`, '']);
    const expected = await tableOf([ROW]);
    expect(table).toMatchObject({ window: expected.window, service: expected.service, score: expected.score });
    expect(table.classes).toEqual(expected.classes.toReversed());
    expect([...table.probabilities]).toEqual([...expected.probabilities].reverse());
  });

  it('grow past any first size', async () => {
    const rows = Array.from(
      { length: 2_500 },
      (_, i): ScoreRow => ({ client: '10.0.0.1', port: i, p: { scan: i / 4_096 } }),
    );
    const table = await tableOf(rows);
    expect(table.length).toBe(2_500);
    expect([...table.service].every((service, i) => (service & 0xffff) === i)).toBe(true);
    expect(table.score[2_048]).toBeCloseTo(0.5, 5);
  });

  it('may end a hair above 1, as means in single precision do', async () => {
    expect((await read(changed('p_scan', '1.0000001'))).probabilities[1]).toBe(1);
  });

  it.each(['window_start', 'client', 'server', 'server_port', 'protocol', 'class', 'score', 'p_benign'])(
    'refuses scores without the column %s, naming it',
    async (column) => {
      await expect(read(changed(column))).rejects.toThrow(`lack the column ${column}, expected the output of flowtrap`);
    },
  );

  it.each([
    ['score', '1.01', 'scores line 2, column score: got "1.01", expected a probability from 0 to 1'],
    ['score', '', 'column score: got "", expected a probability from 0 to 1'],
    ['p_scan', '-0.1', 'column p_scan: got "-0.1"'],
    ['p_benign', 'NaN', 'column p_benign: got "NaN"'],
    ['window_start', '1.5', 'column window_start: got "1.5", expected a whole number from 0'],
    ['server_port', '65536', 'column server_port: got "65536", expected a whole number from 0 to 65535'],
    ['protocol', '256', 'column protocol: got "256"'],
    ['client', '10.0.0', 'column client: got "10.0.0", expected an IPv4 or IPv6 address'],
    ['class', 'worm', 'column class: got "worm", expected benign, scan'],
  ])('refuses %s "%s"', async (column, value, message) => {
    await expect(read(changed(column, value))).rejects.toThrow(message);
  });

  it('refuses what is not whole', async () => {
    await expect(read([])).rejects.toThrow('the scores are empty');
    await expect(read([HEADER])).rejects.toThrow('the scores have no rows');
    await expect(read([HEADER, `${LINE},1`])).rejects.toThrow('scores line 2 has 16 values, expected 15');
    await expect(read([`${HEADER},client`, `${LINE},x`])).rejects.toThrow('have the column client 2 times');
    await expect(read([`${HEADER},p_worm`, `${LINE},0`])).rejects.toThrow('the column p_worm, expected p_ and one of');
    const noAttack = HEADER.split(',').filter((name) => !name.startsWith('p_') || name === 'p_benign');
    await expect(read([noAttack.join(',')])).rejects.toThrow('the scores have no attack class');
  });
});

describe('scores as Parquet', () => {
  const columns = HEADER.split(',').map((name): ParquetColumn => {
    if (['interface_id', 'client', 'server', 'class'].includes(name)) return { name, type: 'STRING' };
    if (name === 'window_start') return { name, type: 'INT64' };
    return { name, type: name === 'score' || name.startsWith('p_') ? 'FLOAT' : 'INT32' };
  });

  function parquetOf(groups: readonly (readonly ScoreRow[])[]) {
    const file = new ParquetFile({ columns });
    const pieces = groups.map((rows) => {
      const lines = scoreLines(rows)
        .slice(1)
        .map((line) => line.split(','));
      return file.rowGroup(
        columns.map(({ type }, i) => lines.map((values) => (type === 'STRING' ? values[i] : Number(values[i])))),
      );
    });
    const bytes = Buffer.concat([...pieces, file.finish()]);
    const slice = async (start: number, end?: number) => Uint8Array.from(bytes.subarray(start, end)).buffer;
    return { byteLength: bytes.length, slice };
  }

  it('are those of the CSV, group after group', async () => {
    const other: ScoreRow = { client: 'fd00::1', window: NOON + 300 };
    const table = await readScoresParquet(parquetOf([[ROW], [other, ROW]]), createNames());
    expect(table).toEqual(await tableOf([ROW, other, ROW]));
  });

  it('refuses what is no Parquet file, and bad values with their row', async () => {
    const slice = async () => new ArrayBuffer(64);
    await expect(readScoresParquet({ byteLength: 64, slice }, createNames())).rejects.toThrow(
      'the scores are no Parquet file',
    );
    const wrong = parquetOf([[ROW], [{ ...ROW, port: 70_000 }]]);
    await expect(readScoresParquet(wrong, createNames())).rejects.toThrow(
      'scores row 2, column server_port: got "70000"',
    );
  });
});

describe('lines', () => {
  async function linesIn(...pieces: string[]): Promise<string[]> {
    const found: string[] = [];
    async function* bytes() {
      for (const piece of pieces) yield Buffer.from(piece, 'latin1');
    }
    for await (const line of linesOf(bytes())) found.push(line);
    return found;
  }

  it('are put together from pieces, with either line end and without a last one', async () => {
    expect(await linesIn('a,b\r\nc', ',d\n', '\ne')).toEqual(['a,b', 'c,d', '', 'e']);
    expect(await linesIn('\xc3', '\xa4\n')).toEqual(['ä']);
    expect(await linesIn()).toEqual([]);
  });

  it('refuses a line that does not end', async () => {
    const piece = 'x'.repeat(lineBytesMax);
    expect(await linesIn(piece)).toEqual([piece]);
    await expect(linesIn(`a\n${piece}`, 'x')).rejects.toThrow(`line 2 has ${lineBytesMax + 1} characters or more`);
  });
});
