import { describe, expect, it } from 'vitest';
import { resolverHistory } from '../../../lib/history/detectors/resolver.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host, track } from '../describe.ts';
import { caller, fresh, told, usual } from './scenes.ts';

const asking = (port: number, given: Partial<Track> = {}) =>
  fresh({ port, protocol: 17, service: `${port}/udp`, packetsReceived: 20, server: host('9.9.8.8'), ...given });

describe('the test of new name servers', () => {
  it.each([
    ['plain', asking(53)],
    ['over TLS', asking(853, { protocol: 6 })],
    ['over HTTPS at a known place', asking(443, { protocol: 6, server: host('1.1.1.1') })],
    ['over HTTPS at a known place by IPv6', asking(443, { server: host('2606:4700:4700::1111') })],
  ])('sees questions to one that is new, %s', (_, one) => {
    expect(told(resolverHistory, [caller([one])])).toEqual([`unusual-resolver by 10.0.0.1 at ${one.server.address}`]);
  });

  it.each([
    ['a few questions', caller([asking(53, { packetsReceived: 9 })])],
    ['HTTPS anywhere else', caller([asking(443)])],
    ['a resolver of ours', caller([asking(53)], { asServer: [track({ server: host('10.0.0.1'), port: 53 })] })],
    ['a program that asks many', caller([1, 2, 3, 4].map((i) => asking(53, { server: host(`9.9.8.${i}`) })))],
    ['a name server inside', caller([asking(53, { server: host('10.0.0.2') })])],
    ['one that was asked on usual days', caller([asking(53)], { baseline: usual({ places: ['9.9.8.8 53/udp'] }) })],
    ['a host that is still learning', caller([asking(53)], { baseline: undefined })],
  ])('sees nothing in %s', (_, one) => {
    expect(told(resolverHistory, [one])).toEqual([]);
  });

  it('sees nothing in a new setting for all', () => {
    const all = Array.from({ length: 30 }, (_, i) =>
      caller([asking(53, { client: host(`10.0.2.${i}`) })], { host: host(`10.0.2.${i}`) }),
    );
    expect(told(resolverHistory, all)).toEqual([]);
  });
});
