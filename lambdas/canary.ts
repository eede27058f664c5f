/**
 * Tries the whole way from log to finding on a schedule: simulated logs with attacks go in under a prefix of their own, and by the
 * next call their findings must have come out there. Nothing below that prefix reaches people.
 */
import { gzipSync } from 'node:zlib';
import { bucketStore } from '../lib/aws/bucket-store.ts';
import { CANARY_PREFIX, required } from '../lib/environment.ts';
import type { Finding } from '../lib/findings/finding.ts';
import { DEFAULT_FORMAT } from '../lib/flowlog/fields.ts';
import { formatRecord } from '../lib/flowlog/record.ts';
import type { Store } from '../lib/history/store.ts';
import { canaryPatienceSeconds, windowSeconds } from '../lib/limits.ts';
import { scenarioByName } from '../lib/simulate/catalog.ts';
import { simulate } from '../lib/simulate/simulation.ts';
import { handlerOf, taskOf, unknownEvent } from './shared/handler.ts';
import { count, logger } from './shared/telemetry.ts';

/** Attacks of different classes that one object shows in full, and that must be found whatever the model. */
export const CANARY_ATTACKS = ['vertical-scan', 'ssh-brute-force', 'outbound-flood', 'bulk-exfiltration'] as const;

/** A network whose attacks are as loud as their descriptions; every call simulates the same but for the time. */
const NETWORK = { seed: 26, hosts: 8, minutes: 15, aggregationSeconds: 60, intensity: 1 } as const;

export const handler = handlerOf(async (event: unknown) => {
  if (taskOf(event) !== 'canary') throw unknownEvent(event, '{"task":"canary"}');
  const bucket = required('findingsBucket');
  await canary(bucketStore(bucket, { prefix: CANARY_PREFIX }), bucket, Date.now());
});

/** Checks the logs of the call before and writes new ones. `store` holds what lies below the prefix of the canary in the bucket. */
export async function canary(store: Store, bucket: string, nowMilliseconds: number): Promise<void> {
  const last = await lastLog(store);
  if (last !== undefined) {
    const ageSeconds = (nowMilliseconds - last.milliseconds) / 1_000;
    // The schedule may call twice; what was written a moment ago cannot have been found yet.
    if (ageSeconds < canaryPatienceSeconds) return;
    await check(store, `s3://${bucket}/${CANARY_PREFIX}${last.key}`, last.milliseconds);
  }
  const time = new Date(nowMilliseconds).toISOString().slice(0, 19).replaceAll(':', '-');
  await store.write(`logs/${time}Z.log.gz`, canaryLog(beginOf(nowMilliseconds)));
}

/** The simulated records of a call as an object that AWS could have delivered; they begin at `startSeconds`. */
export function canaryLog(startSeconds: number): Uint8Array {
  const lines = [DEFAULT_FORMAT.join(' ')];
  for (const { records } of simulate({ ...NETWORK, startSeconds, scenarios: CANARY_ATTACKS }).slots()) {
    for (const record of records) lines.push(formatRecord(record, DEFAULT_FORMAT));
  }
  return gzipSync(`${lines.join('\n')}\n`);
}

/** The simulation ends in the window before the call. */
function beginOf(nowMilliseconds: number): number {
  const window = Math.floor(nowMilliseconds / 1_000 / windowSeconds) * windowSeconds;
  return window - NETWORK.minutes * 60;
}

const LOG_KEY = /^logs\/(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\dZ)\.log\.gz$/;

/** Names sort by time. */
async function lastLog(store: Store): Promise<{ key: string; milliseconds: number } | undefined> {
  let last: { key: string; milliseconds: number } | undefined;
  for await (const { key } of store.list('logs/')) {
    const match = LOG_KEY.exec(key);
    if (match !== null) last = { key, milliseconds: Date.parse(`${match[1]}${match.slice(2).join(':')}`) };
  }
  return last;
}

async function check(store: Store, source: string, writtenMilliseconds: number): Promise<void> {
  const classes = await classesFoundIn(store, source, writtenMilliseconds);
  const missed = CANARY_ATTACKS.filter((name) => !classes.has(scenarioByName(name).label));
  count('canaryFound', CANARY_ATTACKS.length - missed.length);
  count('canaryMissed', missed.length);
  if (missed.length > 0) logger.error('attacks of the canary were not found', { object: source, missed });
  else logger.info('all attacks of the canary were found', { object: source });
}

/** Classes of the findings that rest on an object. They lie under the days that its records can have begun on. */
async function classesFoundIn(store: Store, source: string, writtenMilliseconds: number): Promise<Set<string>> {
  const classes = new Set<string>();
  const days = [beginOf(writtenMilliseconds) * 1_000, writtenMilliseconds].map((time) =>
    new Date(time).toISOString().slice(0, 10),
  );
  for (const day of new Set(days)) {
    for await (const { key } of store.list(`findings/day=${day}/`)) {
      const stored = await store.read(key);
      if (stored === undefined) continue;
      const finding = JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Finding;
      if (finding.sources.includes(source)) classes.add(finding.class);
    }
  }
  return classes;
}
