/** The directions between folders, and who alone may import or know what: read from the sources as they stand. */
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../lib/flowlog/fields.ts';

type Sources = ReadonlyMap<string, string>;

const ROOT = new URL('..', import.meta.url).pathname;

/** What each folder of lib, or file right in it, may import from lib besides itself and `limits`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  limits: [],
  errors: [],
  flowlog: [],
  'parquet-file': [],
  conversations: ['flowlog', 'parquet-file'],
  features: ['conversations', 'flowlog', 'parquet-file'],
  model: ['features'],
  detectors: ['model', 'features', 'conversations', 'flowlog'],
  findings: ['detectors', 'model', 'features', 'conversations', 'flowlog'],
  settings: ['findings', 'model', 'flowlog'],
  history: ['settings', 'findings', 'detectors', 'model', 'features', 'conversations', 'flowlog', 'parquet-file'],
  environment: ['settings', 'flowlog'],
  notify: ['history', 'findings', 'flowlog', 'settings'],
  report: ['findings', 'detectors', 'model', 'features', 'conversations', 'flowlog'],
  evaluate: ['findings', 'detectors', 'model', 'features', 'conversations', 'flowlog', 'parquet-file'],
  reading: ['history', 'conversations', 'flowlog'],
  detect: ['reading', 'history', 'findings', 'detectors', 'model', 'features', 'conversations', 'flowlog', 'settings'],
  simulate: ['flowlog'],
  datasets: ['flowlog'],
  aws: ['environment', 'settings', 'notify', 'history', 'findings', 'conversations', 'flowlog'],
  infra: ['environment', 'settings'],
  index: [
    'detect',
    'reading',
    'notify',
    'findings',
    'history',
    'model',
    'conversations',
    'features',
    'flowlog',
    'settings',
    'simulate',
  ],
};

/** Modules of Node that neither touch the machine nor its clock, by who needs them. */
const BUILTINS: Readonly<Record<string, readonly string[]>> = {
  flowlog: ['node:net', 'node:zlib'],
  'parquet-file': ['node:zlib'],
  conversations: ['node:crypto'],
  features: ['node:crypto'],
  model: ['node:crypto'],
  findings: ['node:crypto'],
  history: ['node:crypto'],
  notify: ['node:crypto'],
  evaluate: ['node:string_decoder'],
  datasets: ['node:crypto', 'node:stream', 'node:string_decoder', 'node:zlib'],
  aws: ['node:crypto', 'node:stream', 'node:url'],
  infra: ['node:fs', 'node:module', 'node:path', 'node:url'],
};

/** The app that is deployed and what its user says: all that may know the stack. */
const STACK = ['bin/app.ts', 'flowtrap.config.ts'];

