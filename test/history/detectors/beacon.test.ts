import { describe, expect, it } from 'vitest';
import { beaconHistory } from '../../../lib/history/detectors/beacon.ts';
import type { Track } from '../../../lib/history/track.ts';
import { Random } from '../../../lib/simulate/random.ts';
import { HOUR, host, hostHistory, trackHours } from '../describe.ts';
import { caller, fresh, heard, LATER, told, usual } from './scenes.ts';

/** Contacts at every `gap` seconds, moved by the jitter in turn. */
function calls(
  count: number,
  gap: number,
  given: Partial<Track> = {},
  jitter: readonly number[] = [0],
  from = LATER,
): Track {
  const moments = Uint32Array.from({ length: count }, (_, i) => from + i * gap + jitter[i % jitter.length]);
  return fresh({
    moments,
    firstSeconds: moments[0],
    lastSeconds: moments[count - 1],
    flows: count,
    bytesSent: 500 * count,
    packetsSent: 5 * count,
    bytesOctavesDeviation: 0.1,
    ...given,
  });
}

const LIKELY = { probabilities: { 'command-and-control': 0.91 } };
const HALF_LIKELY = { probabilities: { 'command-and-control': 0.51 } };
const random = new Random('shifts');
const SHIFTS = Array.from({ length: 97 }, () => random.integer(-12, 12));
const FOUND = ['beacon by 10.0.0.1 at 203.0.113.1 443/tcp'];

