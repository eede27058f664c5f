import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_BUDGET, learn } from '../../lib/findings/budget.ts';
import { type Finding, SEVERITIES } from '../../lib/findings/finding.ts';
import { claimSeconds } from '../../lib/limits.ts';
import { incidentKey } from '../../lib/notify/incident-state.ts';
import type { Message, Publish } from '../../lib/notify/message.ts';
import { BUDGET_KEY, notify } from '../../lib/notify/notify.ts';
import { Busy } from '../../lib/notify/stored-json.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../lib/settings.ts';
import { FINDING, finding, idOf, timeOf } from '../findings/finding.ts';
import { MemoryStore } from '../memory-store.ts';

const NOW = Date.parse('2026-01-05T09:10:00Z') / 1000;
const QUIET = DEFAULT_SETTINGS.quietMinutes * 60;

let store: MemoryStore;
let sent: Message[];

beforeEach(() => {
  store = new MemoryStore();
  sent = [];
});

const publish: Publish = async (message) => void sent.push(message);

const tell = (one: Finding, settings: Partial<Settings> = {}, now = NOW, send = publish) =>
  notify(one, store, { ...DEFAULT_SETTINGS, ...settings }, now, send);

const ROOMY = { alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 50, 'other-attack': 50 } };

/** A finding between two times of the day, in seconds. */
const during = (from: number, to: number, changes: Partial<Finding> = {}) =>
  finding({ firstSeen: timeOf(from), lastSeen: timeOf(to), ...changes });

describe('a finding', () => {
  it('is told once, whatever the number of deliveries', async () => {
    expect(await tell(FINDING)).toEqual({ told: true, why: 'new' });
    for (let i = 0; i < 3; i++)
      expect(await tell(FINDING, {}, NOW + i * 10_000)).toEqual({ told: false, why: 'known' });
    expect(sent.map(({ subject }) => subject)).toEqual(['flowtrap HIGH: 10.0.0.1 sweeps internal hosts for 22/tcp']);
  });

  it('is told once by runs at the same time; the others are to come back', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => tell(FINDING)));
    expect(sent).toHaveLength(1);
    const failed = results.filter((result) => result.status === 'rejected');
    for (const { reason } of failed) expect(reason).toBeInstanceOf(Busy);
    expect(await tell(FINDING)).toEqual({ told: false, why: 'known' });
    expect(sent).toHaveLength(1);
  });

  const hidden = { suppressions: [{ type: 'internal-sweep', owner: 'o', reason: 'r', expires: '2027-01-01' }] };

  it.each<[string, Partial<Finding>, Partial<Settings>, string]>([
    ['that the settings suppress by now', {}, hidden, 'suppressed'],
    ['below the severity of messages', { severity: 'low' }, {}, 'severity'],
  ])('%s makes no message and leaves no trace', async (_, changes, settings, why) => {
    expect(await tell(finding(changes), settings)).toEqual({ told: false, why });
    expect([sent.length, store.values.size]).toEqual([0, 0]);
  });

  it('that was suppressed when it was stored is told once the settings no longer do', async () => {
    const suppressed = { owner: 'o', reason: 'r', expires: '2027-01-01' };
    expect(await tell(finding({ suppressed }))).toEqual({ told: true, why: 'new' });
  });

  it('of an incident that is known is told when it is worse', async () => {
    await tell(finding({ severity: 'medium' }));
    expect(await tell(finding({ severity: 'high' }))).toEqual({ told: true, why: 'worse' });
    expect(await tell(finding({ severity: 'medium', count: 41 }))).toEqual({ told: false, why: 'known' });
    expect(sent.map(({ attributes }) => attributes.severity)).toEqual(['medium', 'high']);
  });

  it('of an incident that is known is told at each tenfold', async () => {
    const outcomes: string[] = [];
    for (const count of [40, 80, 399, 400, 3_999, 4_000]) outcomes.push((await tell(finding({ count }), ROOMY)).why);
    expect(outcomes).toEqual(['new', 'known', 'known', 'more', 'known', 'more']);
  });

  it('adds to the others of its incident', async () => {
    await tell(during(0, 60, { id: idOf(1), count: 10 }), ROOMY);
    const outcomes: string[] = [];
    for (let i = 2; i <= 10; i++) {
      outcomes.push((await tell(during(i * 600, i * 600 + 60, { id: idOf(i), count: 10 }), ROOMY)).why);
    }
    expect(outcomes).toEqual([...Array<string>(8).fill('known'), 'more']);
  });

  it('is told again after the quiet time, and not before', async () => {
    await tell(during(0, 60, { id: idOf(1) }), ROOMY);
    expect((await tell(during(60 + QUIET, 61 + QUIET, { id: idOf(2) }), ROOMY)).why).toBe('known');
    // The activity in between has put off the end of the episode.
    expect((await tell(during(61 + QUIET + QUIET, 99 + QUIET + QUIET, { id: idOf(3) }), ROOMY)).why).toBe('known');
    expect((await tell(during(100 + 3 * QUIET, 101 + 3 * QUIET, { id: idOf(4) }), ROOMY)).why).toBe('again');
    expect(sent).toHaveLength(2);
    expect(sent[1].email).toContain('has come back');
  });

  it('of an earlier episode that comes late is left to the digest, unless it is worse than what was told', async () => {
    await tell(during(10 * QUIET, 10 * QUIET + 60, { id: idOf(1) }), ROOMY);
    expect((await tell(during(0, 60, { id: idOf(2) }), ROOMY)).why).toBe('earlier');
    expect((await tell(during(0, 60, { id: idOf(2) }), ROOMY)).why).toBe('earlier');
    expect((await tell(during(0, 60, { id: idOf(2), severity: 'critical' }), ROOMY)).why).toBe('worse');
  });

  it('of an earlier episode is told where the later one was not', async () => {
    const narrow = { alertsPerDay: { ...ROOMY.alertsPerDay, scan: 1 } };
    await tell(during(9 * QUIET, 9 * QUIET + 60, { id: idOf(8), incident: idOf(8) }), narrow);
    expect((await tell(during(10 * QUIET, 10 * QUIET + 60, { id: idOf(1) }), narrow)).why).toBe('budget');
    expect((await tell(during(0, 60, { id: idOf(2) }), ROOMY)).why).toBe('new');
  });
});

