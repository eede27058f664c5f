import { describe, expect, it } from 'vitest';
import { amplifier } from '../../lib/detectors/amplifier.ts';
import { exchange, told } from './telling.ts';

const abused = (server: string, client = '9.9.9.9:4000', answered = 'packets=1000 bytes=1400000') =>
  exchange(client, server, { protocol: 'udp', sent: 'packets=1000 bytes=64000', received: answered });

describe('the amplification test', () => {
  it.each([
    ['a name server', abused('10.0.0.1:53')],
    ['a time server', abused('10.0.0.1:123')],
    ['a cache', abused('10.0.0.1:11211')],
    [
      'a cache that answers forty times as much',
      abused('10.0.0.1:11211', undefined, 'packets=100 bytes=140000').replaceAll('bytes=64000', 'bytes=3500'),
    ],
    ['questions in the name of a web server', abused('10.0.0.1:123', '9.9.9.9:80')],
  ])('sees %s that answers a stranger with far more', async (_, lines) => {
    expect(await told(amplifier, lines)).toEqual(['amplifier by 10.0.0.1']);
  });

  it('sees it over IPv6', async () => {
    expect(await told(amplifier, abused('[fd00::1]:53', '[2001:db8::1]:4000'))).toEqual(['amplifier by fd00::1']);
  });

  it.each([
    ['a name server with signed zones', abused('10.0.0.1:53', undefined, 'packets=200 bytes=200000')],
    ['answers as long as the questions', abused('10.0.0.1:53').replaceAll('bytes=64000', 'bytes=900000')],
    ['a service that is no amplifier', abused('10.0.0.1:27015')],
    ['a host of ours that asks', abused('10.0.0.1:53', '10.0.0.2:4000')],
    ['a server of strangers', abused('8.8.8.8:53', '10.0.0.1:4000')],
    ['a connection', abused('10.0.0.1:53').replaceAll('udp', 'tcp')],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(amplifier, lines)).toEqual([]);
  });
});
