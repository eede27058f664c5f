/**
 * Where logs come from, and the three ways in which word of a new object reaches the detect queue.
 */
import type { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { FilterOrPolicy, type ITopic, SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { idFrom } from './identity.ts';
import type { Installation } from './installation.ts';
import { metricOf } from './metrics.ts';
import type { StageQueue } from './stage-queue.ts';

/** A bucket with flow logs, with what is known of it filled in. */
export interface Source {
  readonly bucket: IBucket;
  /** Beginning of the keys, empty for all. */
  readonly prefix: string;
  readonly encryptionKey?: IKey;
  /** Topic that the bucket's notifications already go to. */
  readonly topic?: ITopic;
  readonly eventBridge: boolean;
}

/** What should deliver again and again: a bucket and prefix, or a flow log of the stack. */
export interface Watch {
  /** As the detect function counts it: `bucket/prefix`, or the id of the flow log. */
  readonly source: string;
  /** What people call it, in the name of its alarm. */
  readonly subject: string;
}

export function watchOf({ bucket: { bucketName }, prefix }: Source): Watch {
  return { source: `${bucketName}/${prefix}`, subject: prefix === '' ? bucketName : `${bucketName}/${prefix}` };
}

export interface SourcesProps {
  readonly installation: Installation;
  readonly sources: readonly Source[];
  readonly watches: readonly Watch[];
  readonly queue: StageQueue;
  readonly silenceAfter: Duration;
}

export class Sources extends Construct {
  readonly #queue: StageQueue;

  constructor(scope: Construct, id: string, { installation, sources, watches, queue, silenceAfter }: SourcesProps) {
    super(scope, id);
    this.#queue = queue;
    const { alarms, service } = installation;
    for (const source of sources) this.#wire(source);
    for (const { source, subject } of watches) {
      const objects = metricOf(service, 'sourceObjects', { dimensions: { source }, period: silenceAfter });
      alarms.watch('source-silent', subject, objects, idFrom(this, subject));
    }
  }

  #wire(source: Source): void {
    if (source.topic !== undefined) this.#byTopic(source.topic, source);
    else if (source.eventBridge) this.#byEventBridge(source);
    else this.#queue.toldBy(source.bucket, encodedPrefix(source.prefix));
  }

  #byEventBridge({ bucket, prefix }: Source): void {
    const { queueArn } = this.#queue.queue;
    const rule = new Rule(this, `Rule${idFrom(this, bucket.bucketName, prefix)}`, {
      description: 'New flow-log objects',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          ...(prefix === '' ? {} : { object: { key: [{ prefix }] } }),
        },
      },
      targets: [{ bind: () => ({ arn: queueArn }) }],
    });
    this.#queue.letSend('events.amazonaws.com', rule.ruleArn);
  }

  #byTopic(topic: ITopic, { bucket, prefix }: Source): void {
    const name = FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ allowlist: [bucket.bucketName] }));
    const key = FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ matchPrefixes: [encodedPrefix(prefix)] }));
    const s3 = {
      bucket: FilterOrPolicy.policy({ name }),
      ...(prefix === '' ? {} : { object: FilterOrPolicy.policy({ key }) }),
    };
    topic.addSubscription(
      new SqsSubscription(this.#queue.queue, {
        rawMessageDelivery: true,
        filterPolicyWithMessageBody: { Records: FilterOrPolicy.policy({ s3: FilterOrPolicy.policy(s3) }) },
      }),
    );
  }
}

/**
 * Notifications hold keys percent-encoded, and are filtered by what they hold (Amazon S3 User Guide, "Configuring event notifications
 * using object key name filtering"): the `=` of partitions is `%3D`. EventBridge has keys as they are.
 */
export function encodedPrefix(prefix: string): string {
  return prefix
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%20', '+'))
    .join('/');
}
