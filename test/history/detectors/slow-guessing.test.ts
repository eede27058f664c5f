import { describe, expect, it } from 'vitest';
import { slowGuessing } from '../../../lib/history/detectors/slow-guessing.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host, hostHistory, track, trackHours } from '../describe.ts';
import { caller, fresh, heard, told, usual } from './scenes.ts';

/** Forty failed logins over SSH within ten hours, which began after the usual days. */
const guesses = (given: Partial<Track> = {}) =>
  fresh(
    {
      server: host('10.0.0.9'),
      port: 22,
      service: '22/tcp',
      hours: trackHours(10),
      flows: 40,
      windows: 40,
      packetsSent: 40 * 14,
      packetsReceived: 40 * 13,
      bytesSent: 40 * 2_600,
      bytesReceived: 40 * 3_000,
      bytesOctavesDeviation: 0.1,
      packetsOctavesDeviation: 0.1,
      ...given,
    },
    10,
  );
const stranger = host('203.0.113.9');
const inbound = (given: Partial<Track> = {}) =>
  caller([], { asServer: [guesses({ client: stranger, server: host('10.0.0.1'), ...given })] });

describe('the slow-guessing test', () => {
  it.each([
    [22, host('10.0.0.9')],
    [3389, host('10.0.0.9')],
    [21, host('198.51.100.4')],
    [5985, { address: 'fd00::9', isOurs: true }],
  ])('sees a host of ours that tries passwords on port %i', (port, server) => {
    const [signal, ...others] = heard(slowGuessing, [caller([guesses({ port, service: `${port}/tcp`, server })])]);
    expect(others).toEqual([]);
    expect(signal).toMatchObject({
      type: 'brute-force',
      actor: { address: '10.0.0.1' },
      observed: { attempts: 40, hosts: 1, attemptsPerHour: 4, bytesPerAttempt: 5_600 - 27 * 52 },
    });
    expect(signal.severity).toBeUndefined();
  });

  it('is one signal for all doors of a host, whatever the services', () => {
    const doors = [guesses(), guesses({ server: host('10.0.0.8'), port: 3389, service: '3389/tcp' })];
    expect(heard(slowGuessing, [caller(doors)]).map(({ observed }) => observed.hosts)).toEqual([2]);
  });

  it('tells the victims of one stranger apart', () => {
    const victims = ['10.0.0.1', '10.0.0.2'].map((address) =>
      hostHistory({
        host: host(address),
        baseline: usual(),
        asServer: [guesses({ client: stranger, server: host(address) })],
      }),
    );
    expect(told(slowGuessing, victims)).toEqual([
      'brute-force by 203.0.113.9 at 10.0.0.1',
      'brute-force by 203.0.113.9 at 10.0.0.2',
    ]);
  });

  it('leaves a stranger to the digest, also on ports where our own programs log in', () => {
    for (const port of [22, 5432]) {
      const [signal, ...others] = heard(slowGuessing, [inbound({ port, service: `${port}/tcp` })]);
      expect(others).toEqual([]);
      expect(signal).toMatchObject({ actor: stranger, actorIsVictim: false, severity: 'low' });
    }
  });

  it('looks at the bytes without the headers of many small packets', () => {
    const chatty = { packetsSent: 40 * 40, packetsReceived: 40 * 40, bytesSent: 40 * 5_000, bytesReceived: 40 * 5_000 };
    expect(told(slowGuessing, [caller([guesses(chatty)])])).toHaveLength(1);
    expect(told(slowGuessing, [caller([guesses({ ...chatty, bytesSent: 40 * 5_700 })])])).toEqual([]);
  });

  it.each([
    ['few tries', { flows: 29 }],
    ['what is over within hours', { hours: trackHours(5) }],
    ['sessions with work in them', { bytesReceived: 40 * 9_000 }],
    ['sessions of many sizes', { bytesOctavesDeviation: 0.8 }],
    ['sessions of many lengths', { packetsOctavesDeviation: 0.8 }],
    ['looks at the banner', { packetsSent: 40 * 4 }],
    ['what nobody answers', { answered: false }],
    ['contacts that mostly fail', { failedFlows: 20 }],
    ['programs at their database', { port: 5432, service: '5432/tcp' }],
    ['another service', { port: 8080, service: '8080/tcp' }],
    ['datagrams', { protocol: 17 }],
  ])('sees nothing in %s', (_, given) => {
    expect(told(slowGuessing, [caller([guesses(given)])])).toEqual([]);
  });

  it('sees nothing in what logs in by the clock and did so on the usual days', () => {
    const baseline = usual({ places: ['10.0.0.9 22/tcp'] });
    expect(told(slowGuessing, [caller([guesses()], { baseline })])).toEqual([]);
    const old = { firstSeconds: track().firstSeconds };
    expect(told(slowGuessing, [caller([guesses(old)]), inbound(old)])).toEqual([]);
  });

  it('sees nothing while the host is learning', () => {
    const learning = { baseline: undefined };
    expect(told(slowGuessing, [caller([guesses()], learning), { ...inbound(), ...learning }])).toEqual([]);
  });
});
