import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowRecord, NetworkInterface, ObservedFlow } from '../../lib/flowlog/record.ts';
import { type Burst, Observer, type Sight } from '../../lib/simulate/observe.ts';
import { Random } from '../../lib/simulate/random.ts';

const BEGIN = 1_790_000_000;
const HOUR = 3_600;

const FLOW: ObservedFlow = {
  srcaddr: '10.0.0.5',
  dstaddr: '10.0.0.6',
  pktSrcaddr: '10.0.0.5',
  pktDstaddr: '10.0.0.6',
  srcport: 40_000,
  dstport: 443,
  protocol: 6,
  ipv6: false,
  action: 'ACCEPT',
  direction: 'egress',
};

function interfaceAt(phaseSeconds: number): NetworkInterface {
  const place = { account: '1', vpc: 'vpc-1', subnet: 'subnet-1', zone: 'use1-az1', region: 'us-east-1' };
  return { id: `eni-${phaseSeconds}`, ...place, phaseSeconds, nitro: true };
}

/** Records of these bursts, each with a key of its own unless told otherwise, closed step by step as a run does. */
function observe(
  bursts: readonly (Burst & { key?: string })[],
  { aggregationSeconds = 60, phaseSeconds = 0, endSeconds = BEGIN + HOUR } = {},
): FlowRecord[] {
  const own = interfaceAt(phaseSeconds);
  const observer = new Observer({
    aggregationSeconds,
    beginSeconds: BEGIN,
    endSeconds,
    interfaces: [own],
    random: new Random(1),
  });
  const waiting = bursts.map((burst, i) => ({ burst, key: burst.key ?? `flow-${i}` }));
  const records: FlowRecord[] = [];
  for (let now = BEGIN; now < endSeconds; ) {
    const next = Math.min(endSeconds, now + aggregationSeconds);
    for (const { burst, key } of waiting) {
      if (burst.first < now || burst.first >= next) continue;
      const sight: Sight = { observer: own, flow: { ...FLOW, srcaddr: key }, key };
      observer.see(sight, burst);
    }
    observer.advance(next);
    for (const record of observer.close(now, next)) if (record.flow) records.push(record);
    now = next;
  }
  return records;
}

const sum = (records: readonly FlowRecord[], field: 'packets' | 'bytes') =>
  records.reduce((total, record) => total + record[field], 0);

const anyBurst = fc
  .record({
    offset: fc.double({ min: 0, max: HOUR - 1, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    packets: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50_000_000 })),
    size: fc.integer({ min: 28, max: 9_001 }),
  })
  .map(({ offset, share, packets, size }): Burst => {
    const first = BEGIN + offset;
    return { first, last: first + share * (HOUR - 1 - offset), packets, bytes: packets * size };
  });

const anyWindow = fc.record({
  aggregationSeconds: fc.constantFrom(60, 600),
  phaseSeconds: fc.integer({ min: 0, max: 599 }),
});

