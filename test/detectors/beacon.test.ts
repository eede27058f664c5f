import { describe, expect, it } from 'vitest';
import { beacon } from '../../lib/detectors/beacon.ts';
import { Random } from '../../lib/simulate/random.ts';
import { addressOf, always, type Judge, scene } from '../findings/scenes.ts';

/** Answered calls of `client` to one place at the given seconds; it does something else from the beginning on. */
function calls(
  seconds: readonly number[],
  bytes: (index: number) => number = () => 400,
  client = '10.0.0.1',
  server = '9.9.9.9',
) {
  const lines = seconds.map((at, index) => {
    const end = `${client}:${40_000 + index}`;
    return `a ${end} > ${server}:443 tcp packets=5 bytes=${bytes(index)} flags=3 at=${at}
      a ${server}:443 > ${end} tcp packets=5 bytes=900 flags=19 at=${at}`;
  });
  return [`a ${client}:40000 > 10.0.0.8:53 udp at=0`, ...lines].join('\n');
}

const every = (gap: number, count: number, from = 600) => Array.from({ length: count }, (_, i) => from + i * gap);

async function heard(lines: string) {
  const scored = await scene(lines, always('benign'));
  return beacon.detect(scored).map(({ actor, scope }) => `${addressOf(scored, actor)} > ${addressOf(scored, scope)}`);
}

