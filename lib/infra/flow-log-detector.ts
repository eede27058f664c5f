/**
 * Finds attacks in VPC flow logs: from the buckets that they are delivered to, to a topic, e-mail and Slack.
 *
 *   source buckets ─► detect queue ─► detect ─► findings bucket ─► notify queue ─► notify ─► topics, Slack
 *                                                ▲        ▲
 *                                     canary ────┘        └── correlate, by the clock
 */
import { Duration, Names, Size } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { FlowLogFileFormat, FlowLogMaxAggregationInterval } from 'aws-cdk-lib/aws-ec2';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { acknowledgeNotificationsHandler, acknowledgeToCheckov } from './acknowledged.ts';
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
import { refuseElsewhere } from './places.ts';
import type { FlowLogDetectorProps } from './props.ts';
import { checkProps } from './rules.ts';
import { type Source, Sources, type Watch, watchOf } from './sources.ts';
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
    refuseElsewhere(this, props);
    const installation = this.#installation(props, settings);
    const { encryptionKey } = props;
    if (encryptionKey !== undefined) letServicesUse(encryptionKey, this, props);
    this.alarms = installation.alarms;
    this.operationsTopic = this.alarms.topic;
    this.findingsBucket = installation.storage.bucket;
    const flowLogs = this.#flowLogs(props);
    this.deliveryBucket = flowLogs?.bucket;
    const sources = this.#sources(props);
    const watches = this.#watches(props, sources, flowLogs);
    this.detect = new DetectStage(this, 'DetectStage', {
      installation,
      sources,
      watches,
      memory: props.detectMemory ?? Size.mebibytes(1_769),
      timeout: props.detectTimeout ?? Duration.minutes(5),
      concurrency: props.detectConcurrency ?? 10,
    });
    new Sources(this, 'Sources', {
      installation,
      sources,
      watches,
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
    addOutputs(this, [...(props.emails ?? []), ...(props.operationsEmails ?? [])]);
    acknowledgeToCheckov(this);
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

  #flowLogs(props: FlowLogDetectorProps): FlowLogs | undefined {
    const resources = props.flowLogResources ?? [];
    if (!props.deliveryBucket && resources.length === 0) return undefined;
    return new FlowLogs(this, 'FlowLogs', {
      resources,
      accounts: props.deliveryAccounts ?? [],
      fileFormat: props.flowLogFileFormat ?? FlowLogFileFormat.PARQUET,
      maxAggregationInterval: props.flowLogMaxAggregationInterval ?? FlowLogMaxAggregationInterval.TEN_MINUTES,
      retention: props.flowLogRetention ?? Duration.days(90),
      encryptionKey: props.encryptionKey,
    });
  }

  #sources({ sourceBuckets = [] }: FlowLogDetectorProps): Source[] {
    const given = sourceBuckets.map(({ bucket, prefix = '', eventBridge = false, topic, encryptionKey }) => {
      return { bucket, prefix, eventBridge, topic, encryptionKey: encryptionKey ?? bucket.encryptionKey };
    });
    const made = this.deliveryBucket;
    if (made === undefined) return given;
    return [{ bucket: made, prefix: '', eventBridge: false, encryptionKey: made.encryptionKey }, ...given];
  }

  /** The delivery bucket is watched as a whole only where others deliver to it than the flow logs of the stack. */
  #watches(props: FlowLogDetectorProps, sources: readonly Source[], flowLogs: FlowLogs | undefined): Watch[] {
    const othersDeliver = props.deliveryBucket || (props.deliveryAccounts ?? []).length > 0;
    const buckets = sources.filter(({ bucket }) => othersDeliver || bucket !== flowLogs?.bucket);
    const ids = [...(flowLogs?.ids ?? [])].map(([subject, source]) => ({ source, subject }));
    return [...buckets.map(watchOf), ...ids];
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
