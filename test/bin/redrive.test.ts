import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { redriveCommand } from '../../bin/commands/redrive.ts';
import { s3Event } from '../aws/events.ts';
import { perform } from './perform.ts';

const LETTERS_ARN = 'arn:aws:sqs:eu-west-1:111122223333:detect-letters';

const digestOf = (body: string) => createHash('md5').update(body).digest('hex');
const received = (Body: string) => ({ Body, ReceiptHandle: 'a', MD5OfBody: digestOf(Body) });

/** As much of SQS as the command asks for, by its JSON protocol. */
function answer(action: string, input: Record<string, unknown>, origin: string, letters: string[]): unknown {
  if (action === 'GetQueueUrl') return { QueueUrl: `${origin}/111122223333/${input.QueueName}` };
  if (action === 'ReceiveMessage') return { Messages: letters.slice(0, 1).map(received) };
  if (action === 'SendMessage') return { MessageId: 'a', MD5OfMessageBody: digestOf(String(input.MessageBody)) };
  if (action === 'DeleteMessage') return letters.shift() && {};
  const [name] = input.AttributeNames as string[];
  const policy = JSON.stringify({ deadLetterTargetArn: LETTERS_ARN });
  return { Attributes: { [name]: name === 'RedrivePolicy' ? policy : String(letters.length) } };
}

describe('flowtrap redrive', () => {
  const letters: string[] = [];
  const actions: string[] = [];
  let server: Server;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      const action = String(request.headers['x-amz-target']).split('.').at(-1)!;
      actions.push(action);
      const { port } = server.address() as AddressInfo;
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify(answer(action, JSON.parse(body), `http://127.0.0.1:${port}`, letters)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });

  afterEach(() => {
    letters.length = 0;
    actions.length = 0;
  });

  afterAll(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  it('puts messages back and names their objects', async () => {
    letters.push(s3Event('logs', 'a b.log.gz'), 'no event at all');
    const { code, stdout } = await perform(redriveCommand, ['detect', '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ queue: 'detect', waiting: 2, moved: 2, objects: ['s3://logs/a b.log.gz'] });
    expect(actions.filter((action) => /Send|Delete/.test(action))).toEqual([
      'SendMessage',
      'DeleteMessage',
      'SendMessage',
      'DeleteMessage',
    ]);
  });

  it('moves nothing in a dry run', async () => {
    letters.push(s3Event('logs', 'a'));
    const { stdout } = await perform(redriveCommand, ['detect', '--dry-run', '--format', 'table']);
    expect(stdout).toMatch(/waiting +1\n/);
    expect(stdout).toMatch(/moved +0\n/);
    expect(letters).toHaveLength(1);
  });

  it('writes out what could move the cursor of a terminal', async () => {
    letters.push(s3Event('logs', 'a\u001b[2J'));
    const { stdout } = await perform(redriveCommand, ['detect', '--format', 'table']);
    expect(stdout).toContain('s3://logs/a\\x1b[2J');
  });

  it('refuses to guess which queue is meant', async () => {
    await expect(perform(redriveCommand, [])).rejects.toThrow('no QUEUE given');
    await expect(perform(redriveCommand, ['a', 'b'])).rejects.toThrow('one QUEUE at a time, got 2');
  });
});
