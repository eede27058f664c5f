import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { ocsfOf } from '../../lib/findings/ocsf.ts';
import { FINDING, finding } from './finding.ts';

/** Attributes that OCSF 1.5.0 requires of a Detection Finding with the cloud profile, and what their values must be. */
const REQUIRED: Readonly<Record<string, (value: unknown) => boolean>> = {
  activity_id: (value) => [0, 1, 2, 3, 99].includes(value as number),
  category_uid: (value) => value === 2,
  class_uid: (value) => value === 2004,
  type_uid: (value) => [200401, 200402, 200403].includes(value as number),
  severity_id: (value) => [0, 1, 2, 3, 4, 5, 6, 99].includes(value as number),
  time: (value) => Number.isInteger(value) && (value as number) > 1_000_000_000_000,
  metadata: (value) => {
    const { product, version } = value as { product: { name: string; vendor_name: string }; version: string };
    return version === '1.5.0' && product.name !== '' && product.vendor_name !== '';
  },
  finding_info: (value) => {
    const { uid, title } = value as { uid: string; title: string };
    return uid !== '' && title !== '';
  },
  cloud: (value) => (value as { provider: string }).provider === 'AWS',
};

/** Attributes that OCSF 1.5.0 knows of the event: those of its base, of the class and of the profile. */
const KNOWN = [
  ...Object.keys(REQUIRED),
  ...'activity_name category_name class_name type_name severity status status_id is_alert start_time end_time count message'.split(
    ' ',
  ),
  ...'confidence_score evidences observables remediation unmapped'.split(' '),
];

const event = (changes: Partial<Finding> = {}) => ocsfOf(finding(changes), '1.2.3');

describe('a finding as OCSF Detection Finding', () => {
  it.each<[string, Partial<Finding>]>([
    ['as it is', {}],
    ['suppressed', { suppressed: { owner: 'o', reason: 'r', expires: '2027-01-01' } }],
    ['critical', { severity: 'critical' }],
    ['without targets', { targets: { hosts: [], hostCount: 0, services: [], serviceCount: 0 } }],
    [
      'without anybody',
      { actors: [], actorCount: 0, targets: { hosts: [], hostCount: 0, services: [], serviceCount: 0 } },
    ],
    ['without evidence', { evidence: [] }],
    ['of an unknown account', { account: '-' }],
  ])('has all required attributes and no unknown ones, %s', (_, changes) => {
    const made = JSON.parse(JSON.stringify(event(changes)));
    for (const [name, fits] of Object.entries(REQUIRED)) expect([name, fits(made[name])]).toEqual([name, true]);
    expect(Object.keys(made).filter((name) => !KNOWN.includes(name))).toEqual([]);
    expect(made.type_uid).toBe(made.class_uid * 100 + made.activity_id);
  });

  it('tells what the finding tells', () => {
    expect(event()).toMatchObject({
      severity_id: 4,
      severity: 'High',
      status_id: 1,
      count: 40,
      confidence_score: 98,
      start_time: Date.parse(FINDING.firstSeen),
      time: Date.parse(FINDING.lastSeen),
      metadata: { product: { name: 'flowtrap', version: '1.2.3' } },
      cloud: { provider: 'AWS', account: { uid: '123456789012' } },
      finding_info: {
        uid: FINDING.id,
        title: FINDING.title,
        types: ['internal-sweep'],
        analytic: { type_id: 4 },
        attacks: [{ technique: { uid: 'T1018', name: 'Remote System Discovery' } }],
      },
      unmapped: { incident: FINDING.incident, observed: FINDING.observed },
    });
  });

  it.each([
    ['low', 2],
    ['medium', 3],
    ['high', 4],
    ['critical', 5],
  ] as const)('grades %s as %i', (severity, id) => {
    expect(event({ severity }).severity_id).toBe(id);
  });

  it('marks what is suppressed', () => {
    expect(event({ suppressed: { owner: 'o', reason: 'r', expires: '2027-01-01' } }).status_id).toBe(3);
  });

  it('names tests that do not learn as behavioural', () => {
    expect(event({ witnesses: ['random-walk'] }).finding_info.analytic.type_id).toBe(2);
  });

  it('tells sub-techniques apart from their technique', () => {
    const technique = { id: 'T1110.003', name: 'Brute Force: Password Spraying' };
    expect(event({ technique }).finding_info.attacks).toEqual([
      {
        technique: { uid: 'T1110', name: 'Brute Force' },
        sub_technique: { uid: 'T1110.003', name: 'Password Spraying' },
      },
    ]);
  });

  it('shows endpoints, direction and the record as evidence', () => {
    expect(event().evidences).toEqual([
      {
        src_endpoint: { ip: '10.0.0.1' },
        dst_endpoint: { ip: '10.0.1.1', port: 22 },
        connection_info: { direction_id: 3, direction: 'Lateral', protocol_num: 6, protocol_name: 'tcp' },
        data: FINDING.evidence[0],
      },
    ]);
  });

  it.each([
    [false, true, 1],
    [true, false, 2],
    [true, true, 3],
    [false, false, 0],
  ])('knows the direction of actor ours %s, target ours %s', (actorIsOurs, targetIsOurs, direction) => {
    const made = event({
      actors: [{ address: '192.0.2.1', isOurs: actorIsOurs }],
      targets: { ...FINDING.targets, hosts: [{ address: '10.0.1.1', isOurs: targetIsOurs }], hostCount: 1 },
    });
    expect(made.evidences[0].connection_info.direction_id).toBe(direction);
  });

  it('names of many actors and targets those that stand in the record', () => {
    const actors = ['192.0.2.1', '192.0.2.2'].map((address) => ({ address, isOurs: false }));
    const hosts = ['10.0.1.1', '10.0.1.2'].map((address) => ({ address, isOurs: true }));
    const targets = { hosts, hostCount: 2, services: ['22/tcp', '3389/tcp', 'icmp'], serviceCount: 3 };
    const record = (text: string) => ({ source: 'log', ordinal: 1, record: `2 1 eni-1 ${text} 5 500 1 2 ACCEPT OK` });
    const evidence = [
      record('192.0.2.2 10.0.1.2 40000 3389 6'),
      record('192.0.2.1 10.0.1.2 0 0 1'),
      record('8.8.8.8 9.9.9.9 1 2 17'),
      { source: 'log', ordinal: 4 },
    ];
    const made = event({ actors, actorCount: 2, targets, evidence }).evidences as unknown as Record<string, unknown>[];
    expect(made.map(({ src_endpoint, dst_endpoint }) => [src_endpoint, dst_endpoint])).toEqual([
      [{ ip: '192.0.2.2' }, { ip: '10.0.1.2', port: 3389 }],
      [{ ip: '192.0.2.1' }, { ip: '10.0.1.2' }],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    for (const { connection_info } of made) expect(connection_info).toMatchObject({ direction: 'Inbound' });
  });

  it('gives every address as observable', () => {
    expect(event().observables.map(({ type_id, value }) => [type_id, value])).toEqual([
      [2, '10.0.0.1'],
      [2, '10.0.1.1'],
      [2, '10.0.1.2'],
    ]);
  });
});
