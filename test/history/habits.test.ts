import { describe, expect, it } from 'vitest';
import { detect } from '../../lib/detect.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import type { LearnedDay } from '../../lib/history/baseline.ts';
import { baselineKey, writeBaseline } from '../../lib/history/baseline-file.ts';
import { correlate } from '../../lib/history/correlate.ts';
import { againstHabits } from '../../lib/history/habits.ts';
import { DAY_SECONDS, dayOf } from '../../lib/history/hours.ts';
import { MemoryStore } from '../memory-store.ts';
import { each, logObject, logText, records, START, stubClassifier } from '../records.ts';
import { HOUR, host } from './describe.ts';
import { finding } from './findings.ts';
import { call, feed, settings } from './networks.ts';

const DAY = dayOf(HOUR);

/** An upload of so many bytes that the forest alone tells of. */
const upload = (bytesSent: number, { at = 0, ...given }: Parameters<typeof finding>[1] & { at?: number } = {}) =>
  finding(at, {
    type: 'bulk-exfiltration',
    class: 'exfiltration',
    actors: [host('10.0.0.5')],
    observed: { bytesSent },
    expected: { probability: 0.8 },
    ...given,
  });

/** A store with days of 10.0.0.5, that many days ago, on which it sent that much to one place in an hour. */
async function storeWith(days: Readonly<Record<number, number | undefined>>): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [ago, bytes] of Object.entries(days)) {
    const start = DAY - Number(ago) * DAY_SECONDS;
    const day: LearnedDay = {
      host: '10.0.0.5',
      start,
      hours: 1,
      bytesOut: 1e12,
      bytesOutHourMost: 1e12,
      bytesOutPlaceHourMost: bytes,
      peers: 1,
      services: [],
      places: new Uint8Array(128),
    };
    await store.write(baselineKey(start), writeBaseline({ conversations: 1, days: [day] }));
  }
  return store;
}

/** Severity, and what was expected of the bytes. */
async function weighed(one: Finding, days: Readonly<Record<number, number | undefined>>) {
  const [{ severity, expected }] = await againstHabits([one], await storeWith(days));
  return [severity, expected.bytesSent];
}

const USUAL = { 2: 100, 3: 500, 4: 900 };

describe('an upload that the forest alone tells of', () => {
  it.each([
    ['as much as on half of the usual days', 500, 'low', 500],
    ['more than that', 501, 'medium', 500],
  ])('of %s', async (_, bytes, severity, expected) => {
    expect(await weighed(upload(bytes), USUAL)).toEqual([severity, expected]);
  });

  it('counts by the hour', async () => {
    const long = { lasts: 3 * 3_600 };
    expect(await weighed(upload(1_500, long), USUAL)).toEqual(['low', 500]);
    expect(await weighed(upload(1_600, long), USUAL)).toEqual(['medium', 500]);
  });

  it.each([
    ['two usual days', { 2: 500, 3: 500 }],
    ['days learned before this was known', { 2: 500, 3: 500, 4: undefined }],
    ['days that are not over for a day', { 0: 500, 1: 500, 2: 500, 3: 500 }],
    ['days long ago', { 33: 500, 34: 500, 35: 500 }],
  ])('stays as it is where there are only %s', async (_, days) => {
    expect(await weighed(upload(10), days)).toEqual(['medium', undefined]);
  });

  it.each([
    ['another witness', { witnesses: ['forest', 'new-loads'] }],
    ['a witness that is not the forest', { witnesses: ['own-volume'] }],
    ['another class', { class: 'scan' as const }],
    ['another host', { actors: [host('10.0.0.6')] }],
  ])('is not what %s tells', async (_, given) => {
    expect(await weighed(upload(10, given), USUAL)).toEqual(['medium', undefined]);
  });

  it('is weighed beside others, in their order, each against the days before it', async () => {
    const store = await storeWith({ ...USUAL, 1: 1, 0: 1 });
    const others = [upload(400, { id: 'a' }), upload(400, { id: 'b', class: 'scan' })];
    const later = upload(400, { id: 'c', at: 2 * DAY_SECONDS });
    const found = await againstHabits([...others, later], store);
    expect(found.map(({ id, severity, expected }) => [id, severity, expected.bytesSent])).toEqual([
      ['a', 'low', 500],
      ['b', 'medium', undefined],
      ['c', 'medium', 100],
    ]);
  });

  it('is weighed against the days that can be read', async () => {
    const store = await storeWith({ ...USUAL, 5: 500 });
    store.values.set(baselineKey(DAY - 5 * DAY_SECONDS), Buffer.from('?'));
    expect((await againstHabits([upload(400)], store))[0].severity).toBe('low');
  });

  it('costs nothing where there is none', async () => {
    const store = await storeWith(USUAL);
    const before = store.calls.read;
    await againstHabits([finding(0)], store);
    expect(store.calls.read).toBe(before);
  });

  it('is for the digest, day by day, once the host has usual days', async () => {
    const store = new MemoryStore();
    const classifier = stubClassifier(() => ({ exfiltration: 0.95 }));
    const severities: string[] = [];
    for (let day = 0; day < 6; day++) {
      await feed(store, call(day * DAY_SECONDS, '10.0.0.5', `9.9.9.${day}`, 2e8), `day ${day}`);
      const nowSeconds = dayOf(START) + (day + 1) * DAY_SECONDS;
      const { findings } = await correlate(store, { classifier, settings, nowSeconds, detectors: [] });
      severities.push(findings.find(({ targets }) => targets.hosts[0].address === `9.9.9.${day}`)!.severity);
    }
    expect(severities).toEqual(['medium', 'medium', 'medium', 'medium', 'low', 'low']);
  });

  it('is weighed where an object is judged by itself as well', async () => {
    const store = await storeWith({ 2: 3e8, 3: 3e8, 4: 3e8 });
    const text = logText(records(call(0, '10.0.0.5', '9.9.9.9', 2e8).join('\n')));
    const options = { classifier: stubClassifier(() => ({ exfiltration: 0.95 })), settings };
    const severityOf = async (given: { readonly store?: MemoryStore }) => {
      const { findings } = await detect(each([logObject('log', text)]), { ...options, ...given });
      return findings.map(({ severity, expected }) => [severity, expected.bytesSent]);
    };
    expect(await severityOf({})).toEqual([['medium', undefined]]);
    expect(await severityOf({ store })).toEqual([['low', 3e8]]);
  });
});