it('a behaviour that goes on mutes its side effects for as long', async () => {
  await tell(during(0, 300), ROOMY);
  const later = during(10_800, 10_860, {
    id: idOf(5),
    incident: idOf(5),
    type: 'lateral-movement',
    class: 'other-attack',
    severity: 'medium',
  });
  expect((await tell(during(0, 12_600, { count: 41 }), ROOMY)).why).toBe('known');
  expect((await tell(later, ROOMY)).why).toBe('side effect');
});

describe('when something fails', () => {
  it('a message that could not be published is told at once the next time', async () => {
    const broken = async () => {
      throw new Error('SNS is throttled');
    };
    await expect(tell(FINDING, {}, NOW, broken)).rejects.toThrow('SNS is throttled');
    expect(await tell(FINDING, {}, NOW + 1)).toEqual({ told: true, why: 'new' });
    expect(sent).toHaveLength(1);
  });

  it('a message that could not be published keeps its place in the budget, also where the finding has grown since', async () => {
    const narrow = { alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 1 } };
    const broken = async () => {
      throw new Error('SNS is throttled');
    };
    await expect(tell(FINDING, narrow, NOW, broken)).rejects.toThrow('SNS is throttled');
    expect((await tell(finding({ count: 55 }), narrow, NOW + 1)).told).toBe(true);
    expect((await tell(finding({ id: idOf(9), incident: idOf(9) }), narrow, NOW + 2)).told).toBe(false);
  });

  it('a run that dies while publishing is followed by another once its claim is stale', async () => {
    await expect(tell(FINDING, {}, NOW, dieAfterPublishing)).rejects.toThrow('killed');
    expect(sent).toHaveLength(1);
    store.before = () => {};
    await expect(tell(FINDING, {}, NOW + claimSeconds - 1)).rejects.toThrow(Busy);
    expect(await tell(FINDING, {}, NOW + claimSeconds)).toEqual({ told: true, why: 'new' });
    expect(sent).toHaveLength(2);
    expect(await tell(FINDING, {}, NOW + 2 * claimSeconds)).toEqual({ told: false, why: 'known' });
  });

  it('a repeated message takes no second place in the budget of the day', async () => {
    const settings = { alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 1 } };
    await expect(tell(FINDING, settings, NOW, dieAfterPublishing)).rejects.toThrow('killed');
    store.before = () => {};
    expect((await tell(FINDING, settings, NOW + claimSeconds)).told).toBe(true);
  });

  it('an end at any step loses no message, and repeats it at most once', async () => {
    for (let steps = 0; steps < 12; steps++) {
      store = new MemoryStore();
      sent = [];
      let left = steps;
      store.before = () => {
        if (left-- <= 0) throw new Error('killed');
      };
      await tell(FINDING).catch(() => {});
      store.before = () => {};
      const now = NOW + 2 * claimSeconds;
      await tell(FINDING, {}, now);
      expect(await tell(FINDING, {}, now + 1)).toEqual({ told: false, why: 'known' });
      expect([1, 2], `after ${steps} steps`).toContain(sent.length);
    }
  });

  it('gives up when others change the incident again and again, to be tried later', async () => {
    let changes = 0;
    store.before = async ({ kind, key }) => {
      if (kind === 'write' && key === incidentKey(FINDING.incident)) {
        store.values.set(key, Buffer.from(UNTOLD + ' '.repeat(changes++)));
      }
    };
    await expect(tell(FINDING)).rejects.toThrow(Busy);
    expect(sent).toEqual([]);
  });

  it.each([
    ['a foreign value', '{"magic":"other","version":1}', 'has magic "other", expected "flowtrap-incident"'],
    ['a newer version', '{"magic":"flowtrap-incident","version":2}', 'has version 2, this build reads version 1'],
    ['a torn value', '{"magic"', 'is not JSON'],
    ['nothing but null', 'null', 'has magic "undefined"'],
  ])('refuses %s where the incident should be, and tells nothing', async (_, text, message) => {
    await store.write(incidentKey(FINDING.incident), new TextEncoder().encode(text));
    await expect(tell(FINDING)).rejects.toThrow(message);
    expect(sent).toEqual([]);
  });

  const UNTOLD = JSON.stringify({
    magic: 'flowtrap-incident',
    version: 1,
    sinceSeconds: null,
    episode: null,
    counts: {},
    messages: 0,
  });

  /** Publishes, and loses the store from then on, as a killed function does. */
  async function dieAfterPublishing(message: Message): Promise<void> {
    await publish(message);
    store.before = () => {
      throw new Error('killed');
    };
  }
});

