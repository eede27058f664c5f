import { beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { claimSeconds, digestDaysBackMax, digestListMax } from '../../lib/limits.ts';
import { dayKey, EMPTY_DAY } from '../../lib/notify/day-record.ts';
import { digest } from '../../lib/notify/digest.ts';
import type { Message, Publish } from '../../lib/notify/message.ts';
import { BUDGET_KEY, notify } from '../../lib/notify/notify.ts';
import { Busy } from '../../lib/notify/stored-json.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../lib/settings.ts';
import { FINDING, finding, idOf, timeOf } from '../findings/finding.ts';
import { MemoryStore } from '../memory-store.ts';

const DAY = '2026-01-05';
const NOON = Date.parse('2026-01-05T12:00:00Z') / 1000;
const MORNING_AFTER = Date.parse('2026-01-06T06:00:00Z') / 1000;

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 1 },
  suppressions: [
    { type: 'beacon', owner: 'netops', reason: 'updater', expires: '2026-01-01' },
    { actor: '10.0.0.4', owner: 'netops', reason: 'pen test', expires: '2026-02-01' },
  ],
};

let store: MemoryStore;
let sent: Message[];

beforeEach(() => {
  store = new MemoryStore();
  sent = [];
});

const publish: Publish = async (message) => void sent.push(message);
const tellDay = (settings = SETTINGS, now = MORNING_AFTER, send = publish) => digest(DAY, store, settings, now, send);

/** Keeps findings as detection does, and has them told. */
async function found(...findings: readonly Finding[]): Promise<void> {
  for (const one of findings) {
    await store.put(`findings/day=${one.firstSeen.slice(0, 10)}/${one.id}.json`, one);
    await notify(one, store, SETTINGS, NOON, async () => {});
  }
}

const other = (i: number, changes: Partial<Finding> = {}) =>
  finding({ id: idOf(i), incident: idOf(1_000 + i), title: `10.0.0.${i} sweeps internal hosts`, ...changes });

/** A day with one of everything, one of them of the day before. */
const fullDay = () =>
  found(
    FINDING,
    other(2),
    other(3, { severity: 'low' }),
    other(4, { actors: [{ address: '10.0.0.4', isOurs: true }] }),
    other(5, { type: 'unusual-port', class: 'other-attack', severity: 'medium', title: '10.0.0.1 uses a new port' }),
    other(6, { firstSeen: timeOf(-86_400), lastSeen: timeOf(-86_000) }),
  );

describe('the digest of a day', () => {
  it('is as reviewed', async () => {
    await fullDay();
    expect(await tellDay()).toBe(true);
    const [{ subject, email, machine, attributes }] = sent;
    await expect(`Subject: ${subject}\n\n${email}`).toMatchFileSnapshot('../golden/notify/digest.email.txt');
    await expect(`${JSON.stringify(JSON.parse(machine), null, 2)}\n`).toMatchFileSnapshot(
      '../golden/notify/digest.machine.json',
    );
    expect(attributes).toEqual({ type: 'digest', severity: 'high', account: 'unknown' });
  });

  it('counts every incident of the day once, as told or held back for one reason', async () => {
    await fullDay();
    await tellDay();
    const { findings, late, incidents, told, heldBack } = JSON.parse(sent[0].machine);
    expect({ findings, late, incidents, told, heldBack }).toEqual({
      findings: 6,
      late: 1,
      incidents: 6,
      told: 1,
      heldBack: { suppressed: 1, severity: 1, 'side effect': 1, budget: 2 },
    });
  });

  it('is told once, however often it is asked for', async () => {
    await found(FINDING);
    expect([await tellDay(), await tellDay()]).toEqual([true, false]);
    expect(sent).toHaveLength(1);
  });

  it('says nothing when there is nothing to say', async () => {
    expect(await tellDay(DEFAULT_SETTINGS)).toBe(false);
    expect(sent).toEqual([]);
  });

  it('reports an expired suppression on a day without findings', async () => {
    expect(await tellDay()).toBe(true);
    expect(sent[0].email).toContain('beacon of netops has ended on 2026-01-01 and hides nothing: updater');
  });

  it('names findings that cannot be read, and tells the others', async () => {
    await found(FINDING);
    await store.put(`findings/day=${DAY}/${idOf(9)}.json`, { foreign: true });
    await tellDay();
    expect(sent[0].email).toContain(`Unreadable findings/day=${DAY}/${idOf(9)}.json: the finding's "id" is missing`);
    expect(JSON.parse(sent[0].machine)).toMatchObject({ findings: 1, unreadable: 1 });
  });

  it('says of a finding that never came to be told that it did not', async () => {
    await store.put(`findings/day=${DAY}/${FINDING.id}.json`, FINDING);
    await tellDay();
    expect(JSON.parse(sent[0].machine).heldBack).toEqual({ unheard: 1 });
  });

  it('lists a bounded number of incidents and counts the others', async () => {
    await found(...Array.from({ length: digestListMax + 6 }, (_, i) => other(i, { severity: 'low' })));
    await tellDay();
    expect(sent[0].email).toContain(`${digestListMax + 6} below the severity that makes a message`);
    expect(sent[0].email).toContain('and 6 more');
  });

  it('says which incidents were never heard of before', async () => {
    await found(other(1, { firstSeen: timeOf(-86_400), lastSeen: timeOf(-86_400) }));
    await digest('2026-01-04', store, SETTINGS, MORNING_AFTER - 86_400, async () => {});
    await found(other(2, { incident: idOf(1_001) }));
    await found(other(3, { class: 'brute-force', type: 'brute-force' }));
    await tellDay();
    expect(JSON.parse(sent[0].machine)).toMatchObject({ incidents: 2, new: 1 });
  });

  it('learns the scores of what asked for a message, once for each day', async () => {
    await fullDay();
    await tellDay();
    const { days } = store.json(BUDGET_KEY) as { days: Record<string, Record<string, number[]>> };
    expect(Object.keys(days)).toEqual([DAY]);
    // Traces of what was told did not ask for room.
    expect([days[DAY].scan.length, days[DAY]['other-attack']]).toEqual([3, undefined]);
  });

  it('tells which threshold it has learned', async () => {
    for (const day of ['2026-01-03', '2026-01-04', '2026-01-05']) {
      const findings = [1, 2, 3].map((i) =>
        other(i, { firstSeen: `${day}T0${i}:00:00Z`, lastSeen: `${day}T0${i}:00:01Z` }),
      );
      for (const one of findings) await store.put(`findings/day=${day}/${one.id}.json`, one);
      await digest(day, store, SETTINGS, MORNING_AFTER, publish);
    }
    expect(sent.at(-1)!.email).toMatch(
      /scan: 0 of 1 alerts a day; from high 0\.\d+ on, after 3 days of 3 incidents each/,
    );
  });
});

