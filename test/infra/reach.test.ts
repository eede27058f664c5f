/**
 * What the functions do with the findings bucket, beside what their roles let them do: emulators of AWS let everybody do everything, so
 * a missing permission would show in an account only.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../bin/model.ts';
import { canary } from '../../lambdas/canary.ts';
import { correlateNow } from '../../lambdas/correlate.ts';
import { received } from '../../lambdas/detect.ts';
import { tellDay, tellFindings } from '../../lambdas/notify.ts';
import { CANARY_PREFIX } from '../../lib/environment.ts';
import type { Classifier } from '../../lib/model/classifier.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { s3Event } from '../aws/events.ts';
import { attackLog } from '../e2e/logs.ts';
import { catchOutput } from '../lambdas/output.ts';
import { MemoryStore, type Step } from '../memory-store.ts';
import { SMALLEST, templateOf } from './stacks.ts';
import { roleStatements } from './statements.ts';

const BUCKET = 'results';
const START = 1_790_000_100;
const NOW = (START + 7_200) * 1_000;

/** Actions that a step takes in S3, on the key or the bucket. */
const ACTIONS: Readonly<Record<Step['kind'], readonly string[]>> = {
  list: ['s3:ListBucket'],
  // A key that is not there is denied to those who may not list.
  read: ['s3:GetObject', 's3:ListBucket'],
  // A write whose answer was lost is read back.
  write: ['s3:PutObject', 's3:GetObject'],
  remove: ['s3:DeleteObject'],
};

catchOutput();
const bucket = new MemoryStore();
const roles = roleStatements(templateOf(SMALLEST).toJSON() as Parameters<typeof roleStatements>[0]);
let classifier: Classifier;

beforeAll(async () => {
  classifier = await openModel();
});

afterAll(() => classifier.close());

/** What a role may do with the findings bucket: an action and the beginning of keys. */
function grantsOf(role: string): { readonly action: string; readonly prefix: string }[] {
  return roles[role].flatMap((line) => {
    const [actions, resources] = line.split(' on ');
    const ours = resources.split(', ').filter((resource) => resource.startsWith('<StorageFindings.Arn>'));
    return actions.split(', ').flatMap((action) =>
      ours.map((resource) => ({
        action,
        prefix: resource.replace(/^<StorageFindings\.Arn>\/?/, '').replace(/\*$/, ''),
      })),
    );
  });
}

/** The steps that work takes in the bucket. */
async function stepsOf(work: () => Promise<unknown>): Promise<{ readonly action: string; readonly key: string }[]> {
  const steps: { action: string; key: string }[] = [];
  bucket.before = ({ kind, key }) => void steps.push(...ACTIONS[kind].map((action) => ({ action, key })));
  await work();
  return steps;
}

const parts = {
  settings: async () => DEFAULT_SETTINGS,
  classifier: async () => classifier,
  nowMilliseconds: () => NOW,
  store: bucket.at(''),
};

async function detect(name: string, key: string, bytes: Uint8Array): Promise<void> {
  const read = received({
    ...parts,
    findingsBucket: BUCKET,
    sources: [],
    storeAt: (prefix) => bucket.at(prefix),
    open: () => ({
      name: `s3://${name}/${key}`,
      async *open() {
        yield bytes;
      },
    }),
  });
  await read({ body: s3Event(name, key) });
}

/** Each function at all of its work, one after another, since each needs what those before it have left. */
const WORK: readonly (readonly [role: string, work: () => Promise<unknown>])[] = [
  ['CanaryStageCanaryRole', () => canary(bucket.at(CANARY_PREFIX), BUCKET, NOW - 3_600_000)],
  [
    'DetectStageDetectRole',
    async () => {
      const log = attackLog({ seed: 1, scenarios: ['ssh-brute-force', 'outbound-flood'] });
      const simulated = bucket.keys(`${CANARY_PREFIX}logs/`)[0];
      for (const [name, key] of [
        ['logs', 'a.log.gz'],
        [BUCKET, simulated],
      ]) {
        await expect(detect(name, key, log.subarray(0, 1_000))).rejects.toThrow(key);
        await detect(name, key, key === simulated ? bucket.values.get(key)! : log);
      }
      // An upload that the forest alone tells of is held against the usual days of its host.
      await detect('logs', 'b.log.gz', attackLog({ seed: 26, scenarios: ['bulk-exfiltration'] }));
    },
  ],
  [
    'CorrelateStageCorrelateRole',
    async () => {
      bucket.values.set('lists/bad/mine.txt', Buffer.from('203.0.113.7\n'));
      for (let times = 0; times < 2; times++) await correlateNow(parts);
      // A day later the day is learned.
      await correlateNow({ ...parts, nowMilliseconds: () => NOW + 2 * 86_400_000 });
    },
  ],
  [
    'NotifyStageNotifyRole',
    async () => {
      const notifying = { ...parts, publish: async () => {} };
      for (const key of bucket.keys('findings/')) await tellFindings(s3Event(BUCKET, key), notifying);
      await tellDay({ ...notifying, nowMilliseconds: () => NOW + 86_400_000 });
    },
  ],
  ['CanaryStageCanaryRole', () => canary(bucket.at(CANARY_PREFIX), BUCKET, NOW)],
];

describe('the functions', () => {
  it('touch of the findings bucket what their roles let them, and are let no more than they touch', async () => {
    const used = new Map<string, Set<string>>();
    for (const [role, work] of WORK) {
      const grants = grantsOf(role);
      const steps = await stepsOf(work);
      expect(steps.length).toBeGreaterThan(1);
      for (const { action, key } of steps) {
        const fitting = grants.filter((grant) => grant.action === action && key.startsWith(grant.prefix));
        expect([role, action, key, fitting.length > 0]).toEqual([role, action, key, true]);
        const names = fitting.map(({ prefix }) => `${action} ${prefix}`);
        used.set(role, new Set([...(used.get(role) ?? []), ...names]));
      }
    }
    for (const [role, names] of used) {
      expect([
        role,
        grantsOf(role)
          .map(({ action, prefix }) => `${action} ${prefix}`)
          .filter((name) => !names.has(name)),
      ]).toEqual([role, []]);
    }
  });
});
