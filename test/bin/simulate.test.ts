import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import { ORDINARY_ATTACKS, SCENARIOS } from '../../lib/simulate/catalog.ts';
import { flowtrap, temporaryFolder } from './cli.ts';
import { readTable } from './parquet-tables.ts';

const folder = temporaryFolder();
const SMALL = ['--hosts', '6', '--minutes', '15', '--seed', '3'];

function simulate(name: string, ...args: string[]) {
  const run = flowtrap(['simulate', ...args, ...SMALL, '--out', name], { cwd: folder });
  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout);
}

/** Relative paths of all files below a folder with a digest of each. */
function contentOf(name: string): Record<string, string> {
  const root = join(folder, name);
  const files = readdirSync(root, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(root, path)).isFile());
  return Object.fromEntries(
    files.sort().map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}

const objectsOf = (name: string) => Object.keys(contentOf(name)).filter((path) => path.startsWith('AWSLogs/'));

describe('simulate', () => {
  it('writes objects by the names that AWS gives them, with a header line, and labels beside them', () => {
    const summary = simulate('plain', 'vertical-scan');
    const objects = objectsOf('plain');
    expect(objects).toHaveLength(summary.objects);
    let lines = 0;
    for (const path of objects) {
      expect(path).toMatch(
        /^AWSLogs\/(\d{12})\/vpcflowlogs\/([a-z0-9-]+)\/2026\/01\/05\/\1_vpcflowlogs_\2_fl-[0-9a-f]{17}_20260105T09(00|05|10)Z_[0-9a-f]{8}\.log\.gz$/,
      );
      const text = gunzipSync(readFileSync(join(folder, 'plain', path))).toString();
      const [header, ...records] = text.trimEnd().split('\n');
      expect(header).toBe(DEFAULT_FORMAT.join(' '));
      expect(records.every((record) => record.split(' ').length === DEFAULT_FORMAT.length)).toBe(true);
      lines += records.length;
      const slot = Date.parse(path.replace(/.*_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_.*/, '$1-$2-$3T$4:$5:00Z')) / 1_000;
      for (const record of records) {
        const end = Number(record.split(' ')[DEFAULT_FORMAT.indexOf('end')]);
        expect(Math.floor(end / 300) * 300).toBe(slot);
      }
    }
    expect(lines).toBe(summary.records + summary.noData + summary.skipData);
    const labels = readFileSync(join(folder, 'plain', 'labels.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(labels[0]).toBe('start,end,srcaddr,dstaddr,srcport,dstport,protocol,label');
    expect(labels.length - 1).toBe(Object.values<number>(summary.labels).reduce((sum, count) => sum + count, 0));
    expect(summary.labels.scan).toBeGreaterThan(0);
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    simulate('once', 'beacon', 'vertical-scan');
    simulate('twice', 'beacon', 'vertical-scan');
    expect(contentOf('twice')).toEqual(contentOf('once'));
    flowtrap(['simulate', 'beacon', 'vertical-scan', ...SMALL.slice(0, 4), '--seed', '4', '--out', 'other'], {
      cwd: folder,
    });
    expect(Object.values(contentOf('other'))).not.toEqual(Object.values(contentOf('once')));
  });

  it('writes one attack of each kind when none is named, and none for benign', () => {
    const attacks = SCENARIOS.filter(({ label }) => label !== 'benign' && label !== 'unlabelled').map(
      ({ name }) => name,
    );
    const plan = (...args: string[]) =>
      JSON.parse(flowtrap(['simulate', ...args, ...SMALL, '--dry-run', '--out', 'none'], { cwd: folder }).stdout).plan;
    expect(plan().scenarios.filter((name: string) => attacks.includes(name))).toEqual(ORDINARY_ATTACKS);
    expect(ORDINARY_ATTACKS.every((name) => attacks.includes(name))).toBe(true);
    expect(plan('benign').scenarios.filter((name: string) => attacks.includes(name))).toEqual([]);
    expect(plan('benign').scenarios.length).toBeGreaterThan(0);
    expect(plan('crawling').scenarios).toContain('crawling');
    expect(readdirSync(folder)).not.toContain('none');
  });

  it('writes Parquet with the types and names of AWS', async () => {
    const fields = 'version account-id srcaddr dstport packets start tcp-flags traffic-path ecs-task-id';
    simulate('parquet', 'benign', '--parquet', '--format-fields', fields);
    const [path] = objectsOf('parquet');
    expect(path).toMatch(/\.log\.parquet$/);
    const table = await readTable(join(folder, 'parquet', path));
    expect(table.columns).toEqual([
      ['version', 'INT32'],
      ['account_id', 'UTF8'],
      ['srcaddr', 'UTF8'],
      ['dstport', 'INT32'],
      ['packets', 'INT64'],
      ['start', 'INT64'],
      ['tcp_flags', 'INT32'],
      ['traffic_path', 'INT32'],
      ['ecs_task_id', 'UTF8'],
    ]);
    expect([...table.codecs]).toEqual(['GZIP']);
    expect(table.rows[0].ecs_task_id).toBeNull();
    expect(table.rows.some((row) => typeof row.packets === 'bigint')).toBe(true);
  });

  it('tells the same of text and Parquet', () => {
    const read = (name: string) => {
      const { stdout } = flowtrap(['features', name, '--out', `${name}.m`, '--format', 'json'], { cwd: folder });
      const { records, noData, rows } = JSON.parse(stdout);
      return { records, noData, rows };
    };
    simulate('as-text', 'benign');
    simulate('as-parquet', 'benign', '--parquet');
    expect(read('as-parquet')).toEqual(read('as-text'));
  });

  it('keeps what is there with --force, and replaces the labels', () => {
    simulate('forced', 'benign');
    const before = objectsOf('forced');
    simulate('forced', 'vertical-scan', '--start', '2026-02-01T00:00:00Z', '--force');
    expect(objectsOf('forced')).toEqual(expect.arrayContaining(before));
    expect(objectsOf('forced').length).toBeGreaterThan(before.length);
  });

  it.each([
    [['--hosts', '3'], '--hosts is "3", expected a whole number from 4 to 2000'],
    [['--minutes', '1.5'], '--minutes is "1.5", expected a whole number'],
    [['--seed', '-1'], 'option --seed needs a value'],
    [['--seed=-1'], '--seed is "-1", expected a whole number from 0'],
    [['--intensity', '0'], '--intensity is "0", expected a number from 0.001 to 1000'],
    [['--aggregation-seconds', '61'], '--aggregation-seconds is "61", expected 600 or 60'],
    [['--start', 'monday'], '--start is "monday"'],
    [['--format-fields', 'srcaddr srcaddr'], 'field "srcaddr" stands twice'],
    [['vertical-scna'], 'unknown scenario "vertical-scna" (did you mean "vertical-scan"?)'],
  ])('refuses %j', (args, message) => {
    const { code, stderr } = flowtrap(['simulate', ...args, '--out', 'refused'], { cwd: folder });
    expect(code).toBe(64);
    expect(stderr).toContain(message);
  });

  it('asks for --out when it is missing', () => {
    expect(flowtrap(['simulate', 'benign'])).toMatchObject({ code: 64 });
  });

  it('lists every scenario with its description', () => {
    const { scenarios } = JSON.parse(flowtrap(['simulate', '--list']).stdout);
    expect(scenarios).toEqual(SCENARIOS.map(({ name, label, description }) => ({ name, label, description })));
    const table = flowtrap(['simulate', '--list', '--format', 'table']).stdout;
    for (const { name } of SCENARIOS) expect(table).toContain(name);
  });
});
