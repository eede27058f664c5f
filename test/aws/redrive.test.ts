import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { redrive } from '../../lib/aws/redrive.ts';

const client = new SQSClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
const sqs = mockClient(client);
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/detect';
const LETTERS = 'https://sqs.eu-west-1.amazonaws.com/111122223333/detect-letters';
const LETTERS_ARN = 'arn:aws:sqs:eu-west-1:111122223333:detect-letters';
const named = (name: string) => Object.assign(new Error(`${name} says the server`), { name });

/** Queues in memory; what is received stays until it is deleted. */
function queues(waiting: readonly string[], claimed = waiting.length) {
  const letters = waiting.map((Body, i) => ({ Body, ReceiptHandle: `handle ${i}` }));
  const log: string[] = [];
  sqs.on(GetQueueUrlCommand, { QueueName: 'detect' }).resolves({ QueueUrl: QUEUE });
  sqs.on(GetQueueUrlCommand, { QueueName: 'detect-letters' }).resolves({ QueueUrl: LETTERS });
  const policy = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: LETTERS_ARN, maxReceiveCount: 5 }) };
  sqs.on(GetQueueAttributesCommand, { QueueUrl: QUEUE }).resolves({ Attributes: policy });
  sqs
    .on(GetQueueAttributesCommand, { QueueUrl: LETTERS })
    .resolves({ Attributes: { ApproximateNumberOfMessages: String(claimed) } });
  sqs.on(ReceiveMessageCommand).callsFake(async () => ({ Messages: letters.slice(0, 2) }));
  sqs.on(SendMessageCommand).callsFake(async ({ QueueUrl, MessageBody }) => {
    log.push(`send ${MessageBody} to ${QueueUrl}`);
    return {};
  });
  sqs.on(DeleteMessageCommand).callsFake(async ({ ReceiptHandle }) => {
    const [gone] = letters.splice(
      letters.findIndex((letter) => letter.ReceiptHandle === ReceiptHandle),
      1,
    );
    log.push(`delete ${gone.Body}`);
    return {};
  });
  return { letters, log };
}

beforeEach(() => sqs.reset());

describe('redrive', () => {
  it('sends each message back before it deletes it', async () => {
    const { letters, log } = queues(['a', 'b', 'c']);
    const moved: string[] = [];
    const result = await redrive(QUEUE, { client, onMoved: (body) => moved.push(body) });
    expect(result).toEqual({ waiting: 3, moved: 3 });
    expect(moved).toEqual(['a', 'b', 'c']);
    expect(letters).toEqual([]);
    expect(log).toEqual(['a', 'b', 'c'].flatMap((body) => [`send ${body} to ${QUEUE}`, `delete ${body}`]));
  });

  it.each(['detect', 'arn:aws:sqs:eu-west-1:111122223333:detect', QUEUE])('knows a queue by %s', async (queue) => {
    queues(['a']);
    expect(await redrive(queue, { client })).toEqual({ waiting: 1, moved: 1 });
  });

  it('asks for a queue of another account in that account', async () => {
    queues([]);
    await redrive('arn:aws:sqs:eu-west-1:111122223333:detect', { client });
    const [named, letters] = sqs.commandCalls(GetQueueUrlCommand).map(({ args }) => args[0].input);
    expect(named).toEqual({ QueueName: 'detect', QueueOwnerAWSAccountId: '111122223333' });
    expect(letters).toEqual({ QueueName: 'detect-letters', QueueOwnerAWSAccountId: '111122223333' });
  });

  it('only counts in a dry run', async () => {
    const { log } = queues(['a', 'b']);
    expect(await redrive(QUEUE, { client, dryRun: true })).toEqual({ waiting: 2, moved: 0 });
    expect(log).toEqual([]);
  });

  it('ends when fewer are there than were counted', async () => {
    queues(['a'], 5);
    expect(await redrive(QUEUE, { client })).toEqual({ waiting: 5, moved: 1 });
  });

  it('leaves what fails again meanwhile', async () => {
    const { letters } = queues(['a', 'b']);
    const onMoved = (body: string) => letters.push({ Body: `${body} again`, ReceiptHandle: body });
    expect(await redrive(QUEUE, { client, onMoved })).toEqual({ waiting: 2, moved: 2 });
    expect(letters.map(({ Body }) => Body)).toEqual(['a again', 'b again']);
  });

  it('deletes nothing that could not be sent', async () => {
    const { letters } = queues(['a']);
    sqs.on(SendMessageCommand).rejects(named('AccessDenied'));
    await expect(redrive(QUEUE, { client })).rejects.toThrow(
      'allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:detect ',
    );
    expect(letters).toHaveLength(1);
  });

  it('refuses a queue that lays nothing aside, and one that does not exist', async () => {
    queues([]);
    sqs.on(GetQueueAttributesCommand, { QueueUrl: QUEUE }).resolves({});
    await expect(redrive(QUEUE, { client })).rejects.toThrow('has no dead-letter queue, expected a queue of the stack');
    sqs.on(GetQueueUrlCommand).rejects(named('QueueDoesNotExist'));
    await expect(redrive('typo', { client })).rejects.toThrow('cannot find typo: the queue does not exist');
  });
});
