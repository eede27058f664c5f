import { describe, expect, it } from 'vitest';
import { FINDING_TYPES, typeNamed } from '../../lib/findings/catalog.ts';
import { SEVERITIES } from '../../lib/findings/finding.ts';
import type { Measures } from '../../lib/findings/measure.ts';
import { type Role, severityOf } from '../../lib/findings/severity.ts';
import type { Situation } from '../../lib/findings/types/finding-type.ts';

function severity(type: string, actorIsOurs: boolean, answered: boolean, witnesses = ['forest', 'walk']) {
  return severityOf(typeNamed(type).severity, { actorIsOurs, answered }, witnesses);
}

describe('severity', () => {
  it.each([
    ['inbound-scan', 'a stranger whom nobody answers', false, false, 'low'],
    ['inbound-scan', 'a stranger who got an answer', false, true, 'medium'],
    ['brute-force', 'a stranger whom nobody answers', false, false, 'low'],
    ['brute-force', 'a stranger who got an answer', false, true, 'medium'],
    ['internal-sweep', 'a host of ours, answered or not', true, false, 'high'],
    ['brute-force', 'a host of ours', true, true, 'high'],
    ['brute-force-success', 'anybody', false, true, 'critical'],
    ['outbound-flood', 'a host of ours', true, false, 'high'],
    ['bulk-exfiltration', 'a host of ours', true, true, 'high'],
    ['inbound-flood', 'strangers, on a host of ours', false, false, 'high'],
    ['beacon', 'a host of ours, since updaters do it too', true, true, 'medium'],
    ['threat-list-contact', 'a host of ours that got an answer', true, true, 'high'],
    ['threat-list-contact', 'a host of ours that got none', true, false, 'low'],
    ['first-seen-peer', 'a host of ours, which is for the digest', true, true, 'low'],
  ])('of %s by %s follows role and outcome', (type, _, actorIsOurs, answered, expected) => {
    expect(severity(type, actorIsOurs, answered)).toBe(expected);
  });

  it('is never above medium with a single witness, and no lower than with two otherwise', () => {
    for (const { type } of FINDING_TYPES) {
      for (const actorIsOurs of [true, false]) {
        for (const answered of [true, false]) {
          const alone = SEVERITIES.indexOf(severity(type, actorIsOurs, answered, ['forest']));
          const together = SEVERITIES.indexOf(severity(type, actorIsOurs, answered));
          expect(alone).toBe(Math.min(together, SEVERITIES.indexOf('medium')));
        }
      }
    }
  });

  it('is for the digest where the forest alone has seen what the published test finds too small', () => {
    const of = (witnesses: readonly string[], role: Partial<Role>) =>
      severityOf(typeNamed('outbound-flood').severity, { actorIsOurs: true, answered: false, ...role }, witnesses);
    expect([of(['forest'], { isSmall: true }), of(['forest'], {})]).toEqual(['low', 'medium']);
    expect([of(['volume'], { isSmall: true }), of(['forest', 'volume'], { isSmall: true })]).toEqual([
      'medium',
      'high',
    ]);
    const call = { isSmall: true, isExchange: true };
    expect([of(['volume'], call), of(['volume'], { isExchange: true }), of(['forest', 'volume'], call)]).toEqual([
      'low',
      'medium',
      'high',
    ]);
  });

  const situation = (figures: Partial<Measures>, actorIsOurs = true): Situation => {
    const none = { packetsSent: 0, packetsReceived: 0, flows: 1, bytesSent: 0, attempts: 0, activeSeconds: 120 };
    const services = new Map([[(17 << 16) | 3_478, 1]]);
    const measures = { ...none, services, ...figures } as Measures;
    return { measures, actorIsOurs, actorIsVictim: false, named: new Set() };
  };

  it.each([
    ['outbound-flood', { packetsSent: 119_999 }, { packetsSent: 120_000 }],
    ['inbound-flood', { packetsReceived: 119_999 }, { packetsReceived: 120_000 }],
    ['inbound-flood', { flows: 59_999 }, { flows: 60_000 }],
    ['bulk-exfiltration', { bytesSent: 99_999_999 }, { bytesSent: 100_000_000 }],
  ])('of %s knows what is small', (type, small, large) => {
    const { isSmall } = typeNamed(type);
    expect([isSmall!(situation(small)), isSmall!(situation(large))]).toEqual([true, false]);
  });

  it.each(['brute-force', 'password-spray'])(
    'of %s takes few tries of strangers for small, and none of ours',
    (type) => {
      const { isSmall } = typeNamed(type);
      const [few, many] = [{ attempts: 3 }, { attempts: 4 }];
      expect([isSmall!(situation(few, false)), isSmall!(situation(many, false))]).toEqual([true, false]);
      expect(isSmall!(situation(few))).toBe(false);
    },
  );

  it('of a flood of datagrams knows what is answered as a call is', () => {
    const { isExchange } = typeNamed('outbound-flood');
    const of = (packetsReceived: number, service = (17 << 16) | 3_478) =>
      isExchange!(situation({ packetsSent: 1_000, packetsReceived, services: new Map([[service, 1]]) }));
    expect([of(20), of(19), of(900, (6 << 16) | 80)]).toEqual([true, false, false]);
  });

  it('is told in words by every type', () => {
    for (const { severity } of FINDING_TYPES) expect(severity.rule).toMatch(/^(low|medium|high|critical)\b/);
  });
});
