import { gunzipSync } from 'node:zlib';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../../bin/model.ts';
import { CANARY_ATTACKS, canary, canaryLog, handler } from '../../lambdas/canary.ts';
import { received } from '../../lambdas/detect.ts';
import { metrics } from '../../lambdas/shared/telemetry.ts';
import { canaryPatienceSeconds } from '../../lib/limits.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { scenarioByName } from '../../lib/simulate/catalog.ts';
import { s3Event } from '../aws/events.ts';
import { MemoryStore } from '../memory-store.ts';
import { catchOutput } from './output.ts';

const BUCKET = 'results';
/** A little after midnight, so that the logs begin the day before. */
const NOW = Date.parse('2026-11-22T00:05:00Z');
const HOUR = 3_600_000;
const output = catchOutput();
let bucket: MemoryStore;

beforeEach(() => {
  bucket = new MemoryStore();
});

const call = (milliseconds: number) => canary(bucket.at('canary/'), BUCKET, milliseconds);

function counted() {
  metrics.publishStoredMetrics();
  return [output.metric('CanaryFound'), output.metric('CanaryMissed')].map((values) =>
    values.map(({ value }) => value),
  );
}

/** What the detect function does with the logs of the canary, by the model that is shipped. */
async function detectAll(): Promise<void> {
  const classifier = await openModel();
  const detect = received({
    findingsBucket: BUCKET,
    sources: [`${BUCKET}/`],
    storeAt: (prefix) => bucket.at(prefix),
    open: ({ key }) => ({
      name: `s3://${BUCKET}/${key}`,
      async *open() {
        yield bucket.values.get(key)!;
      },
    }),
    classifier: async () => classifier,
    settings: async () => DEFAULT_SETTINGS,
    nowMilliseconds: () => NOW,
  });
  for (const key of bucket.keys('canary/logs/')) await detect({ body: s3Event(BUCKET, key) });
  await classifier.close();
}

describe('the canary', () => {
  it('writes logs under its prefix and misses nothing on its first call', async () => {
    await call(NOW);
    expect(bucket.keys()).toEqual(['canary/logs/2026-11-22T00-05-00Z.log.gz']);
    expect(counted()).toEqual([[], []]);
  });

  it('finds all its attacks by the shipped model, and says so with the next call', async () => {
    await call(NOW);
    await detectAll();
    await call(NOW + HOUR);
    expect(counted()).toEqual([[CANARY_ATTACKS.length], [0]]);
    expect(bucket.keys('canary/logs/')).toHaveLength(2);
  });

  it('misses what has not come out', async () => {
    await call(NOW);
    await detectAll();
    const uploads = bucket
      .keys('canary/findings/')
      .filter((key) => bucket.json<{ class: string }>(key).class === 'exfiltration');
    for (const key of uploads) bucket.values.delete(key);
    await call(NOW + HOUR);
    expect(counted()).toEqual([[CANARY_ATTACKS.length - 1], [1]]);
    expect(output.text()).toContain('"missed":["bulk-exfiltration"]');
  });

  it('misses everything when the functions stand still, and does not take findings of earlier logs for those of its last', async () => {
    await call(NOW);
    await detectAll();
    await call(NOW + HOUR);
    metrics.clearMetrics();
    await call(NOW + 2 * HOUR);
    expect(counted()).toEqual([[0], [CANARY_ATTACKS.length]]);
  });

  it('is patient when its schedule calls twice', async () => {
    await call(NOW);
    await call(NOW + canaryPatienceSeconds * 1_000 - 1);
    expect(bucket.keys('canary/logs/')).toHaveLength(1);
    expect(counted()).toEqual([[], []]);
  });

  it('passes over what is not its own among its logs', async () => {
    bucket.values.set('canary/logs/readme.txt', Buffer.from('hello'));
    await call(NOW);
    expect(bucket.keys('canary/logs/')).toHaveLength(2);
    expect(counted()).toEqual([[], []]);
  });

  it('refuses other events', async () => {
    await expect(handler({ task: 'digest' }, {} as Context)).rejects.toThrow('got the task "digest"');
  });
});

describe('the logs of the canary', () => {
  it('are the same but for the time', () => {
    const [one, other] = [1_790_000_100, 1_795_360_500].map((start) =>
      gunzipSync(canaryLog(start)).toString().split('\n'),
    );
    expect(one).toHaveLength(other.length);
    expect(one[0]).toBe(other[0]);
    expect(one[1]).not.toBe(other[1]);
  });

  it('hold attacks of different classes', () => {
    const classes = CANARY_ATTACKS.map((name) => scenarioByName(name).label);
    expect(new Set(classes).size).toBe(CANARY_ATTACKS.length);
  });
});
