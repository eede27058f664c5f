import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { type CorrelateOptions, correlate } from '../../lib/history/correlate.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../lib/history/hours.ts';
import type { HistoryDetector } from '../../lib/history/signal.ts';
import { hourFindingsMax } from '../../lib/limits.ts';
import { MemoryStore } from '../memory-store.ts';
import { START } from '../records.ts';
import { call, classifier, everyPlace, feed, settings, sweep } from './networks.ts';

const NOW = START + 6 * HOUR_SECONDS;
const options: CorrelateOptions = { classifier, settings, nowSeconds: NOW, detectors: [everyPlace] };

const run = (store: MemoryStore, more: Partial<CorrelateOptions> = {}) => correlate(store, { ...options, ...more });

/** Of findings all that does not depend on how records were cut into objects. */
const essence = (findings: readonly Finding[]) =>
  findings.map(({ evidence, sources, ...rest }) => rest).sort((a, b) => (a.id < b.id ? -1 : 1));

const stored = (store: MemoryStore) =>
  store.keys('findings/').map((key) => [key, JSON.parse(store.text(key)) as Finding] as const);

const typesOf = (findings: readonly Finding[]) => findings.map(({ type }) => type).sort();

describe('correlate', () => {
  it('judges windows whole, whatever object their records came in', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0).slice(0, 3), 'one');
    await feed(store, sweep(0).slice(3), 'two');
    const { findings, fresh, kept, summary } = await run(store, { detectors: [] });
    expect(findings).toMatchObject([
      { type: 'internal-sweep', count: 6, actors: [{ address: '10.0.0.1' }], sources: ['one', 'two'] },
    ]);
    expect(kept).toEqual({ new: 1, fuller: 0, known: 0 });
    expect(fresh).toEqual(findings);
    expect((await run(store, { detectors: [] })).fresh).toEqual([]);
    expect(summary).toMatchObject({
      hours: 1,
      hoursJudged: 1,
      summaries: 2,
      conversations: 6,
      windows: 1,
      findings: 1,
      suppressed: 0,
      skippedCount: 0,
    });
    expect(stored(store).map(([, finding]) => finding)).toEqual(findings);
  });

  it('hands every host with all its tracks to the detectors, and tells what they see', async () => {
    const store = new MemoryStore();
    await feed(store, [...call(0), ...call(4_000), ...call(60, '10.0.0.6')]);
    const { findings, summary } = await run(store);
    expect(findings).toMatchObject([
      {
        type: 'first-seen-peer',
        actors: [{ address: '10.0.0.5' }],
        observed: { moments: 2, callers: 2, bytesSent: 1_800 },
      },
      { type: 'first-seen-peer', actors: [{ address: '10.0.0.6' }], observed: { moments: 1, callers: 2 } },
    ]);
    expect(findings[0]).toMatchObject({
      witnesses: ['every-place'],
      targets: { hosts: [{ address: '9.9.9.9', isOurs: false }], services: ['443/tcp'] },
      evidence: [{ source: 'log' }, { source: 'log' }],
      title: '10.0.0.5 exchanges data with 9.9.9.9 for the first time, 443/tcp',
    });
    expect(summary).toMatchObject({ hosts: 2, tracks: 2, forgotten: 0 });
  });

  it('judges an hour again only when summaries have come or changed', async () => {
    const store = new MemoryStore();
    await feed(store, [...sweep(0), ...call(4_000)], 'one');
    expect((await run(store)).summary.hoursJudged).toBe(2);
    expect((await run(store)).summary.hoursJudged).toBe(0);
    await feed(store, call(4_100, '10.0.0.9'), 'late');
    const { summary, findings } = await run(store);
    expect(summary.hoursJudged).toBe(1);
    expect(findings.map(({ actors }) => actors[0].address).sort()).toEqual(['10.0.0.1', '10.0.0.5', '10.0.0.9']);
  });

  it.each([
    ['another model', { onnxSha256: 'f'.repeat(64) }],
    ['other thresholds', { thresholds: { ...classifier.manifest.thresholds, scan: 0.95 } }],
  ])('judges an hour again by %s, which may see less or more in it', async (_, other) => {
    const store = new MemoryStore();
    await feed(store, sweep(0));
    await run(store, { detectors: [] });
    const changed = { ...classifier, manifest: { ...classifier.manifest, ...other } };
    expect((await run(store, { detectors: [], classifier: changed })).summary.hoursJudged).toBe(1);
    expect((await run(store, { detectors: [], classifier: changed })).summary.hoursJudged).toBe(0);
  });

  it('writes nothing again that is written, so that nobody is told twice', async () => {
    const store = new MemoryStore();
    await feed(store, [...sweep(0), ...call(4_000)]);
    const first = await run(store);
    const before = new Map(store.values);
    const second = await run(store);
    expect(essence(second.findings)).toEqual(essence(first.findings));
    expect(second.kept).toMatchObject({ new: 0, fuller: 0 });
    expect(new Map(store.values)).toEqual(before);
  });

  it('completes a finding when the rest of it comes late', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0), 'one');
    const [first] = (await run(store)).findings;
    await feed(
      store,
      Array.from({ length: 4 }, (_, i) => `eni-a 10.0.0.1:40000 > 10.0.2.${i}:22 tcp flags=2 at=${20 + i}`),
      'late',
    );
    const { findings, kept } = await run(store);
    expect(findings).toMatchObject([{ id: first.id, count: 10 }]);
    expect(kept).toEqual({ new: 0, fuller: 1, known: 0 });
    expect(stored(store)).toHaveLength(1);
  });

  it('finds one attack where it goes on from hour to hour, two where it pauses', async () => {
    const store = new MemoryStore();
    // START is a quarter past: from five to the next hour until ten past, and again an hour later.
    await feed(
      store,
      [2_400, 2_700, 3_000, 6_600].flatMap((at) => sweep(at)),
    );
    const { findings } = await run(store, { detectors: [] });
    expect(findings.map(({ count, firstSeen, lastSeen }) => [count, firstSeen.slice(11), lastSeen.slice(11)])).toEqual([
      [18, '14:55:00Z', '15:05:05Z'],
      [6, '16:05:00Z', '16:05:05Z'],
    ]);
  });

  it('makes one story of the stages on one host', async () => {
    const store = new MemoryStore();
    await feed(store, [...sweep(0, '10.0.0.5'), ...call(4_000)]);
    const upload: HistoryDetector = {
      ...everyPlace,
      detect: (hosts, context) =>
        everyPlace.detect!(hosts, context).map((signal) => ({ ...signal, type: 'unusual-upload' })),
    };
    const { findings } = await run(store, { detectors: [upload] });
    expect(typesOf(findings)).toEqual(['attack-chain', 'internal-sweep', 'unusual-upload']);
    const chain = findings.find(({ type }) => type === 'attack-chain')!;
    expect(chain.parts).toMatchObject([{ type: 'internal-sweep' }, { type: 'unusual-upload' }]);
    expect(stored(store).map(([, { id }]) => id)).toContain(chain.id);
  });

  it('keeps suppressed findings, marked, and makes no chain of them', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0));
    const suppressions = [{ owner: 'ops', reason: 'scanner', expires: '2030-01-01', actor: '10.0.0.1' }];
    const { findings, summary } = await run(store, { settings: { ...settings, suppressions } as typeof settings });
    expect(findings).toMatchObject([{ suppressed: { owner: 'ops' } }]);
    expect(summary.suppressed).toBe(1);
  });

  it('calls what is about the network once', async () => {
    const store = new MemoryStore();
    await feed(store, [...call(0), ...call(4_000)]);
    const seen: unknown[] = [];
    const silence: HistoryDetector = {
      name: 'silence',
      source: 'a test',
      alone: 'always',
      detectNetwork(context) {
        seen.push([context.interfaces, context.hours, context.beganSeconds, context.callers]);
        return [];
      },
    };
    await run(store, { detectors: [silence] });
    const hour = START - 900;
    expect(seen).toEqual([
      [
        [{ interfaceId: 'eni-a', account: '123456789012', hours: [hour, hour + 3_600], lastSeconds: hour + 7_200 }],
        [hour, hour + 3_600],
        hour,
        1,
      ],
    ]);
  });

  it('finds nothing in an empty store', async () => {
    const store = new MemoryStore();
    expect(await run(store)).toMatchObject({ findings: [], summary: { hours: 0, hosts: 0 } });
    expect(store.keys()).toEqual([]);
  });
});

