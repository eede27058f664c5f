import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../lib/datasets/flow.ts';
import { type Burst, type Sight, Windows } from '../../lib/datasets/windows.ts';
import type { Slot } from '../../lib/flowlog/record.ts';
import { endpointOf } from './endpoint.ts';

/** A multiple of 600. */
const BEGIN = 1_790_000_400;

const SIGHT: Sight = {
  observer: endpointOf('10.0.0.5').interface!,
  flow: {
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
  },
  key: 'a',
};

function burst(first: number, seconds: number, side: Partial<Side> = {}, key = 'a'): Burst {
  const firstSeconds = BEGIN + first;
  const whole = { packets: 1, bytes: 100, flags: 0, ...side };
  return { firstSeconds, lastSeconds: firstSeconds + seconds, side: whole, sights: [{ ...SIGHT, key }] };
}

function cut(
  bursts: readonly Burst[],
  aggregationSeconds: 60 | 600 = 60,
  limits?: ConstructorParameters<typeof Windows>[1],
) {
  const windows = new Windows(aggregationSeconds, limits);
  const slots: Slot[] = [];
  for (const one of bursts) {
    windows.advance(one.firstSeconds);
    windows.add(one);
    slots.push(...windows.takeSlots());
  }
  windows.finish();
  slots.push(...windows.takeSlots());
  return { slots, records: slots.flatMap(({ records }) => records) };
}

const total = (records: readonly { packets: number; bytes: number }[]) => ({
  packets: records.reduce((sum, { packets }) => sum + packets, 0),
  bytes: records.reduce((sum, { bytes }) => sum + bytes, 0),
});

const rows = (records: ReturnType<typeof cut>['records']) =>
  records.map(({ start, end, packets, bytes, tcpFlags }) => [start - BEGIN, end - BEGIN, packets, bytes, tcpFlags]);

describe('cutting', () => {
  it('spreads packets evenly over a flow and puts each into the window of its time', () => {
    // Packets at 0, 50, 100, 150 and 200 seconds.
    const { records } = cut([burst(0, 200, { packets: 5, bytes: 503, flags: 3 })]);
    expect(rows(records)).toEqual([
      [0, 50, 2, 201, 2],
      [100, 100, 1, 100, 0],
      [150, 150, 1, 101, 0],
      [200, 200, 1, 101, 1],
    ]);
  });

  it('puts a packet on the boundary into the later window', () => {
    expect(rows(cut([burst(0, 60, { packets: 2, bytes: 80 })]).records)).toEqual([
      [0, 0, 1, 40, 0],
      [60, 60, 1, 40, 0],
    ]);
  });

  it('puts the only packet of a side at the start of the flow, with opening and closing flags', () => {
    expect(rows(cut([burst(10, 500, { packets: 1, bytes: 60, flags: 22 })]).records)).toEqual([[10, 10, 1, 60, 22]]);
  });

  it('adds up what falls into the same window under the same key', () => {
    const { records } = cut([burst(1, 2, { packets: 2, flags: 2 }), burst(30, 5, { packets: 3, flags: 5 })]);
    expect(rows(records)).toEqual([[1, 35, 5, 200, 7]]);
  });

  it('keeps keys apart', () => {
    expect(cut([burst(1, 0), burst(1, 0, {}, 'b')]).records).toHaveLength(2);
  });

  it('does not know the flags of a window when those of one of its flows are unknown', () => {
    const { records } = cut([burst(1, 0, { flags: 2 }), burst(2, 0, { flags: undefined }), burst(3, 0, { flags: 1 })]);
    expect(records[0].tcpFlags).toBeUndefined();
  });

  it('makes nothing of a side without packets', () => {
    expect(cut([burst(1, 5, { packets: 0, bytes: 0 })]).records).toEqual([]);
  });
});

describe('delivery', () => {
  it('delivers in slots of five minutes by the end of a record, in order', () => {
    const { slots } = cut(
      [burst(0, 0), burst(10, 1_500, { packets: 4, bytes: 400 }, 'b'), burst(700, 0, {}, 'c')],
      600,
    );
    const ends = slots.map(({ endSeconds, records }) => [endSeconds - BEGIN, records.length]);
    // b has packets at 10, 510, 1010 and 1510 seconds.
    expect(ends).toEqual([
      [300, 1],
      [600, 1],
      [900, 1],
      [1_200, 1],
      [1_800, 1],
    ]);
  });

  it('delivers a slot once nothing more can begin in it, and not before', () => {
    const windows = new Windows(60);
    windows.advance(BEGIN);
    windows.add(burst(0, 0));
    windows.advance(BEGIN + 299);
    expect(windows.takeSlots()).toEqual([]);
    windows.advance(BEGIN + 300);
    expect(windows.takeSlots()).toHaveLength(1);
    expect(windows.takeSlots()).toEqual([]);
  });

  it('delivers what is late as a further part of its slot, and says so', () => {
    const windows = new Windows(60);
    windows.add(burst(0, 0));
    windows.advance(BEGIN + 900);
    expect(windows.add(burst(900, 0))).toBe(false);
    expect(windows.add(burst(30, 0))).toBe(true);
    windows.finish();
    expect(windows.takeSlots().map(({ endSeconds }) => endSeconds - BEGIN)).toEqual([300, 300, 1_200]);
  });

  it('delivers early, and loses nothing, when more records are open than allowed', () => {
    const bursts = Array.from({ length: 10 }, (_, i) => burst(i, 0, {}, `key-${i}`));
    const { slots, records } = cut(bursts, 60, { openRecordsMax: 3, spanningFlowsMax: 10 });
    expect(slots.map((slot) => slot.records.length)).toEqual([3, 3, 3, 1]);
    expect(total(records)).toEqual({ packets: 10, bytes: 1_000 });
  });

  it('cuts a flow at once, and loses nothing, when more go on than allowed', () => {
    const bursts = [burst(0, 2_000, { packets: 20 }, 'a'), burst(1, 2_000, { packets: 30 }, 'b')];
    const { records } = cut(bursts, 60, { openRecordsMax: 1_000, spanningFlowsMax: 1 });
    expect(total(records)).toEqual({ packets: 50, bytes: 200 });
  });
});

