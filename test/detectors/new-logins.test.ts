import { describe, expect, it } from 'vitest';
import { newLogins } from '../../lib/detectors/new-logins.ts';
import { addressOf, always, type Judge, scene } from '../findings/scenes.ts';

/** Traffic at the first and the last second of the run; 10.0.0.1 and fd00::1 are there from the beginning. */
const run = (lastSeconds = 2_400) =>
  `a 10.0.0.1:40000 > 10.0.0.8:53 udp at=0\na [fd00::1]:40000 > [fd00::8]:53 udp at=0\na 10.0.0.7:40001 > 10.0.0.8:53 udp at=${lastSeconds}`;

interface Logins {
  client?: string;
  server?: (index: number) => string;
  port?: number;
  from?: number;
  packets?: (index: number) => number;
  /** Of a packet, to the server. */
  bytes?: number;
}

/** Answered sessions, one every ten seconds, of lengths as a tool might have them. */
function logins(count: number, options: Logins = {}): string {
  const { client = '10.0.0.1', server = () => '10.0.0.2', port = 22, from = 600 } = options;
  const { packets = (index: number) => 8 + 5 * (index % 4), bytes = 100 } = options;
  return Array.from({ length: count }, (_, i) => {
    const [here, there, at] = [`${client}:${40_000 + 7 * i}`, `${server(i)}:${port}`, from + 10 * i];
    return `a ${here} > ${there} tcp packets=${packets(i)} bytes=${bytes * packets(i)} flags=3 at=${at}
      a ${there} > ${here} tcp packets=${packets(i)} bytes=${200 * packets(i)} flags=19 at=${at}`;
  }).join('\n');
}

const stranger = (index: number) => `9.9.9.${index}`;

async function heard(lines: string, judge: Judge = always('brute-force', 0.021)) {
  const scored = await scene(lines, judge);
  return newLogins
    .detect(scored)
    .map(
      ({ actor, window, positions }) =>
        `${addressOf(scored, actor)} ${window - scored.context.firstWindow} ${positions.length}`,
    );
}

