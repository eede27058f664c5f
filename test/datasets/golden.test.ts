import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SourceFormat } from '../../lib/datasets/convert.ts';
import { type ConvertSettings, converted, lineOf } from './converting.ts';

const FOLDER = new URL('../golden/datasets/', import.meta.url);

const CASES: readonly (readonly [input: string, from: SourceFormat, settings: ConvertSettings])[] = [
  ['argus.csv', 'argus', { reject: '10.0.0.0/24:22' }],
  ['zeek.log', 'zeek', { vpc: ['192.168.0.0/16', 'fe80::/10'] }],
  ['zeek-json.log', 'zeek', { vpc: ['192.168.0.0/16'], label: 'benign' }],
  ['cic-improved.csv', 'cic', { vpc: ['192.168.10.0/24'], reject: '192.168.10.50/32' }],
  ['cic-2017.csv', 'cic', { vpc: ['192.168.10.0/24'] }],
  ['nf-v3.csv', 'netflow-csv', { vpc: ['192.168.100.0/24'], aggregationSeconds: 60 }],
  ['cidds.csv', 'netflow-csv', { vpc: ['192.168.0.0/16', '241.0.0.2/32'] }],
  ['ugr16.csv', 'netflow-csv', { vpc: ['42.219.0.0/16'] }],
  ['unsw-nb15.csv', 'unsw-nb15', { vpc: ['149.171.126.0/24'] }],
];

for (const [input, from, settings] of CASES) {
  it(`converts ${input} as it always did`, async () => {
    const { slots, labels, report } = await converted(from, [readFileSync(new URL(input, FOLDER))], settings);
    const log = slots.flatMap(({ endSeconds, records }) => [
      `# slot that ends at ${endSeconds}`,
      ...records.map(lineOf),
    ]);
    expectFile(`${input}.log`, `${log.join('\n')}\n`);
    expectFile(`${input}.labels.csv`, `${labels.join('\n')}\n`);
    expectFile(`${input}.report.json`, `${JSON.stringify(report, null, 2)}\n`);
  });
}

function expectFile(name: string, content: string): void {
  const file = new URL(name, FOLDER);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, content);
  expect(content).toBe(readFileSync(file, 'utf8'));
}
