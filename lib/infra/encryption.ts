/**
 * What a customer-managed key must let the services of AWS do that use it by themselves. Functions get their share in their roles.
 */
import { Annotations, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { FlowLogDetectorProps } from './props.ts';
import { withReferencesShown } from './references.ts';

/** What tells which services and accounts have to use the key. */
type Users = Pick<FlowLogDetectorProps, 'deliveryAccounts' | 'sourceBuckets'>;

/**
 * Adds the statements to the policy of a key made in the same app, and warns with them where the key was made elsewhere. Flow logs of
 * `deliveryAccounts` are written with the key as well. Sources: Amazon VPC User Guide, "Publish flow logs to Amazon S3"; CloudWatch Logs
 * User Guide, "Encrypt log data"; Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and
 * encrypted topics"; Amazon S3 User Guide, "Granting permissions to publish event notification messages".
 */
export function letServicesUse(
  key: IKey,
  scope: Construct,
  { deliveryAccounts = [], sourceBuckets = [] }: Users,
): void {
  const { account, region, partition } = Stack.of(scope);
  const delivering = [account, ...deliveryAccounts];
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': account } };
  const statements = [
    allow('delivery.logs.amazonaws.com', ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], {
      StringEquals: { 'aws:SourceAccount': delivering },
      ArnLike: { 'aws:SourceArn': delivering.map((one) => `arn:${partition}:logs:*:${one}:*`) },
    }),
    allow(`logs.${region}.amazonaws.com`, LOG_GROUP_ACTIONS, {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
    }),
    // Alarms to the topic; events about new objects to the queues.
    allow('cloudwatch.amazonaws.com', USE, ofThisAccount),
    allow('s3.amazonaws.com', USE, ofThisAccount),
    allow('events.amazonaws.com', USE, ofThisAccount),
  ];
  const missing = statements.filter((statement) => !key.addToResourcePolicy(statement, true).statementAdded);
  if (missing.length === 0) return;
  // To a key of the same app the CDK adds this by itself.
  const topics = sourceBuckets.flatMap(({ topic }) => topic?.topicArn ?? []);
  if (topics.length > 0) missing.push(allow('sns.amazonaws.com', USE, { ArnEquals: { 'aws:SourceArn': topics } }));
  const text = withReferencesShown(Stack.of(scope).resolve(missing.map((statement) => statement.toStatementJson())));
  const warning = `the policy of the given encryption key cannot be changed from here; it must contain ${text}`;
  Annotations.of(scope).addWarningV2('flowtrap:keyPolicy', warning);
}

/** Writing and reading again. */
const USE = ['kms:Decrypt', 'kms:GenerateDataKey'];

const LOG_GROUP_ACTIONS = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:DescribeKey',
];

/** In a key's policy `*` is the key itself. */
function allow(service: string, actions: string[], conditions: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ principals: [new ServicePrincipal(service)], actions, resources: ['*'], conditions });
}

/** Topics that only functions publish to may use the key that AWS manages for SNS, which costs nothing. */
export function topicKey(scope: Construct, encryptionKey: IKey | undefined): IKey {
  return encryptionKey ?? Alias.fromAliasName(scope, 'TopicKey', 'alias/aws/sns');
}
