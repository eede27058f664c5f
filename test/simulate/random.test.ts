import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/simulate/random.ts';

const draws = (random: Random, count: number, draw: (random: Random) => number) =>
  Array.from({ length: count }, () => draw(random));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe('Random', () => {
  it('repeats itself for the same key', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const first = draws(new Random(key), 20, (random) => random.uniform());
        expect(draws(new Random(key), 20, (random) => random.uniform())).toEqual(first);
      }),
    );
  });

  it('parts neighbouring seeds', () => {
    const firsts = Array.from({ length: 2_000 }, (_, seed) => new Random(seed).uniform());
    expect(new Set(firsts).size).toBe(2_000);
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
  });

  it('forks by name whatever was drawn before', () => {
    const fresh = new Random(7);
    const used = new Random(7);
    draws(used, 100, (random) => random.uniform());
    expect(used.fork('scan').uniform()).toBe(fresh.fork('scan').uniform());
    expect(fresh.fork('scan').uniform()).not.toBe(fresh.fork('beacon').uniform());
  });

  it('stays within the bounds of uniform, integer, logUniform and pareto', () => {
    const random = new Random('bounds');
    for (let i = 0; i < 5_000; i++) {
      const uniform = random.uniform(-2, 3);
      expect(uniform >= -2 && uniform < 3).toBe(true);
      const integer = random.integer(4, 6);
      expect([4, 5, 6]).toContain(integer);
      const logUniform = random.logUniform(10, 1_000);
      expect(logUniform >= 10 && logUniform < 1_000).toBe(true);
      const pareto = random.pareto(3, 1.1, 50);
      expect(pareto >= 3 && pareto <= 50).toBe(true);
    }
  });

  it('has the moments that its distributions promise', () => {
    const random = new Random('moments');
    const normal = draws(random, 20_000, (source) => source.normal(5, 2));
    expect(mean(normal)).toBeCloseTo(5, 1);
    expect(Math.sqrt(mean(normal.map((value) => (value - 5) ** 2)))).toBeCloseTo(2, 1);
    expect(mean(draws(random, 20_000, (source) => source.exponential(4)))).toBeCloseTo(4, 0);
    expect(median(draws(random, 20_000, (source) => source.logNormal(10, 1)))).toBeCloseTo(10, 0);
    expect(median(draws(random, 20_000, (source) => source.logUniform(1, 10_000)))).toBeGreaterThan(80);
    // Half of a Pareto distribution of shape 2 lies below the minimum times the square root of two.
    expect(median(draws(random, 20_000, (source) => source.pareto(1, 2)))).toBeCloseTo(Math.SQRT2, 1);
  });

  it('chooses by weight', () => {
    const random = new Random('weights');
    const counts = { rare: 0, common: 0, never: 0 };
    for (let i = 0; i < 10_000; i++) {
      counts[
        random.weighted<keyof typeof counts>([
          ['rare', 1],
          ['never', 0],
          ['common', 9],
        ])
      ]++;
    }
    expect(counts.never).toBe(0);
    expect(counts.rare / 10_000).toBeCloseTo(0.1, 1);
  });

  it('shuffles and samples without losing or doubling anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(20), fc.nat(), (items, count, seed) => {
        const random = new Random(seed);
        expect([...random.shuffle(items)].sort()).toEqual([...items].sort());
        const indices = random.sample([...items.keys()], count);
        expect(new Set(indices).size).toBe(Math.min(count, items.length));
      }),
    );
  });

  it('refuses to choose from nothing', () => {
    expect(() => new Random(1).choice([])).toThrow('choice from an empty list');
  });

  it('writes hexadecimal digits of any length', () => {
    for (const digits of [1, 8, 17, 40]) {
      expect(new Random(digits).hexadecimal(digits)).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`));
    }
  });
});
