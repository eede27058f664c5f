import { describe, expect, it } from 'vitest';
import { HOUR_SECONDS } from '../../lib/history/hours.ts';
import { N, NUMBERS } from '../../lib/history/track-rows.ts';
import { momentsMax, trackHostRowsMax } from '../../lib/limits.ts';
import { START } from '../records.ts';
import { HOUR, hostsFrom, rowsFrom } from './describe.ts';

/** An answered call. */
const call = (at: number, port = 40_000, client = '10.0.0.1', server = '9.9.9.9', more = '') =>
  `a ${client}:${port} > ${server}:443 tcp packets=5 bytes=500 flags=2 at=${at} ${more}
   a ${server}:443 > ${client}:${port} tcp packets=5 bytes=5000 flags=18 at=${at} ${more}`;

const day = 24 * HOUR_SECONDS;

describe('hosts', () => {
  it('have the tracks of all their hours, each hour once', async () => {
    const [{ asClient, asServer, ...host }] = await hostsFrom(
      [call(0), call(400), call(7_200), call(3 * day)].join('\n'),
    );
    expect(host).toMatchObject({ host: { address: '10.0.0.1', isOurs: true }, interfaceId: 'a', forgotten: 0 });
    expect(host.firstSeconds).toBe(START);
    expect(asServer).toEqual([]);
    expect(asClient).toHaveLength(1);
    const [track] = asClient;
    expect(track.server).toEqual({ address: '9.9.9.9', isOurs: false });
    expect([track.service, track.port, track.protocol]).toEqual(['443/tcp', 443, 6]);
    expect([...track.hours.starts]).toEqual([HOUR, HOUR + 7_200, HOUR + 3 * day]);
    // START is 15 minutes after the hour: windows 3 and 4.
    expect([...track.hours.windows]).toEqual([0b11000, 0b1000, 0b1000]);
    expect([...track.hours.bytesReceived]).toEqual([10_000, 5_000, 5_000]);
    expect(track).toMatchObject({ flows: 4, bytesSent: 2_000, windows: 4, failedWindows: 0, answered: true });
    expect(track.firstSeconds).toBe(START);
    expect(track.lastSeconds).toBe(START + 3 * day);
  });

  it('see an internal track from both ends', async () => {
    const hosts = await hostsFrom(call(0, 40_000, '10.0.0.1', '10.0.0.2'));
    expect(hosts.map(({ host, asClient, asServer }) => [host.address, asClient.length, asServer.length])).toEqual([
      ['10.0.0.1', 1, 0],
      ['10.0.0.2', 0, 1],
    ]);
    expect(hosts[1].asServer[0].client.address).toBe('10.0.0.1');
  });

  it('leave out strangers among themselves', async () => {
    expect(await hostsFrom(call(0, 40_000, '8.8.8.8', '9.9.9.9'))).toEqual([]);
  });

  it('count once what two interfaces report', async () => {
    const [{ asClient }] = await hostsFrom(`${call(0)}\n${call(0).replaceAll('a 1', 'b 1').replaceAll('a 9', 'b 9')}`);
    expect(asClient[0]).toMatchObject({ flows: 1, bytesSent: 500, interfaceId: 'a' });
  });

  it('tell what failed from what was answered', async () => {
    const [{ asClient }] = await hostsFrom(
      `a 10.0.0.1:1 > 9.9.9.9:443 tcp flags=2 at=0\na 10.0.0.1:2 > 9.9.9.9:80 tcp flags=2 at=0\n${call(600)}`,
    );
    expect(
      asClient.map(({ service, answered, failedWindows, windows }) => [service, answered, failedWindows, windows]),
    ).toEqual([
      ['80/tcp', false, 1, 1],
      ['443/tcp', true, 1, 2],
    ]);
    expect(asClient[0].failedFlows).toBe(1);
  });

  it('do not take what came unasked for an answer', async () => {
    const [{ asClient, hours }] = await hostsFrom('a 9.9.9.9:443 > 10.0.0.1:40000 tcp flags=18 at=0');
    expect(asClient[0]).toMatchObject({ answered: false, flows: 0, packetsReceived: 1 });
    expect([...hours.peers]).toEqual([0]);
  });

  it('are the same over IPv6', async () => {
    const lines = `a [fd00::1]:40000 > [2001:db8::9]:443 tcp packets=5 flags=2\na [2001:db8::9]:443 > [fd00::1]:40000 tcp packets=5 bytes=900 flags=18`;
    const [{ host, asClient }] = await hostsFrom(lines);
    expect([host, asClient[0].server.address]).toEqual([{ address: 'fd00::1', isOurs: true }, '2001:db8::9']);
  });

  it('add up their hours', async () => {
    const lines = [
      call(0),
      call(10, 40_001, '10.0.0.1', '8.8.4.4'),
      call(20, 40_002, '10.0.0.1', '10.0.0.2'),
      'a 10.0.0.1:5 > 10.0.0.3:22 tcp flags=2 at=30',
      call(40, 40_003, '7.7.7.7', '10.0.0.1'),
      call(4_000),
    ];
    const { hours } = (await hostsFrom(lines.join('\n'))).find(({ host }) => host.address === '10.0.0.1')!;
    expect([...hours.starts]).toEqual([HOUR, HOUR + HOUR_SECONDS]);
    // Out: 500 to each of two strangers, and 5,000 in answer to a third.
    expect([...hours.bytesOut]).toEqual([6_000, 500]);
    expect([...hours.bytesIn]).toEqual([10_500, 5_000]);
    expect([...hours.peers]).toEqual([2, 1]);
    expect([...hours.services]).toEqual([1, 1]);
    expect([...hours.contacts]).toEqual([4, 1]);
    expect([...hours.failedContacts]).toEqual([1, 0]);
  });

  it('keep the highest probability of each class, and where the first and last record stand', async () => {
    const [{ asClient }] = await hostsFrom([call(0), call(7_200)].join('\n'), ({ forward_packets }) => ({
      'command-and-control': forward_packets > 0 ? 0.7 : 0.1,
    }));
    expect(asClient[0].probabilities['command-and-control']).toBeCloseTo(0.7);
    expect(asClient[0].evidence).toEqual([
      { source: 'log', ordinal: 2 },
      { source: 'log', ordinal: 2 },
    ]);
  });

  it('know sizes as octaves', async () => {
    const same = (await hostsFrom([call(0), call(400)].join('\n')))[0].asClient[0];
    expect(same.bytesOctavesMean).toBeCloseTo(Math.log2(500), 0);
    expect(same.bytesOctavesDeviation).toBe(0);
    const odd = (await hostsFrom([call(0), call(400).replace('bytes=500', 'bytes=8000')].join('\n')))[0].asClient[0];
    expect(odd.bytesOctavesDeviation).toBeCloseTo(2, 0);
    expect(odd.durationSecondsMean).toBe(0);
  });

  it('do not believe an end of a record that lies years ahead', async () => {
    const [{ lastSeconds }] = await hostsFrom(`a 10.0.0.1:1 > 9.9.9.9:443 tcp end=${START + 900 * day}`);
    expect(lastSeconds).toBeLessThanOrEqual(HOUR + 2 * HOUR_SECONDS);
  });
});

