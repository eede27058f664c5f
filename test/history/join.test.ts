import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../lib/findings/finding.ts';
import { joinHours, joinTests } from '../../lib/history/join.ts';
import { findingListMax } from '../../lib/limits.ts';
import { HOUR, host } from './describe.ts';
import { finding, iso } from './findings.ts';

const targets = (hosts: readonly Host[], services = ['22/tcp']) => ({
  hosts: hosts.slice(0, findingListMax),
  hostCount: hosts.length,
  services,
  serviceCount: services.length,
});
const hosts = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => host(`10.1.${(from + i) >> 8}.${(from + i) & 255}`));

describe('findings of the hours of a day', () => {
  it('become one where one goes on from an hour into the next', () => {
    const before = finding(3_300, {
      lasts: 250,
      count: 9,
      severity: 'medium',
      title: 'the longer one',
      targets: targets(hosts(0, 3)),
      witnesses: ['forest'],
      sources: ['b'],
      observed: { conversations: 9 },
    });
    const after = finding(3_600, {
      lasts: 200,
      count: 4,
      severity: 'high',
      probability: 0.9,
      targets: targets(hosts(2, 3), ['23/tcp']),
      witnesses: ['random-walk'],
      sources: ['a'],
      evidence: [
        { source: 'log', ordinal: 1 },
        { source: 'log', ordinal: 7 },
      ],
    });
    expect(joinHours([after, before])).toEqual([
      {
        ...before,
        severity: 'high',
        lastSeen: iso(HOUR + 3_800),
        count: 13,
        probability: 0.9,
        targets: targets(hosts(0, 5), ['22/tcp', '23/tcp']),
        witnesses: ['forest', 'random-walk'],
        sources: ['a', 'b'],
        evidence: [
          { source: 'log', ordinal: 1 },
          { source: 'log', ordinal: 7 },
        ],
      },
    ]);
  });

  it('stay as they are where more than a silent window lies between', () => {
    const all = [finding(2_700), finding(3_600)];
    expect(joinHours(all)).toEqual(all);
    expect(joinHours([finding(3_000), finding(3_600)])).toHaveLength(1);
  });

  it('stay apart where they are of different incidents', () => {
    expect(joinHours([finding(3_300), finding(3_600, { actors: [host('10.0.0.2')] })])).toHaveLength(2);
    expect(joinHours([finding(3_300), finding(3_600, { class: 'brute-force' })])).toHaveLength(2);
  });

  it('are one all day where they are of a state, which has one name', () => {
    const morning = finding(0);
    const evening = { ...finding(30_000), id: morning.id, incident: morning.incident };
    expect(joinHours([morning, evening])).toMatchObject([{ id: morning.id, count: 10, lastSeen: evening.lastSeen }]);
  });

  it('follow each other over many hours, named by the first', () => {
    const all = Array.from({ length: 24 }, (_, hour) => finding(hour * 3_600, { lasts: 3_500 }));
    expect(joinHours(all)).toMatchObject([
      { id: all[0].id, firstSeen: all[0].firstSeen, lastSeen: all[23].lastSeen, count: 120 },
    ]);
  });

  it('take their figures from the hour with most conversations', () => {
    const all = [
      finding(3_300),
      finding(3_600, { count: 50, observed: { conversations: 50 }, title: 'most' }),
      finding(7_000, { count: 9 }),
    ];
    expect(joinHours(all)[0]).toMatchObject({ id: all[0].id, title: 'most', observed: { conversations: 50 } });
  });

  it('list hosts up to the limit and count at least those of the fullest hour', () => {
    const [joined] = joinHours([
      finding(3_300, { targets: targets(hosts(0, 400)) }),
      finding(3_600, { targets: targets(hosts(200, 300)) }),
    ]);
    expect(joined.targets.hosts).toHaveLength(findingListMax);
    expect(joined.targets.hostCount).toBe(400);
  });

  it('are the same in whatever order they come', () => {
    const all = [0, 300, 3_600, 7_000, 20_000].flatMap((at) => [
      finding(at),
      finding(at, { actors: [host('10.0.0.2')], count: at }),
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(joinHours(shuffled)).toEqual(joinHours(all));
      }),
    );
  });

  it('are none where there are none', () => {
    expect(joinHours([])).toEqual([]);
  });
});

describe('what several tests say under one name', () => {
  it('is the most severe form, with all who have seen it and from the first to the last', () => {
    const beacon = finding(600, { type: 'beacon', severity: 'medium', witnesses: ['day-beacon'], count: 9 });
    const long = finding(0, { type: 'long-connection', severity: 'low', witnesses: ['long'], count: 40, lasts: 9_000 });
    for (const [one, other] of [
      [beacon, long],
      [long, beacon],
    ]) {
      expect(joinTests(one, other)).toEqual({
        ...beacon,
        firstSeen: long.firstSeen,
        lastSeen: long.lastSeen,
        count: 40,
        witnesses: ['day-beacon', 'long'],
      });
    }
  });
});
