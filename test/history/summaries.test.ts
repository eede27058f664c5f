import { describe, expect, it } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS } from '../../lib/history/hours.ts';
import { keepSummaries, listSummaries, mergeSummaries, summaryHours } from '../../lib/history/summaries.ts';
import { MemoryStore } from '../memory-store.ts';
import { build, START } from '../records.ts';
import { HOUR } from './describe.ts';
import { call, feed, sweep } from './networks.ts';

const merged = async (store: MemoryStore, hour = HOUR) =>
  await mergeSummaries(store, hour, (await listSummaries(store, hour, hour + HOUR_SECONDS)).get(hour) ?? []);

describe('summaries of objects', () => {
  it('are one for each object and hour, in their places', async () => {
    const store = new MemoryStore();
    expect(await feed(store, [...call(0), ...call(7_200), ...call(60)])).toEqual([HOUR, HOUR + 7_200]);
    expect(store.keys().map((key) => key.replace(/[0-9a-f]{32}/, '*'))).toEqual([
      'summaries/day=2026-09-21/hour=14/*.parquet',
      'summaries/day=2026-09-21/hour=16/*.parquet',
    ]);
  });

  it('fall on themselves when an object comes twice, also under another name', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0), 'one');
    const before = new Map(store.values);
    await feed(store, sweep(0), 'one');
    await feed(store, sweep(0), 'a copy of one');
    expect(new Map(store.values)).toEqual(before);
  });

  it('stay apart for objects that differ in anything else', async () => {
    const store = new MemoryStore();
    const [first] = sweep(0);
    const lines = [
      first,
      first.replace('eni-a', 'eni-b'),
      first.replace('at=0', 'at=1'),
      first.replace('flags=2', 'flags=3'),
      first.replace('tcp', 'tcp packets=2 bytes=40'),
      first.replace('tcp', 'tcp bytes=41'),
      first.replace('10.0.0.1', '10.0.0.2'),
      first.replace('tcp', 'tcp account-id=2'),
      first.replace('tcp', 'tcp reject'),
    ];
    for (const line of lines) await feed(store, [line]);
    expect(store.keys()).toHaveLength(lines.length);
  });

  it('stay apart when records that AWS could not capture stood beside them', async () => {
    const store = new MemoryStore();
    for (const skipData of [0, 3]) await keepSummaries(store, build(sweep(0).join('\n')), skipData);
    expect(store.keys()).toHaveLength(2);
    expect((await merged(store)).skipData).toBe(3);
  });

  it('carry what AWS could not capture once, in their first hour', async () => {
    const store = new MemoryStore();
    await keepSummaries(store, build([...call(0), ...call(7_200)].join('\n')), 5);
    expect((await merged(store)).skipData).toBe(5);
    expect((await merged(store, HOUR + 7_200)).skipData).toBe(0);
  });

  it('merge to the whole of their hour', async () => {
    const store = new MemoryStore();
    await feed(store, [...sweep(0), ...call(7_200)], 'one');
    await feed(store, call(30), 'two');
    const { conversations, skipped } = await merged(store);
    expect([conversations.size, skipped]).toEqual([7, []]);
    expect(conversations.sources.sort()).toEqual(['one', 'two']);
  });

  it('merge nothing of one that is damaged anywhere', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0), 'one');
    const [key] = store.keys();
    store.values.get(key)!.fill(0xff, 600, 1_200);
    const { conversations, skipped } = await merged(store);
    expect(conversations.size).toBe(0);
    expect(skipped).toEqual([{ source: key, failure: expect.any(String) }]);
  });

  it('are written again where one has been damaged and its object comes once more', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0), 'one');
    const [key] = store.keys();
    const whole = Uint8Array.from(store.values.get(key)!);
    store.values.set(key, whole.subarray(0, 700));
    await feed(store, sweep(0), 'one');
    expect(store.values.get(key)).toEqual(whole);
    // A copy under another name is the same summary.
    await feed(store, sweep(0), 'two');
    expect(store.values.get(key)).toEqual(whole);
  });

  it('do without one that has gone since it was listed', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0), 'one');
    const entries = (await listSummaries(store, HOUR, HOUR + 1)).get(HOUR)!;
    store.values.clear();
    expect(await mergeSummaries(store, HOUR, entries)).toMatchObject({ skipped: [], skipData: 0 });
  });
});

describe('lists of summaries', () => {
  it('hold the hours asked for, in the order of time', async () => {
    const store = new MemoryStore();
    for (const at of [0, 3_600, 7_200, DAY_SECONDS, -DAY_SECONDS]) await feed(store, call(at));
    const starts = async (from: number, to: number) =>
      [...(await listSummaries(store, from, to)).keys()].map((hour) => hour - HOUR);
    expect(await starts(HOUR - 2 * DAY_SECONDS, HOUR + 2 * DAY_SECONDS)).toEqual([
      -DAY_SECONDS,
      0,
      3_600,
      7_200,
      DAY_SECONDS,
    ]);
    expect(await starts(HOUR, HOUR + 7_200)).toEqual([0, 3_600]);
    expect(await starts(HOUR + 1, HOUR + 3_601)).toEqual([3_600]);
    expect(await starts(HOUR, HOUR)).toEqual([]);
  });

  it('name all hours there are', async () => {
    const store = new MemoryStore();
    for (const at of [7_200, 0, 10, 400 * DAY_SECONDS]) await feed(store, call(at), String(at));
    store.values.set('summaries/day=2026-13-77/hour=14/a.parquet', Buffer.from(''));
    expect(await summaryHours(store)).toEqual([HOUR, HOUR + 7_200, HOUR + 400 * DAY_SECONDS]);
    expect(START - HOUR).toBe(900);
  });
});
