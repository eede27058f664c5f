import { describe, expect, it } from 'vitest';
import { ATTACKS, NOT_FOUND } from '../../bench/goals.ts';
import { GUARD_DUTY } from '../../bench/parity.ts';
import { FINDING_TYPES } from '../../lib/findings/catalog.ts';
import { scenarioByName } from '../../lib/simulate/catalog.ts';

const TYPES = FINDING_TYPES.map(({ type }) => type);

describe('the goals of the bench', () => {
  it('name scenarios of the simulator and types of the catalog', () => {
    for (const { scenario, mishap, types } of ATTACKS) {
      if (mishap === undefined) expect(scenarioByName(scenario).label).not.toBe('benign');
      for (const type of types) expect(TYPES).toContain(type);
    }
  });

  it('say of every type what finds it, or why nothing does', () => {
    const covered = new Set([...ATTACKS.flatMap(({ types }) => types), ...Object.keys(NOT_FOUND)]);
    expect(TYPES.filter((type) => !covered.has(type))).toEqual([]);
    expect(Object.keys(NOT_FOUND).filter((type) => !TYPES.includes(type))).toEqual([]);
  });

  it("name only types of the catalog beside GuardDuty's", () => {
    const named = GUARD_DUTY.flatMap(([, ours]) => [...ours.matchAll(/`([^`]+)`/g)].map(([, type]) => type));
    expect(named.length).toBeGreaterThan(20);
    for (const type of named) expect(TYPES).toContain(type);
  });
});
