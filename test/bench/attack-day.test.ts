import { afterAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../../bench/attack-day.ts';
import { ATTACKS, type Goal } from '../../bench/goals.ts';
import { DAYS, everydayOf, keep, type Life, withFlows } from '../../bench/lives.ts';
import { ownerSettings } from '../../bench/owner.ts';
import { openModel } from '../../bin/model.ts';
import { MemoryStore } from '../memory-store.ts';

const SEED = 99_100;
const classifier = await openModel();
afterAll(() => classifier.close());

/** A network that has only just been switched on. */
async function life(): Promise<Life> {
  const everyday = ['time-service'];
  const store = new MemoryStore();
  await keep(store, 'day', withFlows(everydayOf(SEED, DAYS, everyday).slots()));
  const settings = ownerSettings(everydayOf(SEED, 0, []).network);
  return { seed: SEED, everyday, store, settings, known: new Set() };
}

const SLOW = ATTACKS.find(({ scenario }) => scenario === 'slow-guessing')!;
const goalOf = (type: string): Goal => ATTACKS.find(({ types }) => types[0] === type)!;

describe('a day with an attack', () => {
  it.each([
    ['threat-list-contact', 'medium threat-list-contact by threat-list'],
    ['tor-contact', 'medium tor-contact by threat-list'],
    ['logging-gap', 'low logging-gap by silence'],
  ])(
    'finds %s an hour after it began',
    async (type, by) => {
      const { found, size } = await outcomeOf(await life(), goalOf(type), 1, classifier);
      expect(found).toMatchObject({ hours: 1, by });
      expect(size).toBeUndefined();
    },
    60_000,
  );

  it('measures what it does not find, and leaves the life as it was', async () => {
    const before = await life();
    const content = before.store.content();
    const { found, size, probability } = await outcomeOf(before, SLOW, 0.1, classifier);
    expect(found).toBeUndefined();
    expect(size!.tries).toBeGreaterThan(0);
    expect(probability).toBeLessThan(1);
    expect(before.store.content()).toEqual(content);
  }, 60_000);

  it('does not count what was known before', async () => {
    const before = await life();
    const everything = { has: () => true } as unknown as Life['known'];
    const goal = goalOf('threat-list-contact');
    const { found, size, others } = await outcomeOf({ ...before, known: everything }, goal, 1, classifier);
    expect(found).toBeUndefined();
    expect(others).toEqual([]);
    expect(size!.tries).toBeGreaterThan(0);
  }, 60_000);
});
