import { describe, expect, it } from 'vitest';
import type { FlowRecord } from '../../lib/flowlog/record.ts';
import { RAW_SCANNER, WINDOWS } from '../../lib/simulate/stack.ts';
import { aHost, aNetwork, anInterface, aPeer, BEGIN, logged } from './stage.ts';

const client = aHost({ name: 'client', address: '10.0.0.5' });
const server = aHost({ name: 'server', address: '10.0.0.6' });
const stranger = aPeer({ address: '8.8.4.4' });
const call = { client, server, port: 8080, at: BEGIN + 1, up: 400, down: 2_000 };

const seenBy = (records: readonly FlowRecord[], name: string, direction?: string) =>
  records.filter(
    ({ observer, flow }) => observer.id === `eni-${name}` && (!direction || flow!.direction === direction),
  );

describe('tcp', () => {
  it('is logged by both interfaces of an internal flow, ingress and egress, with equal counts', () => {
    const records = logged([client, server], (traffic, random) => traffic.tcp(random, { ...call, ending: 'fin' }));
    expect(records).toHaveLength(4);
    const pairs = [
      [seenBy(records, 'client', 'egress'), seenBy(records, 'server', 'ingress')],
      [seenBy(records, 'server', 'egress'), seenBy(records, 'client', 'ingress')],
    ];
    for (const [sent, received] of pairs) {
      expect(sent).toHaveLength(1);
      const { packets, bytes, tcpFlags } = sent![0]!;
      expect(received![0]).toMatchObject({ packets, bytes, tcpFlags });
      expect(received![0]!.flow!.srcaddr).toBe(sent![0]!.flow!.srcaddr);
    }
  });

  it('shows SYN and FIN of the client and SYN-ACK and FIN of the server', () => {
    const records = logged([client, server], (traffic, random) => traffic.tcp(random, { ...call, ending: 'fin' }));
    expect(seenBy(records, 'client', 'egress')[0]!.tcpFlags).toBe(3);
    expect(seenBy(records, 'client', 'ingress')[0]!.tcpFlags).toBe(19);
  });

  it.each([
    ['half-open', 6, 18, 2],
    ['abort', 6, 18, 3],
    ['server-reset', 2, 22, 2],
    ['none', 2, 18, 2],
  ] as const)('ends %s with the flags of that ending', (ending, clientFlags, serverFlags, packets) => {
    const records = logged([client, server], (traffic, random) => {
      traffic.tcp(random, { ...call, up: 0, down: 0, turns: 0, ending });
    });
    expect(seenBy(records, 'client', 'egress')[0]).toMatchObject({ tcpFlags: clientFlags, packets });
    expect(seenBy(records, 'client', 'ingress')[0]!.tcpFlags).toBe(serverFlags);
  });

  it('carries at least the application bytes and one packet for each segment', () => {
    const records = logged([client], (traffic, random) =>
      traffic.tcp(random, { ...call, server: stranger, down: 1e6 }),
    );
    const back = seenBy(records, 'client', 'ingress');
    const bytes = back.reduce((sum, record) => sum + record.bytes, 0);
    const packets = back.reduce((sum, record) => sum + record.packets, 0);
    expect(bytes).toBeGreaterThan(1e6);
    expect(packets).toBeGreaterThanOrEqual(1e6 / 1_448);
    expect(bytes / packets).toBeLessThanOrEqual(1_500);
  });

  it('has no reverse record when the security group rejects, and the sender still sees ACCEPT', () => {
    const closed = aHost({ name: 'closed', address: '10.0.0.7', insideOpen: false });
    const records = logged([client, closed], (traffic, random) => {
      traffic.tcp(random, { ...call, server: closed, port: 9_999, patience: 2 });
    });
    expect(seenBy(records, 'client').map(({ flow }) => [flow!.direction, flow!.action])).toEqual([
      ['egress', 'ACCEPT'],
    ]);
    expect(seenBy(records, 'closed').map(({ flow }) => [flow!.direction, flow!.action])).toEqual([
      ['ingress', 'REJECT'],
    ]);
    expect(records.every(({ tcpFlags, packets }) => tcpFlags === 2 && packets === 2)).toBe(true);
  });

  it('answers from a closed port with one RST of 40 bytes', () => {
    const records = logged([client, server], (traffic, random) => traffic.tcp(random, { ...call, port: 9_999 }));
    expect(seenBy(records, 'client', 'egress')[0]).toMatchObject({ packets: 1, bytes: 60, tcpFlags: 2 });
    expect(seenBy(records, 'client', 'ingress')[0]).toMatchObject({ packets: 1, bytes: 40, tcpFlags: 4 });
    expect(seenBy(records, 'server', 'egress')[0]!.flow!.action).toBe('ACCEPT');
  });

  it('is dropped without an answer by the host firewall of Windows', () => {
    const windows = aHost({ name: 'windows', address: '10.0.0.8', stack: WINDOWS });
    const records = logged([client, windows], (traffic, random) => {
      traffic.tcp(random, { ...call, server: windows, port: 9_999, patience: 1 });
    });
    expect(seenBy(records, 'windows').map(({ flow }) => [flow!.direction, flow!.action])).toEqual([
      ['ingress', 'ACCEPT'],
    ]);
    expect(seenBy(records, 'client', 'ingress')).toEqual([]);
  });

  it('is seen by the sender alone when nobody has the address', () => {
    const unused = aPeer({ address: '10.0.0.99', reach: 'vpc' });
    const records = logged([client, server], (traffic, random) => {
      traffic.tcp(random, { ...call, server: unused, patience: 10 });
    });
    // SYN at 0, 1, 3 and 7 seconds.
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ packets: 4, bytes: 240, start: BEGIN + 1, end: BEGIN + 8, tcpFlags: 2 });
  });

  it('splits repeated SYN over the windows in which they fall', () => {
    const unused = aPeer({ address: '10.0.0.99', reach: 'vpc' });
    const records = logged([client], (traffic, random) => {
      traffic.tcp(random, { ...call, at: BEGIN + 58, server: unused, patience: 10 });
    });
    expect(records.map(({ packets }) => packets)).toEqual([2, 2]);
  });

  it('uses ephemeral ports of the system', () => {
    const records = logged([client], (traffic, random) => {
      const windows = { ...client, stack: WINDOWS };
      for (let i = 0; i < 200; i++) traffic.tcp(random, { ...call, client: windows, server: stranger });
    });
    const ports = seenBy(records, 'client', 'egress').map(({ flow }) => flow!.srcport);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(49_152);
    expect(new Set(ports).size).toBeGreaterThan(150);
  });

  it('sends the small SYN of a raw scanner', () => {
    const scanner = aPeer({ stack: RAW_SCANNER });
    const records = logged([server], (traffic, random) => {
      traffic.tcp(random, { ...call, client: scanner, up: 0, down: 0, patience: 0.5 });
    });
    expect(records[0]).toMatchObject({ bytes: 44, packets: 1 });
    expect(records[0]!.flow!.action).toBe('REJECT');
  });

  it('uses IPv6 only where both sides have it', () => {
    const dual = { ...client, address6: '2600:1f00::5' };
    const dualStranger = { ...stranger, address6: '2a00::1' };
    const both = logged([client], (traffic, random) =>
      traffic.tcp(random, { ...call, client: dual, server: dualStranger, ipv6: true }),
    );
    expect(both.every(({ flow }) => flow!.ipv6 && flow!.srcaddr.includes(':') && flow!.dstaddr.includes(':'))).toBe(
      true,
    );
    const one = logged([client], (traffic, random) =>
      traffic.tcp(random, { ...call, client: dual, server: stranger, ipv6: true }),
    );
    expect(one.every(({ flow }) => !flow!.ipv6 && !flow!.srcaddr.includes(':'))).toBe(true);
  });

  it('now and then has a late packet that is rejected', () => {
    const records = logged([client], (traffic, random) => {
      for (let i = 0; i < 2_000; i++) traffic.tcp(random, { ...call, server: stranger });
    });
    const late = records.filter(({ flow }) => flow!.action === 'REJECT');
    expect(late.length).toBeGreaterThan(0);
    expect(late.length).toBeLessThan(30);
    expect(late.every(({ flow, packets }) => flow!.direction === 'ingress' && packets === 1)).toBe(true);
  });
});

