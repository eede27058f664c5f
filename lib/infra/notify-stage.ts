/**
 * New findings told to people and machines, once each.
 */
import { Duration, Size } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { Chat } from './chat.ts';
import { topicKey } from './encryption.ts';
import type { Installation } from './installation.ts';
import { metricOf } from './metrics.ts';
import {
  consume,
  decrypt,
  encrypt,
  listBucket,
  publish,
  readObjects,
  readSecret,
  writeObjects,
} from './permissions.ts';
import { onSchedule } from './scheduled.ts';
import { StageFunction } from './stage-function.ts';
import { StageQueue } from './stage-queue.ts';
import { PREFIX } from './storage.ts';

const TIMEOUT = Duration.minutes(1);
const MEMORY = Size.mebibytes(256);

/** Findings of one invocation, and invocations at once: SNS sends 10 e-mails a second to an address and Slack takes one message a second. */
const BATCH = 10;
const CONCURRENCY = 2;

export interface NotifyStageProps {
  readonly installation: Installation;
  readonly topic?: ITopic;
  readonly emails: readonly string[];
  readonly slackWorkspaceId?: string;
  readonly slackChannelId?: string;
  readonly slackWebhook?: ISecret;
  readonly digestHourUtc: number;
}

export class NotifyStage extends Construct {
  readonly topic: ITopic;
  readonly chat?: Chat;
  readonly queue: StageQueue;
  readonly function: StageFunction;

  constructor(scope: Construct, id: string, props: NotifyStageProps) {
    super(scope, id);
    const { installation } = props;
    this.topic = props.topic ?? this.#topic(installation);
    for (const email of props.emails) this.topic.addSubscription(new EmailSubscription(email));
    if (props.slackWorkspaceId !== undefined && props.slackChannelId !== undefined) {
      const { slackWorkspaceId, slackChannelId } = props;
      this.chat = new Chat(this, 'Chat', { installation, slackWorkspaceId, slackChannelId });
    }
    this.queue = new StageQueue(this, 'Input', { installation, stage: 'notify', functionTimeout: TIMEOUT });
    this.function = this.#function(props);
    this.queue.workedOffBy(this.function.handler, { batchSize: BATCH, maxConcurrency: CONCURRENCY });
    const { bucket } = installation.storage;
    this.queue.toldBy(bucket, PREFIX.findings);
    if (this.chat !== undefined || props.slackWebhook !== undefined) {
      installation.alarms.watch('channel-failures', 'notify', metricOf(installation.service, 'channelFailures'));
    }
    onSchedule(this, this.function.handler, {
      task: 'digest',
      description: 'Sends the digest of the day before',
      schedule: Schedule.cron({ minute: '0', hour: String(props.digestHourUtc) }),
    });
  }

  #topic({ service, encryptionKey }: Installation): Topic {
    const masterKey = topicKey(this, encryptionKey);
    return new Topic(this, 'Topic', { displayName: `${service} findings`, enforceSSL: true, masterKey });
  }

  #function({ installation, slackWebhook, topic }: NotifyStageProps): StageFunction {
    const { bucket } = installation.storage;
    const topics = this.chat === undefined ? [this.topic] : [this.topic, this.chat.topic];
    return new StageFunction(this, 'Notify', {
      installation,
      name: 'notify',
      description: 'Tells new findings to people and machines',
      memory: MEMORY,
      timeout: TIMEOUT,
      scores: false,
      variables: {
        findingsBucket: bucket.bucketName,
        topic: this.topic.topicArn,
        chatTopic: this.chat?.topic.topicArn,
        slackSecret: slackWebhook?.secretArn,
      },
      statements: [
        consume(this.queue.queue),
        readObjects(bucket, PREFIX.findings, PREFIX.incidents),
        writeObjects(bucket, PREFIX.incidents),
        listBucket(bucket),
        publish(...topics),
        ...(slackWebhook === undefined ? [] : [readSecret(slackWebhook)]),
        ...decrypt(slackWebhook?.encryptionKey),
        ...encrypt(bucket.encryptionKey, installation.encryptionKey, topic?.masterKey),
      ],
    });
  }
}
