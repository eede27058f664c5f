import { describe, expect, it } from 'vitest';
import { dayOf, dayPath, hourOfDay, weekOf, windowsIn } from '../../lib/history/hours.ts';

/** 2026-09-23 (a Wednesday) 13:20:00. */
const WEDNESDAY = 1_790_169_600;

describe('hours and days', () => {
  it('are of UTC', () => {
    expect(new Date(WEDNESDAY * 1000).toISOString()).toBe('2026-09-23T13:20:00.000Z');
    expect([dayPath(WEDNESDAY), hourOfDay(WEDNESDAY)]).toEqual(['day=2026-09-23', 13]);
    expect(dayPath(dayOf(WEDNESDAY) - 1)).toBe('day=2026-09-22');
    expect(dayPath(weekOf(WEDNESDAY))).toBe('day=2026-09-21');
  });

  it.each([
    [0, 0],
    [1, 1],
    [0b1000_0000_0001, 2],
    [0xfff, 12],
  ])('of mask %i name %i windows', (mask, count) => {
    expect(windowsIn(mask)).toBe(count);
  });
});
