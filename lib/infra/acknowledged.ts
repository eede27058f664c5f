/**
 * Exceptions from security rules (cdk-nag, AwsSolutions), each with its reason, where the resource is made: a stack that holds a
 * detector passes them without more ado.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

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

/** The CDK's own function that tells buckets whom to notify; the id is the CDK's. */
export function acknowledgeNotificationsHandler(scope: IConstruct): void {
  const handler = Stack.of(scope).node.tryFindChild('BucketNotificationsHandler050a0587b7544547bf325f094a3db834');
  if (handler === undefined) return;
  const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  acknowledge(handler, `AwsSolutions-IAM4[Policy::${policy}]`, 'the CDK makes this function and its role');
}

/** References as the rules write them in their findings: `<Bucket.Arn>`, `<AWS::Partition>`. */
function flattened(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, inner]] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref') return `<${inner}>`;
  if (name === 'Fn::GetAtt') return `<${(inner as string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = inner as [string, unknown[]];
    return parts.map(flattened).join(separator);
  }
  // Any other function stays unacknowledged, so that the rule reports it.
  return '';
}
