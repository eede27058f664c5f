import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../bin/cli.ts';

const BENCH = join(import.meta.dirname, '../../bench/week.ts');
const folder = temporaryFolder();

describe('the bench of a week without an attack', () => {
  it('counts the messages of every day, and shows what they and the digest say', () => {
    const args = ['--seeds', '1', '--first-seed', '9', '--hosts', '4', '--days', '1', '--keep', folder];
    const { status, stdout } = spawnSync(process.execPath, [BENCH, ...args], { encoding: 'utf8', timeout: 120_000 });
    expect(status).toBe(0);
    const [, total, days] = /\*\*(\d+) messages in (\d+) days/.exec(stdout)!.map(Number);
    expect(days).toBe(1);
    const rows = stdout.split('\n').filter((line) => line.startsWith('| 9 | '));
    expect(rows.map((row) => Number(row.split(' | ')[2]))).toEqual([total]);
    const told = stdout.split('\n').filter((line) => /^- 2026-09-2\d \d\d:\d\d (medium|high|critical) /.test(line));
    expect(told).toHaveLength(total);
    expect(stdout).toMatch(/DIGEST {2}2026-09-21, \d+ told, \d+ held back/);
    expect(readdirSync(join(folder, '9'))).toEqual(expect.arrayContaining(['findings', 'summaries', 'tracks']));
  }, 180_000);
});
