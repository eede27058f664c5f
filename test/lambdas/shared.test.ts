import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { once } from '../../lambdas/shared/beside.ts';
import { handlerOf, taskOf, unknownEvent } from '../../lambdas/shared/handler.ts';
import { classifierIn } from '../../lambdas/shared/model.ts';
import { processMessages } from '../../lambdas/shared/queue.ts';
import { settingsIn } from '../../lambdas/shared/settings.ts';
import { count } from '../../lambdas/shared/telemetry.ts';
import { postToWebhook } from '../../lambdas/shared/webhook.ts';
import { METRICS } from '../../lib/environment.ts';
import { webhookTriesMax } from '../../lib/limits.ts';
import { temporaryFolder } from '../bin/cli.ts';
import { tinyManifest, tinyOnnx } from '../bin/tiny-model.ts';
import { queueEvent } from './events.ts';
import { catchOutput } from './output.ts';

const CONTEXT = { functionName: 'detect', awsRequestId: 'request 1' } as Context;
const output = catchOutput();

describe('a batch of messages', () => {
  const handler = handlerOf((event: unknown, context) =>
    processMessages(event, context, async ({ body }) => {
      if (body.startsWith('bad')) throw new Error(`cannot take ${body.length} characters`);
    }),
  );

  it('gives back only those that failed', async () => {
    const { batchItemFailures } = await handler(queueEvent('good', 'bad', 'fine'), CONTEXT);
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
  });

  it('gives back none when all are done', async () => {
    expect(await handler(queueEvent('good', 'fine'), CONTEXT)).toEqual({ batchItemFailures: [] });
  });

  it('throws when all of them failed', async () => {
    await expect(handler(queueEvent('bad', 'bad too'), CONTEXT)).rejects.toThrow();
  });

  it('is worked off one by one, in order', async () => {
    const steps: string[] = [];
    const slow = handlerOf((event: unknown, context) =>
      processMessages(event, context, async ({ body }) => {
        steps.push(`begin ${body}`);
        await new Promise((resolve) => setImmediate(resolve));
        steps.push(`end ${body}`);
      }),
    );
    await slow(queueEvent('a', 'b'), CONTEXT);
    expect(steps).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });

  it('tells why a message failed, by its id and without its body', async () => {
    await handler(queueEvent('good', 'bad secret'), CONTEXT);
    const [line] = output.logs().filter(({ level }) => level === 'ERROR');
    expect(line).toMatchObject({
      messageId: 'message-1',
      deliveries: 2,
      error: { message: 'cannot take 10 characters' },
    });
    expect(line).toMatchObject({ function_request_id: 'request 1' });
    expect(output.text()).not.toContain('bad secret');
  });

  it.each([
    ['a schedule', { task: 'digest' }, 'got the task "digest"'],
    ['S3 itself', { Records: [{ eventSource: 'aws:s3' }] }, 'got {Records}'],
    ['nobody', null, 'got object'],
    ['EventBridge', { source: 'aws.s3', detail: { secret: 1 } }, 'got {source, detail}'],
  ])('refuses events of %s', async (_, event, got) => {
    await expect(handler(event as unknown as SQSEvent, CONTEXT)).rejects.toThrow(got);
    expect(output.logs().filter(({ message }) => message === 'the invocation failed')).toHaveLength(1);
  });
});

describe('a task', () => {
  it('is named by its event', () => {
    expect(taskOf({ task: 'digest' })).toBe('digest');
    for (const event of [null, undefined, 'digest', { task: 7 }, {}]) expect(taskOf(event)).toBeUndefined();
    expect(unknownEvent({ task: 'dance' }, 'a digest').message).toBe(
      'unknown event: got the task "dance", expected a digest',
    );
  });
});