/** Two days of a small network: a sweep over the turn of an hour, calls at several hours and days, an internal login. */
const LINES = [
  ...sweep(2_400),
  ...sweep(2_700),
  ...sweep(DAY_SECONDS),
  ...[0, 300, 4_000, 9_000, DAY_SECONDS, DAY_SECONDS + 50].flatMap((at) => call(at)),
  ...call(500, '10.0.0.6'),
  ...call(600, '10.0.0.6', '10.0.0.7'),
  'eni-b 10.0.0.6:40001 > 10.0.0.7:40002 udp at=700',
  'eni-b 10.0.0.7:40002 > 10.0.0.6:40001 udp at=699',
];

describe('the same objects, however they come', () => {
  const later = { nowSeconds: START + 2 * DAY_SECONDS };

  it('give the same findings when fed twice, shuffled, split or merged', async () => {
    const whole = new MemoryStore();
    await feed(whole, LINES);
    const expected = essence((await run(whole, later)).findings);
    expect(typesOf(expected as Finding[])).toContain('internal-sweep');
    const anyCut = fc
      .shuffledSubarray(LINES, { minLength: LINES.length })
      .chain((lines) =>
        fc.record({ lines: fc.constant(lines), size: fc.integer({ min: 5, max: LINES.length }), twice: fc.boolean() }),
      );
    await fc.assert(
      fc.asyncProperty(anyCut, async ({ lines, size, twice }) => {
        const store = new MemoryStore();
        for (let at = 0; at < lines.length; at += size) {
          await feed(store, lines.slice(at, at + size), `part-${at}`);
          // The same object again, as a copy under another name.
          if (twice) await feed(store, lines.slice(at, at + size), `copy-${at}`);
        }
        expect(essence((await run(store, later)).findings)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it('give the same findings when runs come between them, in the order of time', async () => {
    const whole = new MemoryStore();
    await feed(whole, LINES);
    const expected = essence((await run(whole, later)).findings);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(LINES, { minLength: LINES.length }),
        fc.nat(LINES.length),
        async (lines, cut) => {
          const store = new MemoryStore();
          await feed(store, lines.slice(0, cut), 'one');
          await run(store, later);
          await feed(store, lines.slice(cut), 'two');
          expect(essence((await run(store, later)).findings)).toEqual(expected);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('give the same findings after a run that broke off at any moment', async () => {
    const whole = new MemoryStore();
    await feed(whole, LINES);
    const { findings } = await run(whole, later);
    const writes = whole.calls.write;
    for (let left = 0; left <= writes; left++) {
      const store = new MemoryStore();
      await feed(store, LINES);
      const breaking = new MemoryStore();
      for (const [key, bytes] of store.values) breaking.values.set(key, bytes);
      let rest = left;
      const write = breaking.write.bind(breaking);
      breaking.write = async (...values) => {
        if (rest-- <= 0) throw new Error('out of time');
        return await write(...values);
      };
      await run(breaking, later).catch((error: Error) => expect(error.message).toBe('out of time'));
      breaking.write = write;
      expect(essence((await run(breaking, later)).findings)).toEqual(essence(findings));
      expect(breaking.keys()).toEqual(whole.keys());
    }
  });
});

describe('hosts taken some at a time', () => {
  const HOSTS = Array.from({ length: 40 }, (_, i) => `10.0.2.${i}`);

  it.each([1, 7, 50, 1_000])('give the same findings with about %i rows in memory', async (rowsAtOnce) => {
    const store = new MemoryStore();
    await feed(
      store,
      HOSTS.flatMap((host, i) => [...call(i, host), ...call(i + 60, host, `9.9.${i % 5}.1`)]),
    );
    const whole = await run(store);
    const { findings, summary } = await run(store, { rowsAtOnce });
    expect(essence(findings)).toEqual(essence(whole.findings));
    expect(findings[0].observed.callers).toBe(40);
    expect(summary).toMatchObject({ hosts: 40, tracks: whole.summary.tracks });
  });

  it('are each judged once, with baselines of their own', async () => {
    const store = new MemoryStore();
    for (let day = 0; day < 5; day++) {
      await feed(
        store,
        HOSTS.flatMap((host, i) => call(day * DAY_SECONDS + i, host)),
        `day ${day}`,
      );
      await run(store, { nowSeconds: START + (day + 1) * DAY_SECONDS - 3_600, detectors: [], rowsAtOnce: 20 });
    }
    const seen: string[] = [];
    const spy: HistoryDetector = {
      ...everyPlace,
      detect: (hosts) => {
        seen.push(...hosts.map(({ host, baseline }) => `${host.address} ${baseline?.days.length}`));
        return [];
      },
    };
    await run(store, { nowSeconds: START + 5 * DAY_SECONDS, detectors: [spy], rowsAtOnce: 20 });
    expect(seen.sort()).toEqual(HOSTS.map((host) => `${host} 4`).sort());
  });
});

describe('time', () => {
  it('is what the run is given: data from after it and from long before is not looked at', async () => {
    const store = new MemoryStore();
    await feed(store, call(0));
    const expected = essence((await run(store)).findings);
    await feed(store, call(400 * DAY_SECONDS, '10.0.0.66'), 'from the future');
    await feed(store, call(-400 * DAY_SECONDS, '10.0.0.67'), 'from last year');
    await feed(store, call(8 * HOUR_SECONDS, '10.0.0.68'), 'from this evening');
    const { findings, summary } = await run(store);
    expect(essence(findings)).toEqual(expected);
    expect(summary.hours).toBe(1);
  });

  it('does not let an hour of another day into its own by its name', async () => {
    const store = new MemoryStore();
    await feed(store, call(0));
    const [key] = store.keys('summaries/');
    const foreign = new MemoryStore();
    await feed(foreign, call(400 * DAY_SECONDS, '10.0.0.66'));
    const [foreignKey] = foreign.keys('summaries/');
    const misplaced = key.replace(/[0-9a-f]{32}/, '0'.repeat(32));
    store.values.set(misplaced, foreign.values.get(foreignKey)!);
    const { findings, summary } = await run(store);
    expect(findings).toHaveLength(1);
    expect(summary).toMatchObject({ summaries: 1, skippedCount: 1, skipped: [{ source: misplaced }] });
    expect(summary.skipped[0].failure).toContain('holds conversations of day=2027-10-26/hour=14');
  });

  it('does not shift an attack that lasts for longer than is looked back on', async () => {
    const store = new MemoryStore();
    const ids = new Set<string>();
    const begins = new Set<string>();
    // 2026-09-21 is a Monday: calls every six hours for twelve days.
    for (let day = 0; day < 12; day++) {
      await feed(
        store,
        Array.from({ length: 4 }, (_, quarter) => call(day * DAY_SECONDS + quarter * 21_600)).flat(),
        `day ${day}`,
      );
      const { findings } = await run(store, { nowSeconds: START + (day + 1) * DAY_SECONDS });
      for (const { id, firstSeen } of findings) {
        ids.add(id);
        begins.add(`${id} ${firstSeen}`);
      }
    }
    // One for each week that its first packet in sight lies in, each with one beginning.
    expect(ids.size).toBe(1);
    expect(begins.size).toBe(1);
    expect(stored(store)).toHaveLength(1);
    expect(stored(store)[0][1].lastSeen.slice(0, 10)).toBe('2026-10-03');
  });
});

describe('what is damaged', () => {
  const damaged = async (change: (store: MemoryStore, key: string) => void, prefix: string) => {
    const store = new MemoryStore();
    await feed(store, [...sweep(0), ...call(0)], 'one');
    await feed(store, call(100, '10.0.0.9'), 'two');
    const expected = essence((await run(store)).findings);
    const [key] = store.keys(prefix);
    change(store, key);
    return { store, key, expected };
  };

  it.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => new Uint8Array(0)],
    ['no Parquet', () => Buffer.from('<html></html>')],
    [
      'overwritten in the middle',
      (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, i) => (i > 4 && i < 600 ? 255 : byte)),
    ],
  ])('leaves a summary out that is %s, naming it', async (_, change) => {
    const { store, key } = await damaged(
      (store, key) => store.values.set(key, change(store.values.get(key)!)),
      'summaries/',
    );
    const { summary, findings } = await run(store);
    expect(summary).toMatchObject({ summaries: 1, skippedCount: 1, skipped: [{ source: key }] });
    expect(summary.skipped[0].failure).toContain(key);
    expect(findings.length).toBeGreaterThan(0);
  });

  it('refuses a summary of a newer version, naming both, and judges the rest', async () => {
    const { store, key } = await damaged((store, key) => {
      const text = Buffer.from(store.values.get(key)!).toString('latin1');
      store.values.set(key, Buffer.from(text.replace(/(flowtrap\.summary[\s\S]{2})1/, '$19'), 'latin1'));
    }, 'summaries/');
    const { summary, findings } = await run(store);
    expect(summary.skipped).toEqual([
      { source: key, failure: `${key} is a summary of version 9, this build reads version 1` },
    ]);
    expect(findings.length).toBeGreaterThan(0);
  });

  it('judges an hour again whose result is damaged', async () => {
    for (const text of ['', '{', '[]', 'null', '{"version":1}']) {
      const { store, expected } = await damaged(
        (store, key) => store.values.set(key, Buffer.from(text)),
        'tracks/day=2026-09-21/hour=14.json',
      );
      const { findings, summary } = await run(store);
      expect(summary.hoursJudged).toBe(1);
      expect(essence(findings)).toEqual(expected);
    }
  });

  it('names damaged tracks, and folds them again the next time', async () => {
    const { store, key, expected } = await damaged(
      (store, key) => store.values.set(key, Buffer.from('?')),
      'tracks/day=2026-09-21/hour=14.parquet',
    );
    const first = await run(store);
    expect(first.summary).toMatchObject({
      skippedCount: 1,
      skipped: [{ source: key, failure: expect.stringContaining('is no file of tracks') }],
    });
    expect(essence((await run(store)).findings)).toEqual(expected);
  });

  it('says so where tracks are gone, and folds them again the next time', async () => {
    const { store, expected } = await damaged(
      (store, key) => store.values.delete(key),
      'tracks/day=2026-09-21/hour=14.parquet',
    );
    expect((await run(store)).summary.skipped[0].failure).toContain('is gone');
    expect(essence((await run(store)).findings)).toEqual(expected);
  });

  it('passes over keys that are none of a summary', async () => {
    const { store, expected } = await damaged((store) => {
      for (const name of [
        'readme.txt',
        'day=2026-09-21/notes.parquet',
        'day=2026-09-21/hour=99/a.parquet',
        'day=2026-09-21/hour=14/sub/a.parquet',
      ]) {
        store.values.set(`summaries/${name}`, Buffer.from('?'));
      }
    }, 'summaries/');
    const { summary, findings } = await run(store);
    expect(summary.skippedCount).toBe(0);
    expect(essence(findings)).toEqual(expected);
  });

  it('keeps of an hour what there is room for, hosts of ours first, and says how much it left out', async () => {
    const store = new MemoryStore();
    const strangers = Array.from({ length: hourFindingsMax }, (_, i) => sweep(0, `198.51.${i >> 8}.${i & 255}`));
    await feed(store, [...strangers.flat(), ...sweep(1_800)]);
    const { findings, summary } = await correlate(store, {
      classifier,
      settings,
      nowSeconds: START + 7_200,
      detectors: [],
    });
    // Besides, each of the six victims is in a finding about the crowd.
    expect([findings.length, summary.findingsLeftOut]).toEqual([hourFindingsMax, 1 + 6]);
    expect(findings.at(-1)!.actors[0].address).toBe('10.0.0.1');
  });
});
