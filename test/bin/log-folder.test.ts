import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseOccupied, writeLabels } from '../../bin/log-folder.ts';
import type { LabelRow } from '../../lib/flowlog/labels.ts';
import { temporaryFolder } from './cli.ts';

const folder = temporaryFolder();
const SCAN: LabelRow = { start: 1, end: 2, srcaddr: '10.0.0.1', dstport: 22, protocol: 6, label: 'scan' };
const BENIGN: LabelRow = { start: 3, end: 3, label: 'benign' };

describe('writing labels', () => {
  it('writes a header, then the rows of all batches in order, absent columns empty', async () => {
    await writeLabels(join(folder, 'rows'), [[SCAN], [], [BENIGN, SCAN]]);
    expect(readFileSync(join(folder, 'rows/labels.csv'), 'utf8').split('\n')).toEqual([
      'start,end,srcaddr,dstaddr,srcport,dstport,protocol,label',
      '1,2,10.0.0.1,,,22,6,scan',
      '3,3,,,,,,benign',
      '1,2,10.0.0.1,,,22,6,scan',
      '',
    ]);
  });

  it('leaves no file when the rows break off', async () => {
    async function* broken() {
      yield [SCAN];
      throw new Error('no more rows');
    }
    await expect(writeLabels(join(folder, 'broken'), broken())).rejects.toThrow('no more rows');
    expect(existsSync(join(folder, 'broken/labels.csv'))).toBe(false);
  });
});

describe('an occupied folder', () => {
  it('is one with labels or logs, not one that is empty or missing', async () => {
    mkdirSync(join(folder, 'logs/AWSLogs'), { recursive: true });
    mkdirSync(join(folder, 'empty'));
    await writeLabels(join(folder, 'labels'), []);
    expect(() => refuseOccupied(join(folder, 'logs'))).toThrow(/AWSLogs exists already.*--force/);
    expect(() => refuseOccupied(join(folder, 'labels'))).toThrow(/labels\.csv exists already.*--force/);
    for (const name of ['empty', 'missing']) expect(() => refuseOccupied(join(folder, name))).not.toThrow();
  });
});
