import { describe, expect, it } from 'vitest';
import { lateralMovement } from '../../../lib/history/detectors/lateral-movement.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host, track } from '../describe.ts';
import { caller, fresh, heard, told, usual } from './scenes.ts';

const session = (server: string, port = 22, given: Partial<Track> = {}) => ({
  server: host(server),
  port,
  service: `${port}/tcp`,
  bytesSent: 9_000,
  bytesReceived: 9_000,
  ...given,
});
const move = (server: string, port?: number, given?: Partial<Track>) => fresh(session(server, port, given));
const habit = (server: string, port?: number) => track(session(server, port));

describe('the new-edges test', () => {
  it.each([22, 3389, 5985])('sees a first session on port %i between two hosts of ours', (port) => {
    expect(told(lateralMovement, [caller([move('10.0.0.9', port)])])).toEqual(['lateral-movement by 10.0.0.1 at -']);
  });

  it('leaves one new host to the digest, and grades two as the catalog does', () => {
    const severities = [[move('10.0.0.9')], [move('10.0.0.9'), move('10.0.0.10')]].map(
      (moves) => heard(lateralMovement, [caller(moves)])[0].severity,
    );
    expect(severities).toEqual(['low', undefined]);
  });

  it('sees file shares from three new hosts on', () => {
    const shares = (count: number) => [caller(Array.from({ length: count }, (_, i) => move(`10.0.0.1${i}`, 445)))];
    expect(told(lateralMovement, shares(2))).toEqual([]);
    expect(heard(lateralMovement, shares(3))[0].observed.newHosts).toBe(3);
  });

  it('sees it over IPv6', () => {
    const track = move('10.0.0.9', 22, { server: { address: 'fd00::9', isOurs: true } });
    expect(told(lateralMovement, [caller([track])])).toHaveLength(1);
  });

  it.each([
    ['an old edge', [habit('10.0.0.9')]],
    ['one more host of a bastion', [move('10.0.0.9'), habit('10.0.0.6'), habit('10.0.0.7'), habit('10.0.0.8')]],
    ['a stranger', [move('203.0.113.9')]],
    ['another service', [move('10.0.0.9', 443)]],
    ['a try that nobody answers', [move('10.0.0.9', 22, { answered: false })]],
    ['a probe', [move('10.0.0.9', 22, { bytesSent: 2_000, bytesReceived: 2_000 })]],
  ])('sees nothing in %s', (_, asClient) => {
    expect(told(lateralMovement, [caller(asClient)])).toEqual([]);
  });

  it('sees nothing while the host is learning, nor in its usual places', () => {
    expect(told(lateralMovement, [caller([move('10.0.0.9')], { baseline: undefined })])).toEqual([]);
    const baseline = usual({ places: ['10.0.0.9 22/tcp'] });
    expect(told(lateralMovement, [caller([move('10.0.0.9')], { baseline })])).toEqual([]);
  });
});
