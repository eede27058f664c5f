import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScoreTableBuilder } from '../../lib/evaluate/score-table.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { timeSecondsMax } from '../../lib/limits.ts';
import { CLASSES, type ModelClass } from '../../lib/model/manifest.ts';

const HEADER = ['window_start', 'client', 'server', 'server_port', 'protocol', 'class', 'score', 'p_benign', 'p_scan'];

/** Values in the order of the columns. */
const ROW: readonly unknown[] = [300, '10.0.0.1', '10.0.0.2', 22, 6, 'scan', 0.75, 0.25, 0.75];

function built(rows: readonly (readonly unknown[])[], header: readonly string[] = HEADER) {
  const builder = new ScoreTableBuilder(header, createNames());
  for (const [i, row] of rows.entries()) builder.add(row, `row ${i + 1}`);
  return builder.finish();
}

/** The row with one column changed. */
const changed = (column: string, value: unknown) => ROW.map((old, i) => (HEADER[i] === column ? value : old));

describe('a table of scores', () => {
  it('asks for its columns in one order, whatever that of the file', () => {
    const builder = new ScoreTableBuilder(['flows', ...HEADER.toReversed(), 'interface_id'], createNames());
    // Probabilities come in the order of the file, which is that of the classes from then on.
    expect(builder.columns).toEqual([...HEADER.slice(0, 7), 'p_scan', 'p_benign']);
  });

  it('holds a row each, values where they belong', () => {
    const table = built([ROW, changed('protocol', 17)]);
    const { addresses } = table.names;
    expect({
      length: table.length,
      classes: table.classes,
      window: [...table.window],
      client: [...table.client].map((code) => addresses.format(code)),
      server: [...table.server].map((code) => addresses.format(code)),
      service: [...table.service].map((word) => `${word & 0xffff}/${word >>> 16}`),
      verdict: [...table.verdict],
      score: [...table.score],
      probabilities: [...table.probabilities],
    }).toEqual({
      length: 2,
      classes: ['benign', 'scan'],
      window: [300, 300],
      client: ['10.0.0.1', '10.0.0.1'],
      server: ['10.0.0.2', '10.0.0.2'],
      service: ['22/6', '22/17'],
      verdict: [1, 1],
      score: [0.75, 0.75],
      probabilities: [0.25, 0.75, 0.25, 0.75],
    });
  });

  it('takes numbers as CSV and as Parquet have them', () => {
    const text = ROW.map(String);
    const bigints = ROW.map((value) => (Number.isInteger(value) ? BigInt(value as number) : value));
    for (const row of [text, bigints, ROW])
      expect(built([row])).toMatchObject({ length: 1, window: Uint32Array.of(300) });
  });

  it('takes the largest and the smallest of everything', () => {
    const largest = [timeSecondsMax, 'ffff::ffff', '255.255.255.255', 65_535, 255, 'benign', 1, 0, 1.000_000_5];
    const table = built([largest, [0, '0.0.0.0', '::', 0, 0, 'benign', 0, 0, 0]]);
    expect([...table.window]).toEqual([timeSecondsMax, 0]);
    expect([...table.service]).toEqual([255 * 65_536 + 65_535, 0]);
    // Means in single precision may end a hair above 1.
    expect([...table.probabilities]).toEqual([0, 1, 0, 0]);
  });

  it('keeps every row while it grows', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 1_023, 1_024, 1_025, 2_049, 5_000), (count) => {
        const rows = Array.from({ length: count }, (_, i) => changed('window_start', i * 300));
        const { window, probabilities, score, verdict } = built(rows);
        expect([...window]).toEqual(rows.map(([start]) => start));
        expect([probabilities.length, score.length, verdict.length]).toEqual([count * 2, count, count]);
        expect(new Set(score)).toEqual(new Set([0.75]));
      }),
      { numRuns: 6 },
    );
  });
});

describe('a table of scores refuses', () => {
  it.each([
    [
      'window_start',
      [-1, 1.5, timeSecondsMax + 1, '', 'noon', null, Number.NaN, true],
      `a whole number from 0 to ${timeSecondsMax}`,
    ],
    ['server_port', [-1, 65_536, '', '22.5'], 'a whole number from 0 to 65535'],
    ['protocol', [-1, 256, 'tcp', undefined], 'a whole number from 0 to 255'],
    ['client', ['', 'host', '10.0.0.256', null], 'an IPv4 or IPv6 address'],
    ['server', ['', '10.0.0.0/8'], 'an IPv4 or IPv6 address'],
    ['class', ['', 'Scan', 'beacon', 1], 'benign, scan'],
    // A class that the file has no probability of.
    ['class', ['exfiltration'], 'benign, scan'],
    ['score', [-0.01, 1.01, '', 'high', Number.NaN, Number.POSITIVE_INFINITY], 'a probability from 0 to 1'],
    ['p_scan', [-1e-9, 1.000_01, '', null], 'a probability from 0 to 1'],
  ])('in %s %j, telling row, column, value and what is expected', (column, values, expected) => {
    for (const value of values) {
      const message = `scores row 2, column ${column}: got "${String(value)}", expected ${expected}`;
      expect(() => built([ROW, changed(column, value)])).toThrow(message);
    }
  });

  it('to show more of a value than fits a line', () => {
    expect(() => built([changed('client', 'x'.repeat(10_000))])).toThrow(`got "${'x'.repeat(80)}", expected`);
  });

  it('files without rows, without benign, without an attack, and with a class of its own', () => {
    expect(() => built([])).toThrow('the scores have no rows');
    const without = (...names: string[]) => HEADER.filter((name) => !names.includes(name));
    expect(() => built([], without('p_benign'))).toThrow('the scores lack the column p_benign');
    expect(() => built([], without('p_scan'))).toThrow('the scores have no attack class');
    expect(() => built([], [...HEADER, 'p_other-attack'])).toThrow(
      `the scores have the column p_other-attack, expected p_ and one of ${CLASSES.join(', ')}`,
    );
    for (const name of HEADER) {
      expect(() => built([], [...HEADER, name])).toThrow(`the scores have the column ${name} 2 times`);
    }
  });

  it('no set of classes that a model may have', () => {
    const attacks = CLASSES.filter((name) => name !== 'benign');
    fc.assert(
      fc.property(fc.subarray<ModelClass>(attacks, { minLength: 1 }), (some) => {
        const header = [...HEADER.slice(0, 7), 'p_benign', ...some.map((name) => `p_${name}`)];
        const row = [...ROW.slice(0, 5), some[0], 0.5, 0.5, ...some.map(() => 0.5)];
        expect(built([row], header).classes).toEqual(['benign', ...some]);
      }),
    );
  });
});
