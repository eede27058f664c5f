import { describe, expect, it } from 'vitest';
import { mining } from '../../lib/detectors/mining.ts';
import { many, told } from './telling.ts';

/** One connection that exchanges a little in each of so many windows, without a flag after the first. */
function quiet(windows: number, server = '9.9.9.9:3333', client = '10.0.0.1:40000', bytes = 2_000): string {
  return many(windows, (i) => {
    const flags = i === 0 ? ['flags=2', 'flags=18'] : ['flags=0', 'flags=0'];
    return `a ${client} > ${server} tcp packets=8 bytes=${bytes} ${flags[0]} at=${300 * i}
      a ${server} > ${client} tcp packets=8 bytes=${bytes} ${flags[1]} at=${300 * i}`;
  });
}

const polling = many(12, (i) => quiet(1, undefined, `10.0.0.1:${40_000 + i}`).replaceAll('at=0', `at=${300 * i}`));

describe('the mining test', () => {
  it('sees a quiet connection to the port of a pool that stays open', async () => {
    expect(await told(mining, quiet(6))).toEqual(['mining by 10.0.0.1']);
    expect(await told(mining, quiet(6, '[2001:db8::1]:14444', '[fd00::1]:40000'))).toEqual(['mining by fd00::1']);
  });

  it.each([
    ['a connection of less than half an hour', quiet(5)],
    ['a connection to another port', quiet(12, '9.9.9.9:443')],
    ['a busy connection', quiet(12, undefined, undefined, 200_000)],
    ['a connection inside', quiet(12, '10.0.0.2:3333')],
    ['a program that polls', polling],
    ['a connection with pauses', quiet(12).replaceAll(/at=(\d+)/g, (_, at) => `at=${2 * at}`)],
    ['one that nobody answers', quiet(12).replaceAll(/\n\s+a 9\.9\.9\.9.*/g, '')],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(mining, lines)).toEqual([]);
  });
});
