import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../lib/conversations/settle.ts';
import { type DetectOptions, detect, detectInHistory } from '../lib/detect.ts';
import type { LogObject } from '../lib/flowlog/object.ts';
import { mergeSummaries } from '../lib/history/summaries.ts';
import { failuresListedMax } from '../lib/limits.ts';
import type { Progress } from '../lib/reading.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { entriesOf, MemoryStore } from './memory-store.ts';
import { each, logObject, logText, records, START, stubClassifier } from './records.ts';

const options: DetectOptions = {
  classifier: stubClassifier(({ sweep_peers, is_unanswered }) => ({
    scan: is_unanswered * (sweep_peers > 2 ? 0.9 : 0.1),
  })),
  settings: DEFAULT_SETTINGS,
};

const sweep = Array.from({ length: 6 }, (_, i) => `eni-a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp flags=2 at=${i}`);
const quiet = [
  'eni-a 10.0.0.5:40000 > 10.0.0.6:443 tcp packets=9 bytes=900 flags=2',
  'eni-a 10.0.0.6:443 > 10.0.0.5:40000 tcp packets=9 bytes=9000 flags=18',
];

const text = (lines: readonly string[]) => logText(records(lines.join('\n')));
const scanLog = text(sweep);

const run = (objects: readonly LogObject[], more: Partial<DetectOptions> = {}) =>
  detect(each(objects), { ...options, ...more });

/** Reads as far as it goes, then breaks off; `opens` says how often it can be opened. */
function broken(name: string, content: string, opens: number): LogObject {
  let opened = 0;
  return {
    name,
    async *open() {
      if (++opened > opens) throw new Error('it is gone');
      yield new TextEncoder().encode(content);
    },
  };
}

/** Breaks off after the last byte. */
function interrupted(name: string, content: string): LogObject {
  return {
    name,
    async *open() {
      yield new TextEncoder().encode(content);
      throw new Error('the connection is lost');
    },
  };
}

