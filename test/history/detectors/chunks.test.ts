import { describe, expect, it } from 'vitest';
import { chunks } from '../../../lib/history/detectors/chunks.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host, trackHours } from '../describe.ts';
import { caller, fresh, told, usual } from './scenes.ts';

const pieces = (hours: number, bytes: (i: number) => number, given: Partial<Track> = {}) => {
  const bytesSent = Float64Array.from({ length: hours }, (_, i) => bytes(i));
  const sum = bytesSent.reduce((total, one) => total + one, 0);
  return fresh(
    { hours: { ...trackHours(hours), bytesSent }, bytesSent: sum, bytesReceived: sum / 100, windows: hours, ...given },
    hours,
  );
};

describe('the pieces test', () => {
  it('sees alike uploads, hour after hour', () => {
    const found = ['chunked-exfiltration by 10.0.0.1 at 203.0.113.1 443/tcp'];
    expect(told(chunks, [caller([pieces(10, () => 1e7)])])).toEqual(found);
    expect(told(chunks, [caller([pieces(24, (i) => 5e6 * (1 + (i % 2)))])])).toEqual(found);
  });

  it.each([
    ['less than 50 MB', pieces(10, () => 4e6)],
    ['a few hours', pieces(5, () => 5e7)],
    ['hours of all sizes', pieces(12, (i) => 1e6 * 4 ** (i % 6))],
    ['a conversation', pieces(10, () => 1e7, { bytesReceived: 5e7 })],
    ['telemetry', pieces(200, () => 1e6, { windows: 2_400 })],
    ['calls over UDP', pieces(10, () => 1e7, { protocol: 17, port: 3478 })],
    ['a place inside', pieces(10, () => 1e7, { server: host('10.0.0.9') })],
  ])('sees nothing in %s', (_, track) => {
    expect(told(chunks, [caller([track])])).toEqual([]);
  });

  it('sees nothing while the host is still learning', () => {
    expect(told(chunks, [caller([pieces(10, () => 1e7)], { baseline: undefined })])).toEqual([]);
  });

  it('sees nothing in what is usual, or what another host does as well', () => {
    const usually = usual({ places: ['203.0.113.1 443/tcp'] });
    expect(told(chunks, [caller([pieces(10, () => 1e7)], { baseline: usually })])).toEqual([]);
    const both = ['10.0.0.1', '10.0.0.2'].map((address) =>
      caller([pieces(10, () => 1e7, { client: host(address) })], { host: host(address) }),
    );
    expect(told(chunks, both)).toEqual([]);
  });
});
