import { describe, expect, it } from 'vitest';
import { flatness } from '../../lib/detectors/flatness.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';

/** `count` sessions of as many packets as `packets` says, answered. */
function sessions(count: number, packets: (index: number) => number, port = 22): string {
  return Array.from({ length: count }, (_, i) => {
    const client = `10.0.0.1:${40_000 + 7 * i}`;
    return `a ${client} > 10.0.0.2:${port} tcp packets=${packets(i)} flags=3
      a 10.0.0.2:${port} > ${client} tcp packets=${packets(i)} bytes=${200 * packets(i)} flags=19`;
  }).join('\n');
}

async function actors(lines: string): Promise<string[]> {
  const scored = await scene(lines, always('benign'));
  return flatness.detect(scored).map(({ actor, class: name }) => `${name} by ${addressOf(scored, actor)}`);
}

describe('flatness', () => {
  it.each([
    [149, 0.9, false],
    [150, 0.39, false],
    [150, 0.41, true],
  ])('of %i sessions is enough alone where the forest gives guessing %d: %s', async (count, probability, enough) => {
    const scored = await scene(
      sessions(count, () => 16),
      always('brute-force', probability),
    );
    expect(flatness.detect(scored).map(({ suffices }) => suffices)).toEqual([enough]);
  });

  it.each([
    ['three doors where the forest half agrees', 3, 'brute-force', true],
    ['three doors where the forest sees everyday traffic', 3, 'benign', false],
    ['two doors, as a program that fetches has', 2, 'brute-force', false],
  ] as const)('is enough alone on %s: %#', async (_, doors, forest, enough) => {
    const lines = Array.from({ length: doors }, (_, door) =>
      sessions(6, () => 16).replaceAll('10.0.0.2:', `10.0.0.2${door}:`),
    );
    const scored = await scene(lines.join('\n'), always(forest));
    expect(flatness.detect(scored).map(({ suffices }) => suffices)).toEqual([enough]);
  });

  it('is never enough alone by FTP, where a folder of files is as many sessions', async () => {
    const scored = await scene(
      sessions(200, () => 16, 21),
      always('brute-force'),
    );
    expect(flatness.detect(scored).map(({ suffices }) => suffices)).toEqual([false]);
  });

  it('hears many sessions of nearly the same length to a login service', async () => {
    expect(await actors(sessions(15, () => 16))).toEqual(['brute-force by 10.0.0.1']);
    expect(await actors(sessions(15, (i) => 16 + (i % 3)))).toEqual(['brute-force by 10.0.0.1']);
  });

  it.each([
    ['a few sessions', sessions(9, () => 16)],
    ['sessions of all lengths', sessions(15, (i) => 4 * 2 ** (i % 5))],
    ['touches without a login', sessions(15, () => 2)],
    ['long sessions', sessions(15, () => 300)],
    ['a service without logins', sessions(15, () => 16, 443)],
    ['a database that programs ask', sessions(15, () => 16, 5432)],
    [
      'one connection, reported often',
      `${'a 10.0.0.1:40000 > 10.0.0.2:22 tcp packets=16\n'.repeat(15)}${sessions(1, () => 16)}`,
    ],
    ['sessions that nobody answers', sessions(15, () => 16).replaceAll(/\n\s+a 10\.0\.0\.2.*/g, '')],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await actors(lines)).toEqual([]);
  });

  it.each([445, 389, 3306, 1433, 993])('hears strangers at port %i, where programs of ours log in', async (port) => {
    const lines = sessions(15, () => 16, port).replaceAll('10.0.0.1:', '9.9.9.9:');
    expect(await actors(lines)).toEqual(['brute-force by 9.9.9.9']);
  });

  it('hears a few tries at each of many doors as one series', async () => {
    const spray = Array.from({ length: 5 }, (_, host) =>
      sessions(3, () => 16).replaceAll('10.0.0.2', `10.0.0.2${host}`),
    );
    const scored = await scene(spray.join('\n'), always('benign'));
    expect(flatness.detect(scored).map(({ positions }) => positions.length)).toEqual([5]);
    expect(await actors(spray.slice(0, 3).join('\n'))).toEqual([]);
  });
});
