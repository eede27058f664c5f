import { describe, expect, it } from 'vitest';
import { strangePlaces } from '../../../lib/history/detectors/strange-places.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host } from '../describe.ts';
import { caller, fresh, heard, told, usual } from './scenes.ts';

const call = (port: number, server = '203.0.113.1', given: Partial<Track> = {}) =>
  fresh({ port, service: `${port}/tcp`, server: host(server), ...given });

const people = usual({ day: { peers: 40 } });

describe('the test of first contacts', () => {
  it('sees a service outside that the host never used', () => {
    expect(told(strangePlaces, [caller([call(8_333)], { baseline: people })])).toEqual([
      'unusual-port by 10.0.0.1 at -',
    ]);
  });

  it('sees a place that no other host calls, of a host that calls few', () => {
    const [signal, ...more] = heard(strangePlaces, [caller([call(443)])]);
    expect(more).toEqual([]);
    expect(signal).toMatchObject({ type: 'first-seen-peer', observed: { peers: 1, peersOnBusiestDay: 4 } });
  });

  it.each([
    ['a service that it uses', caller([call(443)], { baseline: people })],
    [
      'services of all kinds at once',
      caller(
        [1, 2, 3, 4].map((i) => call(7_000 + i)),
        { baseline: people },
      ),
    ],
    [
      'a host that uses services of all kinds',
      caller([call(8_333)], { baseline: { ...people, services: new Set('abcdefghi') } }),
    ],
    [
      'a host whose services are too many to know',
      caller([call(8_333)], { baseline: { ...people, services: undefined } }),
    ],
    ['a port that systems take for themselves', caller([call(50_000)], { baseline: people })],
    ['a touch', caller([call(8_333, undefined, { bytesSent: 100, bytesReceived: 60 })], { baseline: people })],
    ['a call that nobody answers', caller([call(8_333, undefined, { answered: false })], { baseline: people })],
    ['a service inside', caller([call(8_333, '10.0.0.9')], { baseline: people })],
    ['a host that is still learning', caller([call(8_333)], { baseline: undefined })],
    ['many new places at once', caller([1, 2, 3, 4].map((i) => call(443, `9.9.9.${i}`)))],
    ['a place that others call', caller([call(443, '8.8.1.8')])],
  ])('sees nothing in %s', (_, one) => {
    expect(told(strangePlaces, [one])).toEqual([]);
  });
});
