/**
 * The alarms: one table of what each watches, means and asks for, and the topic that they go to.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmKind {
  /** What is watched, in words. */
  readonly watches: string;
  readonly means: string;
  readonly toDo: string;
  /** In alarm at or above this value, or below it where `isBelow`. */
  readonly threshold: number;
  readonly isBelow?: boolean;
  /** Periods looked at, and how many of them must be over the threshold. */
  readonly periods: number;
  readonly breaching: number;
  readonly missing: TreatMissingData;
  /** Why missing data is treated so. */
  readonly missingBecause: string;
}

const IDLE = 'nothing to do, nothing measured';

/** Messages that wait when a queue is called long: an hour of objects of some 1,000 interfaces. */
const BACKLOG_MESSAGES = 1_000;

export const ALARMS = {
  'dead-letters': {
    watches: 'messages in a dead-letter queue',
    means: 'A message failed every time it was tried, so a log object was not judged or a finding was not told.',
    toDo: 'Read the reason under failed/ in the findings bucket and in the logs of the function, mend it, then run flowtrap redrive.',
    threshold: 1,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: 'a queue that nobody has used for hours sends no metrics',
  },
  'queue-age': {
    watches: 'age of the oldest message of a queue, in seconds',
    means: 'Work has waited for an hour: the function fails, is throttled or cannot keep up.',
    toDo: 'Look at errors, throttles and duration of the function; raise its concurrency if it only lacks hands.',
    threshold: Duration.hours(1).toSeconds(),
    periods: 3,
    breaching: 3,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: 'a queue that nobody has used for hours sends no metrics',
  },
  'queue-depth': {
    watches: 'messages that wait in a queue',
    means: 'More comes in than is worked off.',
    toDo: 'Wait if a replay is running; otherwise raise the concurrency of the function.',
    threshold: BACKLOG_MESSAGES,
    periods: 3,
    breaching: 3,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: 'a queue that nobody has used for hours sends no metrics',
  },
  errors: {
    watches: 'failed invocations of a function',
    means:
      'A function failed as a whole: out of time or memory, a missing permission, or every message of a batch failed.',
    toDo: 'Read the last error in the log group of the function; a missing permission is named there with the statement to add.',
    threshold: 1,
    periods: 3,
    breaching: 2,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: IDLE,
  },
  throttles: {
    watches: 'throttled invocations of a function',
    means: 'The account has no concurrency left for the function. Messages wait and are tried again.',
    toDo: "Raise the account's quota of concurrent executions, or lower the concurrency of other functions.",
    threshold: 1,
    periods: 3,
    breaching: 3,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: IDLE,
  },
  'source-silent': {
    watches: 'log objects of one source: a bucket and prefix, or a flow log of the stack',
    means:
      'A source that should deliver has gone silent: its flow logs were deleted, may not write, or their events do not arrive. It also rings until a new source has delivered for the first time.',
    toDo: 'Check that the flow log is active (aws ec2 describe-flow-logs), that new objects lie in the bucket, and that its events reach the detect queue.',
    threshold: 1,
    isBelow: true,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.BREACHING,
    missingBecause: 'silence is no data',
  },
  'skip-data': {
    watches: 'capture windows in which AWS left out records (SKIPDATA)',
    means: 'Part of the traffic was not logged, so an attack in it cannot be seen.',
    toDo: 'Find the interface in the summaries; a busy one may need its traffic spread over more interfaces.',
    threshold: 1,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: 'nothing read, nothing skipped; silence has its own alarm',
  },
  'channel-failures': {
    watches: 'messages that a chat channel did not take',
    means: 'Findings reached the topic but not Slack.',
    toDo: 'Read the last errors in the log group of notify: the webhook may have been revoked, or the secret holds no address.',
    threshold: 1,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: 'nothing told, nothing failed',
  },
  'correlate-stopped': {
    watches: 'runs of the correlator',
    means: 'Nothing looks across objects any more: slow scans, beacons and baselines go unseen.',
    toDo: 'Check that its schedule is enabled and what its last log lines say.',
    threshold: 1,
    isBelow: true,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.BREACHING,
    missingBecause: 'a function that does not run sends no metrics',
  },
  'canary-missed': {
    watches: 'simulated attacks that did not come out as findings',
    means: 'A known attack went in and was not found: the way from log to finding is broken somewhere.',
    toDo: 'Read the log of the canary, which names the attack; then queue, dead letters and log of detect.',
    threshold: 1,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.NOT_BREACHING,
    missingBecause: 'a canary that does not run has its own alarm',
  },
  'canary-stopped': {
    watches: 'simulated attacks found',
    means: 'The test of the way from log to finding has not come through for three of its runs.',
    toDo: 'Check that the schedule of the canary is enabled and what its last log lines say.',
    threshold: 1,
    isBelow: true,
    periods: 1,
    breaching: 1,
    missing: TreatMissingData.BREACHING,
    missingBecause: 'a canary that does not run sends no metrics',
  },
} as const satisfies Record<string, AlarmKind>;

export type AlarmName = keyof typeof ALARMS;

export interface AlarmsProps {
  readonly service: string;
  readonly topic?: ITopic;
  readonly emails: readonly string[];
  readonly encryptionKey?: IKey;
}

export class Alarms extends Construct {
  readonly topic: ITopic;
  readonly alarms: Alarm[] = [];
  readonly #service: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#service = props.service;
    this.topic =
      props.topic ??
      new Topic(this, 'Topic', {
        displayName: `${props.service} operations`,
        enforceSSL: true,
        // CloudWatch cannot use the key that AWS manages for SNS, so without a key of one's own there is none.
        masterKey: props.encryptionKey,
      });
    // A topic with a policy of its own has lost the default one, which lets every service of the account publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const email of props.emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /**
   * Raises an alarm of a kind about a metric, whose period is that of the judgement. `subject` is the stage or source in its name, `id`
   * the same for the name of the construct.
   */
  watch(name: AlarmName, subject: string, metric: IMetric, id = subject): Alarm {
    const kind: AlarmKind = ALARMS[name];
    const alarmName = `${this.#service}-${subject}-${name}`;
    const alarm = new Alarm(this, `${id}-${name}`, {
      alarmName,
      alarmDescription: `${kind.means} ${kind.toDo}`,
      metric,
      threshold: kind.threshold,
      comparisonOperator: kind.isBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: kind.periods,
      datapointsToAlarm: kind.breaching,
      treatMissingData: kind.missing,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
    return alarm;
  }
}
