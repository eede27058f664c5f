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
  port = 443,
) {
  const lines = seconds.map((at, index) => {
    const end = `${client}:${40_000 + index}`;
    return `a ${end} > ${server}:${port} tcp packets=5 bytes=${bytes(index)} flags=3 at=${at}
      a ${server}:${port} > ${end} tcp packets=5 bytes=900 flags=19 at=${at}`;
  });
  return [`a ${client}:40000 > 10.0.0.8:53 udp at=0`, ...lines].join('\n');
}

const every = (gap: number, count: number, from = 600) => Array.from({ length: count }, (_, i) => from + i * gap);

async function heard(lines: string, judge: Judge = always('benign')) {
  const scored = await scene(lines, judge);
  return beacon.detect(scored).map(({ actor, scope }) => `${addressOf(scored, actor)} > ${addressOf(scored, scope)}`);
}

describe('the beacon test', () => {
  it('hears calls at even times, one signal a window', async () => {
    expect(await heard(calls(every(60, 40)))).toEqual(Array(8).fill('10.0.0.1 > 9.9.9.9'));
  });

  it('hears calls with some jitter', async () => {
    const jittered = every(100, 30).map((at, index) => at + [0, 7, -9, 4, -3][index % 5]);
    expect(new Set(await heard(calls(jittered)))).toEqual(new Set(['10.0.0.1 > 9.9.9.9']));
  });

  it('hears sleeps that are up to a half shorter or a quarter longer, with an order now and then', async () => {
    const random = new Random('sleeps');
    let at = 600;
    const moments = Array.from({ length: 45 }, () => (at += Math.round(60 * random.uniform(0.5, 1.25))));
    const orders = (index: number) => (index % 20 === 0 ? 4_000 : 400);
    expect(new Set(await heard(calls(moments, orders)))).toEqual(new Set(['10.0.0.1 > 9.9.9.9']));
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
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard(lines)).toEqual([]);
  });

  it('hears nothing in a place that many call, unless most of them began to within the run', async () => {
    const place = (begin: number, before: number) =>
      Array.from({ length: begin + before }, (_, i) =>
        calls(every(60, 40, i < begin ? 600 : 0), undefined, `10.0.0.${i + 1}`),
      ).join('\n');
    expect(await heard(place(2, 2))).toEqual([]);
    expect(new Set(await heard(place(3, 2))).size).toBe(3);
  });

  it('takes a client with four such places that the forest does not rule out for a peer-to-peer program', async () => {
    const likely =
      (probability: number): Judge =>
      () => ({ 'command-and-control': probability });
    const homes = (count: number) =>
      Array.from({ length: count }, (_, i) => calls(every(60, 40), undefined, '10.0.0.1', `9.9.9.${i}`)).join('\n');
    expect(new Set(await heard(homes(3), likely(0.051))).size).toBe(3);
    expect(await heard(homes(4), likely(0.051))).toEqual([]);
    expect(new Set(await heard(homes(4), likely(0.049))).size).toBe(4);
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

    /** Calls over plain HTTP. */
    const loads = (seconds: readonly number[], server = '9.9.9.9') => calls(seconds, undefined, '10.0.0.1', server, 80);
    const both = (of: (server: string) => string) => ['9.9.9.1', '9.9.9.2'].map(of).join('\n');

    it('where it gives a fifth to one of several such places, over anything but plain HTTP', async () => {
      const two = both((server) => calls(every(60, 40), undefined, '10.0.0.1', server));
      expect(await enough(two, asked(0.21))).toEqual([true]);
      expect(await enough(two, asked(0.19))).toEqual([false]);
    });

    it('where it gives a tenth to the only place that a host calls so, and to the end', async () => {
      expect(await enough(calls(every(60, 40)), asked(0.11))).toEqual([true]);
      expect(await enough(calls(every(60, 40)), asked(0.09))).toEqual([false]);
      const stopped = `${calls(every(60, 40))}\na 10.0.0.7:1 > 10.0.0.8:53 udp at=3300`;
      expect(await enough(stopped, asked(0.11))).toEqual([false]);
    });

    it('where it gives four tenths to the only place that a host calls so over plain HTTP, and to the end', async () => {
      expect(await enough(loads(every(60, 40)), asked(0.41))).toEqual([true]);
      expect(await enough(loads(every(60, 40)), asked(0.39))).toEqual([false]);
      const until = (seconds: number) => `${loads(every(60, 40))}\na 10.0.0.7:1 > 10.0.0.8:53 udp at=${seconds}`;
      expect(await enough(until(3_299), asked(0.41))).toEqual([true]);
      expect(await enough(until(3_300), asked(0.41))).toEqual([false]);
      expect(await enough(until(3_300), asked(0.81))).toEqual([true]);
    });

    it('where it gives eight tenths to one of several such places', async () => {
      const two = both((server) => loads(every(60, 40), server));
      expect(await enough(two, asked(0.81))).toEqual([true]);
      expect(await enough(two, asked(0.79))).toEqual([false]);
    });

    it('where it gives four tenths to calls that are shifted on purpose, whatever else the host calls', async () => {
      const random = new Random('shifts');
      const moments = every(100, 30).map((at) => at + random.integer(-15, 15));
      const two = both((server) => loads(moments, server));
      expect(await enough(two, asked(0.41))).toEqual([true]);
      expect(await enough(two, asked(0.39))).toEqual([false]);
    });

    it('where it gives a tenth to calls that are shifted on purpose, of a host with few such places', async () => {
      const random = new Random('shifts');
      const moments = every(100, 30).map((at) => at + random.integer(-15, 15));
      // The forest knows the implant by its larger questions.
      const implant = calls(moments, () => 4_000);
      const likely =
        (probability: number): Judge =>
        ({ forward_bytes_per_packet: octaves }) => ({ 'command-and-control': octaves > 9 ? probability : 0 });
      const among = (others: number) =>
        [
          implant,
          ...Array.from({ length: others }, (_, i) => calls(moments, undefined, '10.0.0.1', `8.8.8.${i}`)),
        ].join('\n');
      expect(await enough(among(4), likely(0.11))).toContain(true);
      expect(await enough(among(4), likely(0.09))).toEqual([false]);
      expect(await enough(among(5), likely(0.11))).toEqual([false]);
      expect(await enough(among(5), likely(0.21))).toContain(true);
    });

    it('where three hosts begin to call one place alike and the forest does not rule them out', async () => {
      const alike = (hosts: number) => {
        const clients = Array.from({ length: hosts }, (_, i) => `10.0.0.${i + 1}`);
        return [others(9), ...clients.map((client) => calls(every(60, 40), undefined, client))].join('\n');
      };
      expect(await enough(alike(3), asked(0.051))).toEqual([true]);
      expect(await enough(alike(3), asked(0.049))).toEqual([false]);
      expect(await enough(alike(2), asked(0.051))).toEqual([false]);
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
