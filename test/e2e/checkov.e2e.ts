/** The templates by the rules of checkov (https://pypi.org/project/checkov/), which reads them without a network. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOV_UNMET } from '../../lib/infra/acknowledged.ts';
import { largest, SMALLEST, templateOf } from '../infra/stacks.ts';
import { installed, missing } from './python.ts';

const reason = missing();
if (reason !== undefined) process.stderr.write(`the rules of checkov are skipped: ${reason}\n`);

interface Report {
  readonly summary: { readonly passed: number; readonly failed: number; readonly parsing_errors: number };
  readonly results: Readonly<Record<'failed_checks' | 'skipped_checks', readonly { readonly check_id: string }[]>>;
}

describe.skipIf(reason !== undefined)('the rules of checkov', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowtrap-checkov-'));
  let program: string;

  beforeAll(() => {
    program = join(installed('checkov.txt', folder), 'checkov');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function report(template: object): Report {
    const file = join(folder, 'template.json');
    writeFileSync(file, JSON.stringify(template));
    const args = ['--framework', 'cloudformation', '--skip-download', '--output', 'json', '--file', file];
    const { stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, LOG_LEVEL: 'ERROR' },
      maxBuffer: 1e8,
      timeout: 120_000,
    });
    if (!stdout.startsWith('{')) throw new Error(`checkov said: ${stdout.slice(0, 2_000)}${stderr.slice(0, 2_000)}`);
    return JSON.parse(stdout) as Report;
  }

  const rulesOf = (checks: readonly { readonly check_id: string }[]) =>
    [...new Set(checks.map(({ check_id: rule }) => rule))].sort();

  it.each([
    ['smallest', SMALLEST],
    ['largest', largest],
  ])('find nothing in the %s detector but what is acknowledged with a reason', (name, props) => {
    const { summary, results } = report(templateOf(props).toJSON());
    expect(rulesOf(results.failed_checks)).toEqual([]);
    expect(summary).toMatchObject({ failed: 0, parsing_errors: 0 });
    expect(summary.passed).toBeGreaterThan(100);
    const unmet = Object.entries(CHECKOV_UNMET).filter(([, { metBy }]) => name === 'smallest' || metBy === undefined);
    expect(rulesOf(results.skipped_checks)).toEqual(unmet.map(([rule]) => rule).sort());
  });

  it('find a bucket that is open to the public', () => {
    const template = structuredClone(templateOf(SMALLEST).toJSON());
    template.Resources.Open = { Type: 'AWS::S3::Bucket', Properties: { AccessControl: 'PublicRead' } };
    expect(rulesOf(report(template).results.failed_checks)).toContain('CKV_AWS_20');
  });
});
