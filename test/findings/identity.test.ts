import { describe, expect, it } from 'vitest';
import { identify, type Subject } from '../../lib/findings/identity.ts';

const SUBJECT: Subject = { kind: 'scan', role: 'actor', actor: '10.0.0.1', scope: '-', began: 1_790_000_100 };

describe('identity', () => {
  it('is the same for the same subject', () => {
    expect(identify({ ...SUBJECT })).toEqual(identify(SUBJECT));
    expect(identify(SUBJECT).id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keeps the incident over time, and not the finding', () => {
    const later = identify({ ...SUBJECT, began: SUBJECT.began + 300 });
    expect(later.incident).toBe(identify(SUBJECT).incident);
    expect(later.id).not.toBe(identify(SUBJECT).id);
  });

  it.each<[string, Partial<Subject>]>([
    ['kind', { kind: 'brute-force' }],
    ['role', { role: 'victim' }],
    ['actor', { actor: '10.0.0.2' }],
    ['scope', { scope: '10.0.0.9' }],
  ])('tells incidents apart by %s', (_, other) => {
    const names = [identify(SUBJECT), identify({ ...SUBJECT, ...other })].flatMap(({ id, incident }) => [id, incident]);
    expect(new Set(names).size).toBe(4);
  });
});
