import { describe, expect, it } from 'vitest';
import { manySourcesHistory } from '../../../lib/history/detectors/many-sources.ts';
import type { Track } from '../../../lib/history/track.ts';
import { HOUR, host, hostHistory, track } from '../describe.ts';
import { LATER, told } from './scenes.ts';

const knocks = (count: number, at: number, given: Partial<Track> = {}) =>
  Array.from({ length: count }, (_, i) =>
    track({
      client: host(`9.${at % 250}.${i >> 8}.${i & 255}`),
      server: host('10.0.0.1'),
      port: 4_321,
      answered: false,
      firstSeconds: at + i,
      lastSeconds: at + i,
      ...given,
    }),
  );

const victim = (...asServer: Track[][]) => [hostHistory({ asServer: asServer.flat() })];

describe('sources of days', () => {
  it('sees many strangers, once each, at one closed service', () => {
    expect(told(manySourcesHistory, victim(knocks(40, LATER)))).toEqual(['distributed-scan by 10.0.0.1 at -']);
    expect(told(manySourcesHistory, victim(knocks(80, LATER), knocks(8, HOUR)))).toHaveLength(1);
  });

  it('sees three times as many as usual over all closed services of a host', () => {
    const spread = (count: number, at: number) =>
      knocks(count, at).map((one, i) => ({ ...one, port: 1_000 + (i % 50), service: `${1_000 + (i % 50)}/tcp` }));
    const before = { beganSeconds: LATER - 3 * 86_400 };
    expect(told(manySourcesHistory, victim(spread(100, LATER), spread(99, HOUR)), before)).toHaveLength(1);
    expect(told(manySourcesHistory, victim(spread(99, LATER), spread(50, HOUR)), before)).toEqual([]);
    expect(told(manySourcesHistory, victim(spread(100, LATER), spread(150, HOUR)), before)).toEqual([]);
    expect(told(manySourcesHistory, victim(spread(100, LATER), spread(99, HOUR)))).toEqual([]);
  });

  it.each([
    ['a few', victim(knocks(39, LATER))],
    ['as many as on the days before', victim(knocks(80, LATER), knocks(40, HOUR))],
    ['a service that answers', victim(knocks(80, LATER), knocks(1, HOUR, { answered: true }))],
    ['strangers that come again', victim(knocks(80, LATER, { windows: 3 }))],
    ['datagrams', victim(knocks(80, LATER, { protocol: 17 }))],
    ['hosts of ours', victim(knocks(80, LATER, { client: host('10.0.0.7') }))],
  ])('sees nothing in %s', (_, hosts) => {
    expect(told(manySourcesHistory, hosts)).toEqual([]);
  });

  it('sees strangers that meet at services which nobody tried before', () => {
    const before = { beganSeconds: LATER - 3 * 86_400 };
    const listed = (count: number, ports = 20) =>
      knocks(count, LATER).map((one, i) => ({
        ...one,
        port: 7_000 + (i % ports),
        service: `${7_000 + (i % ports)}/tcp`,
      }));
    const asUsual = knocks(60, HOUR).map((one, i) => ({ ...one, port: 100 + i, service: `${100 + i}/tcp` }));
    expect(told(manySourcesHistory, victim(listed(40), asUsual), before)).toEqual([
      'distributed-scan by 10.0.0.1 at -',
    ]);
    expect(told(manySourcesHistory, victim(listed(39), asUsual), before)).toEqual([]);
    expect(told(manySourcesHistory, victim(listed(60, 60), asUsual), before)).toEqual([]);
    const tried = knocks(20, HOUR).map((one, i) => ({ ...one, port: 7_000 + i, service: `${7_000 + i}/tcp` }));
    expect(told(manySourcesHistory, victim(listed(60), tried), before)).toEqual([]);
    expect(told(manySourcesHistory, victim(listed(40), asUsual))).toEqual([]);
  });

  it('sees nothing in strangers at random, of whom some meet by chance', () => {
    const before = { beganSeconds: LATER - 3 * 86_400 };
    const ports = (count: number, from: number) =>
      knocks(count, from).map((one, i) => ({ ...one, port: 1 + ((i * 7_919) % 2_000), service: `${i}` }));
    // 2,000 strangers over 2,000 ports of which the days before knew none, and 40 who are the second at theirs.
    const crowd = [...ports(2_000, LATER), ...ports(40, LATER + 5_000)];
    expect(told(manySourcesHistory, victim(crowd, knocks(3_000, HOUR)), before)).toEqual([]);
  });

  it('sees nothing before a day to compare with', () => {
    expect(told(manySourcesHistory, victim(knocks(80, LATER)), { beganSeconds: LATER - 3_600 })).toEqual([]);
  });
});
