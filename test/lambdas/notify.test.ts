import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Channel, handler, type NotifyParts, publisher, tellDay, tellFindings } from '../../lambdas/notify.ts';
import { metrics } from '../../lambdas/shared/telemetry.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { keepFinding } from '../../lib/history/kept-findings.ts';
import type { Message } from '../../lib/notify/message.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { s3Event } from '../aws/events.ts';
import { MESSAGE } from '../aws/message.ts';
import { FINDING } from '../findings/finding.ts';
import { MemoryStore } from '../memory-store.ts';
import { catchOutput } from './output.ts';

const NOW = Date.parse('2026-01-05T09:10:00Z');
const KEY = `findings/day=2026-01-05/${FINDING.id}.json`;
const output = catchOutput();
let bucket: MemoryStore;
let sent: Message[];

beforeEach(async () => {
  bucket = new MemoryStore();
  sent = [];
  await keepFinding(bucket.at(''), FINDING);
});

function parts(nowMilliseconds = NOW): NotifyParts {
  return {
    store: bucket.at(''),
    settings: async () => DEFAULT_SETTINGS,
    publish: async (message) => void sent.push(message),
    nowMilliseconds: () => nowMilliseconds,
  };
}

function counted(name: string): unknown[] {
  metrics.publishStoredMetrics();
  return output.metric(name).map(({ value }) => value);
}

describe('a new finding', () => {
  it('is told once, however often it is notified of', async () => {
    const body = s3Event('results', KEY);
    for (let times = 0; times < 3; times++) await tellFindings(body, parts());
    expect(sent.map(({ attributes }) => attributes.type)).toEqual(['internal-sweep']);
    expect(counted('Messages')).toEqual([1]);
    expect(counted('Suppressed')).toEqual([]);
  });

  it('that is held back from people is counted as that', async () => {
    const low: Finding = { ...FINDING, id: 'a'.repeat(32), incident: 'b'.repeat(32), severity: 'low' };
    await keepFinding(bucket.at(''), low);
    await tellFindings(s3Event('results', `findings/day=2026-01-05/${low.id}.json`), parts());
    expect(sent).toEqual([]);
    expect(counted('Suppressed')).toEqual([1]);
    expect(output.logs().at(-1)).toMatchObject({ message: 'finding judged', told: false, why: 'severity' });
  });

  it('that has been removed meanwhile is passed over', async () => {
    bucket.values.delete(KEY);
    await tellFindings(s3Event('results', KEY), parts());
    expect(sent).toEqual([]);
  });

  it('that could not be published is told by the next delivery', async () => {
    const failing = { ...parts(), publish: async () => Promise.reject(new Error('Throttling')) };
    await expect(tellFindings(s3Event('results', KEY), failing)).rejects.toThrow('Throttling');
    await tellFindings(s3Event('results', KEY), parts());
    expect(sent).toHaveLength(1);
  });

  it('refuses a foreign file in its place, and other keys', async () => {
    bucket.values.set(KEY, Buffer.from('{"hello":1}'));
    await expect(tellFindings(s3Event('results', KEY), parts())).rejects.toThrow();
    await expect(tellFindings(s3Event('results', 'failed/x.json'), parts())).rejects.toThrow(
      'got the key failed/x.json, expected findings/day=…/<id>.json',
    );
  });
});

describe('the digest', () => {
  it('is that of the day before, told once', async () => {
    await tellFindings(s3Event('results', KEY), parts());
    sent = [];
    const tomorrow = NOW + 86_400_000;
    await tellDay(parts(tomorrow));
    await tellDay(parts(tomorrow));
    expect(sent.map(({ attributes }) => attributes.type)).toEqual(['digest']);
  });
});

describe('the channels', () => {
  const channels = (...failing: string[]): { calls: string[]; all: Channel[] } => {
    const calls: string[] = [];
    const all = ['topic', 'chat', 'slack'].map((name) => ({
      name,
      send: async () => {
        calls.push(name);
        if (failing.includes(name)) throw new Error(`${name} is down`);
      },
    }));
    return { calls, all };
  };

  it('are told one after another', async () => {
    const { calls, all } = channels();
    await publisher(all)(MESSAGE);
    expect(calls).toEqual(['topic', 'chat', 'slack']);
    expect(counted('ChannelFailures')).toEqual([]);
  });

  it('are tried again as a whole when the topic fails', async () => {
    const { calls, all } = channels('topic');
    await expect(publisher(all)(MESSAGE)).rejects.toThrow('topic is down');
    expect(calls).toEqual(['topic']);
  });

  it('do not repeat the e-mail when chat fails, but count it', async () => {
    const { calls, all } = channels('chat', 'slack');
    await publisher(all)(MESSAGE);
    expect(calls).toEqual(['topic', 'chat', 'slack']);
    expect(counted('ChannelFailures')).toEqual([[1, 1]]);
    expect(output.text()).toContain('chat is down');
  });
});

describe('the function', () => {
  const context = { invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:notify' } as Context;

  it('names a variable that is not set', async () => {
    await expect(handler({ task: 'digest' }, context)).rejects.toThrow('the variable FLOWTRAP_TOPIC_ARN is not set');
  });
});
