import { describe, expect, it } from 'vitest';
import { collectionPoints } from '../../lib/detectors/collection-points.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';

/** So many hosts that each send so much to one place, the first at the beginning of the run and each later one in a window of its own. */
function copies(hosts: number, bytes: number, server = '9.9.9.9:443'): string {
  return Array.from({ length: hosts }, (_, i) => {
    const at = 300 * i;
    return `a 10.0.0.${i + 1}:40000 > ${server} tcp packets=30000 bytes=${bytes} flags=3 at=${at}
      a ${server} > 10.0.0.${i + 1}:40000 tcp packets=15000 bytes=800000 flags=19 at=${at}`;
  }).join('\n');
}

async function points(...lines: string[]) {
  const scored = await scene(lines.join('\n'), always('exfiltration'));
  return [...collectionPoints(scored)].map((server) => addressOf(scored, server));
}

describe('a place where a network brings its copies', () => {
  it('is one to which six hosts send thirty megabytes each, at whatever times', async () => {
    expect(await points(copies(6, 30_000_000))).toEqual(['9.9.9.9']);
    expect(await points(copies(5, 30_000_000))).toEqual([]);
    expect(await points(copies(6, 29_999_999))).toEqual([]);
  });

  it('counts hosts and not their connections', async () => {
    const again = Array.from({ length: 9 }, () => copies(5, 30_000_000)).join('\n');
    expect(await points(again)).toEqual([]);
  });

  it('is a place and not a service', async () => {
    expect(await points(copies(3, 30_000_000), copies(6, 30_000_000, '9.9.9.8:22'))).toEqual(['9.9.9.8']);
  });

  it('is named once for IPv6 as well', async () => {
    expect(await points(copies(6, 40_000_000, '[2001:db8::1]:443'))).toEqual(['2001:db8::1']);
  });

  it('is nowhere in an empty log', async () => {
    expect(await points()).toEqual([]);
  });
});
