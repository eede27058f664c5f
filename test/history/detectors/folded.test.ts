/** The detectors on tracks that the product has folded from records, rather than on made-up ones. */
import { describe, expect, it } from 'vitest';
import { beaconHistory } from '../../../lib/history/detectors/beacon.ts';
import { lateralMovement } from '../../../lib/history/detectors/lateral-movement.ts';
import { longConnection } from '../../../lib/history/detectors/long-connection.ts';
import { slowScan } from '../../../lib/history/detectors/slow-scan.ts';
import { spamHistory } from '../../../lib/history/detectors/spam.ts';
import type { HistoryDetector } from '../../../lib/history/signal.ts';
import { HOUR, historyContext, hostsFrom } from '../describe.ts';
import { usual } from './scenes.ts';

const many = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** An answered connection, `at` seconds after the start. */
const connection = (client: string, server: string, at: number, bytes = 2_000, flags = [3, 19]) =>
  `a ${client} > ${server} tcp packets=10 bytes=${bytes} flags=${flags[0]} at=${at}
   a ${server} > ${client} tcp packets=10 bytes=${bytes} flags=${flags[1]} at=${at}`;

async function told(detector: HistoryDetector, lines: string, baseline?: ReturnType<typeof usual>): Promise<string[]> {
  const hosts = (await hostsFrom(lines)).map((one) => ({ ...one, baseline }));
  const context = historyContext({ beganSeconds: HOUR - 7_200 }, hosts);
  return detector.detect!(hosts, context).map(({ type, actor }) => `${type} by ${actor.address}`);
}

describe('of folded records', () => {
  it.each([
    ['10.0.0.1:40000', (i: number) => `10.0.3.${i}:22`],
    ['[fd00::1]:40000', (i: number) => `[fd00::3:${i + 1}]:22`],
  ])('a slow scan by %s is seen', async (client, server) => {
    const lines = many(14, (i) => `a ${client} > ${server(i)} tcp flags=2 at=${900 * i}`);
    expect(await told(slowScan, lines)).toEqual([`slow-scan by ${client.includes('[') ? 'fd00::1' : '10.0.0.1'}`]);
    const answered = many(14, (i) => connection(client, server(i), 900 * i));
    expect(await told(slowScan, answered)).toEqual([]);
  });

  it.each([
    ['10.0.0.1', '9.9.9.9:443'],
    ['[fd00::1]', '[2001:db8::9]:443'],
  ])('a beacon by %s is seen', async (client, server) => {
    const calls = many(70, (i) => connection(`${client}:${40_000 + i}`, server, 600 * i));
    expect(await told(beaconHistory, calls)).toEqual([`beacon by ${client.replace(/[[\]]/g, '')}`]);
    const odd = many(70, (i) => connection(`${client}:${40_000 + i}`, server, 600 * i + ((i * 7919) % 590)));
    expect(await told(beaconHistory, odd)).toEqual([]);
  });

  it('a long connection is seen, and many short ones are not', async () => {
    const open = many(300, (i) =>
      connection('10.0.0.1:40000', '9.9.9.9:443', 60 * i, 600, [i === 0 ? 2 : 0, i === 0 ? 18 : 0]),
    );
    expect(await told(longConnection, open)).toEqual(['long-connection by 10.0.0.1']);
    const short = many(300, (i) => connection(`10.0.0.1:${40_000 + 7 * i}`, '9.9.9.9:443', 60 * i, 600));
    expect(await told(longConnection, short)).toEqual([]);
  });

  it('a first session inside is seen, from the side of its client only', async () => {
    const baseline = usual({ endSeconds: HOUR });
    const session = connection('10.0.0.1:40000', '10.0.0.9:22', 0, 9_000);
    expect(await told(lateralMovement, session, baseline)).toEqual(['lateral-movement by 10.0.0.1']);
  });

  it('mail to many strangers is seen', async () => {
    const mails = many(10, (i) => connection(`10.0.0.1:${40_000 + i}`, `9.9.9.${i}:25`, 60 * i));
    expect(await told(spamHistory, mails)).toEqual(['spam-bot by 10.0.0.1']);
  });
});
