/** A finding as detection makes it, with what a test wants to be different. */
import type { Finding } from '../../lib/findings/finding.ts';

export const FINDING: Finding = {
  id: '0123456789abcdef0123456789abcdef',
  incident: 'fedcba9876543210fedcba9876543210',
  type: 'internal-sweep',
  class: 'scan',
  severity: 'high',
  title: '10.0.0.1 sweeps internal hosts for 22/tcp',
  account: '123456789012',
  actors: [{ address: '10.0.0.1', isOurs: true }],
  actorCount: 1,
  targets: {
    hosts: [
      { address: '10.0.1.1', isOurs: true },
      { address: '10.0.1.2', isOurs: true },
    ],
    hostCount: 2,
    services: ['22/tcp'],
    serviceCount: 1,
  },
  firstSeen: '2026-01-05T09:00:00Z',
  lastSeen: '2026-01-05T09:05:07Z',
  count: 40,
  observed: { hosts: 2, failedShare: 0.95, contactsPerSecond: 0.13 },
  expected: { failedShare: 0.2, probability: 0.6 },
  probability: 0.98,
  witnesses: ['forest', 'random-walk'],
  reasons: [
    {
      feature: 'client_services',
      meaning: 'distinct server ports of the client',
      unit: 'octaves',
      value: 5.36,
      benign: 1,
      effect: 0.61,
    },
  ],
  evidence: [
    {
      source: 'logs/one.log.gz',
      ordinal: 7,
      record: '2 123456789012 eni-1 10.0.0.1 10.0.1.1 40000 22 6 1 40 1767603600 1767603660 REJECT OK',
    },
  ],
  sources: ['logs/one.log.gz'],
  technique: { id: 'T1018', name: 'Remote System Discovery' },
  nextSteps: ['Ask the owner of 10.0.0.1 what runs there.', 'Isolate 10.0.0.1 if nobody can explain it.'],
};

export const finding = (changes: Partial<Finding> = {}): Finding => ({ ...FINDING, ...changes });

/** The 32 digits of a number, as ids are. */
export const idOf = (number: number): string => number.toString(16).padStart(32, '0');

/** `2026-01-05T09:00:00Z` and so many seconds. */
export const timeOf = (seconds: number): string =>
  `${new Date(Date.UTC(2026, 0, 5, 9) + seconds * 1000).toISOString().slice(0, 19)}Z`;
