import { describe, expect, it } from 'vitest';
import { tunnel } from '../../lib/detectors/tunnel.ts';
import { exchange, told } from './telling.ts';

const pings = (sent: number, received: number, protocol = 'icmp', [ours, theirs] = ['10.0.0.1', '9.9.9.9']) =>
  exchange(`${ours}:0`, `${theirs}:0`, {
    protocol,
    sent: `packets=300 bytes=${300 * sent}`,
    received: `packets=300 bytes=${300 * received}`,
  });

const carried = (protocol: string, at = 600) =>
  exchange('10.0.0.1:0', '9.9.9.9:0', {
    protocol,
    sent: 'packets=300 bytes=90000',
    received: 'packets=200 bytes=50000',
    at,
  });

describe('the odd-protocol test', () => {
  it('sees pings whose answers carry something else', async () => {
    expect(await told(tunnel, pings(84, 600))).toEqual(['icmp-tunnel by 10.0.0.1']);
    expect(await told(tunnel, pings(1_000, 84, 'icmpv6', ['[fd00::1]', '[2001:db8::1]']))).toEqual([
      'icmp-tunnel by fd00::1',
    ]);
  });

  it('names the host of ours, whoever pings first', async () => {
    expect(await told(tunnel, pings(84, 600, 'icmp', ['9.9.9.9', '10.0.0.1']))).toEqual(['icmp-tunnel by 10.0.0.1']);
  });

  it('sees protocols that carry no programs', async () => {
    expect(await told(tunnel, carried('99'))).toEqual(['odd-protocol by 10.0.0.1']);
  });

  it.each([
    ['pings of any size', pings(1_500, 1_500)],
    ['a few uneven messages', pings(84, 100).replaceAll('300', '12')],
    ['uneven pings inside', pings(84, 600, 'icmp', ['10.0.0.1', '10.0.0.2'])],
    ['a flood of pings', pings(84, 0).split('\n')[0]],
    ['tunnels of a gateway', `${carried('50')}\n${carried('47')}`],
    ['odd protocols inside', carried('99').replaceAll('9.9.9.9', '10.0.0.2')],
    ['a few odd packets', carried('99').replaceAll(/packets=\d+ bytes=\d+/g, 'packets=5 bytes=500')],
    ['connections', carried('tcp')],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(tunnel, lines)).toEqual([]);
  });
});
