import { describe, expect, it } from 'vitest';
import { claimTriesMax } from '../../lib/limits.ts';
import { Busy, change, readJson, writeJson } from '../../lib/notify/stored-json.ts';
import { MemoryStore } from '../memory-store.ts';

const NONE = { magic: 'test', version: 1, count: 0 };
const KEY = 'incidents/test.json';

const add = (store: MemoryStore) =>
  change(store, KEY, NONE, (value) => ({ value: { ...value, count: value.count + 1 }, result: value.count }));

describe('a stored value', () => {
  it('is the given one where there is none, to be written only if that stays so', async () => {
    const store = new MemoryStore();
    const { value, condition } = await readJson(store, KEY, NONE);
    expect([value, condition]).toEqual([NONE, 'absent']);
    expect(await writeJson(store, KEY, NONE, condition)).toBe(true);
    expect(await writeJson(store, KEY, NONE, condition)).toBe(false);
  });

  it('is written over only as it was read', async () => {
    const store = new MemoryStore();
    await add(store);
    const { condition } = await readJson(store, KEY, NONE);
    await add(store);
    expect(await writeJson(store, KEY, NONE, condition)).toBe(false);
    expect(store.json(KEY)).toEqual({ ...NONE, count: 2 });
  });

  it.each([
    ['{"magic":"other","version":1}', `${KEY} has magic "other", expected "test"`],
    ['{"magic":"test","version":7}', `${KEY} has version 7, this build reads version 1`],
    ['[]', `${KEY} has magic "undefined", expected "test"`],
    ['{', `${KEY} is not JSON`],
  ])('is refused as %s, with key, what was got and expected', async (text, message) => {
    const store = new MemoryStore();
    await store.write(KEY, new TextEncoder().encode(text));
    await expect(readJson(store, KEY, NONE)).rejects.toThrow(message);
  });
});

describe('a change', () => {
  it('is made once by each of many at the same time', async () => {
    const store = new MemoryStore();
    const results = await Promise.all(Array.from({ length: 5 }, () => add(store)));
    expect(results.sort()).toEqual([0, 1, 2, 3, 4]);
    expect(store.json(KEY)).toEqual({ ...NONE, count: 5 });
  });

  it('that changes nothing writes nothing', async () => {
    const store = new MemoryStore();
    expect(await change(store, KEY, NONE, (value) => ({ value, result: 'same' }))).toBe('same');
    expect(store.values.size).toBe(0);
  });

  it('gives up after some tries, to be made later', async () => {
    const store = new MemoryStore();
    let writes = 0;
    store.before = ({ kind }) => {
      if (kind === 'write') store.values.set(KEY, Buffer.from(JSON.stringify(NONE) + ' '.repeat(writes++)));
    };
    await expect(add(store)).rejects.toThrow(Busy);
    expect(writes).toBe(claimTriesMax);
  });

  it('that throws leaves the value as it was', async () => {
    const store = new MemoryStore();
    await add(store);
    const refuse = () => {
      throw new Error('no');
    };
    await expect(change(store, KEY, NONE, refuse)).rejects.toThrow('no');
    expect(store.json(KEY)).toEqual({ ...NONE, count: 1 });
  });
});
