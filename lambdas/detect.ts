/**
 * New log objects in, summaries and findings out. One object is one transaction that may be repeated: every key comes from the object
 * and from what is in it, so what a killed or repeated run has left is found there or written again.
 */
import { createHash } from 'node:crypto';
import { bucketStore } from '../lib/aws/bucket-store.ts';
import { type NewObject, newObjects } from '../lib/aws/events.ts';
import { s3Object } from '../lib/aws/objects.ts';
import { type Detection, detect } from '../lib/detect.ts';
import { CANARY_PREFIX, optional, required } from '../lib/environment.ts';
import type { Finding } from '../lib/findings/finding.ts';
import type { LogObject } from '../lib/flowlog/object.ts';
import { keepFindings } from '../lib/history/kept-findings.ts';
import type { Store } from '../lib/history/store.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import type { Settings } from '../lib/settings.ts';
import { handlerOf } from './shared/handler.ts';
import { classifier } from './shared/model.ts';
import { processMessages } from './shared/queue.ts';
import { settings } from './shared/settings.ts';
import { count, logger } from './shared/telemetry.ts';

/** What the function works with. */
export interface DetectParts {
  readonly findingsBucket: string;
  /** Sources whose objects are counted by source: `bucket/prefix`, or the id of a flow log. */
  readonly sources: readonly string[];
  /** The findings bucket, with all keys below a prefix. */
  readonly storeAt: (prefix: string) => Store;
  readonly open: (object: NewObject) => LogObject;
  readonly classifier: () => Promise<Classifier>;
  readonly settings: () => Promise<Settings>;
  readonly nowMilliseconds: () => number;
}

export const handler = handlerOf((event: unknown, context) => processMessages(event, context, received(deployed())));

