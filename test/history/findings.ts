import type { Finding } from '../../lib/findings/finding.ts';
import { identify } from '../../lib/findings/identity.ts';
import { HOUR, host } from './describe.ts';

export const iso = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** A finding of 10.0.0.1 against 203.0.113.1 that begins `at` seconds after `HOUR`; id and incident follow from who and when. */
export function finding(at: number, { lasts = 10, ...given }: Partial<Finding> & { lasts?: number } = {}): Finding {
  const began = HOUR + at - (at % 300);
  const { actors = [host('10.0.0.1')], class: kind = 'scan' } = given;
  return {
    ...identify({ kind, role: 'actor', actor: actors[0].address, scope: '-', began }),
    type: 'internal-sweep',
    class: kind,
    severity: 'medium',
    title: 'a title',
    account: '123456789012',
    actors,
    actorCount: 1,
    targets: { hosts: [host('203.0.113.1')], hostCount: 1, services: ['22/tcp'], serviceCount: 1 },
    firstSeen: iso(HOUR + at),
    lastSeen: iso(HOUR + at + lasts),
    count: 5,
    observed: { conversations: 5 },
    expected: {},
    probability: 0.5,
    witnesses: ['forest'],
    reasons: [],
    evidence: [{ source: 'log', ordinal: 1 }],
    sources: ['log'],
    technique: { id: 'T1046', name: 'Network Service Discovery' },
    nextSteps: [],
    ...given,
  };
}