describe('what is made once', () => {
  it('is made by the first call and again after a failure', async () => {
    let calls = 0;
    const make = once(async () => {
      if (++calls === 1) throw new Error('not yet');
      return calls;
    });
    expect(calls).toBe(0);
    await expect(make()).rejects.toThrow('not yet');
    expect(await Promise.all([make(), make()])).toEqual([2, 2]);
    expect(await make()).toBe(2);
  });
});

describe('files beside the code', () => {
  const folder = temporaryFolder();

  it('are named when they are missing', async () => {
    await expect(settingsIn(folder)()).rejects.toThrow('settings.json is not beside the code');
    await expect(classifierIn(folder)()).rejects.toThrow('random-forest.json is not beside the code');
  });

  it('are the settings and the model', async () => {
    writeFileSync(join(folder, 'settings.json'), '{"ourNetworks":["192.0.2.0/24"],"thresholds":{"scan":0.99}}');
    expect((await settingsIn(folder)()).ourNetworks).toEqual(['192.0.2.0/24']);
    const onnx = tinyOnnx();
    writeFileSync(join(folder, 'random-forest.onnx'), onnx);
    writeFileSync(join(folder, 'random-forest.json'), JSON.stringify(tinyManifest(onnx)));
    const classifier = await classifierIn(folder)();
    expect(classifier.manifest.algorithm).toBe('softmax regression');
    expect(classifier.manifest.thresholds.scan).toBe(0.99);
    await classifier.close();
  });

  it('refuse settings that nobody can have meant', async () => {
    writeFileSync(join(folder, 'settings.json'), '{"ourNetwork":[]}');
    await expect(settingsIn(folder)()).rejects.toThrow('unknown setting "ourNetwork"');
  });
});

describe('a metric', () => {
  it('has the dimensions of the table', () => {
    count('findings', 1, 'beacon', 'high');
    expect(output.metric('Findings')).toEqual([{ value: 1, dimensions: { type: 'beacon', severity: 'high' } }]);
    expect(() => count('findings', 1, 'beacon')).toThrow('has the dimensions [type,severity], got [beacon]');
    expect(() => count('records', 1, 'x')).toThrow('has the dimensions [], got [x]');
  });

  it('has a name of its own', () => {
    const names = Object.values(METRICS).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a webhook', () => {
  const answers: (readonly [number, Record<string, string>])[] = [];
  const bodies: string[] = [];
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => {
        body += piece;
      });
      request.on('end', () => {
        bodies.push(`${request.headers['content-type']} ${body}`);
        response.writeHead(...(answers.shift() ?? [200, {}])).end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/hunter2`;
  });

  beforeEach(() => {
    answers.length = 0;
    bodies.length = 0;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('gets the JSON', async () => {
    await postToWebhook(address, '{"text":"beacon"}');
    expect(bodies).toEqual(['application/json {"text":"beacon"}']);
  });

  it('is tried again when it is busy', async () => {
    answers.push([429, { 'retry-after': '0.01' }], [503, { 'retry-after': '0.01' }]);
    await postToWebhook(address, '{}');
    expect(bodies).toHaveLength(3);
  });

  it('is given up after some tries', async () => {
    for (let i = 0; i < webhookTriesMax; i++) answers.push([503, { 'retry-after': '0.01' }]);
    await expect(postToWebhook(address, '{}')).rejects.toThrow(`status 503 after ${webhookTriesMax} tries`);
  });

  it('is not tried again when it refuses, and never shows its address', async () => {
    answers.push([404, {}]);
    const error = await postToWebhook(address, '{}').catch((thrown: Error) => thrown);
    expect(String(error)).toContain('status 404 after 1 tries');
    expect(`${error} ${(error as Error).cause}`).not.toContain('hunter2');
    expect(bodies).toHaveLength(1);
  });

  it('refuses an address that is none', async () => {
    for (const address of ['hunter2', 'http://hunter2.example.com/']) {
      await expect(postToWebhook(address, '{}')).rejects.toThrow(
        /^(?!.*hunter2)the secret holds no address that begins/,
      );
    }
  });
});
