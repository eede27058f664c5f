import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { actorBehavioursMax } from '../../lib/limits.ts';
import { behaviourOf, causeOf, rememberTold, toldOf } from '../../lib/notify/side-effects.ts';
import { FINDING, finding, idOf, timeOf } from '../findings/finding.ts';
import { MemoryStore } from '../memory-store.ts';

const follower = (changes: Partial<Finding> = {}) =>
  finding({ incident: idOf(2), type: 'unusual-port', class: 'other-attack', severity: 'medium', ...changes });

const told = [behaviourOf(FINDING)];

describe('the cause of a side effect', () => {
  it('is what was told of the same time', () => {
    expect(causeOf(follower(), told)).toEqual(told[0]);
  });

  it.each<[string, Partial<Finding>, boolean]>([
    ['as severe', { severity: 'high' }, true],
    ['more severe', { severity: 'critical' }, false],
    ['of the same incident', { incident: FINDING.incident }, false],
    ['of a type that does not follow', { type: 'brute-force', class: 'brute-force' }, false],
    ['up to an hour after', { firstSeen: timeOf(307 + 3_600), lastSeen: timeOf(9_000) }, true],
    ['more than an hour after', { firstSeen: timeOf(308 + 3_600), lastSeen: timeOf(9_000) }, false],
    ['up to an hour before', { firstSeen: timeOf(-9_000), lastSeen: timeOf(-3_600) }, true],
    ['more than an hour before', { firstSeen: timeOf(-9_000), lastSeen: timeOf(-3_601) }, false],
  ])('is looked for when the finding is %s', (_, changes, found) => {
    expect(causeOf(follower(changes), told) !== undefined).toBe(found);
  });
});

describe('what was told of a host', () => {
  it('is nothing at first, then known to findings of the same host alone', async () => {
    const store = new MemoryStore();
    expect(await toldOf(store, FINDING)).toEqual([]);
    await rememberTold(store, FINDING);
    expect(await toldOf(store, follower())).toEqual(told);
    expect(await toldOf(store, finding({ actors: [{ address: '10.0.0.9', isOurs: true }] }))).toEqual([]);
  });

  it('is about the victim where there are many actors', async () => {
    const store = new MemoryStore();
    const victim = {
      hosts: [{ address: '10.0.0.1', isOurs: true }],
      hostCount: 1,
      services: ['80/tcp'],
      serviceCount: 1,
    };
    await rememberTold(store, finding({ type: 'inbound-flood', actorCount: 300, targets: victim }));
    expect(await toldOf(store, FINDING)).toHaveLength(1);
  });

  it('has each incident once, as it was told last, and a bounded number of them', async () => {
    const store = new MemoryStore();
    await rememberTold(store, FINDING);
    await rememberTold(store, finding({ severity: 'critical' }));
    expect((await toldOf(store, FINDING)).map(({ severity }) => severity)).toEqual(['critical']);
    for (let i = 0; i < actorBehavioursMax; i++) await rememberTold(store, finding({ incident: idOf(i) }));
    const incidents = (await toldOf(store, FINDING)).map(({ incident }) => incident);
    expect(incidents).toEqual(Array.from({ length: actorBehavioursMax }, (_, i) => idOf(i)));
  });

  it('lasts as long and is as severe as the fullest of its forms', async () => {
    const store = new MemoryStore();
    const longer = finding({ severity: 'medium', lastSeen: timeOf(12_600) });
    const earlier = finding({ severity: 'low', firstSeen: timeOf(-300), lastSeen: timeOf(10) });
    for (const one of [FINDING, longer, earlier]) await rememberTold(store, one);
    const [{ firstSeconds, lastSeconds, severity }] = await toldOf(store, FINDING);
    expect([firstSeconds, lastSeconds, severity]).toEqual([
      Date.parse(earlier.firstSeen) / 1_000,
      Date.parse(longer.lastSeen) / 1_000,
      'high',
    ]);
  });

  it('keeps addresses out of keys', async () => {
    const store = new MemoryStore();
    await rememberTold(store, finding({ actors: [{ address: '../../x', isOurs: false }] }));
    expect([...store.values.keys()]).toEqual([expect.stringMatching(/^incidents\/actors\/[0-9a-f]{32}\.json$/)]);
  });
});
