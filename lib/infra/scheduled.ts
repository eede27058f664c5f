/**
 * Tasks that a function is given by the clock.
 */
import type { Schedule } from 'aws-cdk-lib/aws-events';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export interface Task {
  /** What the function is told to do. */
  readonly task: 'correlate' | 'canary' | 'digest';
  readonly description: string;
  readonly schedule: Schedule;
}

/** Sends the function `{"task": …}` by a schedule. Lambda tries a run that fails twice more, so tasks must bear being done again. */
export function onSchedule(scope: Construct, handler: IFunction, { task, description, schedule }: Task): Rule {
  const target = new LambdaFunction(handler, { event: RuleTargetInput.fromObject({ task }) });
  return new Rule(scope, 'Schedule', { description, schedule, targets: [target] });
}
