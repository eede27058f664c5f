import { describe, expect, it } from 'vitest';
import type { Scored } from '../../lib/detectors/scored.ts';
import { ownThresholds } from '../../lib/evaluate/own-thresholds.ts';
import { type Judge, scene } from '../findings/scenes.ts';

/** A host for each score: an upload of its own, scored by the bytes it sends, in octaves over 100. */
const uploads = (octaves: readonly number[], rest = '') =>
  octaves.map((octave, i) => `a 10.0.0.${i + 1}:40000 > 9.9.9.9:443 tcp bytes=${2 ** octave} ${rest}`).join('\n');

const byBytes: Judge = ({ forward_bytes }) => ({ exfiltration: forward_bytes / 100 });
const SHIPPED = 0.1;
const THRESHOLDS = Object.fromEntries(
  ['scan', 'brute-force', 'denial-of-service', 'command-and-control', 'exfiltration'].map((name) => [name, SHIPPED]),
);
const wanted = (exfiltration: number) => ({
  ...Object.fromEntries(Object.keys(THRESHOLDS).map((name) => [name, 0])),
  exfiltration,
});

/** A day of windows, so that budgets of a day are whole numbers: a ping in each. */
const DAY = Array.from(
  { length: 288 },
  (_, i) => `a 10.9.9.9:1 > 10.9.9.8:53 udp bytes=0 packets=0 at=${i * 300}`,
).join('\n');

const day = (lines: string): Promise<Scored> => scene(`${DAY}\n${lines}`, byBytes, { thresholds: THRESHOLDS });
const ofUploads = (scored: Scored, perDay: number) =>
  ownThresholds(scored, wanted(perDay)).classes.find((one) => one.class === 'exfiltration')!;

describe('thresholds of a network of its own', () => {
  it('allow as many alerts a day as wanted', async () => {
    const scored = await day(uploads([12, 14, 16, 18, 20]));
    for (const perDay of [0, 1, 2, 3, 4]) {
      expect(ofUploads(scored, perDay)).toMatchObject({ alertsBefore: 5, alertsAfter: perDay, shipped: SHIPPED });
    }
  });

  it('stand just above the first alert that is too many', async () => {
    const { threshold, highest } = ofUploads(await day(uploads([12, 14, 16])), 1);
    expect(highest).toBeCloseTo(0.16, 3);
    expect(threshold).toBeGreaterThan(0.14);
    expect(threshold).toBeLessThan(0.142);
  });

  it('are those of the model where there are fewer alerts than wanted', async () => {
    const found = ownThresholds(await day(uploads([12, 14])), wanted(2));
    expect(found.thresholds).toEqual(THRESHOLDS);
    expect(found.silenced).toEqual([]);
  });

  it('are never lower than those of the model, however quiet the days are', async () => {
    const found = ownThresholds(await day(uploads([4, 5])), wanted(50));
    expect(found.thresholds).toEqual(THRESHOLDS);
    expect(found.classes.map(({ highest }) => highest)).toEqual([0, 0, 0, 0, 0]);
  });

  it('count what an actor does on one day once', async () => {
    const scored = await day([uploads([16]), uploads([15], 'at=600'), uploads([14], 'at=3000')].join('\n'));
    expect(ofUploads(scored, 1)).toMatchObject({ alertsBefore: 1, alertsAfter: 1, threshold: SHIPPED });
  });

  it('tell what would no longer be raised, highest scores first', async () => {
    const { silenced } = ownThresholds(await day(uploads([12, 16, 14])), wanted(1));
    expect(silenced.map(({ class: name, actor }) => `${name} ${actor}`)).toEqual([
      'exfiltration 10.0.0.3',
      'exfiltration 10.0.0.1',
    ]);
  });

  it('silence everything seen when part of a day leaves no alert of the budget', async () => {
    const scored = await scene(uploads([12, 14]), byBytes, { thresholds: THRESHOLDS });
    expect(ownThresholds(scored, wanted(2)).days).toBeCloseTo(1 / 288, 5);
    expect(ofUploads(scored, 2)).toMatchObject({ alertsBefore: 2, alertsAfter: 0 });
  });
});
