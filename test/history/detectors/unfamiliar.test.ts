import { describe, expect, it } from 'vitest';
import { unfamiliar } from '../../../lib/history/detectors/unfamiliar.ts';
import type { Unfamiliar } from '../../../lib/history/unfamiliar.ts';
import { HOUR, historyContext } from '../describe.ts';

/** A day in which these hours, counted from its beginning, were looked at. */
const told = (hours: Readonly<Record<number, Partial<Unfamiliar>>>) => {
  const looked = Object.entries(hours).map(
    ([hour, given]) => [HOUR + Number(hour) * 3_600, { conversations: 1_000, unlike: 0, hosts: [], ...given }] as const,
  );
  return unfamiliar.detectNetwork!(historyContext({ unfamiliar: new Map(looked) }));
};

describe('the novelty of a day', () => {
  it('is told from a hundredth of its conversations on, by the host with most of them', () => {
    const [signal, ...others] = told({
      2: {
        unlike: 11,
        hosts: [
          ['10.0.0.1', 6],
          ['10.0.0.2', 5],
        ],
      },
      5: { unlike: 10, hosts: [['10.0.0.2', 9]] },
    });
    expect(others).toEqual([]);
    expect(signal).toMatchObject({
      type: 'unfamiliar-traffic',
      actor: { address: '10.0.0.2', isOurs: true },
      firstSeconds: HOUR + 2 * 3_600,
      lastSeconds: HOUR + 6 * 3_600,
      observed: { conversationsLookedAt: 2_000, unlikeTraining: 21, unlikeTrainingShare: 0.0105, ofThisHost: 14 },
      expected: { unlikeTrainingShare: 0.001 },
    });
  });

  it.each([
    ['a share as of the training rows', { 1: { unlike: 9, hosts: [['10.0.0.1', 9]] } }],
    ['few conversations', { 1: { conversations: 999, unlike: 500, hosts: [['10.0.0.1', 9]] } }],
    ['the day before', { [-1]: { unlike: 500, hosts: [['10.0.0.1', 9]] } }],
    ['strangers among themselves', { 1: { unlike: 500 } }],
    ['nothing', {}],
  ] as const)('says nothing of %s', (_, hours) => {
    expect(told(hours as Record<number, Partial<Unfamiliar>>)).toEqual([]);
  });
});