describe('NAT gateway', () => {
  const gateway = aHost({ name: 'gateway', address: '10.0.1.1', role: 'gateway' });
  const behind = aHost({ name: 'behind', address: '10.0.0.9', gateway });

  it('logs both legs, and its inner leg shows the internet host in the packet addresses only', () => {
    const records = logged([behind, gateway], (traffic, random) => {
      traffic.tcp(random, { ...call, client: behind, server: stranger, ending: 'fin' });
    });
    expect(seenBy(records, 'behind')).toHaveLength(2);
    const legs = seenBy(records, 'gateway').map(({ flow }) => [
      flow!.direction,
      flow!.srcaddr,
      flow!.dstaddr,
      flow!.pktSrcaddr,
      flow!.pktDstaddr,
    ]);
    expect(legs).toEqual([
      ['ingress', '10.0.0.9', '10.0.1.1', '10.0.0.9', '8.8.4.4'],
      ['egress', '10.0.1.1', '8.8.4.4', '10.0.1.1', '8.8.4.4'],
      ['ingress', '8.8.4.4', '10.0.1.1', '8.8.4.4', '10.0.1.1'],
      ['egress', '10.0.1.1', '10.0.0.9', '8.8.4.4', '10.0.0.9'],
    ]);
  });

  it('uses one translated port for both directions', () => {
    const records = logged([gateway], (traffic, random) => {
      traffic.tcp(random, { ...call, client: behind, server: stranger });
    });
    const outside = records.filter(({ flow }) => [flow!.srcaddr, flow!.dstaddr].includes('8.8.4.4'));
    const ports = outside.map(({ flow }) => (flow!.direction === 'egress' ? flow!.srcport : flow!.dstport));
    expect(outside.length).toBeGreaterThanOrEqual(2);
    expect(new Set(ports).size).toBe(1);
  });

  it('is passed by for traffic inside', () => {
    const records = logged([behind, server, gateway], (traffic, random) =>
      traffic.tcp(random, { ...call, client: behind }),
    );
    expect(seenBy(records, 'gateway')).toEqual([]);
  });
});