describe('hosts with too many tracks', () => {
  const scan = Array.from(
    { length: trackHostRowsMax + 50 },
    (_, i) => `a 10.0.0.1:${i % 60_000} > 9.${i >> 16}.${(i >> 8) & 255}.${i & 255}:23 tcp flags=2 at=${i % 900}`,
  );

  it('keep those that last, and count the others', async () => {
    const beacon = Array.from({ length: 9 }, (_, i) => call(i * 300, 50_000 + i, '10.0.0.1', '203.0.113.7'));
    const [host] = await hostsFrom([...scan, ...beacon].join('\n'));
    expect(host.asClient).toHaveLength(trackHostRowsMax);
    expect(host.asClient.map(({ server }) => server.address)).toContain('203.0.113.7');
    expect(host.forgotten).toBe(51);
  });

  it('keep the same whatever the order of the records', async () => {
    const names = async (lines: readonly string[]) =>
      (await hostsFrom(lines.join('\n')))[0].asClient.map(({ server }) => server.address).sort();
    expect(await names([...scan].reverse())).toEqual(await names(scan));
  });

  it('count what the limit on conversations had folded already', async () => {
    const rows = await rowsFrom(call(0));
    const rest = rows.append(0);
    rows.numbers[rest * NUMBERS + N.members] = 7;
    expect(rows.length).toBe(2);
  });
});

describe('moments of contact', () => {
  it('are known within five seconds, over hours', async () => {
    const [{ asClient }] = await hostsFrom([call(0), call(62), call(64), call(3_661)].join('\n'));
    expect([...asClient[0].moments]).toEqual([START, START + 60, START + 3_660]);
  });

  it('are the latest where there are too many', async () => {
    const calls = Array.from({ length: momentsMax + 100 }, (_, i) => `a 10.0.0.1:40000 > 9.9.9.9:443 tcp at=${i * 5}`);
    const [{ asClient }] = await hostsFrom(calls.join('\n'));
    expect(asClient[0].moments).toHaveLength(momentsMax);
    expect(asClient[0].moments.at(-1)).toBe(START + (momentsMax + 99) * 5);
  });
});

describe('the longest presence', () => {
  const presence = async (lines: readonly string[]) => {
    const { firstSeconds, lastSeconds } = (await hostsFrom(lines.join('\n')))[0].asClient[0].presence;
    return [firstSeconds - START, lastSeconds - START];
  };
  /** Records of one connection, one a minute. */
  const connection = (from: number, minutes: number, port: number, flags = 16) =>
    Array.from(
      { length: minutes },
      (_, i) => `a 10.0.0.1:${port} > 9.9.9.9:443 tcp packets=3 flags=${flags} at=${from + i * 60} for=59`,
    );

  it('goes on over windows, hours and days', async () => {
    expect(await presence(connection(0, 1_560, 40_000))).toEqual([0, 1_560 * 60 - 1]);
  });

  it('is stitched where records are gathered over ten minutes', async () => {
    const records = Array.from(
      { length: 30 },
      (_, i) => `a 10.0.0.1:40000 > 9.9.9.9:443 tcp flags=16 at=${i * 600} for=599`,
    );
    expect(await presence(records)).toEqual([0, 29 * 600 + 300]);
  });

  it('is not that of short connections one after another', async () => {
    const short = Array.from({ length: 60 }, (_, i) => call(i * 120, 40_000 + i * 7));
    const [first, last] = await presence(short);
    expect(last - first).toBeLessThan(3_600);
  });

  it('is found beside short connections', async () => {
    const short = Array.from({ length: 20 }, (_, i) => call(i * 360 + 30, 50_000 + i));
    expect(await presence([...connection(0, 120, 40_000), ...short])).toEqual([0, 7_199]);
  });

  it('ends where the connection is silent for longer than a window', async () => {
    expect(await presence([...connection(0, 20, 40_000), ...connection(2_400, 10, 40_000)])).toEqual([0, 1_200]);
  });

  it('is nothing where so many ports are used that some fit anything', async () => {
    const busy = Array.from(
      { length: 600 },
      (_, i) => `a 10.0.0.1:${30_000 + ((i * 61) % 20_000)} > 9.9.9.9:443 tcp at=${i * 12}`,
    );
    expect(await presence(busy)).toEqual([0, 0]);
  });
});
