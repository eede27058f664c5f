import { describe, expect, it } from 'vitest';
import { blindness } from '../../../lib/history/detectors/blindness.ts';
import type { HistoryContext } from '../../../lib/history/signal.ts';
import { HOUR, historyContext } from '../describe.ts';

const hours = (count: number, step = 1) => Array.from({ length: count }, (_, i) => HOUR + 3_600 * i * step);
const seen = (interfaceId: string, inHours: readonly number[]) => ({
  interfaceId,
  account: '123456789012',
  hours: inHours,
  lastSeconds: inHours.at(-1)! + 3_600,
});

const told = (given: Partial<HistoryContext>) =>
  blindness.detectNetwork!(historyContext({ hours: hours(72), ...given })).map(
    ({ type, actor, observed }) => `${type} of ${actor.address}: ${Object.values(observed)}`,
  );

describe('blindness', () => {
  it('is an interface that has been silent for six hours while others went on', () => {
    expect(told({ interfaces: [seen('eni-1', hours(66)), seen('eni-2', hours(72))] })).toEqual([
      'interface-silent of eni-1: 6,66',
    ]);
  });

  it('is every record that was lost', () => {
    const skipData = new Map([
      [HOUR + 3_600, 7],
      [HOUR, 0],
      [HOUR + 7_200, 5],
    ]);
    expect(told({ skipData })).toEqual(['logging-gap of flow logs: 12,2']);
  });

  it.each([
    ['five hours of silence', { interfaces: [seen('eni-1', hours(67))] }],
    ['an interface that was there for a day', { interfaces: [seen('eni-1', hours(47))] }],
    ['an interface that has always been quiet at times', { interfaces: [seen('eni-1', hours(33, 2))] }],
    ['hours without any data', { hours: hours(66), interfaces: [seen('eni-1', hours(66))] }],
    ['a deployment', { interfaces: ['eni-1', 'eni-2', 'eni-3'].map((id) => seen(id, hours(60))) }],
    ['whole logs', { skipData: new Map([[HOUR, 0]]) }],
  ])('is not %s', (_, given) => {
    expect(told(given)).toEqual([]);
  });
});
