import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { correlate } from '../../lib/history/correlate.ts';
import { strangeOrigins } from '../../lib/history/detectors/strange-origins.ts';
import { DAY_SECONDS, dayOf } from '../../lib/history/hours.ts';
import { readLists } from '../../lib/history/lists.ts';
import { listBytesMax, originDatabasesBytesMax } from '../../lib/limits.ts';
import { MemoryStore } from '../memory-store.ts';
import { START } from '../records.ts';
import { call, classifier, feed, settings } from './networks.ts';

async function storeWith(lists: Readonly<Record<string, string | Uint8Array>>): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, content] of Object.entries(lists)) await store.write(key, Buffer.from(content));
  return store;
}

const ORIGINS = readFileSync(new URL('../golden/history/origins.mmdb', import.meta.url));

describe('lists of addresses', () => {
  it('are read with their kinds, by name', async () => {
    const store = await storeWith({
      'lists/bad/feed.txt': '192.0.2.0/24\n',
      'lists/tor/relays': '# none\n',
      'lists/': '',
    });
    const { threatLists, originDatabases } = await readLists(store);
    expect(originDatabases).toEqual([]);
    expect(threatLists.map(({ kind, list }) => [kind, list.name, list.size])).toEqual([
      ['bad', 'lists/bad/feed.txt', 1],
      ['tor', 'lists/tor/relays', 0],
    ]);
    expect(threatLists[0].list.has('192.0.2.77')).toBe(true);
  });

  it('make findings of contacts with what they name', async () => {
    const store = await storeWith({ 'lists/bad/feed.txt': '9.9.9.0/24' });
    await feed(store, [...call(0), ...call(60, '10.0.0.5', '8.8.8.8')]);
    const options = { classifier, settings, nowSeconds: START + 7_200, detectors: [] };
    const { findings } = await correlate(store, options);
    expect(findings).toMatchObject([{ type: 'threat-list-contact', targets: { hosts: [{ address: '9.9.9.9' }] } }]);
  });

  it('are databases of origins below a folder of their own', async () => {
    const store = await storeWith({ 'lists/origins/mine.mmdb': ORIGINS, 'lists/bad/feed.txt': '' });
    const { threatLists, originDatabases } = await readLists(store);
    expect(threatLists).toHaveLength(1);
    expect(originDatabases.map(({ name }) => name)).toEqual(['lists/origins/mine.mmdb']);
    expect(originDatabases[0].of('203.0.113.1')[0].key).toBe('NL');
  });

  it('make findings of countries and networks that are new for a host', async () => {
    const store = await storeWith({ 'lists/origins/mine.mmdb': ORIGINS });
    const titles: string[] = [];
    for (let day = 0; day < 6; day++) {
      const server = day === 5 ? '203.0.113.7' : '9.9.9.9';
      await feed(store, call(day * DAY_SECONDS, '10.0.0.5', server), `day ${day}`);
      const nowSeconds = dayOf(START) + (day + 1) * DAY_SECONDS;
      const { fresh } = await correlate(store, { classifier, settings, nowSeconds, detectors: [strangeOrigins] });
      titles.push(...fresh.map(({ title, severity }) => `${severity}: ${title}`));
    }
    const first = 'low: 10.0.0.5 is answered from a';
    expect(titles.sort()).toEqual([
      `${first} country that is new for it: Netherlands (NL), 203.0.113.7, 443/tcp`,
      `${first} network that is new for it: Example Cloud (AS64497), 203.0.113.7, 443/tcp`,
    ]);
  });

  it.each([
    ['lists/bad/feed.txt', '192.0.2.1\nnot an address\n', 'list lists/bad/feed.txt, line 2: "not an address"'],
    [
      'lists/worse/feed.txt',
      '192.0.2.1',
      'lists/worse/feed.txt is a list of no known kind, expected it below lists/bad/',
    ],
    ['lists/bad', '192.0.2.1', 'lists/bad is a list of no known kind'],
    [
      'lists/origins/mine.csv',
      '1.0.0.0/8,US',
      'lists/origins/mine.csv is no database in the MaxMind DB format (.mmdb)',
    ],
  ])('refuses the run for %s', async (key, text, message) => {
    const store = await storeWith({ [key]: text });
    await expect(correlate(store, { classifier, settings, nowSeconds: START })).rejects.toThrow(message);
  });

  it('refuses one that is too large before reading it', async () => {
    const store = await storeWith({ 'lists/bad/feed.txt': '' });
    store.list = async function* () {
      yield { key: 'lists/bad/feed.txt', sizeBytes: listBytesMax + 1, tag: '' };
    };
    await expect(readLists(store)).rejects.toThrow(`lists/bad/feed.txt has ${listBytesMax + 1} bytes`);
    expect(store.calls.read).toBe(0);
  });

  it('refuses databases that are too large together before reading the last', async () => {
    const store = await storeWith({ 'lists/origins/a.mmdb': ORIGINS, 'lists/origins/b.mmdb': ORIGINS });
    store.list = async function* () {
      yield { key: 'lists/origins/a.mmdb', sizeBytes: originDatabasesBytesMax, tag: '' };
      yield { key: 'lists/origins/b.mmdb', sizeBytes: 1, tag: '' };
    };
    await expect(readLists(store)).rejects.toThrow(
      `with lists/origins/b.mmdb, databases have ${originDatabasesBytesMax + 1}`,
    );
    expect(store.calls.read).toBe(1);
  });
});