describe('the alert budget', () => {
  const of = (i: number, changes: Partial<Finding> = {}) =>
    finding({ id: idOf(i), incident: idOf(1_000 + i), ...changes });
  const two = { alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 2 } };

  it('holds back what comes after the alerts of the day, by behaviour, until the next day', async () => {
    const why: string[] = [];
    for (const i of [1, 2, 3]) why.push((await tell(of(i), two)).why);
    expect(why).toEqual(['new', 'new', 'budget']);
    expect((await tell(of(4, { class: 'brute-force', type: 'brute-force' }), two)).told).toBe(true);
    expect((await tell(of(3), two, NOW + 86_400)).told).toBe(true);
  });

  it('is not used up for the severe by the less severe', async () => {
    for (const i of [1, 2, 3]) await tell(of(i, { severity: 'medium' }), two);
    expect(sent).toHaveLength(2);
    expect((await tell(of(4, { severity: 'high' }), two)).told).toBe(true);
    expect((await tell(of(5, { severity: 'high' }), two)).told).toBe(true);
    expect((await tell(of(6, { severity: 'high' }), two)).why).toBe('budget');
    expect((await tell(of(7, { severity: 'critical' }), two)).told).toBe(true);
  });

  it('of none at all tells nothing of that behaviour', async () => {
    const none = { alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 0 } };
    expect((await tell(FINDING, none)).why).toBe('budget');
    expect(sent).toEqual([]);
  });

  it('holds back what is weaker than this network leaves room for', async () => {
    const noisy = Array.from({ length: 10 }, (_, i) => of(i, { severity: 'medium', probability: 0.9 }));
    let budget = EMPTY_BUDGET;
    for (const day of ['2026-01-02', '2026-01-03', '2026-01-04']) budget = learn(budget, day, noisy);
    await store.put(BUDGET_KEY, budget);
    expect((await tell(of(50, { severity: 'medium', probability: 0.7 }), two)).why).toBe('threshold');
    expect((await tell(of(51, { severity: 'medium', probability: 0.99 }), two)).told).toBe(true);
    expect((await tell(of(52, { severity: 'high', probability: 0.7 }), two)).told).toBe(true);
  });

  it('never lets a day have more than its alerts at each severity', async () => {
    const graded = fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(graded, fc.integer({ min: 0, max: 4 }), async (severities, scan) => {
        store = new MemoryStore();
        sent = [];
        const settings = { minimumSeverity: 'low' as const, alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan } };
        for (const [i, severity] of severities.entries()) await tell(of(i, { severity }), settings);
        for (const severity of SEVERITIES) {
          const count = sent.filter(({ attributes }) => attributes.severity === severity).length;
          expect(count).toBeLessThanOrEqual(scan);
          const wanted = severities.filter((one) => one === severity).length;
          if (severity === 'critical') expect(count).toBe(Math.min(scan, wanted));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('side effects', () => {
  const port = (changes: Partial<Finding> = {}) =>
    finding({
      id: idOf(2),
      incident: idOf(2),
      type: 'unusual-port',
      class: 'other-attack',
      severity: 'medium',
      ...changes,
    });

  it('of what has been told of the same host are left to the digest', async () => {
    await tell(FINDING);
    expect(await tell(port())).toEqual({ told: false, why: 'side effect' });
    expect(store.json(incidentKey(idOf(2)))).toMatchObject({ held: { why: 'side effect' } });
  });

  it.each<[string, Partial<Finding>]>([
    ['of another host', { actors: [{ address: '10.0.0.9', isOurs: true }] }],
    ['more severe than what was told', { severity: 'critical' }],
    ['hours later', { firstSeen: timeOf(20_000), lastSeen: timeOf(20_001) }],
    ['that nothing told explains', { type: 'brute-force', class: 'brute-force' }],
  ])('are none when the finding is %s', async (_, changes) => {
    await tell(FINDING);
    expect((await tell(port(changes))).told).toBe(true);
  });

  it('are none as long as the cause was not told', async () => {
    await tell(finding({ severity: 'low' }));
    expect((await tell(port())).told).toBe(true);
  });
});

describe('findings of one incident in any order, any number of times', () => {
  const version = fc.record({
    run: fc.integer({ min: 0, max: 4 }),
    count: fc.integer({ min: 1, max: 100_000 }),
    severity: fc.constantFrom(...SEVERITIES.slice(1)),
  });

  it('are told in rising severity or tenfold counts, never a version twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(version, { maxLength: 25 }), async (versions) => {
        store = new MemoryStore();
        const told: string[] = [];
        const outcomes: { severity: number; why: string }[] = [];
        for (const [i, { run, count, severity }] of [...versions, ...versions].entries()) {
          const one = during(run * 900, run * 900 + 300, { id: idOf(run), count, severity });
          const { told: wasTold, why } = await tell(one, ROOMY, NOW + i);
          if (!wasTold) continue;
          told.push(`${run}/${count}/${severity}`);
          outcomes.push({ severity: SEVERITIES.indexOf(severity), why });
        }
        expect(new Set(told).size).toBe(told.length);
        expect(outcomes.length).toBeLessThanOrEqual(SEVERITIES.length + 6);
        expect(outcomes.slice(1).every(({ why }) => why === 'worse' || why === 'more')).toBe(true);
        const highest = Math.max(-1, ...versions.map(({ severity }) => SEVERITIES.indexOf(severity)));
        expect(Math.max(-1, ...outcomes.map(({ severity }) => severity))).toBe(highest);
      }),
      { numRuns: 50 },
    );
  });
});
