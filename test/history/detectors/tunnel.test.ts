import { describe, expect, it } from 'vitest';
import { tunnelHistory } from '../../../lib/history/detectors/tunnel.ts';
import type { Track } from '../../../lib/history/track.ts';
import { HOUR, host } from '../describe.ts';
import { caller, fresh, heard, told, usual } from './scenes.ts';

const carrying = (protocol: number, given: Partial<Track> = {}) =>
  fresh({ protocol, port: 0, service: 'gre', bytesSent: 40_000, bytesReceived: 40_000, ...given });

describe('the test of new tunnels', () => {
  it.each([4, 41, 47, 50])('sees protocol %i with a stranger', (protocol) => {
    expect(told(tunnelHistory, [caller([carrying(protocol)])])).toEqual(['odd-protocol by 10.0.0.1 at 203.0.113.1']);
  });

  const back = (given: Partial<Track> = {}) =>
    carrying(47, { client: host('203.0.113.1'), server: host('10.0.0.1'), ...given });

  it('sees it whoever spoke first, and both ways as one', () => {
    const both = caller([carrying(47)], { asServer: [back({ bytesSent: 1_000 })] });
    const [signal, ...others] = heard(tunnelHistory, [both]);
    expect(others).toEqual([]);
    expect(signal).toMatchObject({ scope: '203.0.113.1', observed: { bytesSent: 80_000, bytesReceived: 41_000 } });
    expect(told(tunnelHistory, [caller([], { asServer: [back()] })])).toHaveLength(1);
  });

  it('sees nothing in a tunnel of usual days that the stranger spoke first in today', () => {
    const baseline = usual({ places: ['203.0.113.1 gre'] });
    expect(told(tunnelHistory, [caller([], { asServer: [back()], baseline })])).toEqual([]);
    const old = caller([carrying(47)], { asServer: [back({ firstSeconds: HOUR })] });
    expect(told(tunnelHistory, [old])).toEqual([]);
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