describe('the test for new logins', () => {
  it('hears many sessions of a client that had none, whatever their length, where the forest does not rule it out', async () => {
    expect(await heard(`${run()}\n${logins(10)}`)).toEqual(['10.0.0.1 600 1']);
  });

  it('is enough alone', async () => {
    const scored = await scene(`${run()}\n${logins(10)}`, always('brute-force', 0.021));
    expect(newLogins.detect(scored)).toMatchObject([{ class: 'brute-force', suffices: true, actorIsVictim: false }]);
  });

  it('counts a few tries at each of many doors, and has the quiet windows in it', async () => {
    const doors = logins(12, { server: (index) => `10.0.0.${20 + (index % 4)}` });
    const last = logins(2, { from: 1_300, server: () => '10.0.0.20' });
    expect(await heard([run(), doors, last].join('\n'))).toEqual(['10.0.0.1 600 4', '10.0.0.1 1200 1']);
  });

  it('leaves it to others whether the quiet windows are a finding', async () => {
    const last = logins(2, { from: 1_300 });
    const scored = await scene([run(), logins(12), last].join('\n'), always('brute-force'));
    expect(newLogins.detect(scored).map(({ suffices }) => suffices)).toEqual([true, false]);
  });

  it('takes what begins for new within an hour', async () => {
    const later = (from: number) => [run(7_200), logins(1), logins(10, { from })].join('\n');
    expect(await heard(later(600 + 3_300))).toEqual(['10.0.0.1 600 1', '10.0.0.1 3900 1']);
    expect(await heard(later(600 + 3_600))).toEqual([]);
  });

  it.each([
    ['nine sessions in five minutes', [run(), logins(9)]],
    ['ten sessions in ten minutes', [run(), logins(5), logins(5, { from: 900 })]],
    ['a client that was there in the first window', [run(), logins(1, { from: 100 }), logins(10)]],
    ['a program that fetches files by FTP', [run(), logins(10, { port: 21 })]],
    ['a service without logins', [run(), logins(30, { port: 443 })]],
    ['sessions that nobody answers', [run(), logins(10).replaceAll(/\n\s+a 10\.0\.0\.2.*/g, '')]],
    ['nothing at all', []],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard(lines.join('\n'))).toEqual([]);
  });

  it('hears nothing in work, which the forest knows', async () => {
    expect(await heard(`${run()}\n${logins(30)}`, always('brute-force', 0.019))).toEqual([]);
    expect(await heard(`${run()}\n${logins(30)}`, always('benign'))).toEqual([]);
  });

  it('hears tries of one length, three at one door, whatever the forest says', async () => {
    const tries = (doors: number, packets: Logins['packets']) =>
      `${run()}\n${logins(12, { server: (index) => `10.0.0.${20 + (index % doors)}`, packets })}`;
    // A third of them is longer by the factor: 0.47 × log2(1.4) is 0.23 octaves, 0.47 × log2(1.5) is 0.28.
    const every3rd = (longer: number) => (index: number) => (index % 3 === 0 ? longer : 20);
    expect(await heard(tries(4, every3rd(28)), always('benign'))).toEqual(['10.0.0.1 600 4']);
    expect(await heard(tries(4, every3rd(30)), always('benign'))).toEqual([]);
    expect(
      await heard(
        tries(6, () => 20),
        always('benign'),
      ),
    ).toEqual([]);
    expect(
      await heard(
        tries(4, () => 2),
        always('benign'),
      ),
    ).toEqual([]);
  });

  it('hears rounds of passwords at ten doors, whatever the forest says', async () => {
    const rounds = (doors: number) =>
      logins(2 * doors, { server: (i) => `10.0.0.${20 + (i % doors)}`, packets: () => 20 });
    expect(await heard(`${run()}\n${rounds(10)}`, always('benign'))).toEqual(['10.0.0.1 600 10']);
    expect(await heard(`${run()}\n${rounds(9)}`, always('benign'))).toEqual([]);
    expect(await heard(`${run()}\n${rounds(10).replaceAll(':22', ':5432')}`, always('benign'))).toEqual([]);
  });

  it('asks the forest about programs of ours, which log in anew for every question, and not about strangers there', async () => {
    const questions = (client: string) => `${run()}\n${logins(12, { client, port: 5432, packets: () => 20 })}`;
    expect(await heard(questions('10.0.0.1'), always('benign'))).toEqual([]);
    expect(await heard(questions('9.9.9.9'), always('benign'))).toEqual(['9.9.9.9 600 1']);
  });

  it.each([110, 143, 993, 995])('hears thirty logins at servers of mailboxes, port %i', async (port) => {
    const mail = (count: number, servers = 1) =>
      `${run()}\n${logins(count, { port, server: (i) => `10.0.0.${20 + (i % servers)}` })}`;
    expect(await heard(mail(30), always('benign'))).toEqual(['10.0.0.1 600 1']);
    expect(await heard(mail(30, 5), always('benign'))).toEqual(['10.0.0.1 600 5']);
    expect(await heard(mail(29), always('benign'))).toEqual([]);
  });

  it('hears thirty visits to one mail server that bring no mail, of strangers and hosts of ours', async () => {
    const visits = (count: number, options: Logins = {}) =>
      `${run()}\n${logins(count, { port: 25, packets: (i) => 15 + 10 * (i % 2), ...options })}`;
    for (const client of ['9.9.9.9', '10.0.0.1']) {
      expect(await heard(visits(30, { client, bytes: 149 }), always('benign'))).toEqual([`${client} 600 1`]);
      expect(await heard(visits(29, { client, bytes: 149 }))).toEqual([]);
      expect(await heard(visits(30, { client, bytes: 150 }))).toEqual([]);
    }
    expect(await heard(visits(40, { server: stranger }), always('benign'))).toEqual([]);
    for (const port of [465, 587]) {
      expect(await heard(visits(30, { port, bytes: 149 }), always('benign'))).toEqual(['10.0.0.1 600 1']);
      expect(await heard(visits(30, { port, bytes: 150 }), always('benign'))).toEqual([]);
    }
  });

  it('asks the forest about rounds that come back as seldom as they may have come before', async () => {
    const rounds = (from: number) =>
      [0, 1, 2].map((i) => logins(10, { from: from + 900 * i, packets: () => 20 })).join('\n');
    expect(await heard(`${run(3_300)}\n${rounds(600)}`, always('benign'))).toEqual([]);
    expect(await heard(`${run(3_300)}\n${rounds(900)}`, always('benign'))).toHaveLength(3);
    expect(await heard(`${run(3_300)}\n${rounds(600)}`)).toHaveLength(3);
  });

  it('asks the forest about the windows where there are many alone', async () => {
    const quiet = logins(2, { from: 1_300 });
    const judge: Judge = ({ forward_flows }) => ({ 'brute-force': forward_flows > 3 ? 0.021 : 0 });
    expect(await heard([run(), logins(10), quiet].join('\n'), judge)).toHaveLength(2);
  });

  it.each([445, 993, 3306])('hears anybody at port %i, where programs log in', async (port) => {
    for (const client of ['9.9.9.9', '10.0.0.1']) {
      expect(await heard(`${run()}\n${logins(10, { client, port })}`)).toEqual([`${client} 600 1`]);
    }
  });

  it('hears thirty tries of one length at one new server of a client that logs in elsewhere', async () => {
    const habit = (server: string) => logins(2, { from: 0, server: () => server });
    const tries = (count: number, packets = (_: number) => 20) => logins(count, { server: () => '10.0.0.3', packets });
    const found = (lines: string[]) => heard([run(), ...lines].join('\n'), always('benign'));
    expect(await found([habit('10.0.0.2'), tries(29)])).toEqual([]);
    expect(await found([habit('10.0.0.2'), tries(30)])).toEqual(['10.0.0.1 600 1']);
    expect(await found([habit('10.0.0.3'), tries(30)])).toEqual([]);
    expect(await found([habit('10.0.0.2'), tries(30, (i) => 20 + 20 * (i % 2))])).toEqual([]);
    const questions = [habit('10.0.0.2'), tries(30)].map((lines) => lines.replaceAll(':22', ':5432'));
    expect(await found(questions)).toEqual([]);
  });

  it.each([
    ['where people log in', 22, 0.2],
    ['at a database', 5432, 0.85],
    ['by FTP', 21, 0.2],
  ])(
    'hears thirty tries that differ in length at one new server, %s, from some of the forest’s word on',
    async (_, port, word) => {
      const habit = logins(2, { from: 0, port, server: () => '10.0.0.2' });
      const tries = (count: number) =>
        logins(count, { port, server: () => '10.0.0.3', packets: (i) => 20 + 20 * (i % 2) });
      const found = (count: number, probability: number) =>
        heard([run(), habit, tries(count)].join('\n'), always('brute-force', probability));
      expect(await found(30, word + 0.001)).toEqual(['10.0.0.1 600 1']);
      expect(await found(30, word - 0.001)).toEqual([]);
      expect(await found(29, word + 0.001)).toEqual([]);
    },
  );

  it('hears no sessions by FTP beside which files are moved', async () => {
    const habit = logins(2, { from: 0, port: 21, server: () => '10.0.0.2' });
    const tries = logins(30, { port: 21, server: () => '10.0.0.3' });
    const files = tries.replaceAll(':21', ':50021').replaceAll('10.0.0.1:40', '10.0.0.1:50');
    const likely = always('brute-force');
    expect(await heard([run(), habit, tries].join('\n'), likely)).toEqual(['10.0.0.1 600 1']);
    expect(await heard([run(), habit, tries, files].join('\n'), likely)).toEqual([]);
  });

  it("hears a host of ours at ten strangers' doors, whatever the forest says", async () => {
    const spray = (doors: number) => `${run()}\n${logins(doors, { server: stranger, port: 993 })}`;
    expect(await heard(spray(10), always('benign'))).toEqual(['10.0.0.1 600 10']);
    expect(await heard(spray(9), always('benign'))).toEqual([]);
  });

  it('hears visits to the mail servers of ten strangers that bring no mail, where the forest gives a hundredth', async () => {
    const visits = (doors: number, options: Logins = {}) =>
      logins(doors, { server: stranger, port: 25, packets: () => 20, ...options });
    const likely = (probability: number) => always('brute-force', probability);
    expect(await heard(`${run()}\n${visits(10)}`, likely(0.011))).toEqual(['10.0.0.1 600 10']);
    expect(await heard(`${run()}\n${visits(10)}`, likely(0.009))).toEqual([]);
    expect(await heard(`${run()}\n${visits(9)}`, likely(0.011))).toEqual([]);
    expect(await heard(`${run()}\n${visits(10, { bytes: 149 })}`, likely(0.9))).toHaveLength(1);
    expect(await heard(`${run()}\n${visits(10, { bytes: 150 })}`, likely(0.9))).toEqual([]);
    expect(await heard([run(), visits(3, { from: 0 }), visits(10)].join('\n'), likely(0.9))).toEqual([]);
  });

  it('hears nothing in a program that has always asked three strangers, or asks many hosts of ours', async () => {
    const asked = (doorsBefore: number) =>
      [
        run(),
        logins(doorsBefore, { server: stranger, port: 993, from: 0 }),
        logins(20, { server: stranger, port: 993 }),
      ].join('\n');
    expect(await heard(asked(3), always('benign'))).toEqual([]);
    expect(await heard(asked(2), always('benign'))).toEqual(['10.0.0.1 600 20']);
    const inside = logins(20, { server: (index) => `10.0.1.${index}`, port: 9042 });
    expect(await heard(`${run()}\n${inside}`, always('benign'))).toEqual([]);
  });

  it('hears IPv6 alike', async () => {
    const six = logins(10, { client: '[fd00::1]', server: () => '[fd00::2]' });
    expect(await heard(`${run()}\n${six}`)).toEqual(['fd00::1 600 1']);
  });
});
