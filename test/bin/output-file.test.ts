import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discardLater, discardUnfinished, partialOf, writeWhole } from '../../bin/output-file.ts';
import { temporaryFolder } from './cli.ts';

const folder = temporaryFolder();

describe('writeWhole', () => {
  it('makes the folders, writes text and bytes, and tells the size', async () => {
    const path = join(folder, 'a', 'b', 'file.txt');
    expect(await writeWhole(path, ['ä', new Uint8Array([66, 67])])).toBe(4);
    expect(readFileSync(path, 'utf8')).toBe('äBC');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file.txt']);
  });

  it('makes the folders of many files at once, whoever is first', async () => {
    for (let round = 0; round < 20; round++) {
      const root = join(folder, `round-${round}`);
      const paths = Array.from({ length: 30 }, (_, i) => join(root, 'a', String(i % 3), 'c', `${i}.txt`));
      await Promise.all(paths.map((path) => writeWhole(path, ['x'])));
      expect(paths.every((path) => existsSync(path))).toBe(true);
    }
  });

  it.skipIf(!existsSync('/proc/self'))(
    'refuses a place where no folder can be made, and does not try for ever',
    async () => {
      await expect(writeWhole('/proc/flowtrap/a/file.txt', ['x'])).rejects.toThrow(
        'cannot write /proc/flowtrap/a/file.txt',
      );
    },
  );

  it('leaves the former file as it was when writing fails half way', async () => {
    const path = join(folder, 'kept.txt');
    writeFileSync(path, 'former');
    async function* broken() {
      yield 'half';
      throw new Error('the source ran dry');
    }
    await expect(writeWhole(path, broken())).rejects.toThrow('the source ran dry');
    expect(readFileSync(path, 'utf8')).toBe('former');
    expect(readdirSync(folder).filter((name) => name.includes('kept'))).toEqual(['kept.txt']);
  });

  it('writes through a symbolic link', async () => {
    writeFileSync(join(folder, 'target.txt'), 'former');
    symlinkSync('target.txt', join(folder, 'link.txt'));
    await writeWhole(join(folder, 'link.txt'), ['new']);
    expect(readFileSync(join(folder, 'target.txt'), 'utf8')).toBe('new');
  });

  it('writes to a device and does not replace it', async () => {
    await writeWhole('/dev/null', ['gone']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('refuses a folder', async () => {
    mkdirSync(join(folder, 'is-a-folder'));
    await expect(writeWhole(join(folder, 'is-a-folder'), ['x'])).rejects.toThrow(
      'is a folder, expected the name of a file',
    );
  });

  it('refuses a path below a file, naming it', async () => {
    writeFileSync(join(folder, 'plain'), '');
    chmodSync(join(folder, 'plain'), 0o600);
    await expect(writeWhole(join(folder, 'plain', 'x'), ['x'])).rejects.toThrow(/^cannot write .*plain\/x: /);
  });
});

describe('what is half written', () => {
  it('goes away when the process is told to end', () => {
    const partial = partialOf(join(folder, 'late.txt'));
    writeFileSync(partial, 'half');
    discardLater(partial);
    discardUnfinished();
    expect(existsSync(partial)).toBe(false);
  });
});