export function received(parts: DetectParts): (message: { readonly body: string }) => Promise<void> {
  return async ({ body }) => {
    const failures: unknown[] = [];
    // A bad object should not keep the others of its message from being read.
    for (const object of newObjects(body)) await detectObject(object, parts).catch((error) => failures.push(error));
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} objects of the message failed`);
  };
}

/** Throws when the object could not be read to its end, or its results could not be stored; whatever could be is stored. */
async function detectObject(object: NewObject, parts: DetectParts): Promise<void> {
  const place = placeOf(object, parts.findingsBucket);
  if (place === 'own output') {
    logger.warn('an output of the functions is no log; check the notifications of the bucket', { key: object.key });
    return;
  }
  const store = parts.storeAt(place === 'canary' ? CANARY_PREFIX : '');
  const log = parts.open(object);
  try {
    const detection = await detect(only(log), {
      classifier: await parts.classifier(),
      settings: await parts.settings(),
      nowSeconds: Math.floor(parts.nowMilliseconds() / 1_000),
      store,
    });
    const failure = detection.summary.objectsFailed > 0 ? detection.summary.failures[0].failure : undefined;
    const kept = await keepFindings(store, detection.findings);
    // Those that nobody had stored yet.
    const fresh = detection.findings.filter((_, index) => kept[index] === 'new');
    report(object, log.name, detection, fresh, place, parts);
    if (failure !== undefined) throw new Error(`${log.name}: ${failure}`);
  } catch (error) {
    if (place !== 'canary') count('objectsFailed', 1);
    await leaveReason(store, log.name, error as Error, parts.nowMilliseconds());
    throw error;
  }
  await removeReason(store, log.name);
}

/** Where in the findings bucket each kind of output begins. */
const OUTPUT = /^(findings|summaries|tracks|baselines|lists|incidents|failed)\/|^canary\/(?!logs\/)/;

/** A notification about the functions' own outputs would call them for ever. */
function placeOf({ bucket, key }: NewObject, findingsBucket: string): 'source' | 'canary' | 'own output' {
  if (bucket !== findingsBucket) return 'source';
  if (OUTPUT.test(key)) return 'own output';
  return key.startsWith(CANARY_PREFIX) ? 'canary' : 'source';
}

async function* only(log: LogObject): AsyncGenerator<LogObject> {
  yield log;
}

function report(
  object: NewObject,
  name: string,
  { summary, findings, scored }: Detection,
  fresh: readonly Finding[],
  place: 'source' | 'canary',
  { sources, nowMilliseconds }: DetectParts,
): void {
  const { records, bytes, noData, skipData, conversations, conversationsFolded } = summary;
  const malformed = Object.values(summary.malformed).reduce((sum, lines) => sum + lines, 0);
  const counts = { records, bytes, noData, skipData, malformed, conversations };
  logger.info('object read', { object: name, ...counts, findings: findings.length, newFindings: fresh.length });
  if (place === 'canary') return;
  if (summary.objectsFailed === 0) {
    count('objects', 1);
    for (const source of sourcesOf(object, sources)) count('sourceObjects', 1, source);
    for (const key of ['records', 'bytes', 'malformed', 'skipData', 'conversations'] as const) count(key, counts[key]);
    count('conversationsFolded', conversationsFolded);
    count('topScore', topScore(scored));
  }
  for (const { type, severity } of fresh) count('findings', 1, type, severity);
  const { storedMilliseconds } = object;
  if (fresh.length > 0 && storedMilliseconds !== undefined) {
    count('deliveryToFindingSeconds', Math.max(0, nowMilliseconds() - storedMilliseconds) / 1_000);
  }
}

/** AWS names objects `<account>_vpcflowlogs_<region>_<flow log>_<time>_<hash>` (Amazon VPC User Guide, "Flow log files"). */
const FLOW_LOG = /_(fl-[0-9a-f]+)_[^/]*$/;

function sourcesOf({ bucket, key }: NewObject, sources: readonly string[]): string[] {
  const flowLog = FLOW_LOG.exec(key)?.[1];
  return sources.filter((source) => source === flowLog || `${bucket}/${key}`.startsWith(source));
}

/** Highest probability of anything but benign. */
function topScore({ classifier: { manifest }, probabilities }: Detection['scored']): number {
  const { classes } = manifest;
  let least = 1;
  for (let at = classes.indexOf('benign'); at < probabilities.length; at += classes.length) {
    if (probabilities[at] < least) least = probabilities[at];
  }
  return 1 - least;
}

/** Why an object failed, beside the findings; the message itself may end in the dead-letter queue, which says nothing. */
async function leaveReason(store: Store, object: string, error: Error, nowMilliseconds: number): Promise<void> {
  const at = new Date(nowMilliseconds).toISOString();
  const reason = Buffer.from(`${JSON.stringify({ object, reason: error.message, at }, null, 2)}\n`);
  try {
    await store.write(reasonKey(object), reason);
  } catch (cause) {
    logger.error('the reason of a failure could not be stored', { object, error: cause as Error });
  }
}

/** An object that is read at last has no reason any more. Looked for first: in a versioned bucket a removal leaves a mark. */
async function removeReason(store: Store, object: string): Promise<void> {
  const key = reasonKey(object);
  if ((await store.read(key)) !== undefined) await store.remove(key);
}

/** 128 bits of a digest keep any number of objects apart. */
function reasonKey(object: string): string {
  return `failed/${createHash('sha256').update(object).digest('hex').slice(0, 32)}.json`;
}

/** Made when first needed: a missing variable is an error of the event that needs it, with its name. */
function deployed(): DetectParts {
  const findingsBucket = required('findingsBucket');
  return {
    findingsBucket,
    sources: optional('sources')?.split('\n') ?? [],
    storeAt: (prefix) => bucketStore(findingsBucket, { prefix }),
    open: ({ bucket, key, sizeBytes }) => s3Object(bucket, key, sizeBytes),
    classifier,
    settings,
    nowMilliseconds: Date.now,
  };
}
