import { describe, expect, it } from 'vitest';
import { attackSize } from '../../bench/attack-size.ts';
import type { LabelRow } from '../../lib/flowlog/labels.ts';
import type { FlowRecord, ObservedFlow } from '../../lib/flowlog/record.ts';

const MIDNIGHT = 1_790_121_600;
const observer = (id: string): FlowRecord['observer'] => ({
  ...{ id, account: '1', vpc: 'vpc-1', subnet: 'subnet-1', zone: 'use1-az1', region: 'us-east-1' },
  ...{ phaseSeconds: 0, nitro: true },
});

/** A record `at` seconds after midnight; what is not said is a SYN of 10.0.0.1 to 10.0.0.9, SSH. */
function record(at: number, flow: Partial<ObservedFlow> = {}, given: Partial<FlowRecord> = {}): FlowRecord {
  const ends = { srcaddr: '10.0.0.1', dstaddr: '10.0.0.9', srcport: 40_000 + at, dstport: 22, ...flow };
  return {
    observer: observer('eni-1'),
    status: 'OK',
    start: MIDNIGHT + at,
    end: MIDNIGHT + at + 1,
    flow: {
      ...{ pktSrcaddr: ends.srcaddr, pktDstaddr: ends.dstaddr, protocol: 6, ipv6: false },
      ...{ action: 'ACCEPT' as const, direction: 'egress' as const },
      ...ends,
    },
    packets: 10,
    bytes: 1_000,
    tcpFlags: 2,
    ...given,
  };
}

/** What comes back. */
function answer(to: FlowRecord, tcpFlags = 18): FlowRecord {
  const { srcaddr, dstaddr, srcport, dstport, protocol } = to.flow!;
  const ends = { srcaddr: dstaddr, dstaddr: srcaddr, srcport: dstport, dstport: srcport, protocol };
  return record(to.start - MIDNIGHT, ends, { tcpFlags });
}

const label = (given: Partial<LabelRow> = {}): LabelRow => ({
  ...{ start: MIDNIGHT, end: MIDNIGHT + 86_400, srcaddr: '10.0.0.1', label: 'scan' },
  ...given,
});

describe('the size of an attack', () => {
  it('is of the acting side, in tries, contacts, packets and bytes', () => {
    const tries = [0, 100, 200, 4_000].map((at) => record(at));
    expect(attackSize([...tries, ...tries.map((one) => answer(one))], [label()])).toMatchObject({
      ...{ tries: 4, triesInWindow: 3, contacts: 1, sources: 1, bytes: 4_000, bytesInHour: 3_000, bytesInTry: 1_000 },
      ...{ hours: 1.11, busyHours: 2, moments: 4, netFailures: 0, packetsPerSecond: 0.167 },
    });
  });

  it('counts a flow that two interfaces saw, or that was cut into records, once', () => {
    const long = [record(0), record(60, { srcport: 40_000 })];
    const twice = long.map((one) => ({ ...one, observer: observer('eni-2') }));
    expect(attackSize([...long, ...twice], [label()])).toMatchObject({ tries: 1, bytes: 2_000, sources: 1 });
  });

  it('takes failed contacts less answered ones, of one service or of one target', () => {
    const targets = (count: number) => Array.from({ length: count }, (_, i) => record(i, { dstaddr: `10.0.1.${i}` }));
    const sweep = targets(12);
    const refused = sweep.map((one) => answer(one, 4));
    expect(attackSize([...sweep, ...refused], [label()])).toMatchObject({ netFailures: 12, netFailuresInWindow: 12 });
    const answered = sweep.slice(0, 3).map((one) => answer(one));
    expect(attackSize([...sweep, ...answered], [label()]).netFailures).toBe(6);
    const vertical = Array.from({ length: 7 }, (_, i) => record(i * 200, { dstport: i + 1 }));
    expect(attackSize(vertical, [label()])).toMatchObject({ netFailures: 7, netFailuresInWindow: 2 });
    const rejected = sweep.map((one) => {
      const back = answer(one);
      return { ...back, flow: { ...back.flow!, action: 'REJECT' as const } };
    });
    expect(attackSize([...sweep, ...rejected], [label()]).netFailures).toBe(12);
  });

  it('counts sources at the service and at the host, and those that meet', () => {
    const bots = Array.from({ length: 9 }, (_, i) =>
      record(i * 100, { srcaddr: `9.9.9.${i}`, dstport: i < 4 ? 4_321 : 5_000 + i }),
    );
    const labels = bots.map(({ flow }) => label({ srcaddr: flow!.srcaddr, dstaddr: '10.0.0.9' }));
    expect(attackSize(bots, labels)).toMatchObject({
      ...{ sources: 9, sourcesInWindow: 3, sourcesOfService: 4, sourcesOfServiceInWindow: 3, sourcesThatMeet: 4 },
    });
  });

  it('measures how even gaps and lengths are, but for the longest try', () => {
    const even = Array.from({ length: 20 }, (_, i) => record(i * 600, {}, { packets: i === 9 ? 900 : 16 }));
    expect(attackSize(even, [label()])).toMatchObject({ gapsScore: 1, spreadOctaves: 0 });
    const odd = [0, 10, 700, 720, 4_000, 4_005, 9_000].map((at, i) => record(at, {}, { packets: 4 ** (1 + (i % 3)) }));
    const { gapsScore, spreadOctaves } = attackSize(odd, [label()]);
    expect(gapsScore).toBeLessThan(0.5);
    expect(spreadOctaves).toBeGreaterThan(1);
  });

  it('leaves out what no row names', () => {
    const others = [record(0, { dstport: 443 }), record(1, { protocol: 17 }), record(2, { srcaddr: '10.0.0.7' })];
    const row = label({ dstaddr: '10.0.0.9', dstport: 22, protocol: 6 });
    expect(attackSize([record(5), ...others], [row]).tries).toBe(1);
  });

  it('is nothing of nothing', () => {
    expect(new Set(Object.values(attackSize([], [label()])))).toEqual(new Set([0]));
  });
});
