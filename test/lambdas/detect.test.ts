import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canaryLog } from '../../lambdas/canary.ts';
import { type DetectParts, received } from '../../lambdas/detect.ts';
import { metrics } from '../../lambdas/shared/telemetry.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { type Classifier, openClassifier } from '../../lib/model/classifier.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { s3Event } from '../aws/events.ts';
import { tinyManifest, tinyOnnx } from '../bin/tiny-model.ts';
import { MemoryStore } from '../memory-store.ts';
import { catchOutput } from './output.ts';

const BUCKET = 'results';
const NOW = Date.parse('2026-11-22T10:00:42Z');
const LOG = canaryLog(1_790_000_100);
const LINES = gunzipSync(LOG).toString('utf8').split('\n');
const output = catchOutput();

let classifier: Classifier;
let bucket: MemoryStore;
let sources: string[];
/** Contents of log objects by `s3://…` name; an error stands for one that cannot be had. */
let logs: Map<string, Uint8Array | Error>;

beforeAll(async () => {
  const onnx = tinyOnnx();
  classifier = await openClassifier(onnx, tinyManifest(onnx));
});

afterAll(() => classifier.close());

beforeEach(() => {
  bucket = new MemoryStore();
  sources = ['logs/'];
  logs = new Map([['s3://logs/a.log.gz', LOG]]);
});

function parts(): DetectParts {
  return {
    findingsBucket: BUCKET,
    sources,
    storeAt: (prefix) => bucket.at(prefix),
    open: ({ bucket: name, key }) => logObject(`s3://${name}/${key}`),
    classifier: async () => classifier,
    settings: async () => DEFAULT_SETTINGS,
    nowMilliseconds: () => NOW,
  };
}

function logObject(name: string): LogObject {
  return {
    name,
    async *open() {
      const content = logs.get(name) ?? new Error(`cannot read ${name}: the object does not exist any more`);
      if (content instanceof Error) throw content;
      yield content;
    },
  };
}

const deliver = (key: string, from = 'logs') => received(parts())({ body: s3Event(from, key) });

/** What is stored once a log has been read without any trouble. */
async function undisturbed(...keys: string[]): Promise<Record<string, string>> {
  const mine = bucket;
  bucket = new MemoryStore();
  for (const key of keys) await deliver(key);
  const content = bucket.content();
  bucket = mine;
  return content;
}

describe('an object', () => {
  it('leaves its summary and its findings, and nothing else', async () => {
    await deliver('a.log.gz');
    const keys = bucket.keys();
    expect(
      keys.filter((key) => /^summaries\/day=2026-09-\d\d\/hour=\d\d\/[0-9a-f]{32}\.parquet$/.test(key)).length,
    ).toBeGreaterThan(0);
    const findings = keys.filter((key) => /^findings\/day=2026-09-\d\d\/[0-9a-f]{32}\.json$/.test(key));
    expect(findings.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !/^(summaries|findings)\//.test(key))).toEqual([]);
    const finding = bucket.json<Finding>(findings[0]);
    expect(findings[0]).toContain(finding.id);
    expect(finding.sources).toEqual(['s3://logs/a.log.gz']);
  });

  it('gives the same when it comes twice', async () => {
    await deliver('a.log.gz');
    const once = bucket.content();
    await deliver('a.log.gz');
    expect(bucket.content()).toEqual(once);
  });

  it('gives the same when it is read by two at once', async () => {
    const expected = await undisturbed('a.log.gz');
    await Promise.all([deliver('a.log.gz'), deliver('a.log.gz')]);
    expect(bucket.content()).toEqual(expected);
  });

  it('without records leaves nothing behind', async () => {
    logs.set('s3://logs/empty.log', Buffer.from(`${LINES[0]}\n`));
    await deliver('empty.log');
    expect(bucket.keys()).toEqual([]);
  });

  it('is counted, with its findings by type and severity', async () => {
    await deliver('a.log.gz');
    metrics.publishStoredMetrics();
    expect(output.metric('Objects')).toEqual([{ value: 1, dimensions: expect.anything() }]);
    expect(output.metric('SourceObjects')[0].dimensions.source).toBe('logs/');
    expect(output.metric('Records')[0].value).toBe(LINES.filter((line) => line.endsWith(' OK')).length);
    const findings = output.metric('Findings');
    expect(findings).toHaveLength(bucket.keys('findings/').length);
    expect(findings[0].dimensions).toMatchObject({ type: expect.any(String), severity: expect.any(String) });
    expect(output.metric('DeliveryToFinding')[0].value).toBe(42);
    expect(output.metric('TopScore')[0].value).toBeGreaterThan(0.5);
  });

  it('counts for each source that it is of: the flow log in its name, and the beginning of its place', async () => {
    const key = 'AWSLogs/1/2026/404283513920_vpcflowlogs_eu-central-1_fl-0a1b_20260921T1000Z_77ab.log.gz';
    logs.set(`s3://logs/${key}`, LOG);
    sources = ['logs/AWSLogs/1/', 'logs/AWSLogs/2/', 'other/', 'fl-0a1b', 'fl-0a1', 'fl-ffff'];
    await deliver(key);
    const counted = output.metric('SourceObjects').map(({ dimensions }) => dimensions.source);
    expect(counted).toEqual(['logs/AWSLogs/1/', 'fl-0a1b']);
  });

  it('is told in one line of the log, which holds none of its records', async () => {
    logs.set('s3://logs/a.log', Buffer.from(`${LINES.slice(0, 500).join('\n')}\nhunter2 is no record\n`));
    await deliver('a.log');
    const told = output.logs().filter(({ message }) => message === 'object read');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ object: 's3://logs/a.log', malformed: 1 });
    expect(output.text()).not.toContain('hunter2');
    expect(output.text()).not.toContain(LINES[1]);
  });
});

