/** What people do to a command line without meaning to. */
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertCommand } from '../../bin/commands/convert.ts';
import { evaluateCommand } from '../../bin/commands/evaluate.ts';
import { featuresCommand } from '../../bin/commands/features.ts';
import { scoreCommand } from '../../bin/commands/score.ts';
import { simulateCommand } from '../../bin/commands/simulate.ts';
import { scoreLines } from '../evaluate/tables.ts';
import { DEFAULT_HEADER, line, lines } from '../flowlog/reading.ts';
import { flowtrap, startFlowtrap, temporaryFolder } from './cli.ts';
import { readTable } from './parquet-tables.ts';
import { perform } from './perform.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);
const before = process.cwd();

const LABELS = 'start,end,srcaddr,dstaddr,srcport,dstport,protocol,label\n,,10.0.0.1,,,,,scan\n';

const convert = (...args: string[]) => perform(convertCommand, ['--from', 'argus', '--format', 'json', ...args]);
const simulate = (...args: string[]) =>
  perform(simulateCommand, ['benign', '--hosts', '4', '--minutes', '1', '--format', 'json', ...args]);
const features = (...args: string[]) => perform(featuresCommand, ['--format', 'json', ...args]);
const evaluate = (scores: string, labels: string, ...args: string[]) =>
  perform(evaluateCommand, ['--scores', scores, '--labels', labels, '--resamples', '5', '--format', 'json', ...args]);

/** All files below a folder. */
const filesIn = (name: string) =>
  readdirSync(path(name), { recursive: true })
    .map(String)
    .filter((file) => /\.\w+$/.test(file))
    .toSorted();

beforeAll(() => {
  process.chdir(folder);
  copyFileSync(new URL('../golden/datasets/argus.csv', import.meta.url), path('capture.binetflow'));
  writeFileSync(path('empty'), '');
  writeFileSync(path('flows.log'), `${DEFAULT_HEADER}\n${lines(50)}`);
  writeFileSync(path('labels.csv'), LABELS);
  writeFileSync(
    path('scores.csv'),
    `${scoreLines([{ client: '10.0.0.1', class: 'scan', p: { scan: 0.75 } }]).join('\n')}\n`,
  );
  mkdirSync(path('blank'));
  writeTinyModel(path('tiny.onnx'));
});

afterAll(() => process.chdir(before));

describe('an output that is among the logs', () => {
  it.each([
    ['score', () => perform(scoreCommand, ['twice.csv', '--out', './twice.csv'])],
    ['features', () => perform(featuresCommand, ['held', '--out', 'held/twice.csv'])],
  ])('refuses to be replaced by %s', async (_, run) => {
    mkdirSync(path('held'), { recursive: true });
    for (const name of ['twice.csv', 'held/twice.csv']) writeFileSync(path(name), `${DEFAULT_HEADER}\n${line(1)}\n`);
    await expect(run()).rejects.toThrow(/is among the logs to read/);
    expect(readFileSync(path('held/twice.csv'), 'utf8')).toContain(line(1));
    expect(readFileSync(path('twice.csv'), 'utf8')).toContain(line(1));
  });
});

describe('a reader that goes away', () => {
  it.each([
    ['simulate', ['simulate', '--list', '--format', 'table']],
    ['convert', ['convert', '--from', 'argus', 'capture.binetflow', '--out', 'closed']],
  ])('is no failure of %s', async (_, args) => {
    const child = startFlowtrap(args, folder);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const [code] = await once(child, 'close');
    const others = stderr.split('\n').filter((one) => one !== '' && !one.startsWith('flowtrap: warning: '));
    expect({ code, others }).toEqual({ code: 0, others: [] });
  });
});

