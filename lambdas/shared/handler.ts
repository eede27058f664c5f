/**
 * What stands around every function: the context in each log line, metrics sent at the end, errors logged once and passed on.
 */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, metrics } from './telemetry.ts';

export type Run<Event, Result> = (event: Event, context: Context) => Promise<Result>;

export function handlerOf<Event, Result>(run: Run<Event, Result>) {
  return middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({
      after: sendMetrics,
      onError: ({ error }) => {
        logger.error('the invocation failed', error as Error);
        sendMetrics();
      },
    })
    .handler(run);
}

/** As Powertools' own middleware, but silent where there is nothing to send: the event that tries the way counts nothing. */
function sendMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** The event of a schedule, such as `{"task": "digest"}`. */
export function taskOf(event: unknown): string | undefined {
  const task = (event as { task?: unknown } | null)?.task;
  return typeof task === 'string' ? task : undefined;
}

/** For an event that a function does not take; its members are named, its values not shown. */
export function unknownEvent(event: unknown, expected: string): Error {
  const got = typeof event === 'object' && event !== null ? `{${Object.keys(event).join(', ')}}` : typeof event;
  const task = taskOf(event);
  return new Error(
    `unknown event: got ${task === undefined ? got.slice(0, 200) : `the task "${task}"`}, expected ${expected}`,
  );
}
