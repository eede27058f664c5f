import { describe, expect, it } from 'vitest';
import { findingsText, reasonText } from '../../bin/findings-table.ts';
import { textWidth } from '../../bin/terminal.ts';
import type { DetectSummary } from '../../lib/detect.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import type { Finding } from '../../lib/findings/finding.ts';

const SUMMARY: DetectSummary = {
  objects: 3,
  objectsFailed: 1,
  bytes: 2_500_000,
  records: 12_345,
  noData: 2,
  skipData: 1,
  malformed: { address: 4 },
  malformedExamples: [],
  unknownFields: [],
  missingFields: [],
  failures: [],
  conversations: 678,
  conversationsFolded: 0,
  strangers: { conversations: 0, networks: [] },
  windows: 12,
  findings: 1,
  suppressed: 0,
};

const FINDING: Finding = {
  id: '0123456789abcdef0123456789abcdef',
  incident: 'fedcba9876543210fedcba9876543210',
  type: 'vertical-scan',
  class: 'scan',
  severity: 'high',
  title: '203.0.113.9 scans the ports of 10.0.0.5',
  account: '123456789012',
  actors: [{ address: '203.0.113.9', isOurs: false }],
  actorCount: 1,
  targets: {
    hosts: [{ address: '10.0.0.5', isOurs: true }],
    hostCount: 1,
    services: ['22/tcp', '23/tcp', '25/tcp', '80/tcp'],
    serviceCount: 40,
  },
  firstSeen: '2026-01-05T09:00:00Z',
  lastSeen: '2026-01-05T09:05:07Z',
  count: 1_234,
  observed: { services: 40, failedShare: 0.95, bytesPerSecond: 1_500 },
  expected: { failedShare: 0.2, probability: 0.6 },
  probability: 0.987,
  witnesses: ['forest'],
  reasons: [
    {
      feature: 'client_services',
      meaning: 'distinct server ports of the client',
      unit: 'octaves',
      value: 5.36,
      benign: 1,
      effect: 0.61,
    },
    {
      feature: 'client_failed_share',
      meaning: 'conversations of the client that failed',
      unit: 'share',
      value: 0.95,
      benign: 0.03,
      effect: 0.2,
    },
    { feature: 'is_tcp', meaning: 'protocol is TCP', unit: 'flag', value: 1, benign: 1, effect: 0.1 },
    { feature: 'is_udp', meaning: 'not shown', unit: 'flag', value: 0, benign: 0, effect: 0.02 },
  ],
  evidence: [
    {
      source: 'logs/a.log.gz',
      ordinal: 17,
      record: '2 123456789012 eni-1 203.0.113.9 10.0.0.5 4444 22 6 1 44 1767603600 1767603601 REJECT OK',
    },
  ],
  sources: ['logs/a.log.gz'],
  technique: { id: 'T1046', name: 'Network Service Discovery' },
  nextSteps: ['Ask the owner.', 'Isolate the host.'],
};

const plain = (_: unknown, text: string) => text;
const render = (findings: readonly Finding[], width = 100) =>
  findingsText(findings, { ...SUMMARY, findings: findings.length }, width, plain);

