import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { afterAll, describe, expect, it } from 'vitest';
import { buildAsset, type FunctionName } from '../../lib/infra/assets.ts';
import { DEFAULT_SETTINGS, parseSettings } from '../../lib/settings.ts';

const BYTES_MAX = 35e6;
const BYTES_MAX_WITHOUT_MODEL = 3e6;

const LAMBDAS = fileURLToPath(new URL('../../lambdas', import.meta.url));
const ROOT = mkdtempSync(join(tmpdir(), 'assets-'));
afterAll(() => rmSync(ROOT, { recursive: true }));

interface Options {
  readonly architecture?: Architecture;
  readonly scores?: boolean;
  readonly settings?: typeof DEFAULT_SETTINGS;
}

let built = 0;

function build(
  entry: string,
  { architecture = Architecture.ARM_64, scores = false, settings = DEFAULT_SETTINGS }: Options,
) {
  const folder = join(ROOT, String(built++));
  mkdirSync(folder);
  buildAsset(folder, { architecture, scores, settings }, entry);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  return { folder, bytes, files: paths.map((path) => path.slice(folder.length + 1)).sort() };
}

const entryOf = (name: FunctionName) => join(LAMBDAS, `${name}.ts`);

/** A function of one's own, to try what the real ones do not hold. */
function written(code: string): string {
  const file = join(ROOT, `function-${built}.ts`);
  writeFileSync(file, code);
  return file;
}

describe('the asset of a function', () => {
  it.each(['detect', 'correlate'] as const)(
    '%s is under 35 MB with the model and its runtime for arm64 alone',
    (name) => {
      const { bytes, files } = build(entryOf(name), { scores: true });
      expect(bytes).toBeLessThan(BYTES_MAX);
      expect(files.filter((file) => !/^node_modules\/onnxruntime-(node\/dist|common\/dist\/cjs)\//.test(file))).toEqual(
        [
          'index.mjs',
          'node_modules/onnxruntime-common/package.json',
          'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1',
          'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node',
          'node_modules/onnxruntime-node/package.json',
          'random-forest.json',
          'random-forest.onnx',
          'settings.json',
        ],
      );
      expect(files.filter((file) => /\.(map|ts)$/.test(file))).toEqual([]);
    },
  );

  it.each(['notify', 'canary'] as const)('%s is its code and settings alone', (name) => {
    const { bytes, files, folder } = build(entryOf(name), {});
    expect(bytes).toBeLessThan(BYTES_MAX_WITHOUT_MODEL);
    expect(files).toEqual(['index.mjs', 'settings.json']);
    expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).not.toContain('onnxruntime');
  });

  it.each(['detect', 'correlate', 'notify', 'canary'] as const)('%s loads and has a handler', (name) => {
    const { folder } = build(entryOf(name), {});
    const script = "import('./index.mjs').then(({ handler }) => console.log(typeof handler))";
    expect(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }).trim()).toBe('function');
  });

  it('holds for x64 what this machine needs to open the model', {
    skip: process.platform !== 'linux' || process.arch !== 'x64',
  }, () => {
    const code = `
      import { readFileSync } from 'node:fs';
      import { InferenceSession } from 'onnxruntime-node';
      const session = await InferenceSession.create(readFileSync('random-forest.onnx'));
      console.log(session.outputNames.includes(JSON.parse(readFileSync('random-forest.json', 'utf8')).output));`;
    const { folder } = build(entryOf('detect'), { architecture: Architecture.X86_64, scores: true });
    const tried = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(tried.trim()).toBe('true');
  });

  it('holds the settings as the functions read them', () => {
    const settings = { ...DEFAULT_SETTINGS, ourNetworks: ['192.0.2.0/24'] };
    const { folder } = build(entryOf('canary'), { settings });
    expect(parseSettings(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual(settings);
  });

  it('is the same to the byte when nothing has changed', () => {
    const [one, other] = [build(entryOf('canary'), {}), build(entryOf('canary'), {})];
    expect(one.files.map((file) => readFileSync(join(one.folder, file), 'hex'))).toEqual(
      other.files.map((file) => readFileSync(join(other.folder, file), 'hex')),
    );
  });

  it('keeps the names of functions and classes, which logs tell', () => {
    const code = 'class Trouble extends Error {}\nexport const handler = () => new Trouble().constructor.name;';
    const { folder } = build(written(code), {});
    const script = "import('./index.mjs').then(({ handler }) => console.log(handler()))";
    expect(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }).trim()).toBe('Trouble');
  });

  it('refuses code that awaits while it is loaded', () => {
    const code = 'await Promise.resolve();\nexport const handler = () => 1;';
    expect(() => build(written(code), {})).toThrow(/Top-level await is not available/);
  });

  it('refuses an architecture that the model cannot run on', () => {
    const architecture = Architecture.custom('riscv64');
    expect(() => build(entryOf('detect'), { scores: true, architecture })).toThrow('architecture is riscv64');
  });
});