describe('detect', () => {
  it('finds what the objects hold, and sums up what was read', async () => {
    const { findings, summary } = await run([logObject('one', scanLog), logObject('two', text(quiet))]);
    expect(findings).toMatchObject([
      { type: 'internal-sweep', actors: [{ address: '10.0.0.1' }], count: 6, sources: ['one'] },
    ]);
    expect(summary).toEqual({
      objects: 2,
      objectsFailed: 0,
      bytes: scanLog.length + text(quiet).length,
      records: 8,
      noData: 0,
      skipData: 0,
      malformed: {},
      malformedExamples: [],
      unknownFields: [],
      missingFields: [],
      failures: [],
      conversations: 7,
      conversationsFolded: 0,
      strangers: { conversations: 0, networks: [] },
      windows: 1,
      findings: 1,
      suppressed: 0,
    });
  });

  it('joins what is spread over objects', async () => {
    const halves = [sweep.slice(0, 3), sweep.slice(3)].map((lines, index) => logObject(`part-${index}`, text(lines)));
    const { findings } = await run(halves);
    expect(findings).toMatchObject([{ count: 6, sources: ['part-0', 'part-1'] }]);
    const [whole] = (await run([logObject('one', scanLog)])).findings;
    expect(findings[0].id).toBe(whole.id);
  });

  it('counts every data line once, good or bad', async () => {
    const [header, ...lines] = scanLog.trimEnd().split('\n');
    const cells = lines[0].split(' ');
    const replaced = (change: Readonly<Record<number, string>>) => cells.map((cell, i) => change[i] ?? cell).join(' ');
    const statusAt = header.split(' ').indexOf('log-status');
    const odd = [
      replaced({ [statusAt]: 'NODATA' }),
      replaced({ [statusAt]: 'SKIPDATA' }),
      replaced({ 4: '99999' }),
      replaced({ 2: 'nowhere' }),
      'too short',
    ];
    const { summary } = await run([
      logObject('odd', [header.replace('action', 'new-field'), ...lines, ...odd].join('\n')),
    ]);
    expect(summary).toMatchObject({
      records: 6,
      noData: 1,
      skipData: 1,
      malformed: { range: 1, address: 1, 'field-count': 1 },
      unknownFields: ['new-field'],
      missingFields: ['action'],
    });
    expect(summary.malformedExamples).toHaveLength(3);
    expect(summary.malformedExamples[2]).toMatchObject({ source: 'odd', ordinal: 12, text: 'too short' });
  });

  it('gives a summary and findings that survive JSON', async () => {
    const { findings, summary } = await run([logObject('one', scanLog), broken('two', '', 0)]);
    expect(JSON.parse(JSON.stringify({ findings, summary }))).toEqual({ findings, summary });
  });

  it('reads the rest when an object cannot be opened, and says which', async () => {
    const { findings, summary } = await run([broken('gone', '', 0), logObject('one', scanLog)]);
    expect(findings).toHaveLength(1);
    expect(summary).toMatchObject({ objects: 2, objectsFailed: 1, records: 6 });
    expect(summary.failures).toEqual([{ source: 'gone', failure: 'cannot open gone: it is gone' }]);
  });

  it('reads the rest when an object is no log, and says why', async () => {
    const { summary } = await run([logObject('page', '<html></html>'), logObject('one', scanLog)]);
    expect(summary).toMatchObject({ objectsFailed: 1, records: 6 });
    expect(summary.failures[0]).toMatchObject({ source: 'page', failure: expect.stringContaining('HTML') });
  });

  it('counts all failures and lists them up to the limit', async () => {
    const objects = Array.from({ length: failuresListedMax + 5 }, (_, i) => broken(`gone-${i}`, '', 0));
    const { summary } = await run(objects);
    expect([summary.objectsFailed, summary.failures.length]).toEqual([failuresListedMax + 5, failuresListedMax]);
  });

  it('counts an object once that comes twice', async () => {
    const once = await run([logObject('one', scanLog)]);
    const twice = await run([logObject('one', scanLog), logObject('one', scanLog)]);
    expect(twice.summary).toEqual(once.summary);
    expect(twice.findings).toEqual(once.findings);
  });

  it('finds nothing in nothing', async () => {
    for (const objects of [[], [logObject('empty', '')], [logObject('header', scanLog.split('\n')[0])]]) {
      const { findings, summary } = await run(objects);
      expect(findings).toEqual([]);
      expect(summary).toMatchObject({
        objects: objects.length,
        objectsFailed: 0,
        records: 0,
        conversations: 0,
        windows: 0,
      });
    }
  });

  it('finds the same in whatever order and cut the objects come', async () => {
    const lines = [...sweep, ...quiet];
    const expected = (await run([logObject('all', text(lines))])).findings.map(({ id, count, observed }) => [
      id,
      count,
      observed,
    ]);
    const anyCut = fc.shuffledSubarray(lines, { minLength: lines.length }).chain((shuffled) =>
      fc.integer({ min: 1, max: lines.length }).map((size) => {
        const parts: string[][] = [];
        for (let at = 0; at < shuffled.length; at += size) parts.push(shuffled.slice(at, at + size));
        return parts;
      }),
    );
    await fc.assert(
      fc.asyncProperty(anyCut, async (parts) => {
        const { findings } = await run(parts.map((part, index) => logObject(`part-${index}`, text(part))));
        expect(findings.map(({ id, count, observed }) => [id, count, observed])).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('judges by the networks of the settings', async () => {
    const settings = { ...DEFAULT_SETTINGS, ourNetworks: ['192.0.2.0/24'] };
    const { findings } = await run([logObject('one', scanLog)], { settings });
    expect(findings).toMatchObject([{ type: 'inbound-scan', actors: [{ isOurs: false }] }]);
  });

  it('reads lines without a header in the given layout', async () => {
    const [header, ...lines] = scanLog.split('\n');
    const { formatLayout } = await import('../lib/flowlog/layout.ts');
    const { summary } = await run([logObject('bare', lines.join('\n'))], { layout: formatLayout(header) });
    expect(summary).toMatchObject({ records: 6, malformed: {} });
  });

  it('keeps the conversations of each object in the store, before they are settled', async () => {
    const halves = ['eni-a 10.0.0.2:40001 > 10.0.0.1:40002 udp at=2', 'eni-a 10.0.0.1:40002 > 10.0.0.2:40001 udp at=1'];
    const store = new MemoryStore();
    const objects = halves.map((half, index) => logObject(`half-${index}`, text([half])));
    const { summary } = await run(objects, { store });
    expect(summary.conversations).toBe(1);
    expect(store.keys()).toHaveLength(2);
    const hour = START - (START % 3_600);
    const { conversations } = await mergeSummaries(store, hour, await entriesOf(store, 'summaries/'));
    expect([conversations.size, conversations.sources]).toEqual([2, ['half-0', 'half-1'].sort()]);
  });

  it('finds the same with a store and without', async () => {
    const objects = [logObject('one', scanLog), logObject('two', text(quiet))];
    expect((await run(objects, { store: new MemoryStore() })).findings).toEqual((await run(objects)).findings);
  });

  it('judges, but does not keep, what could not be read to its end', async () => {
    const store = new MemoryStore();
    const { findings, summary } = await run([interrupted('cut', scanLog)], { store });
    expect([findings.length, summary.objectsFailed, store.keys()]).toEqual([1, 1, []]);
  });

  it('marks what the settings suppress, and counts it', async () => {
    const suppressions = [{ owner: 'ops', reason: 'our scanner', expires: '2030-01-01', actor: '10.0.0.1' }];
    const settings = { ...DEFAULT_SETTINGS, suppressions } as typeof DEFAULT_SETTINGS;
    const { findings, summary } = await run([logObject('one', scanLog)], { settings });
    expect(findings).toMatchObject([{ suppressed: { owner: 'ops' } }]);
    expect(summary).toMatchObject({ findings: 1, suppressed: 1 });
    const late = Date.parse('2031-01-01') / 1000;
    expect((await run([logObject('one', scanLog)], { settings, nowSeconds: late })).summary.suppressed).toBe(0);
  });

  it('keeps the tags of sample records, by which suppressions tell them apart', async () => {
    const [header] = scanLog.split('\n');
    const tagged = scanLog
      .split('\n')
      .flatMap((row, i) => (row === '' ? [] : i === 0 ? [`${header} instance-tag`] : [`${row} Name%3Dscanner`]));
    const suppressions = [{ owner: 'ops', reason: 'our scanner', expires: '2030-01-01', tag: '*scanner' }];
    const settings = { ...DEFAULT_SETTINGS, suppressions } as typeof DEFAULT_SETTINGS;
    const { findings } = await run([logObject('one', `${tagged.join('\n')}\n`)], { settings });
    expect(findings).toMatchObject([{ suppressed: { owner: 'ops' } }]);
  });

  it('returns what was scored, so that all probabilities can be told', async () => {
    const { scored } = await run([logObject('one', scanLog)]);
    expect(scored.rows).toHaveLength(6);
    expect([...settle(scored.conversations)]).toEqual([...scored.rows]);
  });
});

describe('detection with history', () => {
  const detectWith = (store: MemoryStore, objects: readonly LogObject[], more: Partial<DetectOptions> = {}) =>
    detectInHistory(each(objects), { ...options, ...more, store });

  it('finds what the objects hold, sums up what was read, and writes both', async () => {
    const store = new MemoryStore();
    const { findings, summary } = await detectWith(store, [logObject('one', scanLog), logObject('two', text(quiet))]);
    expect(findings).toMatchObject([
      { type: 'internal-sweep', actors: [{ address: '10.0.0.1' }], count: 6, sources: ['one'] },
    ]);
    expect(findings[0].evidence[0].record).toContain('10.0.1.');
    expect(summary).toMatchObject({ objects: 2, records: 8, conversations: 7, windows: 1, findings: 1, suppressed: 0 });
    expect(summary.history).toMatchObject({ hours: 1, hoursJudged: 1, summaries: 2 });
    expect(store.keys('findings/').map((key) => JSON.parse(store.text(key)))).toEqual(findings);
  });

  it('joins what came in an earlier run', async () => {
    const store = new MemoryStore();
    await detectWith(store, [logObject('part-0', text(sweep.slice(0, 3)))]);
    const { findings } = await detectWith(store, [logObject('part-1', text(sweep.slice(3)))]);
    expect(findings).toMatchObject([{ count: 6, sources: ['part-0', 'part-1'] }]);
    const [whole] = (await run([logObject('one', scanLog)])).findings;
    expect(findings[0].id).toBe(whole.id);
  });

  it('finds the same when the same is fed again, under whatever name', async () => {
    const store = new MemoryStore();
    const first = await detectWith(store, [logObject('one', scanLog)]);
    const again = await detectWith(store, [logObject('copy', scanLog)]);
    expect(again.findings.map(({ id, count }) => [id, count])).toEqual(
      first.findings.map(({ id, count }) => [id, count]),
    );
    expect(again.summary.history.hoursJudged).toBe(0);
    expect(store.keys('findings/')).toHaveLength(1);
  });

  it('judges by itself what could not be read to its end, and does not keep it', async () => {
    const store = new MemoryStore();
    const { findings, summary } = await detectWith(store, [interrupted('cut', scanLog), logObject('two', text(quiet))]);
    expect(findings).toMatchObject([{ type: 'internal-sweep', count: 6 }]);
    expect(summary).toMatchObject({ objects: 2, objectsFailed: 1, conversations: 7 });
    expect(store.keys('summaries/')).toHaveLength(1);
  });

  it('names summaries that it had to leave out', async () => {
    const store = new MemoryStore();
    await detectWith(store, [logObject('one', scanLog)]);
    const [key] = store.keys('summaries/');
    store.values.set(key, Buffer.from('?'));
    const { summary } = await detectWith(store, [logObject('two', text(quiet))]);
    expect(summary.failures).toEqual([{ source: key, failure: expect.stringContaining('is no summary') }]);
    expect(summary.history.skippedCount).toBe(1);
  });

  it('finds nothing in nothing', async () => {
    const { findings, summary } = await detectWith(new MemoryStore(), []);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ objects: 0, conversations: 0, windows: 0, findings: 0 });
  });

  it('gives a summary and findings that survive JSON', async () => {
    const { findings, summary } = await detectWith(new MemoryStore(), [logObject('one', scanLog)]);
    expect(JSON.parse(JSON.stringify({ findings, summary }))).toEqual({ findings, summary });
  });
});

describe('evidence', () => {
  it('shows the records as they stand in the object', async () => {
    const [{ evidence }] = (await run([logObject('one', scanLog)])).findings;
    const lines = scanLog.split('\n');
    expect(evidence).toEqual(evidence.map(({ ordinal }) => ({ source: 'one', ordinal, record: lines[ordinal - 1] })));
    expect(evidence.length).toBeGreaterThan(3);
  });

  it('says only where they stand when the object can be read but once', async () => {
    const { findings, summary } = await run([logObject('stdin', scanLog, true)]);
    expect(findings[0].evidence.map(({ source, record }) => [source, record])).toEqual(
      findings[0].evidence.map(() => ['stdin', undefined]),
    );
    expect(summary.failures).toEqual([]);
  });

  it('opens no object again whose lines were kept', async () => {
    const { findings, summary } = await run([broken('fleeting', scanLog, 1)]);
    expect(findings[0].evidence).toEqual(
      (await run([logObject('fleeting', scanLog)])).findings[0].evidence.map((evidence) => ({
        ...evidence,
        record: scanLog.split('\n')[evidence.ordinal - 1],
      })),
    );
    expect(summary.failures).toEqual([]);
  });

  it('shows the records as they stand in a log with quotes, whose lines are not kept', async () => {
    const quoted = scanLog.replaceAll(/\S+/g, '"$&"');
    const [{ evidence }] = (await run([logObject('quoted', quoted)])).findings;
    expect(evidence.map(({ record }) => record)).toEqual(
      evidence.map(({ ordinal }) => quoted.split('\n')[ordinal - 1]),
    );
  });

  it('says only where they stand when such an object has gone since, without losing the finding', async () => {
    const quoted = scanLog.replaceAll(/\S+/g, '"$&"');
    const { findings, summary } = await run([broken('fleeting', quoted, 1)]);
    expect(findings).toHaveLength(1);
    expect(findings[0].evidence.every(({ record }) => record === undefined)).toBe(true);
    expect(summary.objectsFailed).toBe(0);
    expect(summary.failures).toEqual([
      { source: 'fleeting', failure: 'sample records could not be read: cannot open fleeting: it is gone' },
    ]);
  });

  it('opens no object again that holds none of it', async () => {
    let opened = 0;
    const bytes = new TextEncoder().encode(text(quiet));
    const plain: LogObject = {
      name: 'plain',
      async *open() {
        opened++;
        yield bytes;
      },
    };
    await run([logObject('one', scanLog), plain]);
    expect(opened).toBe(1);
  });
});

describe('progress', () => {
  it('is told with running totals, rejected lines with their place', async () => {
    const steps: Progress[] = [];
    const rejected: unknown[] = [];
    await run([logObject('one', scanLog), logObject('two', `${text(quiet)}broken\n`)], {
      onProgress: (progress) => steps.push(progress),
      onRejected: (...place) => rejected.push(place),
    });
    expect(steps).toEqual([
      { source: 'one', objects: 0, bytes: 0, records: 6 },
      { source: 'two', objects: 1, bytes: scanLog.length, records: 8 },
    ]);
    expect(rejected).toEqual([['two', 4, 'field-count', 'broken']]);
  });

  it('does not take a fault of the listener for a fault of the log', async () => {
    const failing = () => {
      throw new Error('no more room on the terminal');
    };
    await expect(run([logObject('one', scanLog)], { onProgress: failing })).rejects.toThrow('no more room');
  });
});