/** Packages by the files that may import them, as beginnings of paths. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  hyparquet: ['lib/flowlog/', 'lib/parquet-file.ts', 'lib/conversations/summary.ts', 'lib/evaluate/', 'lib/history/'],
  'hyparquet-compressors': ['lib/flowlog/'],
  'hyparquet-writer': ['lib/parquet-file.ts'],
  'mmdb-lib': ['lib/history/origin-database.ts'],
  'onnxruntime-node': ['lib/model/runtime.ts'],
  'aws-cdk-lib': ['lib/infra/', ...STACK],
  esbuild: ['lib/infra/assets.ts'],
  constructs: ['lib/infra/', 'bin/app.ts'],
  '@middy/core': ['lambdas/'],
  '@aws-lambda-powertools/batch': ['lambdas/'],
  '@aws-lambda-powertools/logger': ['lambdas/'],
  '@aws-lambda-powertools/metrics': ['lambdas/'],
  // Types of events alone.
  'aws-lambda': ['lambdas/'],
};

const isAws = (specifier: string) => specifier.startsWith('@aws-sdk/') || specifier.startsWith('@smithy/');

/** Where time, randomness and the environment come from; everybody else gets them as arguments. */
const MAY_KNOW_THE_WORLD = ['lib/aws/', 'lib/environment.ts', 'lib/model/runtime.ts'];
const WORLD = /\bprocess\.env\b|\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bperformance\.now\(/g;

/** A table of many lines is still one thing to read. */
const TABLES = ['lib/features/catalog.ts'];
const LINES_MAX = 350;

/** Names of fields one after another from which on a list of fields stands beside the one table. */
const LISTED_FIELDS_MAX = 7;

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** What a source imports: specifiers, and `(computed)` where one is not written out. */
function importsOf(source: string): string[] {
  const code = withoutComments(source);
  const statements = code.matchAll(/(?:^|[;}\n])\s*(?:import|export)\b[^;'"`=()]*?\bfrom\s*['"]([^'"]+)['"]/g);
  const effects = code.matchAll(/(?:^|[;}\n])\s*import\s*['"]([^'"]+)['"]/g);
  const calls = code.matchAll(/\bimport\(\s*(?:['"]([^'"]+)['"])?/g);
  return [...statements, ...effects, ...calls].map(([, specifier]) => specifier ?? '(computed)');
}

/** Folder of lib, or name of a file right in it. */
function unitOf(file: string): string {
  return file.split('/')[1].replace(/\.ts$/, '');
}

const resolved = (file: string, specifier: string) => posix.join(posix.dirname(file), specifier);

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** All that is wrong with the imports of one file. */
function importFaults(file: string, source: string): string[] {
  return importsOf(source).flatMap((specifier) => {
    const fault = specifier.startsWith('.')
      ? localFault(file, resolved(file, specifier))
      : foreignFault(file, specifier);
    return fault === undefined ? [] : [`${file} imports ${specifier}: ${fault}`];
  });
}

function localFault(file: string, target: string): string | undefined {
  const [from, to] = [file.split('/')[0], target.split('/')[0]];
  if (STACK.includes(file) && STACK.includes(target)) return undefined;
  if (to !== 'lib') return from === to ? undefined : `${from} may not import ${to}`;
  const unit = unitOf(target);
  if (from === 'lib') {
    const allowed = MAY_IMPORT[unitOf(file)];
    if (allowed === undefined) return `no rule for ${unitOf(file)}`;
    const fits = unit === unitOf(file) || unit === 'limits' || allowed.includes(unit);
    return fits ? undefined : `${unitOf(file)} may not import ${unit}`;
  }
  if (STACK.includes(file))
    return ['infra', 'settings', 'environment', 'limits'].includes(unit) ? undefined : 'not for the stack';
  return unit === 'infra' ? `only ${STACK.join(', ')} may` : undefined;
}

function foreignFault(file: string, specifier: string): string | undefined {
  if (specifier === '(computed)') return 'imports must be written out';
  if (specifier.startsWith('#models/')) return file.startsWith('lib/') ? 'models come in as bytes' : undefined;
  if (specifier.startsWith('node:')) {
    if (!file.startsWith('lib/')) return undefined;
    return BUILTINS[unitOf(file)]?.includes(specifier) ? undefined : 'not among the modules of Node it may use';
  }
  if (isAws(specifier)) return file.startsWith('lib/aws/') ? undefined : 'only lib/aws may';
  const users = PACKAGES[packageOf(specifier)];
  if (users === undefined) return 'no rule for this package';
  return users.some((user) => file.startsWith(user)) ? undefined : `only ${users.join(', ')} may`;
}

function worldFaults(file: string, source: string): string[] {
  if (!file.startsWith('lib/') || MAY_KNOW_THE_WORLD.some((start) => file.startsWith(start))) return [];
  return [...withoutComments(source).matchAll(WORLD)].map(
    ([use]) => `${file} uses ${use}: it must come in as an argument`,
  );
}

function lengthFaults(file: string, source: string): string[] {
  const lines = source.split('\n').length - 1;
  const tooLong = file.startsWith('lib/') && lines > LINES_MAX && !TABLES.includes(file);
  return tooLong ? [`${file} has ${lines} lines, at most ${LINES_MAX}`] : [];
}

const FIELD_NAME = `['"](?:${FIELDS.map(({ name }) => name).join('|')})['"]`;
const FIELD_LIST = new RegExp(`(?:${FIELD_NAME}\\s*,\\s*){${LISTED_FIELDS_MAX}}${FIELD_NAME}`);

function fieldListFaults(file: string, source: string): string[] {
  if (!file.startsWith('lib/') || file === 'lib/flowlog/fields.ts') return [];
  return FIELD_LIST.test(withoutComments(source)) ? [`${file} lists fields beside lib/flowlog/fields.ts`] : [];
}

/** Groups of files that import each other and lie in more than one folder. */
function cycles(sources: Sources): string[] {
  const edges = new Map(
    [...sources].map(([file, source]) => [
      file,
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => resolved(file, specifier)),
    ]),
  );
  const reachable = new Map([...sources.keys()].map((file) => [file, reach(edges, file)]));
  return [...sources.keys()].flatMap((file) => {
    const others = [...reachable.get(file)!].filter((other) => reachable.get(other)?.has(file));
    const other = others.find((one) => posix.dirname(one) !== posix.dirname(file));
    return other === undefined ? [] : [`${file} and ${other} import each other`];
  });
}

