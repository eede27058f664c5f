import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { dayKey, dayOf, EMPTY_DAY, readDay, takePlace } from '../../lib/notify/day-record.ts';
import { finding, idOf } from '../findings/finding.ts';
import { MemoryStore } from '../memory-store.ts';

const DAY = '2026-01-05';

const take = (store: MemoryStore, i: number, changes: Partial<Finding> = {}, alertsPerDay = 2, number = 0) =>
  takePlace(store, DAY, finding({ id: idOf(i), incident: idOf(i), ...changes }), { news: 'new', number, alertsPerDay });

describe('the alerts of a day', () => {
  it('have places up to the budget, each told by whom it was taken', async () => {
    const store = new MemoryStore();
    expect([await take(store, 1), await take(store, 2), await take(store, 3)]).toEqual([true, true, false]);
    const { messages } = await readDay(store, DAY);
    expect(messages).toEqual([
      {
        class: 'scan',
        severity: 'high',
        incident: idOf(1),
        title: '10.0.0.1 sweeps internal hosts for 22/tcp',
        news: 'new',
        number: 0,
      },
      expect.objectContaining({ incident: idOf(2) }),
    ]);
  });

  it('give a message of an incident one place however often it asks, grown or not', async () => {
    const store = new MemoryStore();
    expect([await take(store, 1, {}, 1), await take(store, 1, {}, 1)]).toEqual([true, true]);
    expect(await take(store, 1, { count: 400 }, 1)).toBe(true);
    expect(await take(store, 1, { count: 400 }, 1, 1)).toBe(false);
    expect((await readDay(store, DAY)).messages).toHaveLength(1);
  });

  it('count those that are at least as severe', async () => {
    const store = new MemoryStore();
    const asked: [Finding['severity'], boolean][] = [
      ['medium', true],
      ['high', true],
      ['medium', false],
      ['high', true],
      ['high', false],
      ['critical', true],
    ];
    for (const [i, [severity, taken]] of asked.entries()) expect(await take(store, i, { severity })).toBe(taken);
  });

  it('are counted for each behaviour alone', async () => {
    const store = new MemoryStore();
    expect(await take(store, 1, {}, 1)).toBe(true);
    expect(await take(store, 2, { class: 'exfiltration' }, 1)).toBe(true);
    expect(await take(store, 3, { class: 'exfiltration' }, 1)).toBe(false);
  });

  it('go to as many as the budget says when all ask at once', async () => {
    const store = new MemoryStore();
    const taken = await Promise.all([1, 2, 3, 4, 5].map((i) => take(store, i)));
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(2);
  });

  it('are none on a day of which nothing is known', async () => {
    expect(await readDay(new MemoryStore(), DAY)).toEqual(EMPTY_DAY);
  });
});

describe('days', () => {
  it('are those of UTC', () => {
    expect(dayOf(Date.parse('2026-01-05T23:59:59Z') / 1000)).toBe(DAY);
    expect(dayOf(Date.parse('2026-01-06T00:00:00Z') / 1000)).toBe('2026-01-06');
    expect(dayKey(DAY)).toBe('incidents/day=2026-01-05.json');
  });
});
