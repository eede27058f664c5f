import { describe, expect, it } from 'vitest';
import { exposureHistory } from '../../../lib/history/detectors/exposure.ts';
import type { HostHistory, Track } from '../../../lib/history/track.ts';
import { HOUR, host, trackHours } from '../describe.ts';
import { caller, fresh, heard, LATER, told } from './scenes.ts';

/** Strangers answered at one port, `gap` seconds apart. */
const visits = (count: number, given: Partial<Track> = {}, gap = 3_600): Track[] =>
  Array.from({ length: count }, (_, i) => {
    const at = LATER + i * gap;
    const hours = { ...trackHours(), starts: Uint32Array.of(at - (at % 3_600)) };
    const service = { port: 6379, service: '6379/tcp', ...given };
    const ends = { client: host(`9.9.9.${i}`), server: host('10.0.0.1') };
    return fresh({ ...ends, firstSeconds: at, lastSeconds: at + 5, hours, bytesReceived: 400, ...service });
  });
const victim = (...asServer: Track[][]): HostHistory[] => [caller([], { asServer: asServer.flat() })];
const FOUND = ['exposed-administration by 10.0.0.1 at 10.0.0.1 6379/tcp'];

describe('the test of open administration over days', () => {
  it('sees a service that answers three strangers in a day, one at a time', () => {
    const [signal, ...others] = heard(exposureHistory, victim(visits(3)));
    expect(others).toEqual([]);
    expect(signal).toMatchObject({
      type: 'exposed-administration',
      actor: { address: '10.0.0.1' },
      actorIsVictim: true,
      observed: { sources: 3, bytesReceived: 1_200 },
    });
    expect(signal.tracks).toHaveLength(3);
  });

  it('tells each service apart', () => {
    const both = victim(visits(3), visits(3, { port: 22, service: '22/tcp' }));
    expect(told(exposureHistory, both)).toEqual([...FOUND, 'exposed-administration by 10.0.0.1 at 10.0.0.1 22/tcp']);
  });

  it('sees three in one hour where another service of the host is known to be open', () => {
    const usual = { firstSeconds: HOUR, lastSeconds: HOUR + 5, hours: trackHours(), port: 22, service: '22/tcp' };
    expect(told(exposureHistory, victim(visits(3, {}, 600), visits(3, usual)))).toEqual(FOUND);
    expect(told(exposureHistory, victim(visits(3, {}, 600), visits(2, usual)))).toEqual([]);
    const fresher = visits(3, { port: 22, service: '22/tcp' }, 600);
    expect(told(exposureHistory, victim(visits(3, {}, 600), fresher))).toEqual([]);
  });

  it('counts an hour in which a stranger came in vain for nothing', () => {
    const inVain = { ...trackHours(1, { failedWindows: 1 }), starts: Uint32Array.of(LATER) };
    const hours = visits(3).map((one, i) => (i === 0 ? { ...one, hours: inVain } : one));
    expect(told(exposureHistory, victim(hours))).toEqual(FOUND);
  });

  it.each([
    ['two strangers, such as offices', visits(2)],
    ['one that comes three times', visits(3, { client: host('9.9.9.9') })],
    ['three in one hour, which its own test tells', visits(3, {}, 600)],
    ['hosts of ours', visits(3, { client: host('10.0.0.7') })],
    ['what is refused', visits(3, { answered: false })],
    ['answers that nobody asked for', visits(3, { packetsSent: 0 })],
    ['a public service', visits(3, { port: 443, service: '443/tcp' })],
    ['datagrams', visits(3, { protocol: 17 })],
    ['what was two days ago', visits(3, { lastSeconds: LATER - 86_400 })],
  ])('sees nothing in %s', (_, tracks) => {
    expect(told(exposureHistory, victim(tracks))).toEqual([]);
  });

  it('sees nothing after a pause of the log, when everything would be new', () => {
    const [one] = victim(visits(3));
    expect(told(exposureHistory, [one], { beganSeconds: one.baseline!.endSeconds })).toEqual([]);
  });

  it('sees nothing in what was open on the usual days, nor while these are learned', () => {
    const [old] = visits(1, { client: host('9.9.8.8'), firstSeconds: HOUR, lastSeconds: HOUR + 5 });
    expect(told(exposureHistory, victim(visits(3), [old]))).toEqual([]);
    expect(told(exposureHistory, [caller([], { asServer: visits(3), baseline: undefined })])).toEqual([]);
  });
});
