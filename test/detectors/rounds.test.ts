import { describe, expect, it } from 'vitest';
import { areRounds } from '../../lib/detectors/rounds.ts';
import { always, scene } from '../findings/scenes.ts';

/** Sessions of some packets at each of many doors. */
function sessions(doors: number, packetsOf: (door: number) => readonly number[]): string {
  return Array.from({ length: doors }, (_, door) =>
    packetsOf(door).map((packets, i) => {
      const [here, there, at] = [`10.0.0.1:${40_000 + 10 * door + i}`, `10.0.1.${door}:22`, 5 * door + i];
      return `a ${here} > ${there} tcp packets=${packets} bytes=${100 * packets} flags=3 at=${at}\na ${there} > ${here} tcp packets=${packets} bytes=900 flags=19 at=${at}`;
    }),
  )
    .flat()
    .join('\n');
}

async function are(doors: number, packetsOf: (door: number) => readonly number[]): Promise<boolean> {
  const scored = await scene(sessions(doors, packetsOf), always('benign'));
  return areRounds(scored, [...scored.rows.keys()], 0.25);
}

describe('rounds of passwords', () => {
  it('are two sessions of one length at each of ten doors', async () => {
    expect(await are(10, () => [20, 20])).toBe(true);
    expect(await are(9, () => [20, 20])).toBe(false);
    expect(await are(20, () => [20])).toBe(false);
  });

  it('may be cut, or let in, at half of the doors', async () => {
    const cut = (whole: number) => (door: number) => (door < whole ? [20, 20] : [20, 3]);
    expect(await are(20, cut(10))).toBe(true);
    expect(await are(20, cut(9))).toBe(false);
  });

  it('are no sessions that differ from door to door, or at each', async () => {
    expect(await are(20, (door) => [20 + 5 * door, 20 + 5 * door])).toBe(false);
    expect(await are(20, () => [15, 30])).toBe(false);
  });

  it('are no touches and no work', async () => {
    expect(await are(10, () => [3, 3])).toBe(false);
    expect(await are(10, () => [80, 80])).toBe(false);
  });

  it('are none without doors', async () => {
    const scored = await scene(
      sessions(1, () => [20]),
      always('benign'),
    );
    expect(areRounds(scored, [], 0.25)).toBe(false);
  });
});
