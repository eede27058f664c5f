import { describe, expect, it } from 'vitest';
import { upload } from '../../../lib/history/detectors/upload.ts';
import type { HostHours, Track } from '../../../lib/history/track.ts';
import { host, hostHistory, trackHours } from '../describe.ts';
import { caller, fresh, heard, LATER, told, usual } from './scenes.ts';

const hoursOf = (bytesOut: number, start = LATER): HostHours => ({
  ...hostHistory().hours,
  starts: Uint32Array.of(start),
  bytesOut: Float64Array.of(bytesOut),
});

const sent = (bytes: number, given: Partial<Track> = {}) =>
  fresh({
    bytesSent: bytes,
    hours: { ...trackHours(1, { bytesSent: bytes }), starts: Uint32Array.of(LATER) },
    ...given,
  });

const sender = (bytes: number, given = {}) => [caller([sent(bytes)], { hours: hoursOf(bytes), ...given })];

describe('the volume test', () => {
  it('sees an hour ten times the usual busiest and 100 MB, and where it went', () => {
    expect(told(upload, sender(1e8))).toEqual(['unusual-upload by 10.0.0.1 at 203.0.113.1']);
    expect(heard(upload, sender(3e8))[0].observed).toEqual({ bytesInBusiestHour: 3e8, hours: 1 });
  });

  it('sees what a stranger fetched from us', () => {
    const track = fresh({
      client: host('203.0.113.9'),
      server: host('10.0.0.1'),
      hours: { ...trackHours(1, { bytesReceived: 1e9 }), starts: Uint32Array.of(LATER) },
    });
    const hosts = [hostHistory({ asServer: [track], hours: hoursOf(1e9), baseline: usual() })];
    expect(told(upload, hosts)).toEqual(['unusual-upload by 10.0.0.1 at 203.0.113.9']);
  });

  it.each([
    ['less than 100 MB', sender(9.9e7)],
    ['less than ten times the usual', sender(3e8, { baseline: usual({ day: { bytesOutHourMost: 4e7 } }) })],
    ['a host that is still learning', sender(1e9, { baseline: undefined })],
    ['an hour that has become usual', sender(1e9, { hours: hoursOf(1e9, LATER - 90_000) })],
    ['an hour in which many places got their part', [caller([sent(1e8)], { hours: hoursOf(1e9) })]],
  ])('sees nothing in %s', (_, hosts) => {
    expect(told(upload, hosts)).toEqual([]);
  });

  it('leaves to the digest what a few days cannot tell from chance', () => {
    const day = usual().days[0];
    const severityWith = (days: number, bytes: number) =>
      heard(upload, sender(bytes, { baseline: usual({ days: Array.from({ length: days }, () => day) }) }))[0].severity;
    // Busiest hours of a megabyte: 11 octaves above are not too much after three days, 5.2 after four, 2.2 after ten.
    expect([severityWith(3, 1e9), severityWith(3, 3e9)]).toEqual(['low', undefined]);
    expect(severityWith(4, 1e8)).toBeUndefined();
  });

  it('allows a host more whose days differ', () => {
    const { days } = usual();
    const uneven = [1e5, 3e6, 1e8].map((bytesOutHourMost, i) => ({ ...days[i], bytesOutHourMost }));
    expect(told(upload, sender(1e9, { baseline: usual({ days: uneven }) }))).toEqual([]);
  });
});
