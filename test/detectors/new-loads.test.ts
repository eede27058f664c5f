import { describe, expect, it } from 'vitest';
import { newLoads } from '../../lib/detectors/new-loads.ts';
import type { ModelClass } from '../../lib/model/manifest.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';

const run = (lastSeconds = 2_400) =>
  `a 10.0.0.1:40000 > 10.0.0.8:53 udp at=0\na [fd00::1]:40000 > [fd00::8]:53 udp at=0\na 10.0.0.7:40001 > 10.0.0.8:53 udp at=${lastSeconds}`;

interface Load {
  client?: string;
  server?: string;
  bytes?: number;
  packets?: number;
  at?: number;
}

/** One answered connection. */
function load({
  client = '10.0.0.1',
  server = '9.9.9.9:22',
  bytes = 100_000_000,
  packets = 70_000,
  at = 600,
}: Load = {}): string {
  return `a ${client}:40000 > ${server} tcp packets=${packets} bytes=${bytes} flags=3 at=${at}
    a ${server} > ${client}:40000 tcp packets=${packets / 2} bytes=${packets * 20} flags=19 at=${at}`;
}

/** So many short connections. */
function connections(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `a 10.0.0.1:${20_000 + i} > 9.9.9.9:443 tcp packets=6 bytes=900 flags=3 at=${600 + (i % 240)}
      a 9.9.9.9:443 > 10.0.0.1:${20_000 + i} tcp packets=5 bytes=4000 flags=19 at=${600 + (i % 240)}`,
  ).join('\n');
}

async function heard(lines: readonly string[], name: ModelClass, probability = 0.2) {
  const scored = await scene(lines.join('\n'), always(name, probability));
  return newLoads.detect(scored).map(({ class: is, actor, window, suffices }) => {
    return `${is} by ${addressOf(scored, actor)} at ${window - scored.context.firstWindow}: ${suffices}`;
  });
}

describe('the test for new uploads', () => {
  it('hears a hundred megabytes to a place that the host never spoke to, about that place', async () => {
    const scored = await scene(`${run()}\n${load()}`, always('exfiltration', 0.021));
    const signals = newLoads.detect(scored);
    expect(signals.map(({ scope }) => addressOf(scored, scope))).toEqual(['9.9.9.9']);
    expect(await heard([run(), load()], 'exfiltration')).toEqual(['exfiltration by 10.0.0.1 at 600: true']);
  });

  it('hears ten times as much as the host sends to others, and no less', async () => {
    // Nine windows, so ten times 90 MB over nine windows are 100 MB, with the 40 bytes of the run's first record.
    const others = (bytes: number) => load({ server: '8.8.8.8:22', bytes: bytes - 40, at: 0 });
    expect(await heard([run(), load(), others(90_000_000)], 'exfiltration')).toHaveLength(1);
    expect(await heard([run(), load(), others(90_100_000)], 'exfiltration')).toEqual([]);
  });

  it('does not take what goes on at the same place for what is usual', async () => {
    const both = [run(), load(), load({ bytes: 300_000_000, at: 900 })];
    expect(await heard(both, 'exfiltration')).toHaveLength(2);
  });

  it.each([
    ['a byte less', [run(), load({ bytes: 99_999_999 })]],
    ['a place that was there before', [run(), load({ bytes: 100, packets: 2, at: 10 }), load()]],
    ['a place inside', [run(), load({ server: '10.0.0.9:22' })]],
    ['a stranger who sends', [run(), load({ client: '8.8.8.8', server: '10.0.0.9:22' })]],
    ['nothing at all', []],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard(lines, 'exfiltration')).toEqual([]);
  });

  it.each([22, 80, 443])('asks for a fiftieth of the forest’s word at port %i', async (port) => {
    const upload = [run(), load({ server: `9.9.9.9:${port}` })];
    expect(await heard(upload, 'exfiltration', 0.019)).toEqual([]);
    expect(await heard(upload, 'exfiltration', 0.021)).toHaveLength(1);
  });

  it('hears nothing in what many hosts bring to one place', async () => {
    const from = (hosts: number) =>
      Array.from({ length: hosts }, (_, i) => {
        const client = `10.0.0.${i + 1}`;
        return `a ${client}:40000 > 10.0.0.8:53 udp at=0\n${load({ client })}`;
      });
    expect(await heard([run(), ...from(5)], 'exfiltration')).toHaveLength(5);
    expect(await heard([run(), ...from(6)], 'exfiltration')).toEqual([]);
  });

  it('takes what comes back at even times for new only where it would have come before', async () => {
    const job = (from: number, every: number) =>
      [0, 1, 2].map((i) => load({ at: from + i * every }).replaceAll(':40000', `:${40_000 + i}`));
    expect(await heard([run(), ...job(600, 900)], 'exfiltration')).toEqual([]);
    expect(await heard([run(), ...job(900, 900)], 'exfiltration')).toHaveLength(3);
    // Twice may be chance, and what goes on without a pause comes once.
    expect(await heard([run(), ...job(600, 900).slice(0, 2)], 'exfiltration')).toHaveLength(2);
    expect(await heard([run(), ...job(300, 300)], 'exfiltration')).toHaveLength(3);
  });

  it('takes one connection for one, though its records leave windows empty', async () => {
    const session = (port: (index: number) => number) =>
      [600, 1_500, 2_400].map((at, i) => load({ at }).replaceAll('10.0.0.1:40000', `10.0.0.1:${port(i)}`));
    expect(await heard([run(), ...session(() => 40_000)], 'exfiltration')).toHaveLength(3);
    expect(await heard([run(), ...session((i) => 40_000 + i)], 'exfiltration')).toEqual([]);
  });

  it('takes a place for new within an hour', async () => {
    const later = (at: number) => [run(7_200), load({ bytes: 100, packets: 2 }), load({ at })];
    expect(await heard(later(600 + 3_300), 'exfiltration')).toHaveLength(1);
    expect(await heard(later(600 + 3_600), 'exfiltration')).toEqual([]);
  });

  it('hears nothing that the forest rules out', async () => {
    expect(await heard([run(), load()], 'benign')).toEqual([]);
  });
});

