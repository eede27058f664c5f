import { describe, expect, it } from 'vitest';
import { findingOf } from '../../lib/findings/stored.ts';
import { explainSignal } from '../../lib/history/explain.ts';
import type { HistorySignal } from '../../lib/history/signal.ts';
import { findingListMax } from '../../lib/limits.ts';
import { HOUR, host, track } from './describe.ts';
import { classifier } from './networks.ts';

const signal = (given: Partial<HistorySignal> = {}): HistorySignal => ({
  type: 'beacon',
  actor: host('10.0.0.1'),
  actorIsVictim: false,
  scope: '203.0.113.1 443/tcp',
  firstSeconds: HOUR,
  lastSeconds: HOUR + 7_200,
  observed: { connections: 120 },
  expected: { connections: 4 },
  tracks: [track()],
  ...given,
});

const explained = (given: Partial<HistorySignal> = {}) => explainSignal(signal(given), 'long-beacon', classifier);

describe('a signal of the history', () => {
  it('points at the other end, whoever spoke first', () => {
    const back = track({ client: host('203.0.113.1'), server: host('10.0.0.1') });
    expect(explained({ tracks: [track(), back] }).targets.hosts).toEqual([host('203.0.113.1')]);
    expect(explained({ tracks: [back] })).toMatchObject({ actors: [host('10.0.0.1')], targets: { hostCount: 1 } });
    expect(explained({ tracks: [back] }).targets.hosts).toEqual([host('203.0.113.1')]);
  });

  it('becomes a finding with all that findings have', () => {
    const finding = explained();
    expect(finding).toMatchObject({
      type: 'beacon',
      class: 'command-and-control',
      title: '10.0.0.1 calls 203.0.113.1 at regular times, 443/tcp',
      account: '123456789012',
      actors: [{ address: '10.0.0.1', isOurs: true }],
      targets: {
        hosts: [{ address: '203.0.113.1', isOurs: false }],
        hostCount: 1,
        services: ['443/tcp'],
        serviceCount: 1,
      },
      firstSeen: '2026-09-21T14:00:00Z',
      lastSeen: '2026-09-21T16:00:00Z',
      count: 1,
      observed: { connections: 120 },
      witnesses: ['long-beacon'],
      evidence: [{ source: 'log', ordinal: 1 }],
      sources: ['log'],
    });
    expect(finding.expected.connections).toBe(4);
    expect(finding.nextSteps.join()).not.toContain('{');
    expect(findingOf(JSON.parse(JSON.stringify(finding)))).toEqual(finding);
  });

  it('has the forest for a second witness where that was sure of the class', () => {
    const threshold = classifier.manifest.thresholds['command-and-control']!;
    const at = (probability: number) =>
      explained({ tracks: [track(), track({ probabilities: { 'command-and-control': probability } })] });
    expect(at(threshold)).toMatchObject({ witnesses: ['forest', 'long-beacon'], probability: threshold });
    expect(at(threshold - 0.01).witnesses).toEqual(['long-beacon']);
  });

  it('does not ask the forest about what it does not know', () => {
    const finding = explained({ type: 'lateral-movement', tracks: [track({ probabilities: { scan: 1 } })] });
    expect(finding).toMatchObject({ class: 'other-attack', probability: 0, witnesses: ['long-beacon'] });
    expect(finding.expected.probability).toBeUndefined();
  });

  it('names the origin that it is about', () => {
    const { title } = explained({ type: 'unusual-country', scope: 'NL', origin: 'Netherlands (NL)' });
    expect(title).toBe(
      '10.0.0.1 is answered from a country that is new for it: Netherlands (NL), 203.0.113.1, 443/tcp',
    );
  });

  it('is graded by the catalog, unless the detector knows better', () => {
    expect(explained({ type: 'lateral-movement' }).severity).toBe('medium');
    expect(explained({ type: 'lateral-movement', severity: 'critical' }).severity).toBe('critical');
    const seenTwice = { tracks: [track({ probabilities: { 'brute-force': 0.99 } })], severity: 'low' as const };
    expect(explained({ type: 'brute-force', severity: 'low' }).severity).toBe('low');
    expect(explained({ type: 'brute-force', ...seenTwice }).severity).toBe('high');
  });

  it('has one name for a week, whatever slides out of sight', () => {
    const { id, incident } = explained();
    expect(explained({ firstSeconds: HOUR + 6 * 86_400 }).id).toBe(id);
    const next = explained({ firstSeconds: HOUR + 7 * 86_400 });
    expect(next.id).not.toBe(id);
    expect(next.incident).toBe(incident);
  });

  it('names types of other attacks apart, and types of one class alike', () => {
    const idOf = (type: string) => explained({ type }).id;
    expect(idOf('strobe')).toBe(idOf('beacon'));
    expect(idOf('unusual-port')).not.toBe(idOf('first-seen-peer'));
    expect(explained({ scope: '-' }).id).not.toBe(explained().id);
  });

  it('tells of a victim with all who attack it', () => {
    const tracks = Array.from({ length: findingListMax + 5 }, (_, i) =>
      track({ client: host(`198.51.100.${i}`), server: host('10.0.0.1'), service: '22/tcp' }),
    );
    const finding = explained({ type: 'distributed-scan', actorIsVictim: true, tracks });
    expect(finding.actors).toHaveLength(findingListMax);
    expect(finding).toMatchObject({
      actorCount: findingListMax + 5,
      targets: { hosts: [{ address: '10.0.0.1' }], hostCount: 1 },
    });
  });

  it('sums up many targets', () => {
    const tracks = [1, 2, 3].map((i) => track({ server: host(`10.0.1.${i}`), service: `${i}/tcp` }));
    expect(explained({ type: 'slow-scan', tracks }).title).toBe('10.0.0.1 scans 3 hosts slowly, 3 services');
  });

  it('may be about what has no tracks', () => {
    const finding = explained({ type: 'interface-silent', actor: { address: 'eni-1', isOurs: true }, tracks: [] });
    expect(finding).toMatchObject({ account: '-', count: 0, targets: { hostCount: 0 }, evidence: [], sources: [] });
  });

  it('refuses a type that the catalog does not have', () => {
    expect(() => explained({ type: 'no-such-type' })).toThrow('no finding type "no-such-type"');
  });
});
