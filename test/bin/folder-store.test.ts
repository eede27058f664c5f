import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderStore } from '../../bin/folder-store.ts';
import type { Store } from '../../lib/history/store.ts';
import { entriesOf } from '../memory-store.ts';
import { temporaryFolder } from './cli.ts';

const root = temporaryFolder();
let folders = 0;
const fresh = () => {
  const folder = join(root, String(folders++));
  return { folder, store: folderStore(folder) };
};

const bytes = (text: string) => Buffer.from(text);
const textOf = async (store: Store, key: string) => {
  const stored = await store.read(key);
  return stored && Buffer.from(stored.bytes).toString('utf8');
};
const keys = async (store: Store, prefix: string) => (await entriesOf(store, prefix)).map(({ key }) => key);

describe('a folder as a store', () => {
  it('reads what was written, and nothing where nothing is', async () => {
    const { folder, store } = fresh();
    expect(await store.read('a/b/c.json')).toBeUndefined();
    expect(await store.write('a/b/c.json', bytes('one'))).toBe(true);
    expect(await textOf(store, 'a/b/c.json')).toBe('one');
    expect(await store.write('a/b/c.json', bytes('two'))).toBe(true);
    expect(await textOf(store, 'a/b/c.json')).toBe('two');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.json']);
  });

  it('writes what must be absent once', async () => {
    const { folder, store } = fresh();
    expect(await store.write('x', bytes('one'), 'absent')).toBe(true);
    expect(await store.write('x', bytes('two'), 'absent')).toBe(false);
    expect(await textOf(store, 'x')).toBe('one');
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('lets exactly one of many writers be the first, with the whole of its value', async () => {
    const stores = Array.from({ length: 8 }, () => folderStore(join(root, 'race')));
    const large = (letter: string) => bytes(letter.repeat(100_000));
    const won = await Promise.all(stores.map((store, i) => store.write('x', large(String(i)), 'absent')));
    expect(won.filter((one) => one)).toHaveLength(1);
    expect(await textOf(stores[0], 'x')).toBe(String(won.indexOf(true)).repeat(100_000));
  });

  it('replaces only what has not changed since it was read', async () => {
    const { store } = fresh();
    await store.write('x', bytes('one'));
    const { tag } = (await store.read('x'))!;
    expect(await store.write('x', bytes('two'), { tag })).toBe(true);
    expect(await store.write('x', bytes('six'), { tag })).toBe(false);
    expect(await textOf(store, 'x')).toBe('two');
    expect(await store.write('y', bytes('one'), { tag })).toBe(false);
    expect(await store.read('y')).toBeUndefined();
  });

  it('lists by prefix in the order of keys, with sizes and the tags of reading', async () => {
    const { store } = fresh();
    for (const key of [
      's/day=2/b',
      's/day=1/hour=10/a',
      's/day=1/hour=1/a',
      's/day=1.json',
      's/day=1/z',
      't/a',
      's-a',
    ]) {
      await store.write(key, bytes(key));
    }
    expect(await keys(store, 's/')).toEqual([
      's/day=1.json',
      's/day=1/hour=1/a',
      's/day=1/hour=10/a',
      's/day=1/z',
      's/day=2/b',
    ]);
    expect(await keys(store, 's/day=1/')).toEqual(['s/day=1/hour=1/a', 's/day=1/hour=10/a', 's/day=1/z']);
    expect(await keys(store, 's/day=1/hour=1')).toEqual(['s/day=1/hour=1/a', 's/day=1/hour=10/a']);
    expect(await keys(store, 's')).toEqual([
      's-a',
      's/day=1.json',
      's/day=1/hour=1/a',
      's/day=1/hour=10/a',
      's/day=1/z',
      's/day=2/b',
    ]);
    expect(await keys(store, '')).toHaveLength(7);
    expect(await keys(store, 'no/such')).toEqual([]);
    const [entry] = await entriesOf(store, 't/a');
    expect(entry).toEqual({ key: 't/a', sizeBytes: 3, tag: (await store.read('t/a'))!.tag });
  });

  it('changes the tag with the content, also where size stays', async () => {
    const { store } = fresh();
    const tags = new Set<string>();
    for (const text of ['one', 'two', 'six', 'ten']) {
      await store.write('x', bytes(text));
      tags.add((await store.read('x'))!.tag);
    }
    expect(tags.size).toBe(4);
  });

  it('removes a key, and minds none that is not there', async () => {
    const { store } = fresh();
    await store.write('a/x', bytes('one'));
    await store.remove('a/x');
    await store.remove('a/x');
    await store.remove('never/was');
    expect(await keys(store, '')).toEqual([]);
  });

  it('does not list what is half written, hidden, or no file', async () => {
    const { folder, store } = fresh();
    await store.write('a/x', bytes('one'));
    writeFileSync(join(folder, 'a', '.y.123.partial'), 'half');
    mkdirSync(join(folder, '.git'));
    symlinkSync('nowhere', join(folder, 'a', 'dangling'));
    expect(await keys(store, '')).toEqual(['a/x']);
  });

  it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/./b', '', 'a\\b', 'a\0b', 'a/'])(
    'refuses the key %j',
    async (key) => {
      const { store } = fresh();
      await expect(store.write(key, bytes('x'))).rejects.toThrow('got the key');
      await expect(store.read(key)).rejects.toThrow('got the key');
      await expect(store.remove(key)).rejects.toThrow('got the key');
    },
  );

  it('refuses a folder that is a file, saying so', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(folderStore(join(root, 'file')).write('x', bytes('1'))).rejects.toThrow(
      `cannot write ${join(root, 'file', 'x')}`,
    );
  });

  it('refuses what may not be reached, naming it', async () => {
    const { folder, store } = fresh();
    // A name that is longer than any file system takes fails for whoever asks.
    await store.write('one', bytes('one'));
    const key = 'x'.repeat(300);
    await expect(store.read(key)).rejects.toThrow(`cannot reach ${folder}/${key}: `);
    await expect(store.write(key, bytes('one'), 'absent')).rejects.toThrow(`cannot reach ${folder}/${key}: `);
  });
});
