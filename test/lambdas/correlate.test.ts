import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canaryLog } from '../../lambdas/canary.ts';
import { correlateNow, handler } from '../../lambdas/correlate.ts';
import { received } from '../../lambdas/detect.ts';
import { metrics } from '../../lambdas/shared/telemetry.ts';
import { type Classifier, openClassifier } from '../../lib/model/classifier.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { s3Event } from '../aws/events.ts';
import { tinyManifest, tinyOnnx } from '../bin/tiny-model.ts';
import { MemoryStore } from '../memory-store.ts';
import { catchOutput } from './output.ts';

const START = 1_790_000_100;
const NOW = (START + 7_200) * 1_000;
const output = catchOutput();
let classifier: Classifier;
let bucket: MemoryStore;

beforeAll(async () => {
  const onnx = tinyOnnx();
  classifier = await openClassifier(onnx, tinyManifest(onnx));
});

afterAll(() => classifier.close());

beforeEach(() => {
  bucket = new MemoryStore();
});

const common = { settings: async () => DEFAULT_SETTINGS, nowMilliseconds: () => NOW };
const run = () => correlateNow({ ...common, store: bucket.at(''), classifier: async () => classifier });

async function detectOne(): Promise<void> {
  await received({
    ...common,
    findingsBucket: 'results',
    sources: [],
    storeAt: (prefix) => bucket.at(prefix),
    classifier: async () => classifier,
    open: ({ key }) => ({
      name: `s3://logs/${key}`,
      async *open() {
        yield canaryLog(START);
      },
    }),
  })({ body: s3Event('logs', 'a.log.gz') });
}

describe('a run', () => {
  it('judges what the summaries hold and keeps the findings that were there', async () => {
    await detectOne();
    const before = bucket.keys('findings/');
    expect(before.length).toBeGreaterThan(0);
    await run();
    expect(bucket.keys('findings/')).toEqual(expect.arrayContaining(before));
    expect(bucket.keys('tracks/').length).toBeGreaterThan(0);
    expect(output.logs().at(-1)).toMatchObject({ message: 'history judged', hoursJudged: expect.any(Number) });
  });

  it('counts what is new by type and severity, and nothing the second time', async () => {
    await detectOne();
    for (const key of bucket.keys('findings/')) bucket.values.delete(key);
    metrics.clearMetrics();
    await run();
    expect(bucket.keys('findings/').length).toBeGreaterThan(0);
    const counted = output.metric('Findings');
    const added = counted.slice(-bucket.keys('findings/').length);
    expect(added.map(({ dimensions }) => Object.keys(dimensions).sort())).toEqual(
      added.map(() => ['severity', 'type']),
    );
    await run();
    expect(output.metric('Findings')).toHaveLength(counted.length);
  });

  it('finds nothing where nothing is', async () => {
    await run();
    expect(bucket.keys('findings/')).toEqual([]);
  });

  it('names summaries that it could not use', async () => {
    await detectOne();
    const [summary] = bucket.keys('summaries/');
    bucket.values.set(summary.replace(/[^/]+$/, 'damaged.parquet'), Buffer.from('PAR1'));
    await run();
    expect(output.logs().at(-1)).toMatchObject({ level: 'WARN', message: 'summaries could not be used' });
    expect(output.text()).toContain('damaged.parquet');
  });
});

describe('the function', () => {
  it('refuses other events', async () => {
    await expect(handler({ task: 'digest' }, {} as Context)).rejects.toThrow('got the task "digest"');
  });
});