describe('Observer', () => {
  it('conserves packets and bytes across cuts', () => {
    fc.assert(
      fc.property(fc.array(anyBurst, { minLength: 1, maxLength: 8 }), anyWindow, (bursts, window) => {
        const records = observe(bursts, window);
        bursts.forEach((burst, i) => {
          const own = records.filter((record) => record.flow!.srcaddr === `flow-${i}`);
          expect(sum(own, 'packets')).toBe(burst.packets);
          expect(sum(own, 'bytes')).toBe(burst.bytes);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never lets a record span an aggregation window, and writes one per flow and window', () => {
    fc.assert(
      fc.property(fc.array(anyBurst, { minLength: 1, maxLength: 8 }), anyWindow, (bursts, window) => {
        const { aggregationSeconds, phaseSeconds } = window;
        const windowOf = (time: number) =>
          Math.floor((time - (phaseSeconds % aggregationSeconds)) / aggregationSeconds);
        const seen = new Set<string>();
        for (const record of observe(bursts, window)) {
          expect(record.end).toBeGreaterThanOrEqual(record.start);
          expect(windowOf(record.end)).toBe(windowOf(record.start));
          const key = `${record.flow!.srcaddr} ${windowOf(record.start)}`;
          expect(seen).not.toContain(key);
          seen.add(key);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('starts and ends records at the seconds of their first and last packet', () => {
    const [record] = observe([{ first: BEGIN + 5.4, last: BEGIN + 8.9, packets: 3, bytes: 300 }]);
    expect(record).toMatchObject({ start: BEGIN + 5, end: BEGIN + 8, packets: 3, bytes: 300 });
  });

  it('puts the opening flags into the first record, the closing ones into the last, none between', () => {
    const first = BEGIN - (BEGIN % 60) + 60;
    const records = observe([{ first, last: first + 239, packets: 240, bytes: 24_000, firstFlags: 2, lastFlags: 1 }]);
    expect(records.map((record) => record.tcpFlags)).toEqual([2, 0, 0, 1]);
    expect(records.map((record) => record.packets)).toEqual([60, 60, 60, 60]);
  });

  it('joins opening and closing flags of a short connection', () => {
    const [record] = observe([
      { first: BEGIN + 1, last: BEGIN + 2, packets: 8, bytes: 900, firstFlags: 18, lastFlags: 1 },
    ]);
    expect(record!.tcpFlags).toBe(19);
  });

  it('gives the flags of every packet to every record', () => {
    const first = BEGIN - (BEGIN % 60) + 60;
    const records = observe([{ first, last: first + 119, packets: 1_200, bytes: 48_000, everyFlags: 2 }]);
    expect(records.map((record) => record.tcpFlags)).toEqual([2, 2]);
  });

  it('merges bursts of one 5-tuple in one window', () => {
    const burst = { packets: 2, bytes: 100, key: 'same' };
    const records = observe([
      { ...burst, first: BEGIN + 12, last: BEGIN + 13, firstFlags: 2 },
      { ...burst, first: BEGIN + 14, last: BEGIN + 15, firstFlags: 1 },
    ]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ packets: 4, bytes: 200, start: BEGIN + 12, end: BEGIN + 15, tcpFlags: 3 });
  });

  it('ignores what lies outside the run', () => {
    const records = observe([{ first: BEGIN + HOUR - 30, last: BEGIN + HOUR + 29, packets: 60, bytes: 6_000 }]);
    expect(sum(records, 'packets')).toBe(30);
    expect(Math.max(...records.map((record) => record.end))).toBeLessThan(BEGIN + HOUR);
  });

  it('writes NODATA for every window of an idle interface', () => {
    const own = interfaceAt(17);
    const observer = new Observer({
      aggregationSeconds: 60,
      beginSeconds: BEGIN,
      endSeconds: BEGIN + 600,
      interfaces: [own],
      random: new Random(1),
    });
    const records = [...observer.close(BEGIN, BEGIN + 600)].filter((record) => record.status === 'NODATA');
    expect(records[0]!.start).toBe(BEGIN);
    expect(records.at(-1)!.end).toBe(BEGIN + 599);
    for (const [i, record] of records.entries()) {
      expect(record).toMatchObject({ packets: 0, bytes: 0 });
      expect(record.flow).toBeUndefined();
      if (i > 0) expect(record.start).toBe(records[i - 1]!.end + 1);
    }
  });

  it('writes a SKIPDATA line now and then', () => {
    const interfaces = Array.from({ length: 50 }, (_, phase) => interfaceAt(phase));
    const endSeconds = BEGIN + 60 * 1_000;
    const observer = new Observer({
      aggregationSeconds: 60,
      beginSeconds: BEGIN,
      endSeconds,
      interfaces,
      random: new Random(1),
    });
    const skipped = [...observer.close(BEGIN, endSeconds)].filter((record) => record.status === 'SKIPDATA').length;
    expect(skipped).toBeGreaterThan(2);
    expect(skipped).toBeLessThan(40);
  });
});
