import { describe, expect, it } from 'vitest';
import { longConnection } from '../../../lib/history/detectors/long-connection.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host } from '../describe.ts';
import { caller, fresh, LATER, told, usual } from './scenes.ts';

const open = (hours: number, given: Partial<Track> = {}) =>
  fresh(
    {
      presence: { firstSeconds: LATER, lastSeconds: LATER + hours * 3_600 },
      windows: hours * 12,
      flows: hours * 60,
      bytesSent: hours * 50_000,
      bytesReceived: hours * 90_000,
      ...given,
    },
    hours,
  );

describe('the long-connection test', () => {
  it('sees one quiet connection of four hours', () => {
    expect(told(longConnection, [caller([open(4)])])).toEqual(['long-connection by 10.0.0.1 at 203.0.113.1 443/tcp']);
  });

  it.each([
    ['three hours', open(3)],
    ['a stream', open(6, { bytesReceived: 1e9 })],
    ['many connections', open(6, { flows: 6 * 12 * 20 })],
    ['no connection that lasts', open(6, { presence: { firstSeconds: LATER, lastSeconds: LATER + 900 } })],
    ['a tunnel over UDP', open(6, { protocol: 17 })],
    ['a place inside', open(6, { server: host('10.0.0.9') })],
  ])('sees nothing in %s', (_, track) => {
    expect(told(longConnection, [caller([track])])).toEqual([]);
  });

  it('sees nothing in what is usual', () => {
    const baseline = usual({ places: ['203.0.113.1 443/tcp'] });
    expect(told(longConnection, [caller([open(6)], { baseline })])).toEqual([]);
  });
});