describe('udp', () => {
  const two = { packets: 2, bytes: 200 };
  const ask = { client, server, port: 161, at: BEGIN + 1, up: two, down: { packets: 2, bytes: 500 } };

  it('goes both ways where a service answers', () => {
    const records = logged([client], (traffic, random) => traffic.udp(random, ask));
    expect(records.map(({ packets, bytes, tcpFlags }) => [packets, bytes, tcpFlags])).toEqual([
      [2, 200, 0],
      [2, 500, 0],
    ]);
  });

  it('is answered by ICMP port unreachable from a closed port', () => {
    const records = logged([client], (traffic, random) => traffic.udp(random, { ...ask, port: 9_999 }));
    expect(records[1]!.flow).toMatchObject({ protocol: 1, srcport: 0, dstport: 0, srcaddr: server.address });
    expect(records[1]!.packets).toBe(1);
  });

  it('has no reverse record when it is rejected', () => {
    const closed = aHost({ name: 'closed', address: '10.0.0.7', insideOpen: false });
    const records = logged([client, closed], (traffic, random) =>
      traffic.udp(random, { ...ask, server: closed, port: 9_999 }),
    );
    expect(records.map(({ flow }) => flow!.action).sort()).toEqual(['ACCEPT', 'REJECT']);
  });
});

describe('ping', () => {
  it('has no ports and as many replies as requests', () => {
    const records = logged([client, server], (traffic, random) => {
      traffic.ping(random, { client, server, at: BEGIN + 1, count: 4 });
    });
    expect(records).toHaveLength(4);
    for (const { flow, packets, bytes } of records) {
      expect(flow).toMatchObject({ protocol: 1, srcport: 0, dstport: 0 });
      expect([packets, bytes]).toEqual([4, 4 * 84]);
    }
  });
});