describe('a finding', () => {
  it('reads from who to what next', () => {
    expect(render([FINDING])).toBe(`\
 HIGH     203.0.113.9 scans the ports of 10.0.0.5
 who      203.0.113.9 → 10.0.0.5 (yours) · 22/tcp, 23/tcp and 38 more services ·
          account 123456789012
 when     2026-01-05 09:00:00 UTC, for 5 min 7 s · 1,234 conversations
 what     services 40 · failed share 95% (usually up to 20%) · bytes per second 1.5 kB ·
          scan 99%, threshold 60%
 why      distinct server ports of the client: 40, benign 1 (+61 points)
          conversations of the client that failed: 95%, benign 3% (+20 points)
          protocol is TCP: yes, benign yes (+10 points)
 proof    2 123456789012 eni-1 203.0.113.9 10.0.0.5 4444 22 6 1 44 1767603600 1767603601 REJECT OK
          logs/a.log.gz:17
 next     Ask the owner.
          T1046 Network Service Discovery · seen by forest ·
          finding 0123456789abcdef0123456789abcdef

1 finding: 1 high
12,345 records · 678 conversations · 12 windows · 3 objects · 2.5 MB · 2 without data ·
1 where AWS lost records · 4 malformed (address) · 1 object failed
`);
  });

  it('says nothing of an other end where there is none, nor of the forest where that knows nothing', () => {
    const targets = { hosts: [], hostCount: 0, services: [], serviceCount: 0 };
    const actors = [{ address: 'eni-1', isOurs: true }];
    const text = render([{ ...FINDING, class: 'other-attack', actors, targets, observed: { hours: 1 }, expected: {} }]);
    expect(text).toContain('\n who      eni-1 (yours) · account 123456789012\n');
    expect(text).toContain('\n what     hours 1\n');
  });

  it.each([80, 100, 140])('fits %i columns, however long its parts', (width) => {
    const long = 'x/'.repeat(200);
    const finding: Finding = {
      ...FINDING,
      title: long,
      account: long,
      evidence: [{ source: long, ordinal: 1, record: long }],
      nextSteps: [long],
      observed: { [`a${'B'.repeat(50)}`]: 1e15 },
      reasons: [{ ...FINDING.reasons[0], meaning: long }],
    };
    const lines = render([finding], width).split('\n');
    expect(lines.filter((line) => textWidth(line) > width)).toEqual([]);
  });

  it('shows escape sequences of the log instead of sending them', () => {
    const hostile = 'eni\x1b]0;owned\x07\u202e';
    const text = render([
      {
        ...FINDING,
        title: hostile,
        account: hostile,
        evidence: [{ source: hostile, ordinal: 1, record: hostile }],
        targets: { ...FINDING.targets, services: [hostile], serviceCount: 1 },
      },
    ]);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text.match(/eni\\x1b\]0;owned\\x07\\u\{202e\}/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('lists the parts of a chain, with escape sequences shown', () => {
    const part = {
      id: 'abcdef0123456789',
      type: 'beacon',
      severity: 'medium',
      firstSeen: '2026-01-05T09:03:00Z',
    } as const;
    const text = render([{ ...FINDING, parts: [{ ...part, title: 'it calls\u001b[2J home' }] }]);
    expect(text).toMatch(/ parts +09:03:00 it calls.* home \(medium, abcdef01\)/);
    expect(text).not.toContain('\u001b');
  });

  it('is told without what is missing', () => {
    const text = render([{ ...FINDING, account: '-', reasons: [], evidence: [], nextSteps: [], expected: {} }]);
    expect(text).not.toMatch(/account|why|proof|next|threshold/);
  });

  it('says where the proof lies when the record could not be read again', () => {
    const text = render([{ ...FINDING, evidence: [{ source: 'standard input', ordinal: 3 }] }]);
    expect(text).toContain('\n proof    standard input:3\n');
  });
});

describe('findings', () => {
  it('come worst first', () => {
    const text = render([
      { ...FINDING, severity: 'low', title: 'Least' },
      { ...FINDING, severity: 'critical', title: 'Worst' },
      { ...FINDING, severity: 'high', title: 'Middle' },
    ]);
    expect(text.match(/Worst|Middle|Least/g)).toEqual(['Worst', 'Middle', 'Least']);
    expect(text).toContain('3 findings: 1 critical, 1 high, 1 low');
  });

  it('are painted by severity', () => {
    const styles: unknown[] = [];
    findingsText([FINDING], SUMMARY, 80, (style, text) => {
      styles.push(style);
      return text;
    });
    expect(styles).toContainEqual(['bold', 'red']);
  });

  it('say which network is missing in the settings where many conversations have no host of ours', () => {
    const strangers = { conversations: 400, networks: ['2600:1f14:aa:0::/64', '9.9.9.0/24'] };
    const told = findingsText([], { ...SUMMARY, strangers }, 200, plain);
    expect(told).toMatch(
      /400 conversations without a host of yours, most of them with 2600:1f14:aa:0::\/64, 9\.9\.9\.0\/24: .*ourNetworks/,
    );
    const few = findingsText([], { ...SUMMARY, strangers: { ...strangers, conversations: 6 } }, 200, plain);
    expect(few).not.toContain('ourNetworks');
  });

  it('may be none', () => {
    expect(render([])).toMatch(/^No findings\n12,345 records/);
  });
});

describe('reasons', () => {
  const reason = FINDING.reasons[0];
  it.each<[string, number, number, string]>([
    ['server_peers', 10, 2, '1,023, benign 3'],
    ['packets_per_flow', 3, 0, '8, benign 1'],
    ['bytes_flatness', 0, 1, '×1, benign ×2'],
    ['bytes_balance', 13, 0, '×8,192, benign ×1'],
    ['opens_per_flow', -1, 0.5, 'unknown, benign 50%'],
    ['is_tcp', 0.5, 0, '50% of cases, benign no'],
    ['client_walk', 12.345, -2, '12.3, benign -2'],
  ])('of %s read %d against %d as %s', (feature, value, benign, words) => {
    const { unit } = FEATURES.find(({ name }) => name === feature)!;
    expect(reasonText({ ...reason, feature, unit, meaning: 'it', value, benign, effect: -0.1 })).toBe(
      `it: ${words} (−10 points)`,
    );
  });
});
