/**
 * On a schedule: the summaries of the last days judged whole, and their history. What a run leaves undone the next one does.
 */
import { bucketStore } from '../lib/aws/bucket-store.ts';
import { required } from '../lib/environment.ts';
import { correlate } from '../lib/history/correlate.ts';
import type { Store } from '../lib/history/store.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import type { Settings } from '../lib/settings.ts';
import { handlerOf, taskOf, unknownEvent } from './shared/handler.ts';
import { classifier } from './shared/model.ts';
import { settings } from './shared/settings.ts';
import { count, logger } from './shared/telemetry.ts';

/** What the function works with. */
export interface CorrelateParts {
  readonly store: Store;
  readonly classifier: () => Promise<Classifier>;
  readonly settings: () => Promise<Settings>;
  readonly nowMilliseconds: () => number;
}

export const handler = handlerOf(async (event: unknown) => {
  if (taskOf(event) !== 'correlate') throw unknownEvent(event, '{"task":"correlate"}');
  const store = bucketStore(required('findingsBucket'));
  await correlateNow({ store, classifier, settings, nowMilliseconds: Date.now });
});

export async function correlateNow(parts: CorrelateParts): Promise<void> {
  const { fresh, kept, summary } = await correlate(parts.store, {
    classifier: await parts.classifier(),
    settings: await parts.settings(),
    nowSeconds: Math.floor(parts.nowMilliseconds() / 1_000),
  });
  logger.info('history judged', { ...summary, kept });
  for (const { type, severity } of fresh) count('findings', 1, type, severity);
  if (summary.skippedCount > 0) logger.warn('summaries could not be used', { skipped: summary.skipped });
}
