import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BudgetState,
  EMPTY_BUDGET,
  learn,
  scoreOf,
  scoreText,
  strengthOf,
  thresholdOf,
} from '../../lib/findings/budget.ts';
import { type Finding, SEVERITIES } from '../../lib/findings/finding.ts';
import { budgetDaysMax, budgetDaysMin, budgetScoresMax } from '../../lib/limits.ts';
import { finding, idOf } from './finding.ts';

const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString().slice(0, 10);
const AFTER = '2027-01-01';

/** Incidents of these probabilities, one finding each. */
const incidents = (probabilities: readonly number[], changes: Partial<Finding> = {}) =>
  probabilities.map((probability, i) =>
    finding({ probability, incident: idOf(i), id: idOf(i), severity: 'medium', ...changes }),
  );

const learnDays = (days: readonly (readonly Finding[])[]): BudgetState =>
  days.reduce((state: BudgetState, findings, i) => learn(state, day(i + 1), findings), EMPTY_BUDGET);

const threshold = (state: BudgetState, alertsPerDay: number) => thresholdOf(state, 'scan', alertsPerDay, AFTER);

describe('the score of a finding', () => {
  const graded = fc.record({
    severity: fc.constantFrom(...SEVERITIES),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    witnesses: fc.array(fc.constant('w'), { maxLength: 4 }),
    count: fc.integer({ min: 0, max: 1e9 }),
  });

  it('puts severity above all else, and lies within it', () => {
    fc.assert(
      fc.property(graded, (changes) => {
        const one = finding(changes);
        expect(strengthOf(one)).toBeGreaterThanOrEqual(0);
        expect(strengthOf(one)).toBeLessThanOrEqual(1);
        expect(Math.floor(scoreOf(one))).toBe(SEVERITIES.indexOf(one.severity));
      }),
    );
  });

  it.each<[string, Partial<Finding>, Partial<Finding>]>([
    ['probability', { probability: 0.9 }, { probability: 0.8 }],
    ['witnesses', { witnesses: ['a', 'b'] }, { witnesses: ['a'] }],
    ['conversations', { count: 400 }, { count: 40 }],
    ['witnesses, of the certain', { probability: 1, witnesses: ['a', 'b'] }, { probability: 1, witnesses: ['a'] }],
  ])('rises with %s', (_, more, less) => {
    expect(scoreOf(finding(more))).toBeGreaterThan(scoreOf(finding(less)));
  });

  it('is told in words', () => {
    expect(scoreText(scoreOf(finding({ severity: 'high' })))).toMatch(/^high 0\.\d{3}$/);
    expect(scoreText(Number.POSITIVE_INFINITY)).toBe('none');
  });
});

describe('the threshold', () => {
  const noisy = incidents([0.5, 0.6, 0.7, 0.8, 0.9]);

  it('is the score that as many have reached as the budget allows', () => {
    const learned = threshold(learnDays([noisy, noisy, noisy]), 2);
    expect(learned).toEqual({ score: scoreOf(noisy[3]), daysLearned: 3, incidentsPerDay: 5 });
  });

  it('lets everything pass before enough days are learned', () => {
    const days = Array.from({ length: budgetDaysMin - 1 }, () => noisy);
    expect(threshold(learnDays(days), 1).score).toBe(0);
  });

  it('lets everything pass while the budget is kept', () => {
    expect(threshold(learnDays([noisy, [], []]), 2).score).toBe(0);
    expect(threshold(EMPTY_BUDGET, 0)).toEqual({ score: 0, daysLearned: 0, incidentsPerDay: 0 });
  });

  it('lets nothing pass where no alerts are wanted', () => {
    expect(threshold(learnDays([noisy, noisy, noisy]), 0).score).toBe(Number.POSITIVE_INFINITY);
  });

  it('is of its behaviour alone, and of days before', () => {
    const state = learnDays([noisy, noisy, noisy]);
    expect(thresholdOf(state, 'beacon' as Finding['class'], 2, AFTER).score).toBe(0);
    expect(thresholdOf(state, 'scan', 2, day(3)).daysLearned).toBe(2);
  });

  it('counts an incident once a day, by its strongest finding', () => {
    const again = incidents([0.5, 0.9, 0.7], { incident: idOf(1) });
    const state = learn(EMPTY_BUDGET, day(1), again);
    expect(state.days[day(1)].scan).toEqual([scoreOf(again[1])]);
  });

  it('forgets days that are long ago', () => {
    const state = learnDays(Array.from({ length: budgetDaysMax + 3 }, () => noisy));
    expect(Object.keys(state.days)).toEqual(Array.from({ length: budgetDaysMax }, (_, i) => day(i + 4)));
  });

  it('keeps the budget on the days learned, and as much of it as scores allow', () => {
    const probability = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
    const days = fc.array(fc.array(probability, { maxLength: 12 }), {
      minLength: budgetDaysMin,
      maxLength: budgetDaysMax,
    });
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 6 }), (of, alertsPerDay) => {
        const findings = of.map((probabilities) => incidents(probabilities));
        const { score } = threshold(learnDays(findings), alertsPerDay);
        const scores = findings.flat().map(scoreOf);
        const allowed = alertsPerDay * of.length;
        const above = scores.filter((one) => one > score).length;
        const passing = scores.filter((one) => one >= score).length;
        if (score === 0) expect(scores.length).toBeLessThanOrEqual(allowed);
        else {
          expect(above).toBeLessThan(allowed);
          expect(passing).toBeGreaterThanOrEqual(allowed);
        }
      }),
    );
  });

  it('is the same whatever the order of findings, and however often a day is learned', () => {
    const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(probabilities, (of) => {
        const findings = incidents(of);
        const once = learn(EMPTY_BUDGET, day(1), findings);
        expect(learn(learn(once, day(1), findings.toReversed()), day(1), findings.toReversed())).toEqual(once);
      }),
    );
  });

  it('never falls when the network becomes noisier, nor when less is wanted', () => {
    const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(probabilities, probabilities, fc.integer({ min: 1, max: 5 }), (quiet, more, alertsPerDay) => {
        const days = (of: readonly number[]) => learnDays(Array.from({ length: budgetDaysMin }, () => incidents(of)));
        const [before, after] = [days(quiet), days([...quiet, ...more])];
        expect(threshold(after, alertsPerDay).score).toBeGreaterThanOrEqual(threshold(before, alertsPerDay).score);
        expect(threshold(after, alertsPerDay).score).toBeGreaterThanOrEqual(threshold(after, alertsPerDay + 1).score);
      }),
    );
  });

  it('remembers a bounded number of scores, the highest', () => {
    const many = Array.from({ length: budgetScoresMax + 10 }, (_, i) => i / (budgetScoresMax + 10));
    const scores = learn(EMPTY_BUDGET, day(1), incidents(many)).days[day(1)].scan!;
    expect(scores).toHaveLength(budgetScoresMax);
    expect(scores[0]).toBe(Math.max(...incidents(many).map(scoreOf)));
  });
});
