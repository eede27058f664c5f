/**
 * What the functions may do, statement by statement: the actions they call, on the very keys they touch. The CDK's own grants are
 * wider (`s3:GetObject*`, `kms:ReEncrypt*`), so none is used.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** `prefixes` are beginnings of keys; an empty one means the whole bucket. */
export function readObjects(bucket: IBucket, ...prefixes: string[]): PolicyStatement {
  return allow(['s3:GetObject'], objectsOf(bucket, prefixes));
}

/** Conditional writes need no more than this; those that compare a tag need to read as well. */
export function writeObjects(bucket: IBucket, ...prefixes: string[]): PolicyStatement {
  return allow(['s3:PutObject'], objectsOf(bucket, prefixes));
}

export function removeObjects(bucket: IBucket, ...prefixes: string[]): PolicyStatement {
  return allow(['s3:DeleteObject'], objectsOf(bucket, prefixes));
}

/**
 * Without it S3 answers "access denied" for a key that is not there, which readers could not tell from a missing permission. It is not
 * narrowed to a prefix, because a request for one object has none to compare.
 */
export function listBucket(bucket: IBucket): PolicyStatement {
  return allow(['s3:ListBucket'], [bucket.bucketArn]);
}

export function consume(queue: IQueue): PolicyStatement {
  return allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);
}

export function publish(...topics: ITopic[]): PolicyStatement {
  return allow(
    ['sns:Publish'],
    topics.map((topic) => topic.topicArn),
  );
}

export function readSecret(secret: ISecret): PolicyStatement {
  return allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
}

export function writeLogs(logs: ILogGroup): PolicyStatement {
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]);
}

/** Reading what the keys have encrypted; no statement where nothing has one. */
export function decrypt(...keys: (IKey | undefined)[]): PolicyStatement[] {
  return useKeys(['kms:Decrypt'], keys);
}

/** Writing and reading again. S3 and SNS ask for both, also of those who only write. */
export function encrypt(...keys: (IKey | undefined)[]): PolicyStatement[] {
  return useKeys(['kms:Decrypt', 'kms:GenerateDataKey'], keys);
}

function useKeys(actions: string[], keys: readonly (IKey | undefined)[]): PolicyStatement[] {
  const given = [...new Set(keys.filter((key) => key !== undefined))];
  if (given.length === 0) return [];
  return [
    allow(
      actions,
      given.map((key) => key.keyArn),
    ),
  ];
}

function objectsOf(bucket: IBucket, prefixes: readonly string[]): string[] {
  return prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
