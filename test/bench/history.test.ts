import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../bin/cli.ts';

const BENCH = join(import.meta.dirname, '../../bench/history.ts');
const folder = temporaryFolder();

describe('the bench of the history', () => {
  it('measures two runs over the same logs, of which the second judges no hour again', () => {
    const args = ['--hosts', '4', '--days', '0.02', '--keep', join(folder, 'kept')];
    const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, ...args], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const rows = stdout.split('\n').filter((line) => /^\| (all at once|the same again) /.test(line));
    const cells = rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/[|,]/g, '').trim()));
    expect(cells).toHaveLength(2);
    const [first, second] = cells.map(([, seconds, processor, peak, records, , judged, ...found]) => ({
      isMeasured: Number(seconds) >= 0 && Number(processor) > 0 && Number(peak) > 50 && Number(records) > 0,
      judged: Number(judged),
      found,
    }));
    expect([first.isMeasured, second.isMeasured]).toEqual([true, true]);
    expect([first.judged, second.judged]).toEqual([1, 0]);
    expect(second.found).toEqual(first.found);
    expect(stdout).toMatch(/MB stored: logs \d/);
    expect(stdout).toMatch(/rates: \d+ conversations judged/);
    expect(readdirSync(join(folder, 'kept')).sort()).toEqual(['history', 'logs']);
  }, 180_000);
});
