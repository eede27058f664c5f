import { describe, expect, it } from 'vitest';
import { tunnelHistory } from '../../../lib/history/detectors/tunnel.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host } from '../describe.ts';
import { caller, fresh, told, usual } from './scenes.ts';

const carrying = (protocol: number, given: Partial<Track> = {}) =>
  fresh({ protocol, port: 0, service: 'gre', bytesSent: 40_000, bytesReceived: 40_000, ...given });

describe('the test of new tunnels', () => {
  it.each([4, 41, 47, 50])('sees protocol %i with a stranger', (protocol) => {
    expect(told(tunnelHistory, [caller([carrying(protocol)])])).toEqual(['odd-protocol by 10.0.0.1 at 203.0.113.1']);
  });

  it.each([
    ['keepalives', [caller([carrying(47, { bytesSent: 4_000, bytesReceived: 4_000 })])]],
    ['a tunnel inside', [caller([carrying(47, { server: host('10.0.0.9') })])]],
    ['a tunnel that nobody answers', [caller([carrying(47, { answered: false })])]],
    ['a tunnel of usual days', [caller([carrying(47)], { baseline: usual({ places: ['203.0.113.1 gre'] }) })]],
    ['a host that is still learning', [caller([carrying(47)], { baseline: undefined })]],
    ['connections', [caller([carrying(6)])]],
  ])('sees nothing in %s', (_, hosts) => {
    expect(told(tunnelHistory, hosts)).toEqual([]);
  });
});