function reach(edges: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const found = new Set<string>();
  const queue = [from];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const next of edges.get(file) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return found;
}

function faultsOf(sources: Sources): string[] {
  const faults = [...sources].flatMap(([file, source]) => [
    ...importFaults(file, source),
    ...worldFaults(file, source),
    ...lengthFaults(file, source),
    ...fieldListFaults(file, source),
  ]);
  return [...faults, ...cycles(sources)];
}

function projectSources(): Map<string, string> {
  const files = globSync(['{lib,bin,lambdas}/**/*.ts', 'flowtrap.config.ts'], { cwd: ROOT });
  return new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(posix.join(ROOT, file), 'utf8')]));
}

describe('the project', () => {
  const sources = projectSources();

  it('has sources to check, with imports', () => {
    expect(sources.size).toBeGreaterThan(50);
    for (const file of ['lib/detect.ts', 'lib/flowlog/fields.ts', 'lib/model/runtime.ts', 'bin/flowtrap.ts']) {
      expect([...sources.keys()]).toContain(file);
    }
    expect(importsOf(sources.get('lib/model/runtime.ts')!)).toContain('onnxruntime-node');
  });

  it('imports only files that exist', () => {
    const missing = [...sources].flatMap(([file, source]) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.') && !sources.has(resolved(file, specifier)))
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(missing).toEqual([]);
  });

  it('keeps its directions, its borders and its measure', () => {
    expect(faultsOf(sources)).toEqual([]);
  });

  it('has rules that are free of circles', () => {
    const edges = new Map(Object.entries(MAY_IMPORT));
    for (const unit of edges.keys()) expect([unit, reach(edges, unit).has(unit)]).toEqual([unit, false]);
  });
});

describe('the checker', () => {
  const checked = (file: string, source: string) => faultsOf(new Map([[file, source]]));

  it.each([
    ['an upward import', 'lib/flowlog/a.ts', "import { x } from '../conversations/b.ts';"],
    ['an upward type import', 'lib/features/a.ts', "import type { X } from '../model/b.ts';"],
    ['an upward re-export', 'lib/flowlog/a.ts', "export { x } from '../features/b.ts';"],
    ['an import over several lines', 'lib/flowlog/a.ts', "import {\n  x,\n  y,\n} from '../detect.ts';"],
    ['the simulator in data sets', 'lib/datasets/a.ts', "import type { X } from '../simulate/b.ts';"],
    ['a late import', 'lib/flowlog/a.ts', "const x = await import('../detect.ts');"],
    ['an import for its effect', 'lib/flowlog/a.ts', "import '../detect.ts';"],
    ['a computed import', 'lib/flowlog/a.ts', 'await import(name);'],
    ['an unknown folder', 'lib/other/a.ts', "import { x } from '../flowlog/b.ts';"],
    ['an import of the command line', 'lib/flowlog/a.ts', "import { x } from '../../bin/a.ts';"],
    ['an import of a test', 'bin/a.ts', "import { x } from '../test/a.ts';"],
    ['the file system', 'lib/flowlog/a.ts', "import { readFileSync } from 'node:fs';"],
    ['promises of the file system', 'lib/aws/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['processes', 'lib/findings/a.ts', "import { spawn } from 'node:child_process';"],
    ['the network', 'lib/notify/a.ts', "import http from 'node:http';"],
    ['the operating system', 'lib/detectors/a.ts', "import os from 'node:os';"],
    ['the AWS SDK outside lib/aws', 'lambdas/a.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['the runtime of models elsewhere', 'lib/model/a.ts', "import ort from 'onnxruntime-node';"],
    ['the CDK in a function', 'lambdas/a.ts', "import { Stack } from 'aws-cdk-lib';"],
    ['the CDK by a part of it', 'lib/detect.ts', "import { Bucket } from 'aws-cdk-lib/aws-s3';"],
    ['the construct in the command line', 'bin/a.ts', "import { x } from '../lib/infra/a.ts';"],
    ['detection in the stack', 'bin/app.ts', "import { detect } from '../lib/detect.ts';"],
    ['detection in the construct', 'lib/infra/a.ts', "import { detect } from '../detect.ts';"],
    ['a package without a rule', 'lib/flowlog/a.ts', "import _ from 'lodash';"],
    ['the environment', 'lib/flowlog/a.ts', 'const x = process.env.HOME;'],
    ['the clock', 'lib/flowlog/a.ts', 'const x = Date.now();'],
    ['the clock as a date', 'lib/flowlog/a.ts', 'const x = new Date();'],
    ['chance', 'lib/simulate/a.ts', 'const x = Math.random();'],
    ['a long file', 'lib/flowlog/a.ts', 'x;\n'.repeat(LINES_MAX + 1)],
    [
      'a second list of fields',
      'lib/flowlog/a.ts',
      "const x = ['account-id', 'interface-id', 'srcaddr', 'dstaddr',\n 'srcport', 'dstport', 'protocol', 'packets'];",
    ],
  ])('finds %s', (_, file, source) => {
    expect(checked(file, source)).toHaveLength(1);
  });

  it.each([
    ['a downward import', 'lib/conversations/a.ts', "import { x } from '../flowlog/b.ts';"],
    ['an import of the same folder', 'lib/flowlog/a.ts', "import { x } from './b.ts';"],
    ['limits for everybody', 'lib/simulate/attacks/a.ts', "import { x } from '../../limits.ts';"],
    ['the AWS SDK in lib/aws', 'lib/aws/a.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['the file system in the command line', 'bin/a.ts', "import { readFileSync } from 'node:fs';"],
    ['a date of a given time', 'lib/findings/a.ts', 'const x = new Date(seconds * 1000);'],
    ['the environment in its module', 'lib/environment.ts', 'const x = process.env;'],
    [
      'what stands in comments',
      'lib/flowlog/a.ts',
      "// import { x } from '../detect.ts'; Date.now()\n/* process.env */",
    ],
    ['a few fields in a row', 'lib/flowlog/a.ts', "const x = ['srcaddr', 'dstaddr', 'srcport', 'dstport'];"],
  ])('lets %s pass', (_, file, source) => {
    expect(checked(file, source)).toEqual([]);
  });

  it('finds files of different folders that import each other, also by way of a third', () => {
    const circle = new Map([
      ['lib/index.ts', "export { x } from './detect.ts';"],
      ['lib/detect.ts', "import { x } from './findings/a.ts';"],
      ['lib/findings/a.ts', "import { x } from './b.ts';"],
      ['lib/findings/b.ts', "import { x } from '../detect.ts';"],
    ]);
    expect(cycles(circle)).toHaveLength(3);
    expect(cycles(new Map([...circle, ['lib/findings/b.ts', '']]))).toEqual([]);
  });

  it('lets files of one folder import each other', () => {
    const pair = new Map([
      ['lib/flowlog/a.ts', "import type { X } from './b.ts';"],
      ['lib/flowlog/b.ts', "import { x } from './a.ts';"],
    ]);
    expect(faultsOf(pair)).toEqual([]);
  });
});
