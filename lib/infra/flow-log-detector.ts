/**
 * Finds attacks in VPC flow logs: from the buckets that they are delivered to, to a topic, e-mail and Slack.
 *
 *   source buckets ─► detect queue ─► detect ─► findings bucket ─► notify queue ─► notify ─► topics, Slack
 *                                                ▲        ▲
 *                                     canary ────┘        └── correlate, by the clock
 */
import { Duration, Names, Size, Stack, Token } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { FlowLogFileFormat, FlowLogMaxAggregationInterval } from 'aws-cdk-lib/aws-ec2';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { acknowledgeNotificationsHandler } from './acknowledged.ts';
import { Alarms } from './alarms.ts';
import { AthenaTables } from './athena.ts';
import { CanaryStage } from './canary-stage.ts';
import { CorrelateStage } from './correlate-stage.ts';
import { makeDashboard } from './dashboard.ts';
import { DetectStage } from './detect-stage.ts';
import { letServicesUse } from './encryption.ts';
import { FlowLogs } from './flow-logs.ts';
import type { Installation } from './installation.ts';
import { NotifyStage } from './notify-stage.ts';
import { addOutputs } from './outputs.ts';
import type { FlowLogDetectorProps, SourceBucket } from './props.ts';
import { checkProps } from './rules.ts';
import { type Source, Sources } from './sources.ts';
import { FindingsStorage } from './storage.ts';

export type { FlowLogDetectorProps, SourceBucket } from './props.ts';

export class FlowLogDetector extends Construct {
  /** Where summaries and findings lie. */
  readonly findingsBucket: IBucket;
  /** Where flow logs may be delivered to, when it was made. */
  readonly deliveryBucket?: IBucket;
  /** Findings for people and machines. */
  readonly topic: ITopic;
  /** Alarms about the detector itself. */
  readonly operationsTopic: ITopic;
  readonly dashboard: Dashboard;
  readonly alarms: Alarms;
  readonly detect: DetectStage;
  readonly correlate: CorrelateStage;
  readonly notify: NotifyStage;
  /** Unset when the canary is off. */
  readonly canary?: CanaryStage;
  /** Unset unless asked for. */
  readonly athena?: AthenaTables;

  constructor(scope: Construct, id: string, props: FlowLogDetectorProps) {
    super(scope, id);
    const settings = checkProps(props);
    const installation = this.#installation(props, settings);
    const { encryptionKey } = props;
    if (encryptionKey !== undefined) letServicesUse(encryptionKey, this, props.deliveryAccounts ?? []);
    this.alarms = installation.alarms;
    this.operationsTopic = this.alarms.topic;
    this.findingsBucket = installation.storage.bucket;
    this.deliveryBucket = this.#deliveryBucket(props);
    const sources = this.#sources(props);
    this.detect = new DetectStage(this, 'DetectStage', {
      installation,
      sources,
      memory: props.detectMemory ?? Size.mebibytes(1_769),
      timeout: props.detectTimeout ?? Duration.minutes(5),
      concurrency: props.detectConcurrency ?? 10,
    });
    new Sources(this, 'Sources', {
      installation,
      sources,
      queue: this.detect.queue,
      silenceAfter: props.silenceAfter ?? Duration.hours(2),
    });
    this.correlate = new CorrelateStage(this, 'CorrelateStage', {
      installation,
      memory: props.correlateMemory ?? Size.mebibytes(3_008),
      every: props.correlateEvery ?? Duration.minutes(15),
    });
    this.notify = this.#notifyStage(props, installation);
    this.topic = this.notify.topic;
    if (props.canary ?? true) {
      const every = props.canaryEvery ?? Duration.hours(1);
      this.canary = new CanaryStage(this, 'CanaryStage', { installation, every });
    }
    if (props.athena) this.athena = new AthenaTables(this, 'Athena', { bucket: this.findingsBucket, encryptionKey });
    acknowledgeNotificationsHandler(this);
    this.dashboard = makeDashboard(this, installation.service);
    addOutputs(this, props.emails ?? []);
  }

  #installation(props: FlowLogDetectorProps, settings: Settings): Installation {
    const { encryptionKey } = props;
    const service = Names.uniqueResourceName(this, { separator: '-', maxLength: 64 });
    return {
      service,
      settings,
      encryptionKey,
      architecture: props.architecture ?? Architecture.ARM_64,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      alarms: new Alarms(this, 'Alarms', {
        service,
        topic: props.operationsTopic,
        emails: props.operationsEmails ?? props.emails ?? [],
        encryptionKey,
      }),
      storage: new FindingsStorage(this, 'Storage', {
        bucket: props.findingsBucket,
        encryptionKey,
        summaryRetention: props.summaryRetention ?? Duration.days(35),
        findingRetention: props.findingRetention ?? Duration.days(400),
      }),
    };
  }

  #deliveryBucket(props: FlowLogDetectorProps): IBucket | undefined {
    const resources = props.flowLogResources ?? [];
    if (!props.deliveryBucket && resources.length === 0) return undefined;
    return new FlowLogs(this, 'FlowLogs', {
      resources,
      accounts: props.deliveryAccounts ?? [],
      fileFormat: props.flowLogFileFormat ?? FlowLogFileFormat.PARQUET,
      maxAggregationInterval: props.flowLogMaxAggregationInterval ?? FlowLogMaxAggregationInterval.TEN_MINUTES,
      retention: props.flowLogRetention ?? Duration.days(90),
      encryptionKey: props.encryptionKey,
    }).bucket;
  }

  #sources({ sourceBuckets = [] }: FlowLogDetectorProps): Source[] {
    const given = sourceBuckets.map((source, index) => {
      this.#refuseForeignNotification(source, index);
      const { bucket, prefix = '', eventBridge = false, topic } = source;
      return { bucket, prefix, eventBridge, topic, encryptionKey: source.encryptionKey ?? bucket.encryptionKey };
    });
    const made = this.deliveryBucket;
    if (made === undefined) return given;
    return [{ bucket: made, prefix: '', eventBridge: false, encryptionKey: made.encryptionKey }, ...given];
  }

  /** A bucket can be told to notify only from its own account and region. */
  #refuseForeignNotification({ bucket, topic, eventBridge }: SourceBucket, index: number): void {
    if (topic !== undefined || eventBridge) return;
    const stack = Stack.of(this);
    for (const key of ['account', 'region'] as const) {
      const [theirs, ours] = [bucket.env[key], stack[key]];
      if (Token.isUnresolved(theirs) || Token.isUnresolved(ours) || theirs === ours) continue;
      throw new Error(
        `sourceBuckets[${index}] is in ${key} ${theirs} and the stack in ${ours}, expected its topic or eventBridge: true, because a bucket can be told to notify only from its own account and region`,
      );
    }
  }

  #notifyStage(props: FlowLogDetectorProps, installation: Installation): NotifyStage {
    return new NotifyStage(this, 'NotifyStage', {
      installation,
      topic: props.topic,
      emails: props.emails ?? [],
      slackWorkspaceId: props.slackWorkspaceId,
      slackChannelId: props.slackChannelId,
      slackWebhook: props.slackWebhook,
      digestHourUtc: props.digestHourUtc ?? 6,
    });
  }
}
