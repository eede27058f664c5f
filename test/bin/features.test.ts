import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { flowtrap, temporaryFolder } from './cli.ts';
import { readTable } from './parquet-tables.ts';

const folder = temporaryFolder();

beforeAll(() => {
  const args = ['simulate', 'vertical-scan', '--hosts', '6', '--minutes', '15', '--seed', '3', '--out', 'logs'];
  expect(flowtrap(args, { cwd: folder }).code).toBe(0);
});

describe('features', () => {
  it('writes who, when, the label and every feature, with the hash of the catalog', async () => {
    const args = ['features', 'logs', '--labels', 'logs/labels.csv', '--out', 'm.parquet'];
    const { code, stdout } = flowtrap(args, { cwd: folder });
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    const table = await readTable(join(folder, 'm.parquet'));
    expect(table.columns).toEqual([
      ['window_start', 'INT64'],
      ['interface_id', 'UTF8'],
      ['client', 'UTF8'],
      ['server', 'UTF8'],
      ['server_port', 'INT32'],
      ['protocol', 'INT32'],
      ['flows', 'INT32'],
      ['label', 'UTF8'],
      ...FEATURES.map(({ name }) => [name, 'FLOAT']),
    ]);
    expect(table.metadata).toEqual({ 'flowtrap.matrix': '1', 'flowtrap.feature_hash': featureHash() });
    expect(table.rows).toHaveLength(summary.rows);
    expect(table.rows.filter(({ label }) => label === 'scan')).toHaveLength(summary.labels.scan);
    expect(summary.labels.scan).toBeGreaterThan(0);
    expect(summary.labels.benign).toBeGreaterThan(summary.labels.scan / 10);
    expect(summary.fileBytes).toBe(readFileSync(join(folder, 'm.parquet')).length);
    for (const row of table.rows) {
      for (const { name, range } of FEATURES) {
        expect(row[name]).toBeGreaterThanOrEqual(range[0]);
        expect(row[name]).toBeLessThanOrEqual(range[1]);
      }
    }
  });

  it('leaves the label out without --labels', async () => {
    expect(flowtrap(['features', 'logs', '--out', 'bare.parquet'], { cwd: folder }).code).toBe(0);
    const { columns } = await readTable(join(folder, 'bare.parquet'));
    expect(columns.map(([name]) => name)).not.toContain('label');
  });

  it('labels what no row covers as told', async () => {
    writeFileSync(join(folder, 'none.csv'), 'start,end,srcaddr,dstaddr,srcport,dstport,protocol,label\n');
    const args = ['features', 'logs', '--labels', 'none.csv', '--unmatched', 'unlabelled', '--out', 'u.parquet'];
    const { labels, rows } = JSON.parse(flowtrap(args, { cwd: folder }).stdout);
    expect(labels).toEqual({ unlabelled: rows });
  });

  it('refuses labels with a bad row, naming file, line, column and value', () => {
    writeFileSync(
      join(folder, 'bad.csv'),
      'start,end,srcaddr,dstaddr,srcport,dstport,protocol,label\n0,9,10.0.0.1,,,,,scan\n0,9,10.0.0.256,,,,,scan\n',
    );
    const run = flowtrap(['features', 'logs', '--labels', 'bad.csv', '--out', 'bad.parquet'], { cwd: folder });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('bad.csv: labels line 3, column srcaddr: got "10.0.0.256", expected an IPv4 or IPv6');
  });

  it('refuses to write onto a folder', () => {
    const run = flowtrap(['features', 'logs', '--out', 'logs'], { cwd: folder });
    expect(run).toMatchObject({ code: 1 });
    expect(run.stderr).toContain('logs is a folder, expected the name of a file to write');
  });

  it('refuses --unmatched without --labels', () => {
    const args = ['features', 'logs', '--unmatched', 'unlabelled', '--out', 'x.parquet'];
    expect(flowtrap(args, { cwd: folder })).toMatchObject({ code: 64 });
  });

  it('prints the catalog as Markdown, a line for each feature', () => {
    const lines = flowtrap(['features', '--catalog']).stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '| feature | unit | range | needs | without | meaning |',
      '|---|---|---|---|---|---|',
    ]);
    expect(lines.slice(2).map((line) => line.split(' | ')[0])).toEqual(FEATURES.map(({ name }) => `| \`${name}\``));
  });
});
