import { describe, expect, it } from 'vitest';
import { grouped, type Search, sightsOn } from '../../lib/detectors/sight.ts';
import { always, scene } from '../findings/scenes.ts';
import { START } from '../records.ts';
import { exchange } from './telling.ts';

describe('sights', () => {
  it('are conversations by names', async () => {
    const scored = await scene(exchange('10.0.0.1:40000', '9.9.9.9:443', {}), always('benign'));
    expect(sightsOn(scored, { isService: () => true })).toEqual([
      {
        position: 0,
        client: 0x0a00_0001,
        server: 0x0909_0909,
        service: (6 << 16) | 443,
        window: START,
        clientIsOurs: true,
        serverIsOurs: false,
        isFailure: false,
        packetsSent: 10,
        packetsReceived: 10,
        bytesSent: 2_000,
        bytesReceived: 4_000,
      },
    ]);
  });

  it('are those of the services and of the kind that are wanted', async () => {
    const scored = await scene(
      ['a 10.0.0.1:1 > 9.9.9.9:22 tcp', 'a 10.0.0.1:1 > 9.9.9.9:80 tcp', 'a 10.0.0.2:1 > 9.9.9.9:22 tcp'].join('\n'),
      always('benign'),
    );
    const sights = sightsOn(
      scored,
      { isService: (service) => (service & 0xffff) === 22 },
      ({ client }) => client === 0x0a00_0002,
    );
    expect(sights.map(({ position }) => position)).toEqual([2]);
  });

  it('are searched for by whose the hosts are, how it ended and who served', async () => {
    const scored = await scene(
      [
        'a 10.0.0.1:1 > 9.9.9.9:22 tcp',
        'a 9.9.9.9:1 > 10.0.0.1:22 tcp',
        'a 10.0.0.1:1 > 10.0.0.2:22 tcp',
        exchange('10.0.0.1:40000', '8.8.8.8:22', {}),
      ].join('\n'),
      always('benign'),
    );
    const found = (search: Omit<Search, 'isService'>) =>
      sightsOn(scored, { isService: () => true, ...search }).map(({ client, server }) => [client & 255, server & 255]);
    expect(found({ clientIsOurs: true, serverIsOurs: false })).toEqual([
      [1, 9],
      [1, 8],
    ]);
    expect(found({ clientIsOurs: false })).toEqual([[9, 1]]);
    expect(found({ isFailure: false })).toEqual([[1, 8]]);
    expect(found({ isFailure: true, serverIsOurs: true })).toEqual([
      [9, 1],
      [1, 2],
    ]);
    expect(found({ servers: new Set([0x0a00_0002]) })).toEqual([[1, 2]]);
  });

  it('leave out rows that have forgotten whose they are', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `a 10.0.0.1:1 > 9.9.9.${i}:22 tcp packets=${i + 1}`).join('\n');
    const scored = await scene(lines, always('benign'), {}, 8);
    expect(sightsOn(scored, { isService: () => true }).length).toBeLessThan(8);
    expect(scored.conversations.folded).toBeGreaterThan(0);
  });
});

describe('grouping', () => {
  it('keeps the order of first sight', () => {
    expect([...grouped([3, 1, 4, 1, 5, 9], (n) => n % 2)]).toEqual([
      [1, [3, 1, 1, 5, 9]],
      [0, [4]],
    ]);
  });
});
