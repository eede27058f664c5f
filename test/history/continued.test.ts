import { describe, expect, it } from 'vitest';
import { continued } from '../../lib/history/continued.ts';
import { DAY_SECONDS, dayOf, hourOfDay, weekOf } from '../../lib/history/hours.ts';
import { keepFinding } from '../../lib/history/kept-findings.ts';
import { MemoryStore } from '../memory-store.ts';
import { HOUR } from './describe.ts';
import { finding, iso } from './findings.ts';

const MONDAY = weekOf(HOUR);
const on = (day: number, count = 5) => ({ ...finding(0), firstSeen: iso(MONDAY + day * DAY_SECONDS + 60), count });

describe('what goes on for longer than is looked back on', () => {
  it('keeps the beginning and the count it was told with', async () => {
    const store = new MemoryStore();
    await keepFinding(store, on(1, 90));
    const result = await continued(store, on(3, 40), MONDAY + 3 * DAY_SECONDS);
    expect(result).toEqual({ ...on(3), firstSeen: on(1).firstSeen, count: 90 });
    expect((await continued(store, on(3, 100), MONDAY + 3 * DAY_SECONDS)).count).toBe(100);
  });

  it('keeps its own where its beginning is in sight', async () => {
    const store = new MemoryStore();
    await keepFinding(store, on(1));
    expect(await continued(store, on(3), MONDAY)).toEqual(on(3));
  });

  it('is new where nothing of it was told', async () => {
    expect(await continued(new MemoryStore(), on(3), MONDAY + 3 * DAY_SECONDS)).toEqual(on(3));
  });

  it('is new where what was told of it is damaged', async () => {
    const store = new MemoryStore();
    await keepFinding(store, on(1));
    store.values.set(store.keys()[0], Buffer.from('{'));
    expect(await continued(store, on(3), MONDAY + 3 * DAY_SECONDS)).toEqual(on(3));
  });
});

describe('times', () => {
  it('know days, hours and weeks in UTC', () => {
    const at = Date.parse('2026-09-23T17:45:10Z') / 1000;
    expect(iso(dayOf(at))).toBe('2026-09-23T00:00:00Z');
    expect(hourOfDay(at)).toBe(17);
    expect(iso(weekOf(at))).toBe('2026-09-21T00:00:00Z');
    expect(weekOf(weekOf(at))).toBe(weekOf(at));
    expect(iso(weekOf(weekOf(at) - 1))).toBe('2026-09-14T00:00:00Z');
    expect(weekOf(5)).toBe(0);
  });
});
