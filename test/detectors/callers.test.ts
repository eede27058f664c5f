import { describe, expect, it } from 'vitest';
import { callersOf } from '../../lib/detectors/callers.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';
import { exchange, many } from './telling.ts';

interface Calls {
  client?: string;
  server?: string;
  protocol?: string;
  sent?: string;
  received?: string;
}

/** One answered call in each of so many windows. */
const calls = (windows: number, { client = '10.0.0.1', server = '9.9.9.9:443', ...words }: Calls = {}) =>
  many(windows, (window) => exchange(`${client}:${40_000 + window}`, server, { at: 300 * window, ...words }));

async function found(lines: readonly string[], windowsMin = 3): Promise<string[]> {
  const scored = await scene(lines.join('\n'), always('benign'));
  const { callers, callersOfService, clients } = callersOf(scored, windowsMin);
  return callers.map(({ client, server, service, positions }) => {
    const ends = `${addressOf(scored, client)} > ${addressOf(scored, server)}`;
    return `${ends} in ${positions.length}, ${callersOfService[service]} of ${clients}`;
  });
}

describe('callers', () => {
  it('are hosts of ours that call one service of a stranger in windows enough', async () => {
    expect(await found([calls(3)])).toEqual(['10.0.0.1 > 9.9.9.9 in 3, 1 of 1']);
    expect(await found([calls(2)])).toEqual([]);
  });

  it('are counted for each service, among all that call outside', async () => {
    const lines = [calls(3), calls(4, { client: '10.0.0.2' }), calls(1, { client: '10.0.0.3', server: '8.8.8.8:443' })];
    expect(await found(lines)).toEqual(['10.0.0.1 > 9.9.9.9 in 3, 2 of 3', '10.0.0.2 > 9.9.9.9 in 4, 2 of 3']);
  });

  it('of two services of one place are two', async () => {
    expect(await found([calls(3), calls(3, { server: '9.9.9.9:80' })])).toHaveLength(2);
    expect(await found([calls(2), calls(2, { server: '9.9.9.9:80' })])).toEqual([]);
  });

  it.each([
    ['a place inside', calls(3, { server: '10.0.0.9:443' })],
    ['a stranger', calls(3, { client: '8.8.8.8', server: '10.0.0.9:443' })],
    ['pings', calls(3, { server: '9.9.9.9:0', protocol: 'icmp' })],
    ['no data either way', calls(3, { sent: 'packets=10 bytes=600', received: 'packets=10 bytes=400' })],
    ['nobody', ''],
  ])('are not found in %s', async (_, lines) => {
    expect(await found([lines])).toEqual([]);
  });

  it('are found in small questions that bring data', async () => {
    const small = calls(3, { sent: 'packets=10 bytes=540', received: 'packets=10 bytes=700' });
    expect(await found([small])).toHaveLength(1);
  });
});
