/**
 * What a detector can be given.
 */
import type { Duration, Size } from 'aws-cdk-lib';
import type { FlowLogFileFormat, FlowLogMaxAggregationInterval, FlowLogResourceType } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Settings } from '../settings.ts';

/** A bucket that flow logs are delivered to already. */
export interface SourceBucket {
  /** The bucket, in this account or another; give its account and region where they are not the stack's. */
  readonly bucket: IBucket;
  /**
   * Beginning of the keys of flow logs, such as `AWSLogs/111122223333/vpcflowlogs/`.
   *
   * @default - all objects of the bucket
   */
  readonly prefix?: string;
  /**
   * Topic that the notifications of the bucket already go to. Use it where the bucket notifies somebody else as well, or belongs to
   * another account.
   *
   * @default - the bucket is told to notify the detect queue, which keeps its other notifications
   */
  readonly topic?: ITopic;
  /**
   * Whether the bucket sends its events to EventBridge, and they arrive on the default bus of the stack's account and region.
   *
   * @default false
   */
  readonly eventBridge?: boolean;
  /**
   * Key that the objects are encrypted with. Its policy must let the role of the detect function decrypt.
   *
   * @default - the key that the bucket is known to have
   */
  readonly encryptionKey?: IKey;
}

export interface FlowLogDetectorProps {
  /**
   * VPCs, subnets, interfaces and transit gateways to create flow logs for. They are delivered with all useful fields into the delivery
   * bucket.
   *
   * @default - no flow logs are created
   */
  readonly flowLogResources?: FlowLogResourceType[];
  /**
   * How created flow logs are written. Parquet lies in partitions by hour and is cheaper to query, text is cheaper to deliver.
   *
   * @default FlowLogFileFormat.PARQUET
   */
  readonly flowLogFileFormat?: FlowLogFileFormat;
  /**
   * How long created flow logs gather before a record is written. One minute shows timing better and makes up to ten times the records.
   *
   * @default FlowLogMaxAggregationInterval.TEN_MINUTES
   */
  readonly flowLogMaxAggregationInterval?: FlowLogMaxAggregationInterval;
  /**
   * Whether to make a bucket for flow logs, also for those that are created elsewhere.
   *
   * @default - made when there are `flowLogResources`
   */
  readonly deliveryBucket?: boolean;
  /**
   * Numbers of other accounts whose flow logs may be delivered into the delivery bucket.
   *
   * @default - only those of the stack's account
   */
  readonly deliveryAccounts?: string[];
  /**
   * Days that the delivery bucket keeps flow logs. Findings name their records by object, so keep them as long as you look into findings.
   *
   * @default Duration.days(90)
   */
  readonly flowLogRetention?: Duration;
  /**
   * Buckets that hold flow logs already.
   *
   * @default - only the delivery bucket is read
   */
  readonly sourceBuckets?: SourceBucket[];

  /**
   * Bucket for summaries and findings. A given one keeps its own encryption and lifecycle rules.
   *
   * @default - a bucket is made, and kept when the stack is removed
   */
  readonly findingsBucket?: IBucket;
  /**
   * Days that summaries are kept, from which the history is judged. It looks back on a week; keep more to ask Athena about them.
   *
   * @default Duration.days(35)
   */
  readonly summaryRetention?: Duration;
  /**
   * Days that findings are kept.
   *
   * @default Duration.days(400)
   */
  readonly findingRetention?: Duration;
  /**
   * Topic for findings, with the attributes `type`, `severity`, `account` and `region` to filter by.
   *
   * @default - a topic is made
   */
  readonly topic?: ITopic;
  /**
   * Addresses that findings are mailed to. Each has to confirm once.
   *
   * @default - nobody is subscribed
   */
  readonly emails?: string[];
  /**
   * Slack workspace that Amazon Q Developer in chat applications is connected with. Connect it in the console first; its number is there.
   *
   * @default - no messages by Amazon Q
   */
  readonly slackWorkspaceId?: string;
  /**
   * Slack channel for findings and alarms by way of Amazon Q.
   *
   * @default - no messages by Amazon Q
   */
  readonly slackChannelId?: string;
  /**
   * Secret whose text is the address of an incoming webhook of Slack.
   *
   * @default - no messages by webhook
   */
  readonly slackWebhook?: ISecret;
  /**
   * Hour of the day at which the digest of the day before is sent, 0 to 23 in UTC.
   *
   * @default 6
   */
  readonly digestHourUtc?: number;
  /**
   * Topic for alarms about the detector itself.
   *
   * @default - a topic is made
   */
  readonly operationsTopic?: ITopic;
  /**
   * Addresses that alarms are mailed to.
   *
   * @default - those in `emails`
   */
  readonly operationsEmails?: string[];

  /**
   * How to judge: your networks, what to trust and to suppress, how much to tell. The same settings as the command line takes.
   *
   * @default - the defaults of the command line
   */
  readonly settings?: Partial<Settings>;
  /**
   * Memory of the detect function. Lambda gives processor time by memory; 1,769 MiB are one whole processor, and more than one is of no use.
   *
   * @default Size.mebibytes(1769)
   */
  readonly detectMemory?: Size;
  /**
   * Time that the detect function has for a handful of objects. Its queue waits six times as long before it tries again.
   *
   * @default Duration.minutes(5)
   */
  readonly detectTimeout?: Duration;
  /**
   * Most detect functions that run at once, 2 to 1,000. Raise it when the queue grows old; it takes from the account's concurrency.
   *
   * @default 10
   */
  readonly detectConcurrency?: number;
  /**
   * Memory of the correlate function, which holds hours of summaries.
   *
   * @default Size.mebibytes(3008)
   */
  readonly correlateMemory?: Size;
  /**
   * How often windows and history are judged as a whole.
   *
   * @default Duration.minutes(15)
   */
  readonly correlateEvery?: Duration;
  /**
   * Whether simulated attacks test the way from log to finding. They never reach people.
   *
   * @default true
   */
  readonly canary?: boolean;
  /**
   * How often the canary runs.
   *
   * @default Duration.hours(1)
   */
  readonly canaryEvery?: Duration;
  /**
   * How long a source, which is a bucket with its prefix or a flow log of the stack, may deliver nothing before an alarm says so.
   *
   * @default Duration.hours(2)
   */
  readonly silenceAfter?: Duration;

  /**
   * Key for all that is stored: buckets, queues, topics and logs. The policy of a key made in the same app is extended for it.
   *
   * @default - keys that AWS manages, and none for the operations topic, because CloudWatch could not use it
   */
  readonly encryptionKey?: IKey;
  /**
   * How long the logs of the functions are kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * Architecture of the functions.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;
  /**
   * Whether to make tables and queries of summaries and findings for Athena.
   *
   * @default false
   */
  readonly athena?: boolean;
}