describe('the beacon test', () => {
  it('hears calls at even times with even sizes, one signal a window', async () => {
    expect(await heard(calls(every(60, 40)))).toEqual(Array(8).fill('10.0.0.1 > 9.9.9.9'));
  });

  it('hears calls with some jitter', async () => {
    const jittered = every(100, 30).map((at, index) => at + [0, 7, -9, 4, -3][index % 5]);
    expect(new Set(await heard(calls(jittered)))).toEqual(new Set(['10.0.0.1 > 9.9.9.9']));
  });

  it.each([
    ['few calls', calls(every(300, 7))],
    ['calls within a quarter of an hour', calls(every(30, 28))],
    ['calls that have always been made', calls(every(60, 40, 0))],
    [
      'calls at odd times with odd sizes',
      calls([600, 605, 930, 935, 1_340, 1_890, 1_895, 2_600, 2_605, 3_300], (i) => 90 * 4 ** (i % 5)),
    ],
    ['calls at odd times with one size', calls([600, 605, 930, 935, 1_340, 1_890, 1_895, 2_600, 2_605, 3_300])],
    ['large uploads', calls(every(60, 40), () => 900_000)],
    ['connections without data', calls(every(60, 40), () => 260).replaceAll('bytes=900', 'bytes=260')],
    [
      'questions for the time',
      calls(every(64, 40), () => 380)
        .replaceAll(':443 tcp', ':123 udp')
        .replaceAll(':443 >', ':123 >')
        .replaceAll(' tcp ', ' udp ')
        .replaceAll(/ flags=\d+/g, ''),
    ],
    ['a place inside', calls(every(60, 40), undefined, '10.0.0.1', '10.0.0.9')],
    ['a stranger who calls', calls(every(60, 40), undefined, '8.8.8.8', '10.0.0.9')],
    ['calls that nobody answers', calls(every(60, 40)).replaceAll(/\n\s+a 9\.9\.9\.9.*/g, '')],
    [
      'a place that many call',
      ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((client) => calls(every(60, 40), undefined, client)).join('\n'),
    ],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard(lines)).toEqual([]);
  });

  it('takes a client with four such places for a peer-to-peer program', async () => {
    const homes = (count: number) =>
      Array.from({ length: count }, (_, i) => calls(every(60, 40), undefined, '10.0.0.1', `9.9.9.${i}`)).join('\n');
    expect(new Set(await heard(homes(3))).size).toBe(3);
    expect(await heard(homes(4))).toEqual([]);
  });

  describe('is enough alone', () => {
    const others = (count: number) =>
      Array.from({ length: count }, (_, i) => calls([0], undefined, `10.0.1.${i}`, `8.8.8.${i}`)).join('\n');
    const asked =
      (probability: number): Judge =>
      () => ({ 'command-and-control': probability });

    async function enough(lines: string, judge: Judge): Promise<boolean[]> {
      const scored = await scene(lines, judge);
      return [...new Set(beacon.detect(scored).map(({ suffices }) => suffices))];
    }

    it('where the forest gives half to the only place that a host calls so, and to the end', async () => {
      expect(await enough(calls(every(60, 40)), asked(0.51))).toEqual([true]);
      expect(await enough(calls(every(60, 40)), asked(0.49))).toEqual([false]);
      const until = (seconds: number) => `${calls(every(60, 40))}\na 10.0.0.7:1 > 10.0.0.8:53 udp at=${seconds}`;
      expect(await enough(until(3_299), asked(0.51))).toEqual([true]);
      expect(await enough(until(3_300), asked(0.51))).toEqual([false]);
      expect(await enough(until(3_300), asked(0.981))).toEqual([true]);
    });

    it('where it gives nearly all to one of several such places', async () => {
      const two = ['9.9.9.1', '9.9.9.2']
        .map((server) => calls(every(60, 40), undefined, '10.0.0.1', server))
        .join('\n');
      expect(await enough(two, asked(0.981))).toEqual([true]);
      expect(await enough(two, asked(0.979))).toEqual([false]);
    });

    it('where it gives half to calls that are shifted on purpose, whatever else the host calls', async () => {
      const random = new Random('shifts');
      const moments = every(100, 30).map((at) => at + random.integer(-15, 15));
      const shifted = (server: string) => calls(moments, undefined, '10.0.0.1', server);
      const two = ['9.9.9.1', '9.9.9.2'].map(shifted).join('\n');
      expect(await enough(two, asked(0.51))).toEqual([true]);
      expect(await enough(two, asked(0.49))).toEqual([false]);
    });

    it('where three hosts begin to call one place alike and the forest does not rule them out', async () => {
      const alike = (hosts: number) => {
        const clients = Array.from({ length: hosts }, (_, i) => `10.0.0.${i + 1}`);
        return [others(9), ...clients.map((client) => calls(every(60, 40), undefined, client))].join('\n');
      };
      expect(await enough(alike(3), asked(0.11))).toEqual([true]);
      expect(await enough(alike(3), asked(0.09))).toEqual([false]);
      expect(await enough(alike(2), asked(0.11))).toEqual([false]);
    });

    it('never where a call is several connections, as of a page that loads itself again', async () => {
      const connections = (count: number, gap: number) =>
        calls(every(gap, 40).flatMap((at) => Array.from({ length: count }, () => at)));
      expect(await enough(connections(1, 60), asked(1))).toEqual([true]);
      expect(await enough(connections(2, 60), asked(1))).toEqual([false]);
    });

    it('where calls are too close to be told apart, and not where they come in bursts', async () => {
      const second = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
      expect(await enough(calls(second(600, 1_200)), asked(1))).toEqual([true]);
      const bursts = [600, 900, 1_200, 1_500, 1_800].flatMap((from) => second(from, 60));
      expect(await enough(calls(bursts), asked(1))).toEqual([false]);
    });
  });

  it('hears small questions that bring data', async () => {
    expect(await heard(calls(every(60, 40), () => 260))).toHaveLength(8);
  });

  it('hears nothing in a host that is as new as its calls', async () => {
    const fresh = calls(every(60, 40)).replace('a 10.0.0.1:40000 > 10.0.0.8', 'a 10.0.0.7:40000 > 10.0.0.8');
    expect(await heard(fresh)).toEqual([]);
    expect(await heard(`${fresh}\na 8.8.8.8:40000 > 10.0.0.1:443 tcp at=200`)).not.toEqual([]);
  });
});