describe('asymmetric sight', () => {
  it.each([
    ['up', 'egress'],
    ['down', 'ingress'],
  ] as const)('logs the way %s only', (seen, direction) => {
    const records = logged([client], (traffic, random) => {
      traffic.tcp(random, { ...call, server: stranger, seen, outcome: 'served', ending: 'fin' });
      const one = { packets: 1, bytes: 90 };
      traffic.udp(random, { client, server: stranger, port: 53, at: BEGIN + 2, up: one, down: one, seen });
    });
    expect(records.filter(({ flow }) => flow!.action === 'ACCEPT').map(({ flow }) => flow!.direction)).toEqual([
      direction,
      direction,
    ]);
  });
});

describe('IPv6', () => {
  const six = aHost({ name: 'six', address: '10.0.0.8', address6: '2600:1f10::8' });

  it('is ICMPv6 between hosts that both have it', () => {
    const ends = { client: six, server: aPeer({ address6: '2a00::1' }) };
    const records = logged([six], (traffic, random) => {
      traffic.ping(random, { ...ends, at: BEGIN + 1, count: 2, ipv6: true });
    });
    expect(records.map(({ flow }) => [flow!.protocol, flow!.ipv6])).toEqual([
      [58, true],
      [58, true],
    ]);
  });

  it('falls back to ICMP over IPv4 where one end lacks it', () => {
    const records = logged([six], (traffic, random) => {
      traffic.ping(random, { client: six, server: stranger, at: BEGIN + 1, count: 2, ipv6: true });
    });
    expect(records.map(({ flow }) => [flow!.protocol, flow!.srcaddr.includes(':')])).toEqual([
      [1, false],
      [1, false],
    ]);
  });
});

describe('session', () => {
  it('shows no flags in the windows between opening and closing', () => {
    const records = logged([client], (traffic, random) => {
      const session = traffic.session(random, { client, server: stranger, port: 443, at: BEGIN + 1 });
      session.work(BEGIN + 2, 1, { up: 100, down: 100, turns: 1 });
      session.work(BEGIN + 70, 1, { up: 100, down: 100, turns: 1 });
      session.keepalive(BEGIN + 130);
      session.close(BEGIN + 190);
    });
    const flags = (direction: string) => seenBy(records, 'client', direction).map(({ tcpFlags }) => tcpFlags);
    expect(flags('egress')).toEqual([2, 0, 0, 1]);
    expect(flags('ingress')).toEqual([18, 0, 0, 1]);
    expect(new Set(records.map(({ flow }) => `${flow!.srcport} ${flow!.dstport}`)).size).toBe(2);
  });

  it('that began before the log has no opening', () => {
    const records = logged([client], (traffic, random) => {
      const session = traffic.session(random, { client, server: stranger, port: 443, at: BEGIN }, 'before');
      session.work(BEGIN + 2, 1, { up: 100, down: 100, turns: 1 });
    });
    expect(records.map(({ tcpFlags }) => tcpFlags)).toEqual([0, 0]);
  });
});

describe('traffic-path', () => {
  it.each([
    ['inside', server, 1],
    ['the office', aPeer({ address: '172.20.0.1', reach: 'private' }), 3],
    ['the internet', stranger, 8],
    ['object storage', aPeer({ address: '52.216.0.9', service: 'S3' }), 7],
  ] as const)('to %s is given on egress only', (_, target, path) => {
    const records = logged([client], (traffic, random) => traffic.tcp(random, { ...call, server: target }));
    expect(seenBy(records, 'client', 'egress')[0]!.flow!.path).toBe(path);
    expect(seenBy(records, 'client', 'ingress')[0]!.flow!.path).toBeUndefined();
  });

  it('is 2 from an older instance', () => {
    const old = { ...client, interface: { ...anInterface('old'), nitro: false } };
    const records = logged(
      [old],
      (traffic, random) => traffic.tcp(random, { ...call, client: old, server: stranger }),
      aNetwork(),
    );
    expect(seenBy(records, 'old', 'egress')[0]!.flow!.path).toBe(2);
  });
});
