import { describe, expect, it } from 'vitest';
import { countEntries, summaryLines } from '../../bin/summary-text.ts';

describe('a summary', () => {
  it('has a line for each entry, values under each other', () => {
    const entries = [
      ['seed', 7],
      ['directory', 'logs'],
      ['fields', ['start', 'end']],
      ['labels', { scan: 1 }],
    ] as const;
    expect(summaryLines(entries).split('\n')).toEqual([
      'seed       7',
      'directory  logs',
      'fields     start end',
      'labels     {"scan":1}',
      '',
    ]);
  });

  it('names each count by its table', () => {
    expect(countEntries('labels', { scan: 1_234, benign: 0 })).toEqual([
      ['labels: scan', '1,234'],
      ['labels: benign', '0'],
    ]);
    expect(countEntries('dropped', {})).toEqual([]);
  });
});
