import { describe, expect, it } from 'vitest';
import { volume } from '../../lib/detectors/volume.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';

async function heard(lines: string): Promise<string[]> {
  const scored = await scene(lines, always('benign'));
  return volume.detect(scored).map(({ actor, actorIsVictim, positions }) => {
    return `${actorIsVictim ? 'on' : 'by'} ${addressOf(scored, actor)} ${positions.length}`;
  });
}

const out = 'a 10.0.0.1:40000 > 9.9.9.9:80 udp bytes=90000000 for=60';

describe('volume', () => {
  it('hears six hundred packets a second that nobody answers', async () => {
    expect(await heard(`${out} packets=36000`)).toEqual(['by 10.0.0.1 1']);
    expect(await heard(`${out} packets=35000`)).toEqual([]);
  });

  it.each([
    [36_000, 0.09, false],
    [36_000, 0.11, true],
    [60_000, 0.09, true],
  ])(
    'of %i packets in a minute is enough alone where the forest gives a flood %d: %s',
    async (packets, probability, enough) => {
      const scored = await scene(`${out} packets=${packets}`, always('denial-of-service', probability));
      expect(volume.detect(scored).map(({ suffices }) => suffices)).toEqual([enough]);
    },
  );

  it('names the one end that speaks, also where the lower port makes it the server', async () => {
    const flood = 'udp packets=60000 bytes=3600000 for=60';
    expect(await heard(`a 10.0.0.1:4323 > 9.9.9.9:51000 ${flood}`)).toEqual(['by 10.0.0.1 1']);
    expect(await heard(`a 9.9.9.9:4323 > 10.0.0.1:51000 ${flood}`)).toEqual(['by 10.0.0.1 1']);
  });

  it.each(['icmp', 'icmpv6'])('hears six hundred pings a second, though each is answered', async (protocol) => {
    const pings = (count: number) =>
      `a 10.0.0.1:0 > 9.9.9.9:0 ${protocol} packets=${count} bytes=${count * 1_028} at=0 for=60
       a 9.9.9.9:0 > 10.0.0.1:0 ${protocol} packets=${count} bytes=${count * 1_028} at=1 for=60`;
    expect(await heard(pings(36_600))).toEqual(['by 10.0.0.1 1']);
    expect(await heard(pings(35_000))).toEqual([]);
  });

  it.each(['10.0.0.1', '10.0.0.9'])(
    'of pings that begin in one second, names the end that sends more, %s',
    async (more) => {
      const less = more === '10.0.0.1' ? '10.0.0.9' : '10.0.0.1';
      const lines = `a ${more}:0 > 9.9.9.9:0 icmp packets=36600 bytes=3600000 for=60
      a 9.9.9.9:0 > ${more}:0 icmp packets=36000 bytes=3600000 for=60
      a ${less}:0 > 8.8.8.8:0 icmp packets=36000 bytes=3600000 for=60
      a 8.8.8.8:0 > ${less}:0 icmp packets=36600 bytes=3600000 for=60`;
      expect((await heard(lines)).sort()).toEqual([`by ${more} 1`, 'by 8.8.8.8 1'].sort());
    },
  );

  it('hears a burst as what it is over a minute', async () => {
    expect(await heard(`${out.replace('for=60', 'for=1')} packets=35000`)).toEqual([]);
  });

  it.each([
    [
      'a transfer that is answered',
      `${out} packets=600000\na 9.9.9.9:80 > 10.0.0.1:40000 udp packets=300000 bytes=900000000`,
    ],
    ['datagrams between hosts of ours', `${out.replace('9.9.9.9', '10.9.9.9')} packets=600000`],
    [
      'full segments of TCP, whose acknowledgements the log leaves out',
      'a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=600000 bytes=900000000 for=60',
    ],
    ['little', 'a 10.0.0.1:40000 > 9.9.9.9:80 tcp'],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard(lines)).toEqual([]);
  });

  it('hears a flood of bare packets also where each is answered barely', async () => {
    const lines = `a 9.9.9.9:40000 > 10.0.0.1:80 tcp packets=90000 bytes=3600000 flags=2 for=60
      a 10.0.0.1:80 > 9.9.9.9:40000 tcp packets=90000 bytes=3600000 flags=18 for=60`;
    expect(await heard(lines)).toEqual(['by 9.9.9.9 1']);
  });

  it('sums a flood from many clients up at the victim of ours', async () => {
    const crowd = (server: string) =>
      Array.from({ length: 6 }, (_, i) => `a 9.9.9.${i}:40000 > ${server}:80 udp packets=6100 bytes=6100000 for=60`);
    expect(await heard(crowd('10.0.0.1').join('\n'))).toEqual(['on 10.0.0.1 6']);
    expect(await heard(crowd('8.8.8.8').join('\n'))).toEqual([]);
  });

  it('hears many strangers that open connections and never use them', async () => {
    const crowd = (count: number, bytes: number, protocol = 'tcp', network = '9.9.9') =>
      Array.from(
        { length: count },
        (_, i) => `a ${network}.${i}:40000 > 10.0.0.1:443 ${protocol} packets=60 bytes=3600 for=60
          a 10.0.0.1:443 > ${network}.${i}:40000 ${protocol} packets=120 bytes=${120 * bytes} for=60`,
      ).join('\n');
    expect(await heard(crowd(50, 44))).toEqual(['on 10.0.0.1 50']);
    expect(await heard(crowd(49, 44))).toEqual([]);
    expect(await heard(crowd(50, 400))).toEqual([]);
    expect(await heard(crowd(50, 76, 'udp'))).toEqual([]);
    expect(await heard(crowd(50, 44, 'tcp', '10.1.1'))).toEqual([]);
  });

  it.each([
    ['ten connections a second that are served, where the forest takes them for a flood', 120, 0.5, [true]],
    ['fewer', 119, 0.5, []],
    ['as many, where it does not', 120, 0.49, []],
  ])('is enough alone on a service of ours with %s', async (_, connectionsEach, probability, enough) => {
    const lines = Array.from({ length: 5 * connectionsEach }, (_, i) => {
      const client = `20.0.0.${i % 5}:${20_000 + i}`;
      return `a ${client} > 10.0.0.9:443 tcp packets=6 bytes=900 flags=3 for=60
        a 10.0.0.9:443 > ${client} tcp packets=6 bytes=9000 flags=19 for=60`;
    });
    const scored = await scene(lines.join('\n'), always('denial-of-service', probability));
    expect(volume.detect(scored).map(({ suffices }) => suffices)).toEqual(enough);
    // Over UDP they are peers.
    const peers = lines
      .join('\n')
      .replaceAll(' tcp ', ' udp ')
      .replaceAll(/ flags=\d+/g, '');
    expect(volume.detect(await scene(peers, always('denial-of-service', probability)))).toEqual([]);
  });

  it('sums answers that were never asked for up at the host of ours that gets them', async () => {
    const answers = (to: string, packets: number) =>
      Array.from({ length: 6 }, (_, i) => `a 9.9.9.${i}:53 > ${to}:40000 udp packets=${packets} bytes=30000000 for=60`);
    expect(await heard(answers('10.0.0.1', 6_100).join('\n'))).toEqual(['by 10.0.0.1 6']);
    expect(await heard(answers('10.0.0.1', 5_900).join('\n'))).toEqual([]);
    expect(await heard(answers('8.8.8.8', 6_100).join('\n'))).toEqual([]);
  });

  it('hears nothing in answers that were asked for', async () => {
    const lines = `a 9.9.9.9:53 > 10.0.0.1:40000 udp packets=90000 bytes=90000000 for=60
      a 10.0.0.1:40000 > 9.9.9.9:53 udp packets=9000 bytes=900000 for=60`;
    expect(await heard(lines)).toEqual([]);
  });
});
