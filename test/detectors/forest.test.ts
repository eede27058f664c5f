import { describe, expect, it } from 'vitest';
import { ANYBODY } from '../../lib/detectors/detector.ts';
import { attackOf, forest } from '../../lib/detectors/forest.ts';
import type { Scored } from '../../lib/detectors/scored.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';
import { START } from '../records.ts';

/** Signals in words. */
function heard(scored: Scored) {
  return forest.detect(scored).map((signal) => ({
    class: signal.class,
    actor: addressOf(scored, signal.actor),
    scope: signal.scope === ANYBODY ? 'anybody' : addressOf(scored, signal.scope),
    victim: signal.actorIsVictim,
    window: (signal.window - START) / 300,
    conversations: signal.positions.length,
  }));
}

const sweep = (count: number, rest = '') =>
  Array.from({ length: count }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp ${rest}`).join('\n');

describe('the forest', () => {
  it('gathers the conversations of an actor in a window', async () => {
    const scored = await scene(`${sweep(6)}\n${sweep(5, 'at=300')}`, always('scan'));
    expect(heard(scored)).toEqual([
      { class: 'scan', actor: '10.0.0.1', scope: 'anybody', victim: false, window: 0, conversations: 6 },
      { class: 'scan', actor: '10.0.0.1', scope: 'anybody', victim: false, window: 1, conversations: 5 },
    ]);
  });

  it('believes a scan from five conversations on, other classes from one', async () => {
    expect(heard(await scene(sweep(4), always('scan')))).toEqual([]);
    expect(heard(await scene(sweep(5), always('scan')))).toHaveLength(1);
    for (const name of ['denial-of-service', 'command-and-control', 'exfiltration'] as const) {
      expect(heard(await scene(sweep(1, 'packets=90000'), always(name)))).toMatchObject([
        { class: name, conversations: 1 },
      ]);
    }
  });

  it('believes guessing from three connections on, to one host or several', async () => {
    const tries = (count: number, target: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => `a 10.0.0.1:${40_000 + i} > ${target(i)}:22 tcp`).join('\n');
    for (const target of [() => '10.0.1.1', (i: number) => `10.0.1.${i}`]) {
      expect(heard(await scene(tries(2, target), always('brute-force')))).toEqual([]);
      expect(heard(await scene(tries(3, target), always('brute-force')))).toHaveLength(1);
    }
  });

  it('believes no guessing over UDP', async () => {
    const tries = (protocol: string) =>
      Array.from({ length: 9 }, (_, i) => `a 10.0.0.1:${40_000 + i} > 10.0.1.1:27017 ${protocol}`).join('\n');
    expect(heard(await scene(tries('tcp'), always('brute-force')))).toHaveLength(1);
    expect(heard(await scene(tries('udp'), always('brute-force')))).toEqual([]);
  });

  it('believes guessing that goes on all through a run from ten connections on', async () => {
    const tries = (count: number, at: number) =>
      Array.from({ length: count }, (_, i) => `a 10.0.0.1:${40_000 + i + at} > 10.0.1.1:22 tcp at=${at}`).join('\n');
    const all = (count: number, windows: readonly number[]) => windows.map((at) => tries(count, at)).join('\n');
    const windows = async (lines: string) => heard(await scene(lines, always('brute-force'))).length;
    const whole = [0, 300, 600, 900, 1_200, 1_500];
    expect(await windows(all(9, whole))).toBe(0);
    expect(await windows(all(10, whole))).toBe(6);
    // What began or ended within the run is no habit, and five windows show none.
    const others = 'a 10.0.0.7:40000 > 10.0.0.8:53 udp at=0\na 10.0.0.7:40001 > 10.0.0.8:53 udp at=1500';
    expect(await windows(`${others}\n${all(3, whole.slice(1))}`)).toBe(5);
    expect(await windows(`${others}\n${all(3, whole.slice(0, 5))}`)).toBe(5);
    expect(await windows(all(3, whole.slice(0, 5)))).toBe(5);
  });

  it('tells beacons and uploads by target, other attacks by actor', async () => {
    const two = 'a 10.0.0.1:40000 > 8.8.8.8:443 tcp\na 10.0.0.1:40000 > 9.9.9.9:443 tcp';
    for (const name of ['command-and-control', 'exfiltration'] as const) {
      expect(heard(await scene(two, always(name))).map(({ scope }) => scope)).toEqual(['8.8.8.8', '9.9.9.9']);
    }
    const tries = `${two}\na 10.0.0.1:40001 > 9.9.9.9:443 tcp`;
    expect(heard(await scene(tries, always('brute-force')))).toMatchObject([{ scope: 'anybody', conversations: 2 }]);
  });

  it('is enough alone for all classes but command and control', async () => {
    const upload = 'a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=90000';
    const enough = async (name: Parameters<typeof always>[0]) => {
      return forest.detect(await scene(upload, always(name))).map(({ suffices }) => suffices);
    };
    expect(await enough('command-and-control')).toEqual([false]);
    expect(await enough('exfiltration')).toEqual([true]);
  });

  it('takes what six hosts bring to one place for copies', async () => {
    const uploads = (hosts: number) =>
      Array.from({ length: hosts }, (_, i) => `a 10.0.0.${i}:40000 > 9.9.9.9:443 tcp packets=30000 bytes=40000000`);
    const uploaders = async (hosts: number) => heard(await scene(uploads(hosts).join('\n'), always('exfiltration')));
    expect(await uploaders(5)).toHaveLength(5);
    expect(await uploaders(6)).toEqual([]);
  });

  it('tells a flood from many clients by its victim', async () => {
    const flood = (count: number, server: string) =>
      Array.from({ length: count }, (_, i) => `a 10.7.0.${i}:40000 > ${server}:80 tcp packets=90000`).join('\n');
    const dos = always('denial-of-service');
    expect(heard(await scene(flood(5, '10.0.0.9'), dos))).toMatchObject([
      { actor: '10.0.0.9', victim: true, conversations: 5 },
    ]);
    expect(heard(await scene(flood(4, '10.0.0.9'), dos)).map(({ actor, victim }) => [actor, victim])).toEqual([
      ['10.7.0.0', false],
      ['10.7.0.1', false],
      ['10.7.0.2', false],
      ['10.7.0.3', false],
    ]);
    // Hosts of ours that flood a stranger are each an actor: what they do is our concern, not the victim.
    expect(heard(await scene(flood(5, '9.9.9.9'), dos)).map(({ victim }) => victim)).toEqual(Array(5).fill(false));
  });

  it('hears nothing below the threshold of the class', async () => {
    const thresholds = { ...(await scene('', always('scan'))).classifier.manifest.thresholds, exfiltration: 0.8 };
    const upload = 'a 10.0.0.1:40000 > 8.8.8.8:443 tcp';
    expect(heard(await scene(upload, always('exfiltration', 0.79), { thresholds }))).toEqual([]);
    expect(heard(await scene(upload, always('exfiltration', 0.81), { thresholds }))).toHaveLength(1);
  });

  it('takes nothing for a flood that is no volume, in packets or in flows', async () => {
    const dos = always('denial-of-service');
    expect(heard(await scene(sweep(1, 'packets=11000'), dos))).toEqual([]);
    expect(heard(await scene(sweep(1, 'packets=13000'), dos))).toHaveLength(1);
    const flows = (count: number) => Array(count).fill('a 9.9.9.9:40000 > 10.0.0.1:80 tcp').join('\n');
    expect(heard(await scene(flows(5_900), dos))).toEqual([]);
    expect(heard(await scene(flows(6_100), dos))).toHaveLength(1);
  });

  it('hears nothing in nothing', async () => {
    expect(heard(await scene('', always('scan')))).toEqual([]);
  });
});

describe('the attack of a conversation', () => {
  const call = 'a 10.0.0.1:40000 > 8.8.8.8:443 tcp';

  it.each([
    ['the likeliest class that reaches its threshold', { scan: 0.4, exfiltration: 0.35 }, 'scan'],
    ['a less likely class where the likeliest is below its own', { scan: 0.35, exfiltration: 0.34 }, 'exfiltration'],
    ['none where all are below', { scan: 0.2, exfiltration: 0.1 }, undefined],
    ['the class also when benign is likelier', { exfiltration: 0.34 }, 'exfiltration'],
  ])('is %s', async (_, probabilities, expected) => {
    const thresholds = {
      scan: 0.38,
      exfiltration: 0.3,
      'brute-force': 0.3,
      'denial-of-service': 0.3,
      'command-and-control': 0.3,
    };
    expect(attackOf(await scene(call, () => probabilities, { thresholds }), 0)).toBe(expected);
  });

  it('follows the manifest in the order of classes', async () => {
    const classes = ['exfiltration', 'benign', 'scan'] as const;
    expect(attackOf(await scene(call, always('exfiltration'), { classes }), 0)).toBe('exfiltration');
    expect(attackOf(await scene(call, always('scan'), { classes }), 0)).toBe('scan');
  });
});
