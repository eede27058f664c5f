import { describe, expect, it } from 'vitest';
import { newLoginsHistory } from '../../../lib/history/detectors/new-logins.ts';
import type { Track } from '../../../lib/history/track.ts';
import { HOUR, host, track, trackHours } from '../describe.ts';
import { caller, fresh, heard, told, usual } from './scenes.ts';

/** Ten sessions over SSH in one window, of which the forest thinks a little. */
const logins = (given: Partial<Track> = {}): Track =>
  fresh({
    server: host('10.0.0.9'),
    port: 22,
    service: '22/tcp',
    hours: trackHours(1, { flows: 10 }),
    flows: 10,
    probabilities: { 'brute-force': 0.1 },
    ...given,
  });

describe('the test of first logins', () => {
  it('sees a host of ours that begins to log in, ten times in five minutes', () => {
    const [signal, ...others] = heard(newLoginsHistory, [caller([logins()])]);
    expect(others).toEqual([]);
    expect(signal).toMatchObject({
      type: 'brute-force',
      actor: { address: '10.0.0.1' },
      actorIsVictim: false,
      observed: { attempts: 10, hosts: 1, attemptsPerWindow: 10 },
    });
    expect(signal.severity).toBeUndefined();
  });

  it('looks at the densest hour, and at every login service by itself', () => {
    const hours = { ...trackHours(2), flows: Uint32Array.of(1, 24), windows: Uint16Array.of(1, 3) };
    const rdp = logins({ port: 3389, service: '3389/tcp', hours });
    const signals = heard(newLoginsHistory, [caller([logins(), rdp])]);
    expect(signals.map(({ observed }) => observed.attemptsPerWindow)).toEqual([10, 12]);
  });

  it('sees programs that begin to log in, at a service where programs do', () => {
    const [signal] = heard(newLoginsHistory, [caller([logins({ port: 445, service: '445/tcp' })])]);
    expect(signal).toMatchObject({ type: 'brute-force', observed: { attemptsPerWindow: 10 } });
  });

  it('takes the doors of one service together', () => {
    const doors = [logins(), logins({ server: host('10.0.0.8'), hours: trackHours(), flows: 1 })];
    expect(heard(newLoginsHistory, [caller(doors)]).map(({ observed }) => observed.hosts)).toEqual([2]);
  });

  it.each([
    ['nine sessions', { hours: trackHours(1, { flows: 9 }) }],
    ['ten sessions over an hour', { hours: trackHours(1, { flows: 10, windows: 3 }) }],
    ['what the forest takes for work', { probabilities: { 'brute-force': 0.04 } }],
    ['what nobody answers', { answered: false }],
    ['an FTP program', { port: 21, service: '21/tcp' }],
    ['the web', { port: 443, service: '443/tcp' }],
    ['datagrams', { protocol: 17 }],
  ])('sees nothing in %s', (_, given) => {
    expect(told(newLoginsHistory, [caller([logins(given)])])).toEqual([]);
  });

  it('sees nothing in a host that has always logged in somewhere', () => {
    const old = track({ server: host('10.0.0.7'), port: 22, service: '22/tcp', firstSeconds: HOUR });
    expect(told(newLoginsHistory, [caller([old, logins()])])).toEqual([]);
    const known = usual({ places: ['10.0.0.9 22/tcp'] });
    expect(told(newLoginsHistory, [caller([logins()], { baseline: known })])).toEqual([]);
  });

  it('sees nothing while the host is learning', () => {
    expect(told(newLoginsHistory, [caller([logins()], { baseline: undefined })])).toEqual([]);
  });
});