describe('several objects', () => {
  beforeEach(() => {
    // Two parts of the same windows: some findings rest on both.
    const half = Math.floor(LINES.length / 2);
    const part = (from: number, to?: number) => Buffer.from([LINES[0], ...LINES.slice(from, to)].join('\n'));
    logs.set('s3://logs/one.log', part(1, half));
    logs.set('s3://logs/two.log', part(half));
  });

  it('give the same in any order, at once, and again', async () => {
    const expected = await undisturbed('one.log', 'two.log');
    expect(await undisturbed('two.log', 'one.log')).toEqual(expected);
    expect(await undisturbed('two.log', 'one.log', 'two.log', 'two.log', 'one.log')).toEqual(expected);
    await Promise.all([deliver('one.log'), deliver('two.log'), deliver('one.log')]);
    expect(bucket.content()).toEqual(expected);
  });

  it('of one message are read though one of them is bad', async () => {
    logs.set('s3://logs/bad.log', Buffer.from('<html>no log</html>'));
    const records = ['bad.log', 'one.log', 'gone.log'].flatMap((key) => JSON.parse(s3Event('logs', key)).Records);
    await expect(received(parts())({ body: JSON.stringify({ Records: records }) })).rejects.toThrow(
      '2 objects of the message failed',
    );
    const good = await undisturbed('one.log');
    expect(bucket.content()).toMatchObject(good);
    expect(bucket.keys('failed/')).toHaveLength(2);
  });
});

describe('a run that dies half-way', () => {
  it('is completed by the next, wherever it died', async () => {
    const expected = await undisturbed('a.log.gz');
    const steps = Object.keys(expected).length * 2;
    expect(steps).toBeGreaterThan(4);
    for (let step = 0; step < steps; step++) {
      bucket = new MemoryStore();
      let requests = 0;
      bucket.before = () => {
        if (requests++ >= step) throw new Error('killed');
      };
      await deliver('a.log.gz').catch(() => {});
      bucket.before = () => {};
      await deliver('a.log.gz');
      expect([step, bucket.content()]).toEqual([step, expected]);
    }
  });

  it('fails its message when S3 takes no writes, and loses nothing', async () => {
    bucket.before = ({ kind }) => {
      if (kind === 'write') throw new Error('cannot write: SlowDown');
    };
    await expect(deliver('a.log.gz')).rejects.toThrow('SlowDown');
    expect(bucket.keys()).toEqual([]);
    bucket.before = () => {};
    await deliver('a.log.gz');
    expect(bucket.content()).toEqual(await undisturbed('a.log.gz'));
  });
});

