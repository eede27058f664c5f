/**
 * What `npx cdk deploy` deploys. Edit it, deploy it, done; every property that is left out has a default that its comment in
 * `lib/infra/props.ts` tells.
 */
import type * as cdk from 'aws-cdk-lib';
import type { FlowLogDetectorProps } from './lib/infra/flow-log-detector.ts';

/** Where to deploy. Account and region come from your credentials unless they are set here. */
export const stackProps: cdk.StackProps = {
  description: 'flowtrap: finds attacks in VPC flow logs',
  // env: { account: '111122223333', region: 'eu-central-1' },
};

/** What to watch, whom to tell and how to judge. Resources of AWS are named by way of `cdk`; drop the word `type` above to do so. */
export const detectorProps = (_stack: cdk.Stack): FlowLogDetectorProps => ({
  // A bucket to deliver flow logs to. The deployment prints the command that creates one for a VPC.
  deliveryBucket: true,
  // deliveryAccounts: ['444455556666'],

  // Flow logs that the stack creates by itself.
  // flowLogResources: [
  //   { resourceType: 'VPC', resourceId: 'vpc-0123456789abcdef0' },
  //   { resourceType: 'TransitGateway', resourceId: 'tgw-0123456789abcdef0' },
  // ],

  // Buckets that have flow logs already. Such a bucket must not have an overlapping notification yet; if it has, give its topic.
  // sourceBuckets: [
  //   {
  //     bucket: cdk.aws_s3.Bucket.fromBucketName(_stack, 'Logs', 'my-flow-logs'),
  //     prefix: 'AWSLogs/111122223333/vpcflowlogs/',
  //     // topic: cdk.aws_sns.Topic.fromTopicArn(_stack, 'LogsTopic', 'arn:aws:sns:eu-central-1:111122223333:my-flow-logs'),
  //     // encryptionKey: cdk.aws_kms.Key.fromKeyArn(_stack, 'LogsKey', 'arn:aws:kms:eu-central-1:111122223333:key/…'),
  //   },
  // ],

  // Who hears of findings, and of alarms about the detector itself.
  // emails: ['security@example.com'],
  // operationsEmails: ['operations@example.com'],
  // slackWorkspaceId: 'T0123ABCD',
  // slackChannelId: 'C0123ABCD',
  // slackWebhook: cdk.aws_secretsmanager.Secret.fromSecretNameV2(_stack, 'Webhook', 'flowtrap/slack'),

  // How to judge; the same settings as the command line takes.
  settings: {
    // ourNetworks: ['10.0.0.0/8', '203.0.113.0/24'],
  },

  // Tables and queries for Athena.
  // athena: true,
});
