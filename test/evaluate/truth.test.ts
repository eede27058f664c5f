import { describe, expect, it } from 'vitest';
import { countLabels, truthOf } from '../../lib/evaluate/truth.ts';
import { LABELS } from '../../lib/flowlog/labels.ts';
import { labelsOf, NOON, type ScoreRow, tableOf } from './tables.ts';

/** Labels of the conversations, and seconds from noon at which each begins. */
async function truths(rows: ScoreRow[], lines: string[], unmatched?: 'unlabelled') {
  const table = await tableOf(rows);
  const { label, onset } = truthOf(table, await labelsOf(table, lines, unmatched));
  return [...label].map((value, row) => [LABELS[value], onset[row] - NOON]);
}

const labelled = async (row: ScoreRow, line: string) => (await truths([row], [line]))[0][0];
const ROW: ScoreRow = { client: '10.0.0.1', server: '10.0.0.2', port: 22 };

describe('the truth about scored conversations', () => {
  it('begins where the label begins to cover the window', async () => {
    const rows = [0, 300, 600].map((seconds) => ({ ...ROW, window: NOON + seconds }));
    expect(await truths(rows, [`${NOON + 100},${NOON + 450},10.0.0.1,,,,,scan`])).toEqual([
      ['scan', 100],
      ['scan', 300],
      ['benign', 600],
    ]);
  });

  it('takes the window as half-open', async () => {
    const at = (start: number, end: number) => labelled(ROW, `${NOON + start},${NOON + end},10.0.0.1,,,,,scan`);
    expect(await at(300, 400)).toBe('benign');
    expect(await at(299.9, 400)).toBe('scan');
    expect(await at(-50, 0)).toBe('scan');
    expect(await at(-50, -1)).toBe('benign');
  });

  it('lets any client port be the stated one', async () => {
    expect(await labelled(ROW, ',,10.0.0.1,10.0.0.2,50000,22,6,brute-force')).toBe('brute-force');
    expect(await labelled(ROW, ',,10.0.0.2,10.0.0.1,22,50000,6,brute-force')).toBe('brute-force');
    expect(await labelled(ROW, ',,10.0.0.1,10.0.0.2,50000,23,6,brute-force')).toBe('benign');
  });

  it('does not take what others ask of a sweeper for its sweep', async () => {
    const sweep = ',,10.0.0.2,,,25,6,scan';
    expect(await labelled({ ...ROW, port: 443 }, sweep)).toBe('benign');
    expect(await labelled({ client: '10.0.0.2', server: '10.0.0.7', port: 25 }, sweep)).toBe('scan');
    expect(await labelled({ ...ROW, port: 443 }, ',,10.0.0.2,,,,6,scan')).toBe('scan');
  });

  it('is benign or unlabelled where no row matches, as told', async () => {
    const line = ',,10.9.9.9,,,,,scan';
    expect(await truths([ROW], [line])).toEqual([['benign', 0]]);
    expect(await truths([ROW], [line], 'unlabelled')).toEqual([['unlabelled', 0]]);
  });

  it('is counted by label', async () => {
    const table = await tableOf([ROW, { ...ROW, client: '10.0.0.3' }, { ...ROW, client: '10.0.0.4' }]);
    const index = await labelsOf(table, [',,10.0.0.3,,,,,other-attack', ',,10.0.0.4,,,,,unlabelled']);
    expect(countLabels(truthOf(table, index))).toMatchObject({ benign: 1, 'other-attack': 1, unlabelled: 1, scan: 0 });
  });
});