describe('the beacon test over a day', () => {
  it.each([
    ['a call every minute for half a day', calls(720, 60)],
    ['a call every hour for a day', calls(24, 3_600)],
    [
      'calls with some jitter',
      calls(
        100,
        600,
        {},
        Array.from({ length: 97 }, (_, i) => ((i * 37) % 181) - 90),
      ),
    ],
    ['an hour of calls that the forest finds likely', calls(60, 60, LIKELY)],
    ['an hour of calls at shifted times that the forest finds half likely', calls(60, 60, HALF_LIKELY, SHIFTS)],
    ['datagrams', calls(720, 60, { protocol: 17, service: '443/tcp' })],
  ])('hears %s', (_, track) => {
    expect(told(beaconHistory, [caller([track])])).toEqual(FOUND);
  });

  it('hears calls in every moment of the day, of which it knows the latest only', () => {
    const strobe = (hours: number) => {
      const began = LATER + 86_400 - hours * 3_600;
      const starts = Uint32Array.from({ length: hours }, (_, i) => began + i * 3_600);
      const latest = calls(4_096, 5, {}, [0], LATER + 86_400 - 4_096 * 5);
      return { ...latest, firstSeconds: began, hours: { ...trackHours(hours), starts } };
    };
    const [{ observed }] = heard(beaconHistory, [caller([strobe(12)])]);
    expect(observed).toMatchObject({ contacts: 4_096, hours: expect.closeTo(12, 1) });
    expect(told(beaconHistory, [caller([strobe(5)])])).toEqual([]);
  });

  it('hears calls of which a few were cut in two or failed', () => {
    const cut = (means: readonly number[], perHour = 1) =>
      calls(means.length, 3_600, {
        bytesOctavesDeviation: 0.8,
        flows: means.length * perHour,
        bytesSent: means.reduce((sum, mean) => sum + mean * perHour, 0),
        hours: {
          ...trackHours(means.length, { flows: perHour }),
          bytesSent: Float64Array.from(means, (mean) => mean * perHour),
        },
      });
    const even = Array.from({ length: 20 }, (_, i) => (i === 7 ? 52 : 1_480));
    expect(told(beaconHistory, [caller([cut(even)])])).toEqual(FOUND);
    expect(told(beaconHistory, [caller([cut(even.slice(0, 7))])])).toEqual([]);
    const odd = Array.from({ length: 20 }, (_, i) => 500 + 700 * (i % 4));
    expect(told(beaconHistory, [caller([cut(odd)])])).toEqual([]);
    const upload = even.map((bytes, i) => (i === 9 ? 2e8 : bytes));
    expect(heard(beaconHistory, [caller([cut(upload)])])[0].observed.bytesSentPerContact).toBe(1_480);
    // Hours in which only the other end was seen.
    expect(told(beaconHistory, [caller([{ ...cut(even.map(() => 0)), bytesSent: 30_000 }])])).toEqual([]);
    // Means of many contacts are even where the contacts are not.
    const means = Array.from({ length: 20 }, (_, i) => 1_000 + 120 * (i % 5));
    expect(told(beaconHistory, [caller([cut(means)])])).toEqual(FOUND);
    expect(told(beaconHistory, [caller([cut(means, 12)])])).toEqual([]);
  });

  it('hears a place by its IPv6 address', () => {
    const track = calls(720, 60, { server: { address: '2001:db8::1', isOurs: false } });
    expect(told(beaconHistory, [caller([track])])).toEqual(['beacon by 10.0.0.1 at 2001:db8::1 443/tcp']);
  });

  it('hears what began after the first hour while the host is still learning', () => {
    const learning = (from: number) => [hostHistory({ asClient: [calls(720, 60, {}, [0], from)] })];
    expect(told(beaconHistory, learning(HOUR + 3_600))).toEqual(FOUND);
    expect(told(beaconHistory, learning(HOUR + 3_599))).toEqual([]);
  });

  it('is for the digest until the host has usual days', () => {
    const severityOf = (of: ReturnType<typeof hostHistory>) => heard(beaconHistory, [of])[0].severity;
    expect(severityOf(hostHistory({ asClient: [calls(720, 60, {}, [0], HOUR + 3_600)] }))).toBe('low');
    expect(severityOf(caller([calls(720, 60)]))).toBeUndefined();
  });

  it('asks for more while the host is still learning', () => {
    const likely = [calls(60, 60, LIKELY)];
    expect(told(beaconHistory, [caller(likely)])).toEqual(FOUND);
    expect(told(beaconHistory, [caller(likely, { baseline: undefined })])).toEqual([]);
  });

  it.each([
    ['few calls', calls(7, 3_600)],
    ['an hour of calls that the forest finds harmless', calls(60, 60)],
    ['an hour of calls at even times that the forest finds half likely', calls(60, 60, HALF_LIKELY)],
    ['calls at odd times', calls(100, 600, {}, [0, 550, 20, 590, 0, 300, 10])],
    ['calls of all sizes', calls(720, 60, { bytesOctavesDeviation: 1.5 })],
    ['large uploads', calls(720, 60, { bytesSent: 720e6 })],
    ['questions for the time', calls(720, 60, { protocol: 17, port: 123, bytesSent: 76 * 720, packetsSent: 720 })],
    [
      'connections without data',
      calls(720, 60, { bytesSent: 52 * 3_600, bytesReceived: 40 * 3_600, packetsReceived: 3_600 }),
    ],
    ['a place inside', calls(720, 60, { server: host('10.0.0.9') })],
    ['a place that never answers', calls(720, 60, { answered: false })],
  ])('hears nothing in %s', (_, track) => {
    expect(told(beaconHistory, [caller([track])])).toEqual([]);
  });

  it('hears nothing of places that are usual for the host', () => {
    const baseline = usual({ places: ['203.0.113.1 443/tcp'] });
    expect(told(beaconHistory, [caller([calls(720, 60)], { baseline })])).toEqual([]);
  });

  it('hears nothing of places that most hosts call', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      caller([calls(720, 60, { client: host(`10.0.2.${i}`) })], { host: host(`10.0.2.${i}`) }),
    );
    expect(told(beaconHistory, many)).toEqual([]);
    expect(told(beaconHistory, many.slice(0, 2))).toHaveLength(2);
  });

  it('takes a client with four such places for a peer-to-peer program', () => {
    const homes = (count: number) =>
      Array.from({ length: count }, (_, i) => calls(720, 60, { server: host(`9.9.9.${i}`) }));
    expect(told(beaconHistory, [caller(homes(3))])).toHaveLength(3);
    expect(told(beaconHistory, [caller(homes(4))])).toEqual([]);
  });
});
