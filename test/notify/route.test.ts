import { describe, expect, it } from 'vitest';
import { scoreOf } from '../../lib/findings/budget.ts';
import { SEVERITIES, type Severity } from '../../lib/findings/finding.ts';
import { holdByItself, holdBySituation } from '../../lib/notify/route.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { FINDING, finding } from '../findings/finding.ts';

const threshold = (score: number) => ({ score, daysLearned: 7, incidentsPerDay: 10 });
const OPEN = { isSideEffect: false, threshold: threshold(0) };

describe('by itself', () => {
  it.each(SEVERITIES.flatMap((least) => SEVERITIES.map((severity) => [severity, least] as const)))(
    'a finding of severity %s against a minimum of %s is judged by their order',
    (severity: Severity, minimumSeverity: Severity) => {
      const isBelow = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(minimumSeverity);
      const hold = holdByItself(finding({ severity }), { ...DEFAULT_SETTINGS, minimumSeverity });
      expect(hold).toBe(isBelow ? 'severity' : undefined);
    },
  );

  it('a suppressed finding is held back whatever its severity', () => {
    const suppressed = { owner: 'o', reason: 'r', expires: '2027-01-01' };
    expect(holdByItself(finding({ severity: 'critical', suppressed }), DEFAULT_SETTINGS)).toBe('suppressed');
  });
});

describe('by its situation', () => {
  it('a finding goes out where nothing speaks against it', () => {
    expect(holdBySituation(FINDING, 'new', OPEN)).toBeUndefined();
  });

  it('a side effect is held back', () => {
    expect(holdBySituation(FINDING, 'new', { ...OPEN, isSideEffect: true })).toBe('side effect');
  });

  it('a finding at the threshold goes out, one below it does not', () => {
    const at = (score: number) => holdBySituation(FINDING, 'again', { ...OPEN, threshold: threshold(score) });
    expect(at(scoreOf(FINDING))).toBeUndefined();
    expect(at(scoreOf(FINDING) + 1e-6)).toBe('threshold');
    expect(at(Number.POSITIVE_INFINITY)).toBe('threshold');
  });

  it.each(['worse', 'more'] as const)('what people know of already is not dropped when it is %s', (news) => {
    const situation = { isSideEffect: true, threshold: threshold(Number.POSITIVE_INFINITY) };
    expect(holdBySituation(FINDING, news, situation)).toBeUndefined();
  });
});
