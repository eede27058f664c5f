/**
 * Exceptions from security rules, each with its reason: a stack that holds a detector passes cdk-nag's AwsSolutions and checkov without
 * more ado. Those from AwsSolutions are said where the resource is made, those from checkov stand in one table.
 */
import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { flattened } from './references.ts';

export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Accepts that statements name objects by the beginnings of their keys, one by one, and nothing else with an asterisk. */
export function acknowledgeKeyPrefixes(role: IConstruct, statements: readonly PolicyStatement[]): void {
  const stack = Stack.of(role);
  for (const resource of new Set(statements.flatMap(({ resources }) => resources))) {
    const pattern = flattened(stack.resolve(resource));
    if (!pattern.endsWith('/*')) continue;
    acknowledge(role, `AwsSolutions-IAM5[Resource::${pattern}]`, 'objects are named by the beginnings of their keys');
  }
}

/** Id of the CDK's own function that tells buckets whom to notify. */
const NOTIFICATIONS_HANDLER = 'BucketNotificationsHandler050a0587b7544547bf325f094a3db834';

export function acknowledgeNotificationsHandler(scope: IConstruct): void {
  const handler = Stack.of(scope).node.tryFindChild(NOTIFICATIONS_HANDLER);
  if (handler === undefined) return;
  const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  acknowledge(handler, `AwsSolutions-IAM4[Policy::${policy}]`, 'the CDK makes this function and its role');
}

export interface Unmet {
  /** Type of the resources that do not hold to it. */
  readonly type: string;
  readonly reason: string;
  /** Property of the resource that meets it where it is set. */
  readonly metBy?: 'kmsMasterKeyId' | 'kmsKeyId';
}

const BY_AWS = 'it is encrypted with a key of AWS; give encryptionKey where it has to be one of yours';

/** The rules of checkov that a detector leaves unmet. */
export const CHECKOV_UNMET: Readonly<Record<string, Unmet>> = {
  CKV_AWS_18: {
    type: 'AWS::S3::Bucket',
    reason: 'a bucket for access logs costs more than it tells; CloudTrail data events say who read what',
  },
  CKV_AWS_26: {
    type: 'AWS::SNS::Topic',
    reason:
      'CloudWatch cannot use the key that AWS manages for SNS, and alarms hold no traffic; encryptionKey meets it',
    metBy: 'kmsMasterKeyId',
  },
  CKV_AWS_27: { type: 'AWS::SQS::Queue', reason: BY_AWS, metBy: 'kmsMasterKeyId' },
  CKV_AWS_115: {
    type: 'AWS::Lambda::Function',
    reason: "a reserved concurrency would take from a new account's few; the queues limit how many functions run",
  },
  CKV_AWS_116: {
    type: 'AWS::Lambda::Function',
    reason: 'queues have dead letters of their own; runs by the clock are made up for by the next, and alarms tell',
  },
  CKV_AWS_117: {
    type: 'AWS::Lambda::Function',
    reason: 'it talks to AWS alone and listens to nobody; a VPC would add costs and a way to fail',
  },
  CKV_AWS_158: { type: 'AWS::Logs::LogGroup', reason: BY_AWS, metBy: 'kmsKeyId' },
  CKV_AWS_173: { type: 'AWS::Lambda::Function', reason: 'variables hold names and no secrets' },
};

/** Says so in the metadata of each resource that was made so far, where checkov reads it ("Suppressing and Skipping Policies"). */
export function acknowledgeToCheckov(detector: IConstruct): void {
  const handler = Stack.of(detector).node.tryFindChild(NOTIFICATIONS_HANDLER);
  const made = [detector, handler].flatMap((construct) => construct?.node.findAll() ?? []);
  for (const resource of made.filter((construct) => CfnResource.isCfnResource(construct))) {
    const unmet = Object.entries(CHECKOV_UNMET).filter(
      ([, { type, metBy }]) => type === resource.cfnResourceType && !(metBy && Object(resource)[metBy] !== undefined),
    );
    const skip = unmet.map(([id, { reason }]) => ({ id, comment: reason }));
    if (skip.length > 0) resource.addMetadata('checkov', { skip });
  }
}
