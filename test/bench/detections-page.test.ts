import { describe, expect, it } from 'vitest';
import type { Found, Outcome } from '../../bench/attack-day.ts';
import { type AttackSize, attackSize } from '../../bench/attack-size.ts';
import { comparison, page, type Run, reason, summary } from '../../bench/detections-page.ts';
import { ATTACKS, type Goal } from '../../bench/goals.ts';

const NOTHING = attackSize([], []);
const size = (given: Partial<AttackSize>): AttackSize => ({ ...NOTHING, ...given });
const found = (given: Partial<Found> = {}): Found => ({
  hours: 1,
  isMessage: true,
  by: 'high beacon by forest',
  ...given,
});
const goal: Goal = {
  scenario: 'beacon',
  types: ['beacon'],
  needs: [
    [
      { measure: 'moments', least: 8 },
      { measure: 'gapsScore', least: 0.7 },
    ],
    [{ measure: 'tries', least: 1_000 }],
  ],
  otherwise: 'the forest does not agree',
};

describe('a cell of the page', () => {
  it.each([
    [[], '–'],
    [[undefined, undefined], '0 of 2'],
    [[found(), found({ hours: 5.2 })], '2 of 2, 6 h'],
    [[found(), found({ isMessage: false }), undefined], '2 of 3, 1 h, 1 told'],
    [[found({ isMessage: false })], '1 of 1, 1 h, digest'],
  ])('sums up %j', (all, text) => {
    expect(summary(all)).toBe(text);
  });

  it('holds the size against what is enough, and marks what falls short', () => {
    expect(comparison(size({ moments: 5, gapsScore: 0.8, tries: 1_200 }), goal.needs!)).toBe(
      '**5** moments of contact (8) and 0.8 evenness of gaps (0.7), or 1,200 tries (1,000)',
    );
    const flat = [[{ measure: 'spreadOctaves', most: 0.5 } as const]];
    expect(comparison(size({ spreadOctaves: 0.7 }), flat)).toMatch(/^\*\*0\.7\*\* .* \(at most 0\.5\)$/);
    expect(comparison(size({ tries: 3, bytes: 4_000 }), [])).toBe('3 tries, 4,000 bytes');
  });

  it.each([
    ['too small', size({ moments: 5, gapsScore: 0.9 })],
    ['large enough, but too uneven', size({ moments: 9, gapsScore: 0.6 })],
    ['the forest does not agree', size({ moments: 9, gapsScore: 0.7 })],
  ])('says that it is %s', (text, measured) => {
    expect(reason(goal, measured)).toBe(text);
  });
});

describe('the page', () => {
  const run = (seed: number, intensity: number, outcome: Partial<Outcome>): Run => ({
    ...{ goal, seed, intensity },
    outcome: { found: undefined, size: undefined, probability: 0, others: [], ...outcome },
  });
  const missed = { size: size({ moments: 5 }), probability: 0.125, others: ['low unusual-port'] };
  const text = page(
    [run(1, 1, { found: found() }), run(1, 0.1, missed), run(2, 1, missed), run(2, 0.01, missed)],
    [1, 0.1, 0.01],
  );

  it('has a row for each goal', () => {
    expect(text).toContain('| `beacon` | `beacon` | 1 of 2, 1 h | 0 of 1 | 1 |  |');
    expect(text).toContain('2 networks of 12 hosts, seeds 1, 2:');
  });

  it('tells each attack at 1 and 0.1 that was not found, with its size and what was said of it otherwise', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| `beacon` as `beacon` |'));
    expect(rows.map((row) => row.split(' | ').slice(1, 3))).toEqual([
      ['1', '0.1×'],
      ['2', '1×'],
    ]);
    for (const row of rows)
      expect(row).toMatch(/\*\*5\*\* moments of contact \(8\).* \| too small \| 0\.125 \| low unusual-port \|$/);
  });

  it('says so where everything was found', () => {
    expect(page([run(1, 1, { found: found() })], [1])).toContain('\nNone.\n');
  });

  it('names a mishap as it is, without an intensity', () => {
    const mishap = ATTACKS.find((one) => one.mishap === 'lost-records')!;
    const one = { ...run(1, 1, { found: found({ isMessage: false }) }), goal: mishap };
    expect(page([one], [1, 0.1])).toContain('| `logging-gap` | records are lost | 1 of 1, 1 h, digest | – | – |');
  });
});
