/**
 * Messages of a dead-letter queue put back into the queue that they came from.
 *
 * Each message is sent before it is deleted, so that none is lost; one that comes twice does no harm, since results have the same keys
 * then. SQS's own message move tasks do the same unseen; here the caller sees what goes back.
 */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { redrivenMax } from '../limits.ts';
import { explained } from './errors.ts';
import { TIMEOUTS } from './timeouts.ts';

export interface RedriveOptions {
  /** Only counts. */
  readonly dryRun?: boolean;
  /** Called with the body of each message that went back. */
  readonly onMoved?: (body: string) => void;
  readonly client?: SQSClient;
}

export interface Redriven {
  /** About how many waited at the beginning. */
  readonly waiting: number;
  readonly moved: number;
}

/** Most that SQS gives in one answer. */
const RECEIVED_MAX = 10;

/** Seconds within which a received message is put back; then others may see it again. */
const VISIBILITY_SECONDS = 60;

/**
 * Puts what a queue (by name, URL or ARN) has given up back into it. Ends when nothing is left, or when as many have moved as waited:
 * what fails again meanwhile is left for the next time.
 */
export async function redrive(queue: string, options: RedriveOptions = {}): Promise<Redriven> {
  const { dryRun = false, onMoved, client = new SQSClient({ requestHandler: TIMEOUTS }) } = options;
  const target = await queueUrl(client, queue);
  const letters = await deadLettersOf(client, target);
  const waiting = Number(await attributeOf(client, letters, 'ApproximateNumberOfMessages'));
  let moved = 0;
  while (!dryRun && moved < Math.min(waiting, redrivenMax)) {
    const messages = await receive(client, letters);
    if (messages.length === 0) break;
    for (const message of messages) {
      await putBack(client, letters, target, message);
      moved++;
      onMoved?.(message.Body ?? '');
    }
  }
  return { waiting, moved };
}

/** URL of a queue by URL, name or `arn:aws:sqs:REGION:ACCOUNT:NAME`. */
async function queueUrl(client: SQSClient, queue: string): Promise<string> {
  if (/^https?:\/\//.test(queue)) return queue;
  const [QueueName, QueueOwnerAWSAccountId] = queue.split(':').reverse();
  const { QueueUrl } = await attempt(queue, 'find', 'sqs:GetQueueUrl', () =>
    client.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId })),
  );
  return QueueUrl!;
}

/** The queue of dead letters of a queue, from its redrive policy. */
async function deadLettersOf(client: SQSClient, queue: string): Promise<string> {
  const policy = await attributeOf(client, queue, 'RedrivePolicy');
  const target = policy === undefined ? undefined : (JSON.parse(policy) as Record<string, unknown>).deadLetterTargetArn;
  if (typeof target === 'string') return queueUrl(client, target);
  throw new Error(`${queue} has no dead-letter queue, expected a queue of the stack; its outputs name them`);
}

async function attributeOf(client: SQSClient, queue: string, name: QueueAttributeName): Promise<string | undefined> {
  const { Attributes } = await attempt(queue, `read ${name} of`, 'sqs:GetQueueAttributes', () =>
    client.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [name] })),
  );
  return Attributes?.[name];
}

async function receive(client: SQSClient, letters: string): Promise<Message[]> {
  const { Messages = [] } = await attempt(letters, 'receive from', 'sqs:ReceiveMessage', () =>
    client.send(
      new ReceiveMessageCommand({
        QueueUrl: letters,
        MaxNumberOfMessages: RECEIVED_MAX,
        VisibilityTimeout: VISIBILITY_SECONDS,
        // Asks all servers of the queue, so that an empty answer means empty.
        WaitTimeSeconds: 1,
      }),
    ),
  );
  return Messages;
}

async function putBack(client: SQSClient, letters: string, target: string, message: Message): Promise<void> {
  await attempt(target, 'send to', 'sqs:SendMessage', () =>
    client.send(new SendMessageCommand({ QueueUrl: target, MessageBody: message.Body })),
  );
  await attempt(letters, 'delete from', 'sqs:DeleteMessage', () =>
    client.send(new DeleteMessageCommand({ QueueUrl: letters, ReceiptHandle: message.ReceiptHandle })),
  );
}

async function attempt<T>(queue: string, verb: string, permission: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explained(error, { do: `${verb} ${queue}`, permission, resource: arnOf(queue) });
  }
}

/** `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME` as an ARN, what is no such URL as it is. */
function arnOf(queue: string): string {
  const parts = /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com\/(\d+)\/([\w.-]+)$/.exec(queue);
  return parts === null ? queue : `arn:aws:sqs:${parts[1]}:${parts[2]}:${parts[3]}`;
}
