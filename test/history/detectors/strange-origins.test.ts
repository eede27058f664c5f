import { describe, expect, it } from 'vitest';
import { strangeOrigins } from '../../../lib/history/detectors/strange-origins.ts';
import type { Origin, OriginKind } from '../../../lib/history/origin-database.ts';
import type { HistoryContext } from '../../../lib/history/signal.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host, track } from '../describe.ts';
import { caller, fresh, heard, told, usual } from './scenes.ts';

/** Addresses "20.x.…" are in country x, "30.x.…" in network x, "40.x.…" in both. */
function originsOf(address: string): Origin[] {
  const [first, second] = address.split('.');
  const origin = (kind: OriginKind): Origin => ({ kind, key: `${kind} ${second}`, name: `${kind} of ${second}` });
  if (first === '20') return [origin('country')];
  if (first === '30') return [origin('network')];
  return first === '40' ? [origin('country'), origin('network')] : [];
}

const context: Partial<HistoryContext> = { originsOf, callersOf: () => 1 };

const usually = (...servers: string[]) => servers.map((server) => track({ server: host(server) }));
const lately = (server: string, given: Partial<Track> = {}) => fresh({ server: host(server), ...given });

describe('the test of first origins', () => {
  it.each([
    ['country', '20.9.0.1', 'unusual-country by 10.0.0.1 at country 9'],
    ['network', '30.9.0.1', 'unusual-network by 10.0.0.1 at network 9'],
  ])('sees a %s that is new for the host', (_, server, expected) => {
    expect(told(strangeOrigins, [caller([...usually('40.1.0.1'), lately(server)])], context)).toEqual([expected]);
  });

  it('names the origin, and what is usual', () => {
    const calls = [
      ...usually('20.1.0.1', '20.2.0.1', '20.2.0.9'),
      lately('20.9.0.1'),
      lately('20.9.0.2', { port: 80 }),
    ];
    const [signal, ...more] = heard(strangeOrigins, [caller(calls)], context);
    expect(more).toEqual([]);
    expect(signal).toMatchObject({ origin: 'country of 9', observed: { usualOrigins: 2, callers: 1 } });
    expect(signal.tracks.map(({ server }) => server.address)).toEqual(['20.9.0.1', '20.9.0.2']);
  });

  it('sees each of a few new ones', () => {
    const calls = [...usually('20.1.0.1'), ...[7, 8, 9].map((i) => lately(`20.${i}.0.1`))];
    expect(told(strangeOrigins, [caller(calls)], context)).toHaveLength(3);
  });

  const few = usually('20.1.0.1');
  it.each([
    ['another place of a usual country', caller([...few, lately('20.1.0.2')]), {}],
    ['one that other hosts are answered from as well', caller([...few, lately('20.9.0.1')]), { callersOf: () => 3 }],
    ['many new ones at once', caller([...few, ...[6, 7, 8, 9].map((i) => lately(`20.${i}.0.1`))]), {}],
    [
      'a host that talks to all the world',
      caller([...usually(...[1, 2, 3, 4, 5, 6].map((i) => `20.${i}.0.1`)), lately('20.9.0.1')]),
      {},
    ],
    ['a host whose usual places no database knows', caller([...usually('8.8.8.8'), lately('20.9.0.1')]), {}],
    ['a place that no database knows', caller([...few, lately('8.8.8.8')]), {}],
    ['a host that is still learning', caller([...few, lately('20.9.0.1')], { baseline: undefined }), {}],
    ['a call that nobody answers', caller([...few, lately('20.9.0.1', { answered: false })]), {}],
    ['a touch', caller([...few, lately('20.9.0.1', { bytesSent: 100, bytesReceived: 60 })]), {}],
    [
      'a place that was known before the days looked back on',
      caller([...few, lately('20.9.0.1')], { baseline: usual({ places: ['20.9.0.1 443/tcp'] }) }),
      {},
    ],
    ['calls of strangers', caller(few, { asServer: [lately('10.0.0.1', { client: host('20.9.0.1') })] }), {}],
  ])('sees nothing in %s', (_, one, given) => {
    expect(told(strangeOrigins, [one], { ...context, ...given })).toEqual([]);
  });
});
