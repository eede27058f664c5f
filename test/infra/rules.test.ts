import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { LOOK_BACK_DAYS } from '../../lib/history/correlate.ts';
import type { FlowLogDetectorProps } from '../../lib/infra/props.ts';
import { checkProps } from '../../lib/infra/rules.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { ACCOUNT, detectorIn, REGION, SMALLEST } from './stacks.ts';

const stack = new Stack(new App(), 'Others');
const logs = Bucket.fromBucketName(stack, 'Logs', 'logs');
const same = Bucket.fromBucketName(stack, 'Same', 'logs');
const topic = Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${REGION}:${ACCOUNT}:events`);

const checked = (props: FlowLogDetectorProps) => () => checkProps({ ...SMALLEST, ...props });

describe('the rules', () => {
  it.each<[string, FlowLogDetectorProps, string]>([
    [
      'no source',
      { deliveryBucket: undefined },
      'there is nothing to read, expected sourceBuckets, flowLogResources or',
    ],
    [
      'flow logs without a bucket',
      { deliveryBucket: false, flowLogResources: [{ resourceType: 'VPC', resourceId: 'vpc-1' }] },
      'deliveryBucket is false, but there are 1 flowLogResources, expected true or nothing',
    ],
    [
      'a resource twice',
      { flowLogResources: ['VPC', 'VPC'].map((resourceType) => ({ resourceType, resourceId: 'vpc-1' })) },
      'flowLogResources has vpc-1 twice, expected every resource once',
    ],
    [
      'accounts that have no bucket to deliver to',
      { deliveryBucket: undefined, sourceBuckets: [{ bucket: logs }], deliveryAccounts: [ACCOUNT] },
      `deliveryAccounts is ${ACCOUNT}, but there is no bucket for them`,
    ],
    [
      'a name for an account',
      { deliveryAccounts: ['acme'] },
      'deliveryAccounts has "acme", expected account numbers of',
    ],
    [
      'a bucket twice',
      { sourceBuckets: [{ bucket: logs }, { bucket: same }] },
      'sourceBuckets has one bucket with the prefixes "" and ""',
    ],
    [
      'more sources than a variable holds',
      { sourceBuckets: Array.from({ length: 40 }, (_, at) => ({ bucket: logs, prefix: `${at}${'x'.repeat(80)}/` })) },
      'flowLogResources and sourceBuckets have 3550 characters of names, expected at most 3000',
    ],
    [
      'a prefix within another',
      {
        sourceBuckets: [
          { bucket: logs, prefix: 'a/b/' },
          { bucket: same, prefix: 'a/' },
        ],
      },
      'sourceBuckets has one bucket with the prefixes "a/b/" and "a/", expected that no key begins with both',
    ],
    [
      'two ways to hear of an object',
      { sourceBuckets: [{ bucket: logs, topic, eventBridge: true }] },
      'sourceBuckets[0] has topic and eventBridge, expected one of them',
    ],
    [
      'a topic twice',
      { sourceBuckets: ['a/', 'b/'].map((prefix) => ({ bucket: logs, prefix, topic })) },
      'sourceBuckets[1] has the topic of another, expected one entry per topic',
    ],
    [
      'findings among the sources',
      { findingsBucket: logs, sourceBuckets: [{ bucket: same }] },
      'sourceBuckets[0] is the findings bucket, expected another',
    ],
    [
      'too little memory',
      { detectMemory: Size.mebibytes(256) },
      'detectMemory is 256 MiB, expected a whole number from 1,024 to 10,240',
    ],
    [
      'too much memory',
      { correlateMemory: Size.gibibytes(11) },
      'correlateMemory is 11264 MiB, expected a whole number',
    ],
    ['half a mebibyte', { detectMemory: Size.kibibytes(1_600 * 1_024 + 512) }, 'detectMemory is 1600.5 MiB'],
    ['a timeout beyond that of Lambda', { detectTimeout: Duration.minutes(16) }, 'detectTimeout is 960 seconds'],
    [
      'a single function',
      { detectConcurrency: 1 },
      'detectConcurrency is 1 functions at once, expected a whole number from 2',
    ],
    ['half a function', { detectConcurrency: 2.5 }, 'detectConcurrency is 2.5 functions at once'],
    ['a correlation of every moment', { correlateEvery: Duration.minutes(1) }, 'correlateEvery is 60 seconds'],
    [
      'a rate of broken minutes',
      { correlateEvery: Duration.seconds(330) },
      'correlateEvery is 330 seconds, expected whole',
    ],
    ['a canary of every moment', { canaryEvery: Duration.minutes(5) }, 'canaryEvery is 300 seconds, expected a whole'],
    [
      'a canary of broken minutes',
      { canaryEvery: Duration.seconds(1_000) },
      'canaryEvery is 1000 seconds, expected whole',
    ],
    [
      'a silence of days',
      { silenceAfter: Duration.days(2) },
      'silenceAfter is 172800 seconds, expected a whole number',
    ],
    [
      'a silence of broken minutes',
      { silenceAfter: Duration.seconds(1_001) },
      'silenceAfter is 1001 seconds, expected',
    ],
    [
      'an hour that no day has',
      { digestHourUtc: 24 },
      'digestHourUtc is 24 hours, expected a whole number from 0 to 23',
    ],
    [
      'a day and a half',
      { summaryRetention: Duration.hours(36) },
      'summaryRetention is 1.5 days, expected a whole number',
    ],
    [
      'less than the history looks back on',
      { summaryRetention: Duration.days(LOOK_BACK_DAYS) },
      'summaryRetention is 7 days, expected a whole number from 8 to 3,650: the history looks back on a week',
    ],
    ['no days', { findingRetention: Duration.days(0) }, 'findingRetention is 0 days'],
    [
      'eleven years',
      { flowLogRetention: Duration.days(4_015) },
      'flowLogRetention is 4015 days, expected a whole number',
    ],
    ['a name for an address', { emails: ['a@b.example', 'security'] }, 'emails has "security", expected an e-mail'],
    [
      'a blank in an address',
      { operationsEmails: ['a b@c'] },
      'operationsEmails has "a b@c", expected an e-mail address',
    ],
    ['a channel of no workspace', { slackChannelId: 'C1' }, 'slackWorkspaceId is undefined and slackChannelId C1'],
    [
      'a workspace without a channel',
      { slackWorkspaceId: 'T1' },
      'slackWorkspaceId is T1 and slackChannelId undefined',
    ],
    [
      'networks that are none',
      { settings: { ourNetworks: ['10.0.0.0/33'] } },
      'setting "ourNetworks" is ["10.0.0.0/33"]',
    ],
    ['an unknown setting', { settings: { nets: [] } as never }, 'unknown setting "nets", expected one of: ourNetworks'],
  ])('refuses %s', (_, props, message) => {
    expect(checked(props)).toThrow(message);
  });

  it('let all limits pass', () => {
    const least = {
      detectMemory: Size.mebibytes(1_024),
      correlateMemory: Size.mebibytes(512),
      detectTimeout: Duration.seconds(10),
      detectConcurrency: 2,
      correlateEvery: Duration.minutes(5),
      canaryEvery: Duration.minutes(15),
      silenceAfter: Duration.minutes(10),
      digestHourUtc: 0,
      flowLogRetention: Duration.days(1),
      summaryRetention: Duration.days(LOOK_BACK_DAYS + 1),
      findingRetention: Duration.days(LOOK_BACK_DAYS + 1),
    };
    const most = {
      detectMemory: Size.mebibytes(10_240),
      correlateMemory: Size.mebibytes(10_240),
      detectTimeout: Duration.minutes(15),
      detectConcurrency: 1_000,
      correlateEvery: Duration.hours(6),
      canaryEvery: Duration.hours(8),
      silenceAfter: Duration.days(1),
      digestHourUtc: 23,
      flowLogRetention: Duration.days(3_650),
      summaryRetention: Duration.days(3_650),
      findingRetention: Duration.days(3_650),
    };
    for (const props of [least, most]) expect(checked(props)).not.toThrow();
  });

  it('let prefixes pass that stand side by side in one bucket', () => {
    const sourceBuckets = ['a/b/', 'a/c/'].map((prefix) => ({ bucket: logs, prefix }));
    expect(checked({ sourceBuckets })).not.toThrow();
  });

  it('fill in the settings that are left out', () => {
    expect(checkProps(SMALLEST)).toEqual(DEFAULT_SETTINGS);
    const settings = { ourNetworks: ['192.0.2.0/24'] };
    expect(checkProps({ ...SMALLEST, settings })).toEqual({ ...DEFAULT_SETTINGS, ...settings });
  });
});

describe('a detector', () => {
  const inStack = { env: { account: ACCOUNT, region: REGION } };
  const foreign =
    (owner: { account?: string; region?: string }, wiring: object = {}) =>
    () =>
      detectorIn(
        (scope) => ({
          sourceBuckets: [
            { bucket: Bucket.fromBucketAttributes(scope, 'Foreign', { bucketName: 'theirs', ...owner }), ...wiring },
          ],
        }),
        inStack,
      );

  it.each([
    ['account', { account: '444455556666' }, '444455556666 and the stack in 111122223333'],
    ['region', { region: 'us-east-1' }, 'us-east-1 and the stack in eu-central-1'],
  ])('refuses to be notified by a bucket of another %s', (key, owner, message) => {
    expect(foreign(owner)).toThrow(`sourceBuckets[0] is in ${key} ${message}, expected its topic or eventBridge: true`);
  });

  it.each<[string, (scope: Stack) => FlowLogDetectorProps, string]>([
    [
      'a findings bucket of another account',
      (scope) => {
        const owner = { bucketName: 'theirs', account: '444455556666' };
        return { findingsBucket: Bucket.fromBucketAttributes(scope, 'Foreign', owner) };
      },
      'findingsBucket is in account 444455556666 and the stack in 111122223333, expected one beside it',
    ],
    [
      'a topic of another region',
      (scope) => ({ topic: Topic.fromTopicArn(scope, 'Foreign', `arn:aws:sns:us-east-1:${ACCOUNT}:findings`) }),
      'topic is in region us-east-1 and the stack in eu-central-1, expected one of its region',
    ],
    [
      'a webhook of another region',
      (scope) => {
        const arn = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:slack-AbCdEf`;
        return { slackWebhook: Secret.fromSecretCompleteArn(scope, 'Foreign', arn) };
      },
      'slackWebhook is in region us-east-1 and the stack in eu-central-1',
    ],
  ])('refuses %s', (_, props, message) => {
    expect(() => detectorIn((scope) => ({ ...SMALLEST, ...props(scope) }), inStack)).toThrow(message);
  });

  it('takes a topic of another account', () => {
    const topicOf = (scope: Stack) =>
      Topic.fromTopicArn(scope, 'Theirs', `arn:aws:sns:${REGION}:444455556666:findings`);
    expect(() => detectorIn((scope) => ({ ...SMALLEST, topic: topicOf(scope) }), inStack)).not.toThrow();
  });

  it('takes a bucket of another account whose events come by EventBridge or a topic', () => {
    expect(foreign({ account: '444455556666' }, { eventBridge: true })).not.toThrow();
    expect(foreign({ account: '444455556666' }, { topic })).not.toThrow();
  });
});
