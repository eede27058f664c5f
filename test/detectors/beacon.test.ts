import { describe, expect, it } from 'vitest';
import { beacon } from '../../lib/detectors/beacon.ts';
import { Random } from '../../lib/simulate/random.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';

/** Answered calls of `client` to one place at the given seconds; something else is seen from the beginning on. */
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
  return ['a 10.0.0.7:40000 > 10.0.0.8:53 udp at=0', ...lines].join('\n');
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
    ['connections without data', calls(every(60, 40), () => 260)],
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

  it.each([
    ['even', 0, 0.89, false],
    ['even', 0, 0.91, true],
    ['shifted', 15, 0.49, false],
    ['shifted', 15, 0.51, true],
  ])(
    'is enough alone for calls at %s times where the forest gives command and control what it takes',
    async (_, shift, probability, enough) => {
      const random = new Random('shifts');
      const moments = every(100, 30).map((at) => at + random.integer(-shift, shift));
      const scored = await scene(calls(moments), () => ({ 'command-and-control': probability }));
      expect(new Set(beacon.detect(scored).map(({ suffices }) => suffices))).toEqual(new Set([enough]));
    },
  );

  it.each([
    [2, 0.6, false],
    [3, 0.49, false],
    [3, 0.6, true],
  ])(
    'is enough alone where %d hosts begin to call one place alike and the forest gives them %d: %s',
    async (hosts, probability, enough) => {
      const clients = Array.from({ length: hosts }, (_, i) => `10.0.0.${i + 1}`);
      const others = Array.from({ length: 9 }, (_, i) => calls([0], undefined, `10.0.1.${i}`, `8.8.8.${i}`));
      const lines = [...clients.map((client) => calls(every(60, 40), undefined, client)), ...others].join('\n');
      const scored = await scene(lines, () => ({ 'command-and-control': probability }));
      const signals = beacon.detect(scored);
      expect(new Set(signals.map(({ actor }) => addressOf(scored, actor)))).toEqual(new Set(clients));
      expect(new Set(signals.map(({ suffices }) => suffices))).toEqual(new Set([enough]));
    },
  );
});
