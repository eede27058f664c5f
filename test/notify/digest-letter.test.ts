import { describe, expect, it } from 'vitest';
import { chatCharactersMax, digestListMax, emailCharactersMax, machineBytesMax } from '../../lib/limits.ts';
import { type DayReport, digestLetter, digestMessage, type IncidentOfDay } from '../../lib/notify/digest-letter.ts';
import type { Hold } from '../../lib/notify/route.ts';
import { finding, idOf } from '../findings/finding.ts';

const EMPTY: DayReport = {
  day: '2026-01-05',
  messages: [],
  incidents: [],
  findingCount: 0,
  lateCount: 0,
  leftOut: 0,
  unreadable: [],
  expired: [],
  budget: [],
};

const incident = (hold: Hold | undefined, changes: Partial<IncidentOfDay> = {}): IncidentOfDay => ({
  findings: [finding({ severity: 'medium' })],
  hold,
  isNew: false,
  ...changes,
});

const linesOf = (report: Partial<DayReport>, name: string) =>
  digestLetter({ ...EMPTY, ...report }).sections.filter((section) => section.name === name);

describe('the letter of a day', () => {
  it('of nothing says that nothing was found', () => {
    const { title, sections, nextSteps } = digestLetter(EMPTY);
    expect(title).toBe('2026-01-05, 0 told, 0 held back');
    expect(sections).toEqual([{ name: 'Found', lines: ['0 findings of 0 incidents'] }]);
    expect(nextSteps).toEqual([]);
  });

  it('says how many findings came late', () => {
    expect(linesOf({ findingCount: 3, lateCount: 2 }, 'Found')[0].lines[1]).toBe(
      '2 of them began on days before, and were found after the digest of that day',
    );
  });

  it('grades an incident by its gravest finding', () => {
    const findings = [finding({ severity: 'low' }), finding({ severity: 'high' })];
    const report = { incidents: [incident('budget', { findings })], findingCount: 2 };
    expect(linesOf(report, 'Found')).toEqual([{ name: 'Found', lines: ['2 findings of 1 incidents: 1 high'] }]);
  });

  it('lists the strongest first of what was held back, by reason', () => {
    const graded = (['low', 'high', 'medium'] as const).map((severity) =>
      incident('budget', { findings: [finding({ severity, title: severity })] }),
    );
    const [budget, ...others] = linesOf({ incidents: graded }, 'Held back');
    expect(others).toEqual([]);
    expect(budget.lines.slice(1)).toEqual(['high: high', 'medium: medium', 'low: low']);
  });

  it('has a section for each reason, in their order', () => {
    const incidents = (['budget', 'suppressed', 'unheard'] as const).map((hold) => incident(hold));
    const words = linesOf({ incidents }, 'Held back').map(({ lines }) => lines[0].split(' ').slice(1, 3).join(' '));
    expect(words).toEqual(['suppressed by', 'after the', 'never came']);
  });

  it('says by whose word a finding was softened', () => {
    const softened = { network: '10.0.0.1', name: 'scanner', reason: 'r', severityBefore: 'medium' } as const;
    const incidents = [incident('severity', { findings: [finding({ severity: 'low', softened })] })];
    expect(linesOf({ incidents }, 'Held back')[0].lines[1]).toContain('(trusted: scanner)');
  });

  it('counts what is new and how much of it was held back', () => {
    const incidents = [incident(undefined, { isNew: true }), incident('budget', { isNew: true }), incident('budget')];
    expect(linesOf({ incidents }, 'New')[0].lines).toEqual(['2 incidents never heard of before, 1 of them held back']);
  });

  it('says how many findings were not read', () => {
    expect(linesOf({ leftOut: 1_234 }, 'Found')[0].lines[1]).toContain('1,234 more findings were not read');
  });

  it('tells thresholds where there are any, and nothing of behaviours at rest', () => {
    const budget = [
      { behaviour: 'scan', alertsPerDay: 2, used: 0, threshold: { score: 1.5, daysLearned: 7, incidentsPerDay: 9 } },
      {
        behaviour: 'exfiltration',
        alertsPerDay: 2,
        used: 0,
        threshold: { score: 0, daysLearned: 7, incidentsPerDay: 0 },
      },
      {
        behaviour: 'brute-force',
        alertsPerDay: 2,
        used: 1,
        threshold: { score: 0, daysLearned: 1, incidentsPerDay: 1 },
      },
    ] as const;
    expect(linesOf({ budget }, 'Budget')[0].lines).toEqual([
      'scan: 0 of 2 alerts a day; from medium 0.501 on, after 7 days of 9 incidents each',
      'brute-force: 1 of 2 alerts a day; no threshold after 1 days',
    ]);
  });

  it('keeps the limits of messages on the worst of days', () => {
    const holds = ['suppressed', 'severity', 'side effect', 'threshold', 'budget', 'unheard'] as const;
    const long = 'ü'.repeat(5_000);
    const suppressed = { owner: long, reason: long, expires: '2027-01-01' };
    const incidents = Array.from({ length: 2_000 }, (_, i) =>
      incident(holds[i % holds.length], { findings: [finding({ id: idOf(i), title: long, suppressed })], isNew: true }),
    );
    const expired = incidents.map(() => ({ type: 'beacon', owner: long, reason: long, expires: '2020-01-01' }));
    const unreadable = incidents.map(() => long);
    const { email, machine, chat, slack, subject } = digestMessage({ ...EMPTY, incidents, expired, unreadable });
    expect(subject.length).toBeLessThanOrEqual(99);
    expect(email.length).toBeLessThanOrEqual(emailCharactersMax);
    expect(Buffer.byteLength(machine)).toBeLessThanOrEqual(machineBytesMax);
    expect(Math.max(chat.length, slack.length)).toBeLessThanOrEqual(chatCharactersMax);
    expect(digestLetter({ ...EMPTY, unreadable }).sections[1].lines).toHaveLength(digestListMax + 1);
  });
});
