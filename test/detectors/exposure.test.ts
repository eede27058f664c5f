import { describe, expect, it } from 'vitest';
import { exposure } from '../../lib/detectors/exposure.ts';
import { exchange, many, told } from './telling.ts';

const visits = (strangers: number, server = '10.0.0.1:6379', client = (i: number) => `9.9.9.${i}:40000`) =>
  many(strangers, (i) => exchange(client(i), server, { at: 700 * i }));

describe('the exposure test', () => {
  it('sees an administration service that has answered three strangers', async () => {
    expect(await told(exposure, visits(3))).toEqual(['exposed-administration by 10.0.0.1']);
    const ipv6 = visits(3, '[fd00::1]:22', (i) => `[2001:db8::${i + 1}]:40000`);
    expect(await told(exposure, ipv6)).toEqual(['exposed-administration by fd00::1']);
  });

  it.each([
    ['an office or two', visits(2)],
    ['one stranger who comes often', visits(5, undefined, () => '9.9.9.9:40000')],
    ['a public service', visits(9, '10.0.0.1:443')],
    ['hosts of ours', visits(9, undefined, (i) => `10.0.1.${i}:40000`)],
    ['a server of strangers', visits(9, '8.8.8.8:22', (i) => `10.0.1.${i}:40000`)],
    ['strangers that nobody answers', visits(9).replaceAll(/\n\s+a 10\.0\.0\.1.*/g, '')],
    ['strangers that are rejected', many(9, (i) => `a 9.9.9.${i}:40000 > 10.0.0.1:22 tcp flags=2 reject`)],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(exposure, lines)).toEqual([]);
  });
});
