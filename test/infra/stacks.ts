/** Stacks with a detector and their templates, without the functions' code, which has its own test. */
import { readFileSync } from 'node:fs';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FlowLogFileFormat, FlowLogMaxAggregationInterval } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { vi } from 'vitest';
import { FlowLogDetector, type FlowLogDetectorProps } from '../../lib/infra/flow-log-detector.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';

export function newApp(): App {
  return new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
}

/** Loading the CDK and the first template of a process take seconds, on a busy machine many. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

export type PropsOf = FlowLogDetectorProps | ((stack: Stack) => FlowLogDetectorProps);

/** A stack named Test whose detector has no name of its own, as in the project's app. */
export function detectorIn(props: PropsOf, { app = newApp(), ...stackProps }: StackProps & { app?: App } = {}) {
  const stack = new Stack(app, 'Test', stackProps);
  const detector = new FlowLogDetector(stack, 'Default', typeof props === 'function' ? props(stack) : props);
  return { app, stack, detector };
}

const templates = new Map<PropsOf, Template>();

/** Template of a stack with a detector; that of the same properties is made once. */
export function templateOf(props: PropsOf): Template {
  const known = templates.get(props);
  if (known !== undefined) return known;
  const template = Template.fromStack(detectorIn(props).stack);
  templates.set(props, template);
  return template;
}

export const SMALLEST: FlowLogDetectorProps = { deliveryBucket: true };

/** Everything that can be asked for, with a key of its own. */
export function largest(stack: Stack): FlowLogDetectorProps {
  const bucket = (id: string, name: string) => Bucket.fromBucketName(stack, id, name);
  return {
    flowLogResources: [
      { resourceType: 'VPC', resourceId: 'vpc-1' },
      { resourceType: 'TransitGateway', resourceId: 'tgw-1' },
    ],
    flowLogFileFormat: FlowLogFileFormat.PLAIN_TEXT,
    flowLogMaxAggregationInterval: FlowLogMaxAggregationInterval.ONE_MINUTE,
    deliveryAccounts: ['444455556666'],
    sourceBuckets: [
      { bucket: bucket('Notified', 'notified-logs'), prefix: 'AWSLogs/aws-account-id=444455556666/' },
      { bucket: bucket('Bridged', 'bridged-logs'), prefix: 'logs=1/', eventBridge: true },
      {
        bucket: bucket('Announced', 'announced-logs'),
        prefix: 'logs=2/',
        topic: Topic.fromTopicArn(stack, 'Announcements', `arn:aws:sns:${REGION}:${ACCOUNT}:announcements`),
        encryptionKey: Key.fromKeyArn(stack, 'TheirKey', `arn:aws:kms:${REGION}:444455556666:key/theirs`),
      },
    ],
    emails: ['security@example.com'],
    operationsEmails: ['operations@example.com'],
    slackWorkspaceId: 'T0123ABCD',
    slackChannelId: 'C0123ABCD',
    slackWebhook: Secret.fromSecretCompleteArn(
      stack,
      'Webhook',
      `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:slack-AbCdEf`,
    ),
    encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
    athena: true,
  };
}
