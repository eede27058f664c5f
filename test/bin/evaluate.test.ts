import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../../lib/evaluate/evaluate.ts';
import { LABEL_COLUMNS } from '../../lib/features/labels.ts';
import { NOON, type ScoreRow, scoreLines } from '../evaluate/tables.ts';
import { flowtrap, temporaryFolder } from './cli.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = temporaryFolder();
const LABELS = 'logs/labels.csv';

/** Scores and findings of simulated logs against their labels. */
let result: ReturnType<typeof evaluation>;

const run = (...args: string[]) => flowtrap(['evaluate', ...args], { cwd: folder });
const evaluation = (...args: string[]): Evaluation & { bootstrap: { seed: number } } => {
  const { code, stdout, stderr } = run(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return name;
}

const ROWS: ScoreRow[] = [
  { client: '10.0.0.1', port: 22, class: 'brute-force', p: { 'brute-force': 0.9 } },
  { client: '10.0.0.2', port: 22, p: { 'brute-force': 0.2 } },
];
const labelLines = (...lines: string[]) => [LABEL_COLUMNS.join(','), ...lines];

beforeAll(() => {
  const model = join(folder, 'tiny.onnx');
  writeTinyModel(model);
  const steps = [
    ['simulate', 'vertical-scan', 'bulk-exfiltration', '--hosts', '6', '--minutes', '30', '--out', 'logs'],
    ['score', 'logs', '--model', model, '--out', 'scores.csv'],
    ['score', 'logs', '--model', model, '--out', 'scores.parquet'],
    ['detect', 'logs', '--model', model, '--out', 'found'],
  ];
  for (const step of steps) expect(flowtrap(step, { cwd: folder }), step.join(' ')).toMatchObject({ code: 0 });
  const files = ['--scores', 'scores.csv', '--labels', LABELS, '--findings', 'found/findings.json'];
  result = evaluation(...files, '--resamples', '50');
  write('two.csv', scoreLines(ROWS));
  write('labels.csv', labelLines(',,10.0.0.1,,,22,6,brute-force'));
});

describe('flowtrap evaluate', () => {
  it('judges scores and findings of simulated logs', () => {
    const lines = readFileSync(join(folder, 'scores.csv'), 'utf8').trim().split('\n').length - 1;
    expect(result.conversations).toBe(lines);
    expect(result.bootstrap).toEqual({ confidence: 0.95, resamples: 50, seed: 1 });
    expect(result.labels.scan).toBeGreaterThan(0);
    expect(result.hostHours).toBeGreaterThan(0);
    expect(new Set(result.attacks.map(({ label }) => label))).toEqual(new Set(['exfiltration', 'scan']));
    const scan = result.attacks.find(({ label }) => label === 'scan')!;
    expect(scan.byScores).toMatchObject({ found: true });
    expect(scan.byFindings).toMatchObject({ found: true, takenFor: [] });
    expect(scan.byFindings!.delaySeconds).toBeGreaterThan(0);
    expect(result.findings!.total).toBeGreaterThan(0);
    expect(result.findings!.classes.scan!.true).toBeGreaterThan(0);
  });

  it('labels attacks as the training matrix does', () => {
    const { stdout } = flowtrap(['features', 'logs', '--labels', LABELS, '--out', 'matrix.parquet'], { cwd: folder });
    const { scan, exfiltration } = JSON.parse(stdout).labels;
    expect(result.labels).toMatchObject({ scan, exfiltration, 'brute-force': 0 });
  });

  it('says the same of Parquet as of CSV', () => {
    const parquet = evaluation('--scores', 'scores.parquet', '--labels', LABELS, '--resamples', '1');
    expect(parquet.labels).toEqual(result.labels);
    expect(parquet.perActorWindow.confusion).toEqual(result.perActorWindow.confusion);
    expect(parquet.perConversation.confusion).toEqual(result.perConversation.confusion);
    expect(parquet.attacks).toEqual(result.attacks.map(({ byFindings: _, ...attack }) => attack));
  });

  it('takes seed, unmatched label, length of the list and settings from the command line', () => {
    writeFileSync(join(folder, 'settings.json'), '{"ourNetworks": ["10.0.0.1/32"]}');
    const args = ['--scores', 'two.csv', '--labels', 'labels.csv'];
    const plain = evaluation(...args);
    expect(plain.review.map(({ actor, label }) => [actor, label])).toEqual([['10.0.0.2', 'benign']]);
    expect(plain).toMatchObject({ hostHours: 2, bootstrap: { seed: 1, resamples: 1_000 } });
    const options = ['--unmatched', 'unlabelled', '--review', '0', '--seed', '7', '--settings', 'settings.json'];
    expect(evaluation(...args, ...options)).toMatchObject({
      review: [],
      labels: { unlabelled: 1, benign: 0 },
      hostHours: 1,
      bootstrap: { seed: 7 },
    });
  });

  it('prints tables that fit, with escape sequences written out', () => {
    const found = JSON.parse(readFileSync(join(folder, 'found/findings.json'), 'utf8'));
    found.findings[0] = { ...found.findings[0], title: '\x1b[2Jcleared', class: 'brute-force' };
    write('hostile.json', [JSON.stringify(found)]);
    const { code, stdout } = run(
      '--scores',
      'scores.csv',
      '--labels',
      LABELS,
      '--findings',
      'hostile.json',
      '--resamples',
      '20',
      '--format',
      'table',
    );
    expect(code).toBe(0);
    for (const title of [
      'Conversations',
      'Actor-windows',
      'Attackers: ',
      'Findings: ',
      'False alerts',
      'Calibration',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${title}`, 'm'));
    }
    expect(stdout).toContain('\\x1b[2Jcleared');
    expect(stdout).not.toContain('\x1b');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('warns when nothing matches, and still says what it can', () => {
    write('elsewhere.csv', labelLines(`${NOON + 86_400},${NOON + 90_000},10.0.0.1,,,,,scan`));
    write('other.csv', scoreLines(ROWS.map((row) => ({ ...row, client: '8.8.8.8' }))));
    const { code, stdout, stderr } = run(
      '--scores',
      'other.csv',
      '--labels',
      'elsewhere.csv',
      '--findings',
      'found/findings.json',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('warning: no conversation is labelled an attack');
    expect(stderr).toContain('warning: no client is internal');
    expect(stderr).toMatch(/warning: \d+ findings cover no scored conversation/);
    expect(JSON.parse(stdout).perActorWindow.macro.recall).toBeNull();
  });
});

describe('flowtrap evaluate refuses', () => {
  it.each([
    ['no scores', ['--labels', 'labels.csv'], '--scores is missing'],
    [
      'no draws',
      ['--scores', 'two.csv', '--labels', 'labels.csv', '--resamples', '0'],
      '--resamples is "0", expected a whole number from 1',
    ],
  ])('%s as wrong usage', (_, args, message) => {
    const { code, stdout, stderr } = run(...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(message);
  });

  it.each([
    ['a column that is missing', ['narrow.csv', 'labels.csv'], 'narrow.csv: the scores lack the column score'],
    [
      'a score outside 0 to 1',
      ['steep.csv', 'labels.csv'],
      'steep.csv: scores line 2, column score: got "1.5", expected a probability',
    ],
    ['labels without rows', ['two.csv', 'header.csv'], 'header.csv: the labels have no rows'],
    [
      'findings that are none',
      ['two.csv', 'labels.csv', '--findings', 'labels.csv'],
      'labels.csv: the findings are not JSON',
    ],
  ])('%s with one line', (_, [scores, labels, ...rest], message) => {
    const [header, line] = scoreLines(ROWS);
    write('narrow.csv', [header.replace(',score', ',points'), line]);
    write('steep.csv', [header, line.replace(',brute-force,0.9,', ',brute-force,1.5,')]);
    write('header.csv', labelLines());
    const { code, stdout, stderr } = run('--scores', scores, '--labels', labels, ...rest);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
