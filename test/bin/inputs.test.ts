import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inputs } from '../../bin/inputs.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { countsOf, lines, readAll } from '../flowlog/reading.ts';
import { flowColumns, parquetOf } from '../flowlog/tables.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowtrap-inputs-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string, content: string | Uint8Array = lines(1)): string {
  const full = join(folder, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, content);
  return full;
}

async function all(paths: string[]): Promise<LogObject[]> {
  const objects: LogObject[] = [];
  for await (const object of inputs(paths)) objects.push(object);
  return objects;
}

async function names(paths: string[]): Promise<string[]> {
  return (await all(paths)).map(({ name }) => name.replace(`${folder}/`, ''));
}

describe('inputs', () => {
  it('takes a file named directly, whatever its name', async () => {
    const paths = [file('labels.csv'), file('README.md'), file('.hidden'), file('noending')];
    expect(await names(paths)).toEqual(['labels.csv', 'README.md', '.hidden', 'noending']);
  });

  it('takes the logs in a folder, all the way down, in the order of their names', async () => {
    for (const path of ['b/2.log', 'b/1.log.gz', 'a.parquet', 'c.txt', 'B.csv', 'z/y/x.json', 'UP.LOG']) file(path);
    expect(await names([folder])).toEqual([
      'B.csv',
      'UP.LOG',
      'a.parquet',
      'b/1.log.gz',
      'b/2.log',
      'c.txt',
      'z/y/x.json',
    ]);
  });

  it('passes over what is no log in a folder', async () => {
    for (const path of ['README.md', 'labels.csv', '.git/x.log', '.x.log', 'model.onnx', 'a/labels.csv', 'run.sh'])
      file(path);
    mkdirSync(join(folder, 'empty.log'));
    expect(await names([folder])).toEqual([]);
  });

  it('takes paths in the order given, also twice', async () => {
    const [b, a] = [file('b.log'), file('a.log')];
    expect(await names([b, a, b])).toEqual(['b.log', 'a.log', 'b.log']);
  });

  it('follows symbolic links', async () => {
    file('elsewhere/1.log');
    mkdirSync(join(folder, 'logs'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'logs/link'));
    symlinkSync(join(folder, 'elsewhere/1.log'), join(folder, 'logs/one.log'));
    expect(await names([join(folder, 'logs')])).toEqual(['logs/link/1.log', 'logs/one.log']);
  });

  it('gives files that stream and offer ranges', async () => {
    const [packed, table] = await all([
      file('1.gz', gzipSync(lines(5_000))),
      file('2.parquet', parquetOf(flowColumns(700), { rowGroupSize: 100 })),
    ]);
    expect(countsOf((await readAll(packed)).report)).toMatchObject({ records: 5_000, malformed: {} });
    expect(countsOf((await readAll(table)).report)).toMatchObject({ records: 700, malformed: {} });
  });

  it('gives ranges as asked for, at most to the end', async () => {
    const [object] = await all([file('1.log', '0123456789')]);
    const text = async (start: number, end?: number) => Buffer.from(await object.slice!(start, end)).toString();
    expect(await text(2, 5)).toBe('234');
    expect(await text(7)).toBe('789');
    expect(await text(7, 99)).toBe('789');
    expect(object.sizeBytes).toBe(10);
  });

  it('streams what is no regular file', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [object] = await all([pipe]);
    expect(object).toMatchObject({ name: pipe, once: true });
    expect(object.slice).toBeUndefined();
  });

  it('refuses a path that does not exist', async () => {
    await expect(all([join(folder, 'gone')])).rejects.toThrow(`no file or folder ${folder}/gone, expected a flow log`);
  });

  it('refuses folders that contain themselves', async () => {
    file('a/1.log');
    symlinkSync(folder, join(folder, 'a/up'));
    await expect(all([folder])).rejects.toThrow(`a/up leads back to ${folder}, which contains it`);
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    await expect(all([join(folder, 'loop')])).rejects.toThrow('loop is a symbolic link that leads back to itself');
  });

  it('gives a link to nowhere as an object that cannot be opened, and what is beside it', async () => {
    file('a.log');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'b.log'));
    file('c.log');
    const objects = await all([folder]);
    expect(objects.map(({ name }) => name)).toEqual(['a.log', 'b.log', 'c.log'].map((name) => join(folder, name)));
    expect(() => objects[1].open()).toThrow(`no file or folder ${folder}/b.log`);
  });

  it('pass over earlier results that lie among the logs, and refuse to write to what is read', async () => {
    file('a.log');
    file('out/findings.json');
    file('history/lists/bad/x.txt');
    const objects: string[] = [];
    const own = [join(folder, 'out'), undefined, join(folder, 'history'), join(folder, 'gone')];
    for await (const { name } of inputs([folder], own)) objects.push(name);
    expect(objects).toEqual([join(folder, 'a.log')]);
    await expect(inputs([folder], [folder]).next()).rejects.toThrow('is read and written to, expected another folder');
  });

  it('refuses standard input twice', async () => {
    await expect(all(['-', '-'])).rejects.toThrow('- stands twice among the paths');
  });

  it('throws on reading a file that may not be read', async () => {
    const secret = file('secret.log');
    chmodSync(secret, 0o000);
    const [object] = await all([secret]);
    const reading = readAll(object);
    // The superuser may read everything.
    if (process.getuid?.() === 0) expect((await reading).report.records).toBe(1);
    else await expect(reading).rejects.toThrow(`cannot open ${secret}: EACCES`);
  });

  it('throws on reading a file that has gone meanwhile', async () => {
    const path = file('1.log');
    const [object] = await all([path]);
    rmSync(path);
    await expect(readAll(object)).rejects.toThrow(`cannot open ${path}: ENOENT`);
  });
});

describe('standard input', () => {
  const program = `
    import { createNames } from './lib/flowlog/batch.ts';
    import { readObject } from './lib/flowlog/object.ts';
    import { inputs } from './bin/inputs.ts';
    for await (const object of inputs(['-'])) {
      const report = await readObject(object, { names: createNames() }, { batch() {}, rejected() {} });
      console.log(JSON.stringify([object.name, report.records, report.failure ?? null]));
      try { object.open(); } catch (error) { console.log(JSON.stringify(error.message)); }
    }`;

  function run(input: Uint8Array): unknown[] {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { input });
    expect(stderr.toString()).toBe('');
    return stdout
      .toString()
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
  }

  it.each([
    ['text', Buffer.from(lines(3_000))],
    ['gzip', gzipSync(lines(3_000))],
    ['Parquet', Buffer.from(parquetOf(flowColumns(3_000)))],
  ])('is read once (%s)', (_, bytes) => {
    expect(run(bytes)).toEqual([
      ['standard input', 3_000, null],
      'standard input can be read only once; store it as a file first',
    ]);
  });
});
