import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SourceFormat } from '../../lib/datasets/convert.ts';
import { type ConvertSettings, converted } from './converting.ts';

const FOLDER = new URL('../../../shared/data/', import.meta.url).pathname;

const hasXz = spawnSync('xz', ['--version']).status === 0;

/** Lines of a file packed with xz, the first `count` of them. */
function head(file: string, count: number): string {
  const { stdout } = spawnSync('sh', ['-c', `xz -dc "$0" | head -n ${count}`, FOLDER + file], { maxBuffer: 2 ** 28 });
  return stdout.toString();
}

interface Expected {
  readonly rows: number;
  readonly flows: number;
  readonly dropped: object;
  readonly labels: object;
  /** Packets as the interfaces count them: twice for internal flows. */
  readonly packets: number;
  readonly bytes?: number;
}

/** Counted from the files with another program: by label, by address inside the VPC, by packets of the data set's columns. */
const CASES: readonly (readonly [file: string, lines: number, from: SourceFormat, ConvertSettings, Expected])[] = [
  [
    'ctu13-scenario6-first88min.binetflow.xz',
    20_001,
    'argus',
    { vpc: ['147.32.0.0/16'] },
    {
      rows: 20_000,
      flows: 19_878,
      dropped: { 'outside-vpc': 92, 'not-ip': 30 },
      labels: { unlabelled: 19_713, benign: 164, 'other-attack': 1 },
      packets: 7_698_145,
    },
  ],
  [
    'iot23-34-1-conn.log.labeled.xz',
    30_000,
    'zeek',
    { vpc: ['192.168.0.0/16'] },
    {
      rows: 23_145,
      flows: 8_885,
      dropped: { 'no-packets': 14_260 },
      labels: { 'command-and-control': 6_706, benign: 1_923, 'denial-of-service': 134, scan: 122 },
      packets: 162_475,
      bytes: 87_454_148,
    },
  ],
  [
    'stratosphere-normal-7-2013-12-17.binetflow.xz',
    10_000,
    'argus',
    { label: 'benign' },
    { rows: 9_797, flows: 9_797, dropped: {}, labels: { benign: 9_797 }, packets: 471_717 },
  ],
  [
    'cicids2017-improved-sample.csv.xz',
    50_000,
    'cic',
    { vpc: ['192.168.10.0/24'], aggregationSeconds: 60 },
    {
      rows: 43_419,
      flows: 43_416,
      dropped: { 'outside-vpc': 3 },
      labels: {
        benign: 4_997,
        scan: 10_000,
        'denial-of-service': 20_599,
        'brute-force': 7_006,
        'command-and-control': 736,
        'other-attack': 78,
      },
      packets: 844_951,
    },
  ],
];

describe.skipIf(!existsSync(FOLDER) || !hasXz)('public data sets (skipped without the files or xz)', () => {
  it.each(CASES)('%s becomes what it holds', async (file, lines, from, settings, expected) => {
    const { records, labels, report } = await converted(from, [head(file, lines)], settings);
    const { packets, bytes, ...counts } = expected;
    expect(report).toMatchObject({ ...counts, unknownLabels: {}, failures: [], examples: [], late: 0 });
    expect(report.dropped).toEqual(counts.dropped);
    expect(report.labels).toEqual(counts.labels);
    expect(records.reduce((sum, record) => sum + record.packets, 0)).toBe(packets);
    if (bytes !== undefined) expect(records.reduce((sum, record) => sum + record.bytes, 0)).toBe(bytes);
    expect(labels).toHaveLength(settings.label === undefined ? counts.flows : 1);
  });

  it('refuses flows without times', async () => {
    const { stdout } = spawnSync('sh', ['-c', 'gzip -dc "$0" | head -n 5', `${FOLDER}nf-bot-iot-v2-reduced.csv.gz`]);
    const { report } = await converted('netflow-csv', [stdout]);
    expect(report.failures[0].failure).toContain('the rows have no start times');
  });
});
