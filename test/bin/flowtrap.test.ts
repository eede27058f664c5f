import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { flowtrap, shellWords, startFlowtrap, temporaryFolder } from './cli.ts';
import { writeTinyModel } from './tiny-model.ts';

const COMMANDS = ['detect', 'score', 'evaluate', 'features', 'simulate', 'convert'];
/** A capture of one datagram, 10.0.0.1:8080 to 10.0.0.2:53: file header, packet header, Ethernet, IPv4, UDP. */
const CAPTURE = Buffer.from(
  [
    'd4c3b2a1020004000000000000000000ffff000001000000',
    '00000069000000002a0000002a000000',
    '0200000000020200000000010800',
    '4500001c0000000040110000',
    '0a0000010a000002',
    '1f90003500080000',
  ].join(''),
  'hex',
);
const folder = temporaryFolder();
const model = join(folder, 'tiny.onnx');

beforeAll(() => {
  writeTinyModel(model);
  const made = flowtrap(['simulate', 'vertical-scan', '--hosts', '6', '--minutes', '15', '--out', 'logs'], {
    cwd: folder,
  });
  expect(made.code).toBe(0);
  copyFileSync(new URL('../golden/datasets/argus.csv', import.meta.url), join(folder, 'capture.binetflow'));
  writeFileSync(join(folder, 'capture.pcap'), CAPTURE);
});

describe('help', () => {
  it('lists every command and ends with 0', () => {
    const { code, stdout, stderr } = flowtrap(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('is what a bare call prints, as wrong usage', () => {
    const { code, stdout } = flowtrap([]);
    expect(code).toBe(64);
    expect(stdout).toBe(flowtrap(['--help']).stdout);
  });

  it.each(COMMANDS)('of %s has usage, options and an example', (name) => {
    const { code, stdout } = flowtrap([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: flowtrap ${name} `);
    expect(stdout).toContain('\nOptions:\n');
    expect(stdout).toContain(`    $ flowtrap ${name} `);
    expect(flowtrap([name, '-h']).stdout).toBe(stdout);
  });

  it('fits 100 columns but for lines to be typed', () => {
    for (const name of COMMANDS) {
      const lines = flowtrap([name, '--help']).stdout.split('\n');
      expect(lines.filter((line) => !line.includes('$ flowtrap') && line.length > 100)).toEqual([]);
    }
  });
});

describe('the examples of the help', () => {
  it.each(COMMANDS)('of %s run beside a folder of labelled logs', (name) => {
    const lines = flowtrap([name, '--help'])
      .stdout.split('\n')
      .filter((line) => line.startsWith('    $ '));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const words = shellWords(line.slice('    $ flowtrap '.length));
      const scoring = name === 'detect' || name === 'score';
      const run = flowtrap(scoring ? [...words, '--model', model] : words, { cwd: folder });
      expect(run, line).toMatchObject({ code: 0 });
      const out = words[words.indexOf('--out') + 1];
      if (words.includes('--out')) expect(existsSync(join(folder, out)), line).toBe(true);
    }
  });
});

describe('wrong usage', () => {
  it.each([
    [['detcet', 'x'], 'unknown command detcet (did you mean "detect"?)'],
    [['--verison'], 'unknown option --verison (did you mean "--version"?)'],
    [['frobnicate'], 'unknown command frobnicate\n'],
    [['simulate', '--sed', '7'], 'unknown option --sed (did you mean "--seed"?)'],
    [['simulate', '--seed'], 'option --seed needs a value: --seed N'],
    [['simulate', '--seed', '--hosts', '4'], 'option --seed needs a value: --seed N'],
    [['simulate', '--list=yes'], 'option --list takes no value, got "yes"'],
    [['simulate', '--seed', '1', '--seed', '2'], 'option --seed stands twice'],
    [['simulate', '--constructor', 'x'], 'unknown option --constructor'],
    [['detect'], 'no PATH is given'],
    [['detect', 'x', '--format', 'jsno'], '--format is "jsno", expected table or json or ocsf (did you mean "json"?)'],
    [['detect', 'x', '--fail-on', 'hgih'], '(did you mean "high"?)'],
    [['score', 'x', '--out', 'scores.txt'], 'expected a name that ends in .csv or .parquet'],
    [['score', 'x', '--model', 'forest.pkl'], 'expected a file that ends in .onnx'],
    [['detect', 'x', '--log-format', 'srcaddr dstadr'], 'unknown field "dstadr"'],
  ])('%j ends with 64 and says what to do', (args, message) => {
    const { code, stdout, stderr } = flowtrap(args);
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\ntry: flowtrap .*--help\n$/);
  });

  it('shows escape sequences of arguments instead of obeying them', () => {
    expect(flowtrap(['\x1b[2Jx']).stderr).toContain('unknown command \\x1b[2Jx');
  });
});

describe('failures', () => {
  it.each([
    [['detect', 'nowhere', '--model', model], 'no file or folder nowhere, expected a flow log'],
    [['features', 'logs', '--out', 'm.parquet', '--labels', 'nowhere.csv'], 'cannot read the labels nowhere.csv'],
    [['detect', 'logs', '--settings', 'nowhere.json'], 'cannot read the settings nowhere.json'],
    [['score', 'logs', '--model', 'nowhere.onnx'], 'nowhere.onnx does not exist; name another with --model'],
    [['simulate', '--out', 'logs'], 'exists already; choose another folder, or add to it with --force'],
  ])('%j ends with 1 and one line', (args, message) => {
    const { code, stdout, stderr } = flowtrap(args, { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a model whose manifest is not its own', () => {
    const other = join(folder, 'other.onnx');
    writeTinyModel(other);
    writeFileSync(other, 'not the model');
    const { code, stderr } = flowtrap(['score', 'logs', '--model', other], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/the model file has SHA-256 [0-9a-f]{64}, its manifest says/);
  });

  it('refuses a manifest that is no JSON, naming the file', () => {
    const broken = join(folder, 'broken.onnx');
    writeTinyModel(broken);
    writeFileSync(join(folder, 'broken.json'), '{');
    const { code, stderr } = flowtrap(['score', 'logs', '--model', broken], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(folder, 'broken.json')}: `);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the process', () => {
  it('prints its version', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(flowtrap(['--version'])).toEqual({ code: 0, stdout: `flowtrap ${version}\n`, stderr: '' });
  });

  it('is quiet when its reader goes away', async () => {
    const child = startFlowtrap(['score', 'logs', '--model', model], folder);
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('leaves no half-written file when interrupted', async () => {
    const child = startFlowtrap(['simulate', '--hosts', '60', '--minutes', '2000', '--out', 'cut'], folder);
    while (!existsSync(join(folder, 'cut', 'AWSLogs'))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    const left = readdirSync(join(folder, 'cut'), { recursive: true }).map(String);
    expect(left.filter((name) => name.includes('partial'))).toEqual([]);
    expect(left).not.toContain('labels.csv');
  });
});
