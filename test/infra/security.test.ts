import { Validations } from 'aws-cdk-lib';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { CHECKOV_UNMET } from '../../lib/infra/acknowledged.ts';
import { detectorIn, largest, newApp, type PropsOf, SMALLEST, templateOf } from './stacks.ts';
import { resourceStatements, roleStatements } from './statements.ts';

const OBJECTS = '<StorageFindings.Arn>';

/** What `statements.ts` reads. */
const resourcesOf = (props: PropsOf) => templateOf(props).toJSON() as Parameters<typeof roleStatements>[0];

/** Throws with what the rules of cdk-nag found, and what CloudFormation would refuse. */
function check(props: PropsOf, spoil?: (stack: ReturnType<typeof detectorIn>['stack']) => void) {
  const app = newApp();
  const { stack } = detectorIn(props, { app });
  spoil?.(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return () => app.synth();
}

describe('the security rules of AwsSolutions', () => {
  it.each([
    ['the smallest detector', SMALLEST],
    ['the largest detector', largest],
  ])('find nothing in %s', (_, props) => expect(check(props)).not.toThrow());

  it('find a bucket beside the detector that is open to plain HTTP', () => {
    const open = (stack: ReturnType<typeof detectorIn>['stack']) =>
      new Bucket(stack, 'Open', { encryption: BucketEncryption.S3_MANAGED });
    expect(check(SMALLEST, (stack) => void open(stack))).toThrow(/AwsSolutions-S10/);
  });
});

describe('the rules of checkov', () => {
  /** Rules by resource that the template says are left unmet. */
  function skipped(props: PropsOf): Record<string, string[]> {
    const { Resources } = templateOf(props).toJSON() as { Resources: Record<string, { Metadata?: Metadata }> };
    const entries = Object.entries(Resources).map(([id, { Metadata }]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      Metadata?.checkov?.skip.map(({ id, comment }) => {
        expect(comment).toBe(CHECKOV_UNMET[id].reason);
        return id;
      }),
    ]);
    return Object.fromEntries(entries.filter(([, rules]) => rules !== undefined));
  }

  interface Metadata {
    readonly checkov?: { readonly skip: readonly { readonly id: string; readonly comment: string }[] };
  }

  const ofFunctions = ['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117', 'CKV_AWS_173'];

  it('are acknowledged where they are left unmet', () => {
    expect(skipped(SMALLEST)).toMatchObject({
      StorageFindings: ['CKV_AWS_18'],
      AlarmsTopic: ['CKV_AWS_26'],
      DetectStageInputQueue: ['CKV_AWS_27'],
      DetectStageDetectFunction: ofFunctions,
      NotifyStageNotifyLogs: ['CKV_AWS_158'],
      BucketNotificationsHandler050a0587b7544547bf325f094a3db834: ofFunctions,
    });
    expect(skipped(SMALLEST)).not.toHaveProperty('NotifyStageTopic');
  });

  it('about encryption are met with a key', () => {
    const rules = new Set(Object.values(skipped(largest)).flat());
    expect([...rules].sort()).toEqual([...ofFunctions, 'CKV_AWS_18'].sort());
  });
});

describe('the roles', () => {
  it('of the smallest detector may do just this', () => {
    expect(roleStatements(resourcesOf(SMALLEST))).toEqual({
      DetectStageDetectRole: [
        'logs:CreateLogStream, logs:PutLogEvents on <DetectStageDetectLogs.Arn>',
        'sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on <DetectStageInputQueue.Arn>',
        `s3:GetObject on <FlowLogsDelivery.Arn>/*, ${OBJECTS}/baselines/*, ${OBJECTS}/canary/*, ${OBJECTS}/failed/*, ${OBJECTS}/findings/*, ${OBJECTS}/summaries/*`,
        `s3:ListBucket on <FlowLogsDelivery.Arn>, ${OBJECTS}`,
        `s3:PutObject on ${OBJECTS}/canary/*, ${OBJECTS}/failed/*, ${OBJECTS}/findings/*, ${OBJECTS}/summaries/*`,
        `s3:DeleteObject on ${OBJECTS}/canary/failed/*, ${OBJECTS}/failed/*`,
      ],
      CorrelateStageCorrelateRole: [
        'logs:CreateLogStream, logs:PutLogEvents on <CorrelateStageCorrelateLogs.Arn>',
        `s3:GetObject on ${OBJECTS}/baselines/*, ${OBJECTS}/findings/*, ${OBJECTS}/lists/*, ${OBJECTS}/summaries/*, ${OBJECTS}/tracks/*`,
        `s3:PutObject on ${OBJECTS}/baselines/*, ${OBJECTS}/findings/*, ${OBJECTS}/tracks/*`,
        `s3:ListBucket on ${OBJECTS}`,
      ],
      NotifyStageNotifyRole: [
        'logs:CreateLogStream, logs:PutLogEvents on <NotifyStageNotifyLogs.Arn>',
        'sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on <NotifyStageInputQueue.Arn>',
        `s3:GetObject on ${OBJECTS}/findings/*, ${OBJECTS}/incidents/*`,
        `s3:PutObject on ${OBJECTS}/incidents/*`,
        `s3:ListBucket on ${OBJECTS}`,
        'sns:Publish on <NotifyStageTopic>',
      ],
      CanaryStageCanaryRole: [
        'logs:CreateLogStream, logs:PutLogEvents on <CanaryStageCanaryLogs.Arn>',
        `s3:GetObject, s3:PutObject on ${OBJECTS}/canary/*`,
        `s3:ListBucket on ${OBJECTS}`,
      ],
      BucketNotificationsHandler050a0587b7544547bf325f094a3db834Role: [
        `s3:GetBucketNotification, s3:PutBucketNotification on ${OBJECTS}`,
        's3:GetBucketNotification, s3:PutBucketNotification on <FlowLogsDelivery.Arn>',
      ],
    });
  });

  it('of the largest detector may, besides, read its sources and the webhook, publish to the chat and use keys', () => {
    const before = new Set(Object.values(roleStatements(resourcesOf(SMALLEST))).flat());
    const added = Object.entries(roleStatements(resourcesOf(largest))).map(([role, lines]) => [
      role,
      lines.filter((line) => !before.has(line)),
    ]);
    const ofBucket = 'arn:<AWS::Partition>:s3:::';
    const useKey = 'kms:Decrypt, kms:GenerateDataKey on <Key.Arn>';
    expect(Object.fromEntries(added)).toEqual({
      DetectStageDetectRole: [
        `s3:GetObject on ${ofBucket}announced-logs/logs=2/*, ${ofBucket}bridged-logs/logs=1/*, ${ofBucket}notified-logs/AWSLogs/aws-account-id=444455556666/*, <FlowLogsDelivery.Arn>/*, ${OBJECTS}/baselines/*, ${OBJECTS}/canary/*, ${OBJECTS}/failed/*, ${OBJECTS}/findings/*, ${OBJECTS}/summaries/*`,
        `s3:ListBucket on <FlowLogsDelivery.Arn>, ${OBJECTS}, ${ofBucket}announced-logs, ${ofBucket}bridged-logs, ${ofBucket}notified-logs`,
        'kms:Decrypt on arn:aws:kms:eu-central-1:444455556666:key/theirs',
        useKey,
      ],
      CorrelateStageCorrelateRole: [useKey],
      NotifyStageNotifyRole: [
        'sns:Publish on <NotifyStageChatTopic>, <NotifyStageTopic>',
        'secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-central-1:111122223333:secret:slack-AbCdEf',
        useKey,
      ],
      CanaryStageCanaryRole: [useKey],
      BucketNotificationsHandler050a0587b7544547bf325f094a3db834Role: [
        `s3:GetBucketNotification, s3:PutBucketNotification on ${ofBucket}notified-logs`,
      ],
    });
  });
});

describe('asterisks', () => {
  /** Where an action or a resource may hold one, and why. */
  const ALLOWED: readonly (readonly [pattern: RegExp, reason: string])[] = [
    [/^Deny \* /, 'refusing everything over plain HTTP takes no right from anybody who uses TLS'],
    [
      /^[^*]+ on [^ *,]+(?:\/\*)?(?:, [^ *,]+(?:\/\*)?)*(?: if |$)/,
      'objects are named by the beginnings of their keys',
    ],
    [/^arn:<AWS::Partition>:iam::<AWS::AccountId>:root kms:\* on \*$/, "a key without its account's rights is lost"],
    [/^\S+(?:, \S+)* kms:[\w:, ]+ on \* if /, 'in the policy of a key the asterisk is that key'],
  ];

  const unexplained = (lines: readonly string[]) =>
    lines.filter((line) => line.split(' if ')[0].includes('*') && !ALLOWED.some(([pattern]) => pattern.test(line)));

  it.each([
    's3:Get* on <Findings.Arn>/findings/*',
    's3:GetObject on *',
    's3:GetObject on <Findings.Arn>/*/findings',
    's3:GetObject on <Findings.Arn>/findings/*, *',
    'kms:Decrypt on *',
    'sns.amazonaws.com kms:Decrypt on *',
    'sns.amazonaws.com kms:* on * if {}',
  ])('are found in "%s"', (line) => expect(unexplained([line])).toEqual([line]));

  it.each([
    ['smallest', SMALLEST],
    ['largest', largest],
  ])('stand in no policy of the %s detector without a reason', (_, props) => {
    const template = resourcesOf(props);
    const lines = [
      ...Object.values(roleStatements(template)),
      ...Object.values(resourceStatements(template, 'AWS::SQS::QueuePolicy')),
      ...Object.values(resourceStatements(template, 'AWS::SNS::TopicPolicy')),
      ...Object.values(resourceStatements(template, 'AWS::S3::BucketPolicy')),
      ...Object.values(resourceStatements(template, 'AWS::KMS::Key', 'KeyPolicy')),
    ].flat();
    expect(lines.length).toBeGreaterThan(30);
    expect(unexplained(lines)).toEqual([]);
  });
});

describe('the policies of queues, topics and keys', () => {
  it('let only the buckets, rules and topics of the sources send events', () => {
    const { DetectStageInputQueuePolicy: detect, NotifyStageInputQueuePolicy: notify } = resourceStatements(
      resourcesOf(largest),
      'AWS::SQS::QueuePolicy',
    );
    const from = (service: string, source: string) =>
      `${service}.amazonaws.com sqs:SendMessage on <DetectStageInputQueue.Arn> if {"ArnEquals":{"aws:SourceArn":"${source}"}}`;
    expect(detect.slice(1).sort()).toEqual(
      [
        from('s3', OBJECTS),
        from('s3', '<FlowLogsDelivery.Arn>'),
        from('s3', 'arn:<AWS::Partition>:s3:::notified-logs'),
        from('events', '<SourcesRulebridgedlogslogs1.Arn>'),
        from('sns', 'arn:aws:sns:eu-central-1:111122223333:announcements'),
      ].sort(),
    );
    expect(notify.slice(1)).toEqual([
      `s3.amazonaws.com sqs:SendMessage on <NotifyStageInputQueue.Arn> if {"ArnEquals":{"aws:SourceArn":"${OBJECTS}"}}`,
    ]);
  });

  it('let alarms publish to the operations topic, which a policy of its own would otherwise forbid', () => {
    expect(resourceStatements(resourcesOf(SMALLEST), 'AWS::SNS::TopicPolicy').AlarmsTopicPolicy).toContain(
      'cloudwatch.amazonaws.com sns:Publish on <AlarmsTopic> if {"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>"}}',
    );
  });

  it('let the services that write with the key use it, for these accounts alone', () => {
    const { Key } = resourceStatements(resourcesOf(largest), 'AWS::KMS::Key', 'KeyPolicy');
    const services = Key.slice(1).map((line) => line.split(' kms:')[0]);
    expect(services.join()).toBe(
      'delivery.logs.amazonaws.com,logs.<AWS::Region>.amazonaws.com,cloudwatch.amazonaws.com, events.amazonaws.com, s3.amazonaws.com,sns.amazonaws.com',
    );
    expect(Key[1]).toContain('"aws:SourceAccount":["<AWS::AccountId>","444455556666"]');
    for (const line of Key.slice(1)) expect(line).toMatch(/ if .*(SourceAccount|SourceArn|logs:arn)/);
  });
});
