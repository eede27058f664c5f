/**
 * The queue before a stage, its dead-letter queue and their alarms.
 */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { BucketNotificationDestinationType, EventType, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';

/**
 * Tries before a message is put aside. Lambda asks for at least 5, because throttled deliveries count as tries too (AWS Lambda Developer
 * Guide, "Using Lambda with Amazon SQS").
 */
const TRIES = 5;

/** Visibility timeouts per timeout of the function, from the same source: a message must not come back while it is being worked on. */
const VISIBILITY_FACTOR = 6;

/** How long a message may wait, and then lie aside: age counts from when it was first sent, so the second must be the longer. */
const WAITING = Duration.days(7);
const LYING_ASIDE = Duration.days(14);

export interface StageQueueProps {
  readonly installation: Installation;
  /** Name of the stage. */
  readonly stage: string;
  /** Timeout of the function that works it off. */
  readonly functionTimeout: Duration;
}

export interface ConsumerProps {
  readonly batchSize: number;
  readonly maxConcurrency: number;
}

export class StageQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { installation, stage, functionTimeout }: StageQueueProps) {
    super(scope, id);
    const { encryptionKey, alarms } = installation;
    const common: QueueProps = {
      enforceSSL: true,
      encryption: encryptionKey === undefined ? QueueEncryption.SQS_MANAGED : QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', { ...common, retentionPeriod: LYING_ASIDE });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      retentionPeriod: WAITING,
      visibilityTimeout: Duration.seconds(functionTimeout.toSeconds() * VISIBILITY_FACTOR),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: TRIES },
    });
    const latest = { statistic: 'Maximum', period: Duration.minutes(5) };
    alarms.watch('dead-letters', stage, this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(latest));
    alarms.watch('queue-age', stage, this.queue.metricApproximateAgeOfOldestMessage(latest));
    alarms.watch('queue-depth', stage, this.queue.metricApproximateNumberOfMessagesVisible(latest));
  }

  /** Has a bucket tell of its new objects, all or those whose keys begin with the prefix, percent-encoded. */
  toldBy(bucket: IBucket, prefix?: string): void {
    this.letSend('s3.amazonaws.com', bucket.bucketArn);
    const destination = {
      arn: this.queue.queueArn,
      type: BucketNotificationDestinationType.QUEUE,
      dependencies: [this.queue],
    };
    const filters = prefix ? [{ prefix }] : [];
    bucket.addEventNotification(EventType.OBJECT_CREATED, { bind: () => destination }, ...filters);
  }

  /**
   * Lets a service send for a bucket or a rule. The CDK's own destinations would also name it in the policy of the queue's key, without
   * which a bucket that has the same key cannot be made.
   */
  letSend(service: string, sourceArn: string): void {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(service)],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': sourceArn } },
      }),
    );
  }

  /** Has a function work the queue off; it answers with the messages that failed, and only those come back. */
  workedOffBy(handler: IFunction, { batchSize, maxConcurrency }: ConsumerProps): void {
    handler.addEventSourceMapping('Queue', {
      eventSourceArn: this.queue.queueArn,
      batchSize,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