describe('convert', () => {
  it.each([
    ['a file that is empty', 'empty', 'nothing could be converted: there are no rows'],
    ['a folder without data sets', 'blank', 'nothing could be converted: there are no rows'],
    ['a file that is not there', 'nowhere', 'no file or folder nowhere, expected a flow log'],
  ])('fails on %s, and leaves no labels', async (_, input, message) => {
    await expect(convert(input, '--out', 'none')).rejects.toThrow(message);
    expect(existsSync(path('none/labels.csv'))).toBe(false);
  });

  it('refuses a file as the folder to write to, and leaves it as it is', async () => {
    const content = readFileSync(path('capture.binetflow'));
    await expect(convert('capture.binetflow', '--out', 'capture.binetflow')).rejects.toThrow(
      'cannot write capture.binetflow/',
    );
    expect(readFileSync(path('capture.binetflow'))).toEqual(content);
  });

  it('unpacks standard input, and says which lines of it were at fault', () => {
    const packed = gzipSync(readFileSync(path('capture.binetflow')));
    const args = ['convert', '--from', 'argus', '-', '--out', 'packed'];
    const { code, stdout, stderr } = flowtrap(args, { cwd: folder, input: packed });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ inputs: 1, bytes: packed.length, rows: 11, flows: 7 });
    expect(stderr).toContain('flowtrap: warning: standard input:11: Sport: not a port: "notaport"\n');
  });

  it('adds to a folder when forced: objects of other content stay beside the new ones', async () => {
    await convert('capture.binetflow', '--out', 'twice');
    const objects = filesIn('twice');
    await convert('capture.binetflow', '--out', 'twice', '--force', '--aggregation-seconds', '60');
    expect(filesIn('twice')).toEqual(expect.arrayContaining(objects));
    expect(filesIn('twice').length).toBeGreaterThan(objects.length);
    expect(readFileSync(path('twice/labels.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(8);
  });

  it('writes the same bytes again', async () => {
    for (const out of ['once', 'again']) await convert('capture.binetflow', '--out', out);
    expect(filesIn('again')).toEqual(filesIn('once'));
    for (const name of filesIn('once')) {
      expect(readFileSync(path(`again/${name}`)).equals(readFileSync(path(`once/${name}`)))).toBe(true);
    }
  });

  it('counts an input that is named twice as two', async () => {
    const { stdout } = await convert('capture.binetflow', 'capture.binetflow', '--out', 'double');
    expect(JSON.parse(stdout)).toMatchObject({ inputs: 2, rows: 22, flows: 14 });
  });

  it('lists words that no table knows, also those that every object has', async () => {
    const [head, row] = readFileSync(path('capture.binetflow'), 'utf8').split('\n');
    writeFileSync(path('odd.csv'), `${head}\n${row.replace(/[^,]*$/, 'constructor')}\n`);
    const { stdout, stderr } = await convert('odd.csv', '--out', 'odd');
    expect(JSON.parse(stdout)).toMatchObject({ unknownLabels: { constructor: 1 }, labels: { unlabelled: 1 } });
    expect(stderr).toContain('labels that are not known, taken as unlabelled: "constructor" 1\n');
  });
});

describe('simulate', () => {
  it('says beforehand what it will write, and writes nothing then', async () => {
    const { plan } = JSON.parse((await simulate('--dry-run', '--out', 'planned')).stdout);
    expect(existsSync(path('planned'))).toBe(false);
    const written = JSON.parse((await simulate('--out', 'planned')).stdout);
    expect([written.scenarios, written.labels]).toEqual([plan.scenarios, plan.labels]);
    const objects = filesIn('planned').filter((name) => name.endsWith('.log.gz'));
    expect(objects).toHaveLength(written.objects);
    expect(objects.every((name) => name.includes(plan.flowLogId))).toBe(true);
  });

  it('takes a scenario that is named twice once', async () => {
    const { plan } = JSON.parse((await simulate('beacon', 'beacon', '--dry-run', '--out', 'x')).stdout);
    expect(plan.scenarios.filter((name: string) => name === 'beacon')).toEqual(['beacon']);
  });

  it('refuses a file as the folder to write to', async () => {
    await expect(simulate('--out', 'empty')).rejects.toThrow('cannot write empty/AWSLogs/');
    expect(readFileSync(path('empty'), 'utf8')).toBe('');
  });

  it('refuses a folder that holds labels only, as another command may have left them', async () => {
    mkdirSync(path('labelled'));
    writeFileSync(path('labelled/labels.csv'), LABELS);
    await expect(simulate('--out', 'labelled')).rejects.toThrow('labelled/labels.csv exists already');
    expect(readFileSync(path('labelled/labels.csv'), 'utf8')).toBe(LABELS);
  });
});

describe('features', () => {
  it('writes a matrix without rows for an empty log', async () => {
    const { stdout } = await features('empty', '--out', 'empty.parquet');
    expect(JSON.parse(stdout)).toMatchObject({ rows: 0, records: 0 });
    expect((await readTable(path('empty.parquet'))).rows).toEqual([]);
  });

  it('replaces its former output whole, and leaves it when it fails', async () => {
    await features('empty', '--out', 'matrix.parquet');
    await features('flows.log', '--out', 'matrix.parquet');
    const table = await readTable(path('matrix.parquet'));
    expect(table.rows).toHaveLength(1);
    await expect(features('flows.log', '--labels', 'scores.csv', '--out', 'matrix.parquet')).rejects.toThrow(
      'scores.csv: labels line 1 names column "window_start"',
    );
    expect(await readTable(path('matrix.parquet'))).toEqual(table);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('fails when not one line could be read, and writes nothing', async () => {
    writeFileSync(path('story.txt'), 'this is\nno log\n');
    await expect(features('story.txt', '--out', 'bad.parquet')).rejects.toThrow(
      'nothing could be read from 1 objects in story.txt',
    );
    expect(existsSync(path('bad.parquet'))).toBe(false);
  });
});

describe('score', () => {
  it('writes what evaluate can read, with a header line also where there is nothing to score', async () => {
    await perform(scoreCommand, ['flows.log', 'empty', '--model', 'tiny.onnx', '--out', 'made.csv']);
    const evaluated = JSON.parse((await evaluate('made.csv', 'labels.csv')).stdout);
    expect(evaluated).toMatchObject({ conversations: 1, labels: { scan: 1 } });
    const { stdout } = await perform(scoreCommand, ['empty', '--model', 'tiny.onnx']);
    expect(stdout).toMatch(/^window_start,interface_id,client,.*\n$/);
  });

  it('shows what a log says in warnings, and obeys none of it', async () => {
    writeFileSync(path('escape.log'), `${DEFAULT_HEADER}\n${line(1)}\n\x1b[2J\x1b]0;title no record\n`);
    const { stderr } = await perform(scoreCommand, ['escape.log', '--model', 'tiny.onnx']);
    expect(stderr).toContain('lines that are no records: field-count 1; such as escape.log:3: \\x1b[2J\\x1b]0;title');
    expect(stderr).not.toContain('\x1b');
  });
});

describe('evaluate', () => {
  it.each([
    ['scores for labels', 'scores.csv', 'scores.csv', 'scores.csv: labels line 1 names column "window_start"'],
    ['labels for scores', 'labels.csv', 'labels.csv', 'labels.csv: the scores lack the column p_benign'],
    // The name of the file is a word of the message.
    ['an empty file of scores', 'empty', 'labels.csv', 'empty: the scores are empty'],
    ['an empty file of labels', 'scores.csv', 'empty', 'empty: the labels are empty'],
    ['a folder of several files', '.', 'labels.csv', '. is more than one file, expected one'],
    ['a folder without files', 'blank', 'labels.csv', 'no file in blank, expected one'],
    ['a log', 'flows.log', 'labels.csv', 'flows.log: the scores lack the column p_benign'],
  ])('refuses %s', async (_, scores, labels, message) => {
    await expect(evaluate(scores, labels)).rejects.toThrow(message);
  });

  it('reads the one file of a folder', async () => {
    mkdirSync(path('single'));
    copyFileSync(path('scores.csv'), path('single/scores.csv'));
    expect(JSON.parse((await evaluate('single', 'labels.csv')).stdout)).toMatchObject({ conversations: 1 });
  });

  it('refuses standard input for both scores and labels', () => {
    const args = ['evaluate', '--scores', '-', '--labels', '-'];
    const { code, stdout, stderr } = flowtrap(args, { cwd: folder, input: readFileSync(path('scores.csv')) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^flowtrap: -: .+\n$/);
  });
});