describe('the test for new floods', () => {
  it.each([
    ['packets', 'tcp', 12_000],
    ['pings', 'icmp', 12_000],
    ['datagrams', 'udp', 60_000],
  ])('hears so many %s in a minute (%s, %i)', async (_, protocol, least) => {
    const flood = (packets: number) =>
      `a 10.0.0.1:0 > 9.9.9.9:0 ${protocol} packets=${packets} bytes=${packets * 60} at=600 for=60
       a 9.9.9.9:0 > 10.0.0.1:0 ${protocol} packets=9 bytes=540 at=600 for=60`;
    expect(await heard([run(), flood(least)], 'denial-of-service')).toEqual([
      'denial-of-service by 10.0.0.1 at 600: true',
    ]);
    expect(await heard([run(), flood(least - 1)], 'denial-of-service')).toEqual([]);
  });

  it('hears five connections a second', async () => {
    const expected = ['denial-of-service by 10.0.0.1 at 600: true'];
    expect(await heard([run(), connections(1_200)], 'denial-of-service')).toEqual(expected);
    expect(await heard([run(), connections(1_190)], 'denial-of-service')).toEqual([]);
  });

  it.each([
    ['a service that was there before', [run(), load({ server: '9.9.9.9:443', bytes: 100, packets: 2, at: 10 })]],
  ])('hears nothing at %s', async (_, before) => {
    expect(await heard([...before, connections(3_000)], 'denial-of-service')).toEqual([]);
  });

  it('hears nothing in what only comes to the host', async () => {
    const unasked = 'a 9.9.9.9:53 > 10.0.0.1:40000 udp packets=60000 bytes=6000000 at=600 for=60';
    expect(await heard([run(), unasked], 'denial-of-service')).toEqual([]);
  });

  it('hears nothing that the forest rules out', async () => {
    expect(await heard([run(), connections(3_000)], 'denial-of-service', 0.19)).toEqual([]);
    expect(await heard([run(), connections(3_000)], 'exfiltration')).toEqual([]);
  });
});

describe('whether a run shows what is new', () => {
  it('does from half an hour on', async () => {
    expect(await heard([run(1_500), load()], 'exfiltration')).toHaveLength(1);
  });
});
