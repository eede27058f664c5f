import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countsOf, objectOf, readAll } from './reading.ts';

const FOLDER = new URL('../golden/flowlog/', import.meta.url);
const RECORDS = 8;

const files = readdirSync(FOLDER);
const isInput = (name: string) => name !== 'README.md' && !name.endsWith('.expected.json');

async function outcome(bytes: Uint8Array) {
  const { report, records, ordinals, rejected } = await readAll(objectOf(bytes));
  return {
    ...countsOf(report),
    failure: report.failure ?? null,
    unknownFields: [...report.unknownFields],
    missingFields: [...report.missingFields],
    rejected: rejected.map(([ordinal, reason, text]) => [ordinal, reason, text.slice(0, 60)]),
    first: records.slice(0, RECORDS).map((record, index) => ({ ordinal: ordinals[index], ...record })),
  };
}

describe('golden flow logs', () => {
  it('each have an expectation and a line in the README', () => {
    const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
    const inputs = files.filter(isInput);
    expect(inputs.length).toBeGreaterThan(10);
    for (const name of inputs) {
      expect(existsSync(new URL(`${name}.expected.json`, FOLDER)), name).toBe(true);
      expect(readme, name).toContain(`| ${name} |`);
    }
    expect(files).toHaveLength(inputs.length * 2 + 1);
  });

  it.each(files.filter(isInput))('%s is read as expected', async (name) => {
    const actual = await outcome(readFileSync(new URL(name, FOLDER)));
    const file = new URL(`${name}.expected.json`, FOLDER);
    if (process.env.GOLDEN === 'write') writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
    expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });
});
