import { describe, expect, it } from 'vitest';
import { distributedScan } from '../../lib/detectors/distributed-scan.ts';
import { always, scene } from '../findings/scenes.ts';
import { exchange, many, told } from './telling.ts';

const stranger = (i: number) => `9.9.${i >> 8}.${i & 255}:40000`;
const knocks = (count: number, port: (i: number) => number, words = 'flags=2') =>
  many(count, (i) => `a ${stranger(i)} > 10.0.0.1:${port(i)} tcp ${words}`);

describe('the many-sources test', () => {
  it.each([
    ['many strangers at one closed service', knocks(30, () => 3389)],
    ['many strangers that are rejected', knocks(30, () => 3389, 'flags=2 reject')],
    ['many strangers, over many services', knocks(50, (i) => 100 + (i % 10))],
    ['many strangers over IPv6', many(30, (i) => `a [2001:db8::${i + 1}]:40000 > [fd00::1]:22 tcp flags=2`)],
  ])('sees %s', async (_, lines) => {
    expect(await told(distributedScan, lines)).toEqual([
      `distributed-scan by ${lines.includes('[') ? 'fd00::1' : '10.0.0.1'}`,
    ]);
  });

  it('points at the tries alone', async () => {
    const other = exchange('8.8.8.8:40000', '10.0.0.1:443', {});
    const scored = await scene(`${knocks(30, () => 3389)}\n${other}`, always('benign'));
    expect(distributedScan.detect(scored).map(({ positions }) => positions.length)).toEqual([30]);
  });

  it.each([
    ['everyday noise', knocks(29, () => 3389)],
    ['noise over many services', knocks(49, (i) => 100 + (i % 10))],
    ['noise over a few services', knocks(60, (i) => 100 + (i % 9))],
    ['a service that answers somebody', `${knocks(60, () => 443)}\n${exchange('8.8.8.8:40000', '10.0.0.1:443', {})}`],
    [
      'a service that has answered earlier',
      `${exchange('8.8.8.8:40000', '10.0.0.1:443', {})}\n${knocks(60, () => 443, 'flags=2 at=600')}`,
    ],
    ['peers of a program that has left', knocks(60, () => 6881).replaceAll(' tcp flags=2', ' udp')],
    ['a flood', knocks(60, () => 3389, 'flags=2 packets=5000')],
    ['hosts of ours', knocks(60, () => 3389).replaceAll('a 9.9.', 'a 10.1.')],
    ['a stranger as the target', knocks(60, () => 3389).replaceAll('10.0.0.1', '8.8.8.8')],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(distributedScan, lines)).toEqual([]);
  });
});