const FLOW = fc.record({
  first: fc.double({ min: 0, max: 3_000, noNaN: true }),
  seconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 90_000, noNaN: true })),
  packets: fc.integer({ min: 1, max: 200_000 }),
  bytes: fc.integer({ min: 0, max: 2 ** 40 }),
  key: fc.constantFrom('a', 'b', 'c'),
});

describe('whatever is cut', () => {
  it('keeps packets and bytes, lies within its flow, its window and its slot, and is in order of slots', () => {
    const property = fc.property(
      fc.array(FLOW, { maxLength: 8 }),
      fc.constantFrom(60 as const, 600 as const),
      (flows, seconds) => {
        const sorted = [...flows].sort((a, b) => a.first - b.first);
        const { slots, records } = cut(
          sorted.map(({ first, seconds: length, packets, bytes, key }) =>
            burst(first, length, { packets, bytes }, key),
          ),
          seconds,
        );
        expect(total(records)).toEqual(total(flows));
        for (const { endSeconds, records: inSlot } of slots) {
          for (const { start, end, packets, bytes } of inSlot) {
            expect(start).toBeLessThanOrEqual(end);
            expect(Math.floor(start / seconds)).toBe(Math.floor(end / seconds));
            expect(Math.floor(end / 300) + 1).toBe(endSeconds / 300);
            expect(packets).toBeGreaterThan(0);
            expect(bytes).toBeGreaterThanOrEqual(0);
            expect(start).toBeGreaterThanOrEqual(Math.floor(BEGIN + Math.min(...flows.map(({ first }) => first))));
            expect(end).toBeLessThanOrEqual(BEGIN + Math.max(...flows.map((flow) => flow.first + flow.seconds)));
          }
        }
        const ends = slots.map(({ endSeconds }) => endSeconds);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  it('is the same bytes per packet in every window, up to rounding', () => {
    const property = fc.property(
      fc.integer({ min: 2, max: 5_000 }),
      fc.integer({ min: 0, max: 1_500 }),
      (packets, size) => {
        const { records } = cut([burst(0, 3_000, { packets, bytes: packets * size })]);
        for (const record of records) expect(Math.abs(record.bytes - record.packets * size)).toBeLessThanOrEqual(1);
      },
    );
    fc.assert(property, { numRuns: 50 });
  });
});

describe('packets that share one moment', () => {
  it('are cut at once, however many, and none is lost', () => {
    // Times have 52 binary digits: between the last microsecond of a window and the next lie only four of them.
    const packets = 9_007_199_254_740_991;
    const bytes = packets;
    const { records } = cut([burst(59.999_999_5, 0.000_001, { packets, bytes })]);
    expect(records.map(({ start }) => start - BEGIN)).toEqual([59, 60]);
    expect(total(records)).toEqual({ packets, bytes });
  });

  it('lie on the side of a boundary that their own time says', () => {
    const property = fc.property(
      fc.integer({ min: 2, max: 400 }),
      fc.double({ min: 0, max: 130, noNaN: true }),
      fc.double({ min: 0, max: 400, noNaN: true }),
      (packets, first, seconds) => {
        const { records } = cut([burst(first, seconds, { packets })]);
        const counts = new Map<number, number>();
        for (let i = 0; i < packets; i++) {
          const time =
            i === 0 ? BEGIN + first : BEGIN + first + (BEGIN + first + seconds - (BEGIN + first)) * (i / (packets - 1));
          const window = Math.floor(time / 60);
          counts.set(window, (counts.get(window) ?? 0) + 1);
        }
        const cutCounts = records.map(({ start, packets: count }) => [Math.floor(start / 60), count]);
        // The last bit of a time that falls on a boundary may differ by the order of operations.
        const moved = cutCounts.reduce((sum, [window, count]) => sum + Math.abs(count - (counts.get(window) ?? 0)), 0);
        expect(moved).toBeLessThanOrEqual(2);
        expect(total(records).packets).toBe(packets);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});
