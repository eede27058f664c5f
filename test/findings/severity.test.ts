import { describe, expect, it } from 'vitest';
import { FINDING_TYPES, typeNamed } from '../../lib/findings/catalog.ts';
import { SEVERITIES } from '../../lib/findings/finding.ts';
import { severityOf } from '../../lib/findings/severity.ts';

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

  it('is told in words by every type', () => {
    for (const { severity } of FINDING_TYPES) expect(severity.rule).toMatch(/^(low|medium|high|critical)\b/);
  });
});
