/**
 * Names of constructs that are made from a list: by what an entry is about and never by its place, so that taking one out leaves the
 * resources of the others as they are.
 */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The words of the values; of one that is known only on deployment, those of its reference. */
export function idFrom(scope: Construct, ...values: readonly string[]): string {
  return JSON.stringify(Stack.of(scope).resolve(values)).replace(/\W+/g, '-').replace(/^-|-$/g, '');
}
