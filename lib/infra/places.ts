/**
 * Resources that are given to a detector and lie elsewhere than its stack. Values that are known only on deployment pass.
 */
import { type IResource, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FlowLogDetectorProps } from './props.ts';

interface Given {
  readonly name: string;
  readonly resource: IResource | undefined;
  /** What has to be the stack's. */
  readonly same: readonly ('account' | 'region')[];
  readonly expected: string;
}

/** Throws with name, place and what was expected of the first that cannot be used from where the stack is. */
export function refuseElsewhere(detector: Construct, props: FlowLogDetectorProps): void {
  const stack = Stack.of(detector);
  for (const { name, resource, same, expected } of givenBy(props)) {
    for (const key of same) {
      const [theirs, ours] = [resource?.env[key], stack[key]];
      if (theirs === undefined || Token.isUnresolved(theirs) || Token.isUnresolved(ours) || theirs === ours) continue;
      throw new Error(`${name} is in ${key} ${theirs} and the stack in ${ours}, expected ${expected}`);
    }
  }
}

const NOTIFIES = 'because a bucket can be told to notify only from its own account and region';

function givenBy({ sourceBuckets = [], findingsBucket, topic, operationsTopic, slackWebhook }: FlowLogDetectorProps) {
  const given: Given[] = sourceBuckets.map(({ bucket, topic, eventBridge }, index) => ({
    name: `sourceBuckets[${index}]`,
    resource: bucket,
    same: topic !== undefined || eventBridge ? [] : ['account', 'region'],
    expected: `its topic or eventBridge: true, ${NOTIFIES}`,
  }));
  const bucket: Given = {
    name: 'findingsBucket',
    resource: findingsBucket,
    same: ['account', 'region'],
    expected: `one beside it, ${NOTIFIES}`,
  };
  const ofRegion = Object.entries({ topic, operationsTopic, slackWebhook }).map(
    ([name, resource]): Given => ({ name, resource, same: ['region'], expected: 'one of its region' }),
  );
  return [...given, bucket, ...ofRegion];
}
