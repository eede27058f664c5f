import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = async (store: MemoryStore, key: string) => {
  const stored = await store.read(key);
  return stored && new TextDecoder().decode(stored.bytes);
};

describe('a store in memory', () => {
  it('writes where its condition holds and nowhere else', async () => {
    const store = new MemoryStore();
    expect(await store.write('a', bytes('1'), 'absent')).toBe(true);
    expect(await store.write('a', bytes('2'), 'absent')).toBe(false);
    const { tag } = (await store.read('a'))!;
    expect(await store.write('a', bytes('3'), { tag })).toBe(true);
    expect(await store.write('a', bytes('4'), { tag })).toBe(false);
    expect(await store.write('b', bytes('5'), { tag })).toBe(false);
    expect(await text(store, 'a')).toBe('3');
  });

  it('lists by prefix, in order, and removes', async () => {
    const store = new MemoryStore();
    for (const key of ['b/2', 'a/1', 'b/1']) await store.write(key, bytes(key));
    await store.remove('b/2');
    await store.remove('nothing');
    const listed: [string, number][] = [];
    for await (const { key, sizeBytes } of store.list('b/')) listed.push([key, sizeBytes]);
    expect(listed).toEqual([['b/1', 3]]);
  });

  it('is copied: what one writes the other does not see', async () => {
    const store = new MemoryStore();
    await store.write('a', bytes('1'));
    const copy = store.copy();
    await copy.write('a', bytes('2'));
    await store.write('b', bytes('3'));
    expect([await text(store, 'a'), await text(copy, 'a'), await text(copy, 'b')]).toEqual(['1', '2', undefined]);
  });
});
