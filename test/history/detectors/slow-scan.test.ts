import { describe, expect, it } from 'vitest';
import { slowScan } from '../../../lib/history/detectors/slow-scan.ts';
import type { Track } from '../../../lib/history/track.ts';
import { HOUR, host, track } from '../describe.ts';
import { caller, heard, told } from './scenes.ts';

/** Contacts `gap` seconds apart, each made by its number. */
const contacts = (count: number, made: (i: number) => Partial<Track>, gap = 900) =>
  Array.from({ length: count }, (_, i) =>
    track({ answered: false, firstSeconds: HOUR + i * gap, lastSeconds: HOUR + i * gap, ...made(i) }),
  );

const sweep = (count: number, given: Partial<Track> = {}, gap?: number) =>
  contacts(count, (i) => ({ server: host(`10.0.3.${i}`), port: 22, service: '22/tcp', ...given }), gap);
const vertical = (count: number) =>
  contacts(count, (i) => ({ server: host('10.0.3.1'), port: i + 1, service: `${i + 1}/tcp` }));

describe('the slow walk', () => {
  it.each([
    ['one service of many hosts', sweep(14)],
    ['many services of one host', vertical(14)],
    [
      'one service of many strangers',
      contacts(14, (i) => ({ server: host(`9.9.9.${i}`), port: 23, service: '23/tcp' })),
    ],
  ])('sees %s, minutes apart', (_, asClient) => {
    expect(told(slowScan, [caller(asClient)])).toEqual(['slow-scan by 10.0.0.1 at -']);
  });

  it('is one signal for all that a host does', () => {
    const [signal, ...more] = heard(slowScan, [caller([...sweep(20), ...vertical(20)])]);
    expect(more).toEqual([]);
    expect(signal.observed.services).toBe(21);
  });

  it('sees the slow part of a scan that has a fast moment', () => {
    const fast = contacts(12, (i) => ({ server: host(`10.0.5.${i}`), port: 22, service: '22/tcp' }), 10);
    const [signal] = heard(slowScan, [caller([...sweep(20, {}, 600), ...fast])]);
    // The first of the slow ones is in the fast window.
    expect(signal.observed.netFailures).toBe(19);
    expect(told(slowScan, [caller([...sweep(14, {}, 600), ...fast])])).toEqual([]);
  });

  it.each([
    ['few contacts', sweep(13)],
    ['dead ends that are tried again and again', sweep(40, { windows: 4 })],
    ['datagrams', sweep(40, { protocol: 17 })],
    ['a fast scan, which windows show', sweep(40, {}, 30)],
    [
      'contacts of which many answer',
      [
        ...sweep(40),
        ...contacts(12, (i) => ({ server: host(`10.0.4.${i}`), port: 22, service: '22/tcp', answered: true })),
      ],
    ],
    [
      'peers of all ports',
      contacts(40, (i) => ({ server: host(`9.9.9.${i}`), port: 5_000 + i, service: `${5_000 + i}/tcp` })),
    ],
    ['strangers who only spoke to us', sweep(40, { flows: 0 })],
  ])('sees nothing in %s', (_, asClient) => {
    expect(told(slowScan, [caller(asClient)])).toEqual([]);
  });
});
