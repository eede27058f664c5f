/** The deployed stack as its owner sees it: buckets, queues, functions. */

import { setTimeout } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SetSubscriptionAttributesCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ACCOUNT, type Emulator, REGION } from './emulator.ts';

/** A message as a queue that is subscribed to a topic gets it. */
export interface Told {
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export class Cloud {
  readonly #endpoint: string;
  readonly #s3: S3Client;
  readonly #sqs: SQSClient;
  readonly #sns: SNSClient;

  constructor({ endpoint }: Emulator) {
    this.#endpoint = endpoint;
    const config = { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    this.#s3 = new S3Client({ ...config, forcePathStyle: true });
    this.#sqs = new SQSClient(config);
    this.#sns = new SNSClient(config);
  }

  close(): void {
    for (const client of [this.#s3, this.#sqs, this.#sns]) client.destroy();
  }

  async put(bucket: string, key: string, bytes: Uint8Array): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
  }

  /** Empties a bucket. */
  async clear(bucket: string): Promise<void> {
    for (const Key of await this.keys(bucket, ''))
      await this.#s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }

  async keys(bucket: string, prefix: string): Promise<string[]> {
    return Object.keys(await this.tags(bucket, prefix));
  }

  /** Digests of contents by key. */
  async tags(bucket: string, prefix: string): Promise<Record<string, string>> {
    const tags: Record<string, string> = {};
    let token: string | undefined;
    do {
      const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
      const page = await this.#s3.send(new ListObjectsV2Command(input));
      for (const { Key, ETag } of page.Contents ?? []) tags[Key!] = ETag!;
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return tags;
  }

  async json<T>(bucket: string, key: string): Promise<T> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse(await Body!.transformToString()) as T;
  }

  /** URL of the one queue whose name begins like this. */
  async queue(prefix: string): Promise<string> {
    const { QueueUrls = [] } = await this.#sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
    if (QueueUrls.length !== 1) throw new Error(`${QueueUrls.length} queues begin with ${prefix}, expected one`);
    return QueueUrls[0];
  }

  async send(queue: string, body: string): Promise<void> {
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }));
  }

  /** Lets failed messages come back at once instead of after minutes. */
  async comeBackAfter(queue: string, seconds: number): Promise<void> {
    const Attributes = { VisibilityTimeout: String(seconds) };
    await this.#sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue, Attributes }));
  }

  /** Messages that wait or are being worked on. */
  async depth(queue: string): Promise<number> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const input = { QueueUrl: queue, AttributeNames: [...names] };
    const { Attributes = {} } = await this.#sqs.send(new GetQueueAttributesCommand(input));
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  /** A queue that is subscribed to a topic, for messages whose attributes fit. */
  async listener(name: string, topic: string, filter?: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const { QueueUrl } = await this.#sqs.send(new CreateQueueCommand({ QueueName: name }));
    const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
    const input = { TopicArn: topic, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true };
    const { SubscriptionArn } = await this.#sns.send(new SubscribeCommand(input));
    if (filter !== undefined) {
      const AttributeValue = JSON.stringify(filter);
      await this.#sns.send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue }),
      );
    }
    return QueueUrl!;
  }

  /** Takes all messages out of a listener. */
  async heard(queue: string): Promise<Told[]> {
    const bodies = await this.emptied(queue);
    return bodies.map((body) => {
      const { Subject, Message, MessageAttributes = {} } = JSON.parse(body);
      const values = Object.entries(MessageAttributes as Record<string, { Value: string }>);
      const attributes = Object.fromEntries(values.map(([name, { Value }]) => [name, Value]));
      return { subject: Subject, message: Message, attributes };
    });
  }

  /** Waits up to a second for messages without taking them; how many there are at least. */
  async heardFirst(queue: string): Promise<number> {
    const input = { QueueUrl: queue, WaitTimeSeconds: 1, VisibilityTimeout: 0 };
    return (await this.#sqs.send(new ReceiveMessageCommand(input))).Messages?.length ?? 0;
  }

  /** Takes all messages out of a queue and gives their bodies. */
  async emptied(queue: string): Promise<string[]> {
    const bodies: string[] = [];
    const input = { QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    for (;;) {
      const { Messages = [] } = await this.#sqs.send(new ReceiveMessageCommand(input));
      if (Messages.length === 0) return bodies;
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(Body!);
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }));
      }
    }
  }

  /** Calls a function as its schedule does and gives its answer; throws when it failed. */
  async invoke(prefix: string, event: unknown): Promise<unknown> {
    const functions = (await this.#lambda('GET', '')) as { Functions: { FunctionName: string }[] };
    const found = functions.Functions.filter(({ FunctionName }) => FunctionName.startsWith(prefix));
    if (found.length !== 1) throw new Error(`${found.length} functions begin with ${prefix}, expected one`);
    return this.#lambda('POST', `/${found[0].FunctionName}/invocations`, event);
  }

  async #lambda(method: string, path: string, event?: unknown): Promise<unknown> {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0`;
    const response = await fetch(`${this.#endpoint}/2015-03-31/functions${path}`, {
      method,
      headers: { authorization },
      body: event === undefined ? undefined : JSON.stringify(event),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (response.ok && response.headers.get('x-amz-function-error') === null)
      return text === '' ? null : JSON.parse(text);
    throw new Error(`lambda answered ${response.status}: ${text.slice(0, 1_000)}`);
  }
}

/** Waits until a check passes; its last error is what the test fails with. */
export async function eventually<T>(check: () => Promise<T>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await setTimeout(300);
    }
  }
}