describe('a bad object', () => {
  it.each([
    ['that is no log', Buffer.from('<!DOCTYPE html><html></html>'), /looks like/],
    ['that is cut', LOG.subarray(0, LOG.length >> 1), /./],
    ['that is gone', new Error('cannot read it: the object does not exist any more'), /does not exist any more/],
  ])('%s fails its message and leaves its reason', async (_, content, reason) => {
    logs.set('s3://logs/bad.log', content);
    await expect(deliver('bad.log')).rejects.toThrow(reason);
    await expect(deliver('bad.log')).rejects.toThrow(reason);
    const [key, ...others] = bucket.keys('failed/');
    expect(others).toEqual([]);
    expect(key).toMatch(/^failed\/[0-9a-f]{32}\.json$/);
    expect(bucket.json(key)).toEqual({
      object: 's3://logs/bad.log',
      reason: expect.stringMatching(reason),
      at: '2026-11-22T10:00:42.000Z',
    });
    expect(bucket.keys('summaries/')).toEqual([]);
  });

  it('counts as failed and not as read, whatever could be read of it', async () => {
    logs.set('s3://logs/bad.log', LOG.subarray(0, LOG.length >> 1));
    await expect(deliver('bad.log')).rejects.toThrow();
    metrics.publishStoredMetrics();
    expect(output.metric('ObjectsFailed')[0].value).toBe(1);
    expect(output.metric('Objects')).toEqual([]);
    expect(output.metric('Records')).toEqual([]);
  });

  it('has its reason removed once it can be read', async () => {
    logs.set('s3://logs/a.log.gz', new Error('cannot read it: access denied'));
    await expect(deliver('a.log.gz')).rejects.toThrow('access denied');
    logs.set('s3://logs/a.log.gz', LOG);
    await deliver('a.log.gz');
    expect(bucket.content()).toEqual(await undisturbed('a.log.gz'));
  });

  it('fails with its own reason where even that cannot be stored', async () => {
    logs.set('s3://logs/bad.log', Buffer.from('<html></html>'));
    bucket.before = ({ kind }) => {
      if (kind === 'write') throw new Error('cannot write');
    };
    await expect(deliver('bad.log')).rejects.toThrow('looks like');
    expect(output.logs().some(({ message }) => message === 'the reason of a failure could not be stored')).toBe(true);
  });
});

describe('the findings bucket', () => {
  it('gives logs of the canary, whose results stay below its prefix and in no metric', async () => {
    logs.set(`s3://${BUCKET}/canary/logs/x.log.gz`, LOG);
    await deliver('canary/logs/x.log.gz', BUCKET);
    expect(bucket.keys('canary/findings/').length).toBeGreaterThan(0);
    expect(bucket.keys('canary/summaries/').length).toBeGreaterThan(0);
    expect(bucket.keys().filter((key) => !key.startsWith('canary/'))).toEqual([]);
    metrics.publishStoredMetrics();
    expect(output.text()).not.toContain('_aws');
  });

  it('keeps a failed log of the canary there too', async () => {
    await expect(deliver('canary/logs/gone.log.gz', BUCKET)).rejects.toThrow('does not exist');
    expect(bucket.keys()).toEqual([expect.stringMatching(/^canary\/failed\//)]);
  });

  it.each([
    'findings/day=2026-11-22/x.json',
    'summaries/day=2026-11-22/hour=10/x.parquet',
    'failed/x.json',
    'incidents/x.json',
    'canary/findings/day=2026-11-22/x.json',
  ])('gives no logs from its own outputs: %s', async (key) => {
    await deliver(key, BUCKET);
    expect(bucket.keys()).toEqual([]);
    expect(output.text()).toContain('an output of the functions is no log');
  });

  it('may hold logs beside its outputs', async () => {
    logs.set(`s3://${BUCKET}/AWSLogs/x.log.gz`, LOG);
    await deliver('AWSLogs/x.log.gz', BUCKET);
    expect(bucket.keys('findings/').length).toBeGreaterThan(0);
  });

  it('takes a folder named canary of a source for a folder like any other', async () => {
    logs.set('s3://logs/canary/logs/x.log.gz', LOG);
    await deliver('canary/logs/x.log.gz');
    expect(bucket.keys('canary/')).toEqual([]);
    expect(bucket.keys('findings/').length).toBeGreaterThan(0);
  });
});

describe('a message', () => {
  it('that tries the way is done', async () => {
    await received(parts())({ body: '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}' });
    expect(bucket.keys()).toEqual([]);
  });

  it('of something else is refused', async () => {
    await expect(received(parts())({ body: '{"hello":1}' })).rejects.toThrow('unknown event: got an object with hello');
  });
});