describe('an incident that was told on another day', () => {
  it('is listed as known when it goes on or comes back, and not as told', async () => {
    await found(FINDING);
    await tellDay();
    const next = finding({ id: idOf(2), firstSeen: timeOf(86_400), lastSeen: timeOf(86_500) });
    await store.put(`findings/day=2026-01-06/${next.id}.json`, next);
    const outcome = await notify(next, store, { ...SETTINGS, quietMinutes: 2_880 }, NOON + 86_400, publish);
    expect(outcome).toEqual({ told: false, why: 'known' });
    sent = [];
    await digest('2026-01-06', store, { ...SETTINGS, suppressions: [] }, MORNING_AFTER + 86_400, publish);
    const [{ machine, email }] = sent;
    expect(JSON.parse(machine)).toMatchObject({ incidents: 1, told: 0, heldBack: { known: 1 } });
    expect(email).toContain('1 of an incident that has been told, and neither worse nor ten times as much');
  });
});

describe('findings that come after the digest of their day', () => {
  const NEXT = { day: '2026-01-06', at: MORNING_AFTER + 86_400 };
  const tellNext = () => digest(NEXT.day, store, SETTINGS, NEXT.at, publish);
  const told = () => {
    const { day, findings, late } = JSON.parse(sent.at(-1)!.machine);
    return { day, findings, late };
  };

  it('are in the next one, once', async () => {
    await found(FINDING);
    await tellDay();
    await found(other(2), other(3, { severity: 'low' }));
    await found(other(4, { firstSeen: timeOf(86_400), lastSeen: timeOf(86_401) }));
    expect(await tellNext()).toBe(true);
    expect(told()).toEqual({ day: NEXT.day, findings: 3, late: 2 });
    expect(await digest('2026-01-07', store, { ...SETTINGS, suppressions: [] }, NEXT.at + 86_400, publish)).toBe(false);
  });

  it('are counted as new where nothing was heard of their incident before them', async () => {
    await tellDay();
    await found(other(2, { firstSeen: timeOf(-86_400), lastSeen: timeOf(-86_000) }));
    await tellNext();
    expect(JSON.parse(sent.at(-1)!.machine)).toMatchObject({ incidents: 1, new: 1 });
  });

  it('are looked for in the days that history is looked at, and no further', async () => {
    const ago = (days: number, i: number) => other(i, { firstSeen: timeOf(-86_400 * days), lastSeen: timeOf(0) });
    await found(ago(digestDaysBackMax, 2), ago(digestDaysBackMax + 1, 3));
    await tellDay();
    expect(told()).toEqual({ day: DAY, findings: 1, late: 1 });
  });

  it('are passed over where an earlier build told their day and did not note what it counted', async () => {
    await found(other(2));
    await store.put(dayKey(DAY), { ...EMPTY_DAY, digest: { atSeconds: MORNING_AFTER, told: true } });
    expect(await digest(NEXT.day, store, { ...SETTINGS, suppressions: [] }, NEXT.at, publish)).toBe(false);
  });

  it('are still to be told when the digest that counted them could not be published', async () => {
    await tellDay();
    await found(other(2));
    const broken = async () => {
      throw new Error('SNS is throttled');
    };
    await expect(digest(NEXT.day, store, SETTINGS, NEXT.at, broken)).rejects.toThrow('SNS is throttled');
    await tellNext();
    expect(told()).toEqual({ day: NEXT.day, findings: 1, late: 1 });
  });
});

describe('when something fails', () => {
  it('a digest that could not be published is told the next time', async () => {
    await found(FINDING);
    const broken = async () => {
      throw new Error('SNS is throttled');
    };
    await expect(tellDay(SETTINGS, MORNING_AFTER, broken)).rejects.toThrow('SNS is throttled');
    expect(await tellDay(SETTINGS, MORNING_AFTER + 1)).toBe(true);
  });

  it('a run that dies is followed by another once its claim is stale', async () => {
    await found(FINDING);
    const die = async (message: Message) => {
      await publish(message);
      store.before = () => {
        throw new Error('killed');
      };
    };
    await expect(tellDay(SETTINGS, MORNING_AFTER, die)).rejects.toThrow('killed');
    store.before = () => {};
    await expect(tellDay(SETTINGS, MORNING_AFTER + 1)).rejects.toThrow(Busy);
    expect(await tellDay(SETTINGS, MORNING_AFTER + claimSeconds)).toBe(true);
    expect(sent).toHaveLength(2);
  });
});
