import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { addLocated, build, rowsOf, START, totals } from '../records.ts';
import { connection, seenBy, settled, settledLog, story } from './settled.ts';
import { anyLog } from './traffic.ts';

describe('halves', () => {
  it('of which neither port nor flag tells are joined, and who spoke first is the client', () => {
    const lines = `
      eni-a 10.0.0.2:50001 > 10.0.0.1:40000 tcp at=12
      eni-a 10.0.0.1:40000 > 10.0.0.2:50001 tcp at=10
    `;
    expect(story(lines)).toEqual(['10.0.0.1 > 10.0.0.2:50001 1/1']);
    expect(story(lines.replace('at=12', 'at=3'))).toEqual(['10.0.0.2 > 10.0.0.1:40000 1/1']);
  });

  it.each([
    ['NTP between peers', '10.0.0.1:123 > 10.0.0.2:123 udp', '10.0.0.2:123 > 10.0.0.1:123 udp', '10.0.0.2:123'],
    ['ping', '10.0.0.1:0 > 10.0.0.2:0 icmp', '10.0.0.2:0 > 10.0.0.1:0 icmp', '10.0.0.2:0'],
    ['ping over IPv6', '[fd00::1]:0 > [fd00::2]:0 icmpv6', '[fd00::2]:0 > [fd00::1]:0 icmpv6', 'fd00::2:0'],
  ])('of %s are joined, the first speaker is the client', (_, there, back, server) => {
    const [joined, ...others] = story(`eni-a ${back} at=7\neni-a ${there} at=5`);
    expect(others).toEqual([]);
    expect(joined).toContain(`> ${server} 1/1`);
  });

  it('that began in the same second take the lower port for the service, then the first address for the client', () => {
    expect(story('eni-a 10.0.0.2:50001 > 10.0.0.1:40000 udp\neni-a 10.0.0.1:40000 > 10.0.0.2:50001 udp')).toEqual([
      '10.0.0.2 > 10.0.0.1:40000 1/1',
    ]);
    const equal = ['eni-a [fd00::9]:123 > [fd00::2]:123 udp', 'eni-a [fd00::2]:123 > [fd00::9]:123 udp'];
    for (const lines of [equal, equal.toReversed()]) {
      expect(story(lines.join('\n'))).toEqual(['fd00::2 > fd00::9:123 1/1']);
    }
  });

  it('are joined for all client ports of a service on a high port, also when all began in the same second', () => {
    const connections = [40_000, 40_001, 40_009].map(
      (port) => `
        eni-a 10.0.0.2:50001 > 10.0.0.1:${port} tcp packets=5 bytes=9000
        eni-a 10.0.0.1:${port} > 10.0.0.2:50001 tcp packets=5 bytes=700
      `,
    );
    expect(story(connections.join('\n'))).toEqual(['10.0.0.1 > 10.0.0.2:50001 3/3']);
  });

  it.each([0, 1])(
    'of a scan of high ports from one port are not turned into calls by its victim, %s s later',
    (later) => {
      const probes = [40_000, 40_001, 40_002, 40_003].map(
        (port, index) => `
        eni-a 9.9.9.9:61000 > 10.0.0.1:${port} tcp packets=1 bytes=44 at=${index}
        eni-a 10.0.0.1:${port} > 9.9.9.9:61000 tcp packets=1 bytes=40 at=${index + later}
      `,
      );
      const rows = story(probes.join('\n'));
      expect(rows.filter((row) => row.startsWith('9.9.9.9 > '))).toHaveLength(4);
    },
  );

  it('are joined when flags told for one of them only: flags win over ports', () => {
    expect(
      story(`
        eni-a 10.0.0.1:443 > 10.0.0.2:40000 tcp flags=2 at=9
        eni-a 10.0.0.2:40000 > 10.0.0.1:443 tcp flags=0 at=1
      `),
    ).toEqual(['10.0.0.1 > 10.0.0.2:40000 1/1']);
  });

  it('of a simultaneous open become one conversation', () => {
    expect(
      story(`
        eni-a 10.0.0.1:179 > 10.0.0.2:1790 tcp flags=2 at=1
        eni-a 10.0.0.2:1790 > 10.0.0.1:179 tcp flags=2 at=1
      `),
    ).toEqual(['10.0.0.2 > 10.0.0.1:179 1/1']);
  });

  it('of a reset from a high port belong to the SYN that caused it', () => {
    const [row, ...others] = settled(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:50001 tcp flags=2
        eni-a 10.0.0.2:50001 > 10.0.0.1:40000 tcp flags=4
      `),
    );
    expect(others).toEqual([]);
    expect(row).toMatchObject({ client: '10.0.0.1', port: 50_001, flags: [2, 4], forwardFlows: 1, backwardFlows: 1 });
  });

  it.each([
    ['ports', 'eni-a 10.0.0.2:50002 > 10.0.0.1:40000 tcp'],
    ['hosts', 'eni-a 10.0.0.3:50002 > 10.0.0.1:40000 tcp'],
    ['protocols', 'eni-a 10.0.0.2:50001 > 10.0.0.1:40000 udp'],
    ['observers', 'eni-b 10.0.0.3:50002 > 10.0.0.1:40000 tcp'],
    ['windows', 'eni-a 10.0.0.2:50001 > 10.0.0.1:40000 tcp at=300'],
  ])('stay apart when their %s do not fit', (_, other) => {
    expect(story(`eni-a 10.0.0.1:40000 > 10.0.0.2:50001 tcp\n${other}`)).toHaveLength(2);
  });

  it('stay apart when the port is outside the range of the other half', () => {
    const calls = [40_000, 40_005].map((port) => `eni-a 10.0.0.1:${port} > 10.0.0.2:50001 tcp at=1`);
    expect(story([...calls, 'eni-a 10.0.0.2:50001 > 10.0.0.1:39999 tcp at=2'].join('\n'))).toHaveLength(2);
  });

  it('keep packets, bytes, flows and rejects when they are turned', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const seen = seenBy(log, 'eni-a');
        const before = totals(rowsOf(addLocated(new Conversations(createNames(), { rowsMax: 1_000 }), seen)));
        expect(totals(settledLog(seen))).toEqual(before);
      }),
    );
  });

  it('keep what was rejected on its side', () => {
    const lines = `
      eni-a 10.0.0.1:40000 > 10.0.0.2:50001 tcp at=10
      eni-a 10.0.0.2:50001 > 10.0.0.1:40000 tcp at=12 reject
    `;
    expect(settled(build(lines))).toMatchObject([{ client: '10.0.0.1', rejects: [0, 1] }]);
    expect(settled(build(lines.replace('at=12', 'at=3')))).toMatchObject([{ client: '10.0.0.2', rejects: [1, 0] }]);
  });

  it('of a scan over IPv6 are told by longer resets', () => {
    const probes = [40_000, 40_002].map(
      (port) => `
        eni-a [2001:db8::9]:61000 > [fd00::1]:${port} tcp packets=1 bytes=64
        eni-a [fd00::1]:${port} > [2001:db8::9]:61000 tcp packets=1 bytes=60
      `,
    );
    expect(story(probes.join('\n')).filter((row) => row.startsWith('2001:db8::9 > '))).toHaveLength(2);
  });

  it('keep the first record each way as evidence', () => {
    const [row] = settled(
      build(`
        eni-a 10.0.0.2:50001 > 10.0.0.1:40000 tcp at=12
        eni-a 10.0.0.1:40000 > 10.0.0.2:50001 tcp at=10
      `),
    );
    expect(row).toMatchObject({ first: [START + 10, 'log', 3], reply: [START + 12, 'log', 2] });
  });
});

/** Two high ports, either of which may be the lower one. */
const HIGH_PORTS = [
  [40_000, 50_001],
  [50_001, 40_000],
] as const;

describe.each(HIGH_PORTS)('halves between port %i of ours and port %i, of which nothing else tells', (own, theirs) => {
  it('are a call of ours to a stranger', () => {
    const lines = connection(`10.0.0.1:${own}`, `9.9.9.9:${theirs}`);
    expect(story(lines)).toEqual([`10.0.0.1 > 9.9.9.9:${theirs} 1/1`]);
    expect(story(lines.map((line) => line.replace('tcp', 'udp')))).toEqual([`10.0.0.1 > 9.9.9.9:${theirs} 1/1`]);
  });

  it('are a call to the lower port where both are ours, or strangers', () => {
    const lines = connection(`10.0.0.1:${own}`, `9.9.9.9:${theirs}`);
    for (const networks of [['10.0.0.0/8', '9.0.0.0/8'], ['172.16.0.0/12']]) {
      expect(settled(build(lines.join('\n'), { ours: new NetworkSet(networks) }))).toMatchObject([{ port: 40_000 }]);
    }
  });

  it.each([
    ['10.0.0.2', 'by a service port', connection('10.0.0.2:41000', '10.0.0.1:21')],
    ['9.9.9.9', 'by a service port, though it is a stranger', connection('9.9.9.9:41000', '10.0.0.1:21')],
    [
      '10.0.0.2',
      'by a service port, though a port of its own is a service’s by chance',
      [...connection('10.0.0.2:41000', '10.0.0.1:21'), ...connection('10.0.0.2:50000', '10.0.0.1:41001')],
    ],
    [
      '10.0.0.2',
      'by its flags, which say more than ports',
      ['eni-a 10.0.0.2:41000 > 10.0.0.1:41001 tcp flags=2', ...connection('10.0.0.1:41000', '10.0.0.2:22')],
    ],
    ['10.0.0.2', 'by its flags', ['eni-a 10.0.0.2:41000 > 10.0.0.1:41001 tcp flags=2']],
  ])('are a call of %s, which is known %s to call the other', (caller, _, known) => {
    expect(story([...known, ...connection(`10.0.0.1:${own}`, `${caller}:${theirs}`)])).toContain(
      `${caller} > 10.0.0.1:${own} 1/1`,
    );
  });

  it('are told by nothing when each is known to call the other', () => {
    const known = [...connection('9.9.9.9:41000', '10.0.0.1:22'), ...connection('10.0.0.1:41000', '9.9.9.9:22')];
    expect(story([...known, ...connection(`10.0.0.1:${own}`, `9.9.9.9:${theirs}`)])).toContain(
      `10.0.0.1 > 9.9.9.9:${theirs} 1/1`,
    );
  });

  it.each([
    ['10.0.0.1', '9.9.9.9', 40],
    ['[fd00::1]', '[2001:db8::9]', 60],
  ])('are a call of the stranger that %s refuses by a reset', (host, stranger, resetBytes) => {
    const lines = `
      eni-a ${stranger}:${theirs} > ${host}:${own} tcp packets=1 bytes=${resetBytes + 20}
      eni-a ${host}:${own} > ${stranger}:${theirs} tcp packets=1 bytes=${resetBytes}
    `;
    expect(settled(build(lines))).toMatchObject([{ client: stranger.replaceAll(/[[\]]/g, ''), port: own }]);
  });
});

describe('halves of pings of one second', () => {
  it('are of who comes first, whoever is ours', () => {
    for (const [host, stranger] of [
      ['10.0.0.1', '9.9.9.9'],
      ['10.0.0.1', '100.0.0.1'],
    ]) {
      const lines = `
        eni-a ${host}:0 > ${stranger}:0 icmp
        eni-a ${stranger}:0 > ${host}:0 icmp
      `;
      const [first, second] = [host, stranger].sort();
      expect(story(lines)).toEqual([`${first} > ${second}:0 1/1`]);
    }
  });
});
