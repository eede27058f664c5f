import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { F, MARK, NEVER, ROW_WORDS, W } from '../../lib/conversations/row.ts';
import {
  addBackward,
  addClientPort,
  addForward,
  addRow,
  clearRow,
  floatsOf,
  orFlags,
} from '../../lib/conversations/update.ts';
import { windowSeconds } from '../../lib/limits.ts';

/** Room for some rows, all cleared. */
function store(rows = 3) {
  const words = new Uint32Array(rows * ROW_WORDS);
  for (let row = 0; row < rows; row++) clearRow(words, row * ROW_WORDS);
  return { words, floats: floatsOf(words) };
}

type Store = ReturnType<typeof store>;

interface Flow {
  readonly packets: number;
  readonly bytes: number;
  readonly flags: number;
  readonly start: number;
  readonly duration: number;
}

const SOME: Flow = { packets: 1, bytes: 40, flags: -1, start: 0, duration: 0 };

function forward({ words, floats }: Store, row: number, flow: Partial<Flow>): void {
  const { packets, bytes, flags, start, duration } = { ...SOME, ...flow };
  addForward(words, floats, row * ROW_WORDS, packets, bytes, flags, start, duration);
}

function backward({ words, floats }: Store, row: number, flow: Partial<Flow>): void {
  const { packets, bytes, flags } = { ...SOME, ...flow };
  addBackward(words, floats, row * ROW_WORDS, packets, bytes, flags);
}

const word = ({ words }: Store, row: number, name: number) => words[row * ROW_WORDS + name];
const float = ({ floats }: Store, row: number, name: number) => floats[((row * ROW_WORDS) >> 1) + name];
const rowWords = ({ words }: Store, row: number) => [...words.subarray(row * ROW_WORDS, (row + 1) * ROW_WORDS)];

describe('a cleared row', () => {
  it('is that of a conversation without records, whatever stood there, and leaves its neighbours alone', () => {
    const words = new Uint32Array(3 * ROW_WORDS).fill(0xdead_beef);
    clearRow(words, ROW_WORDS);
    expect(rowWords({ words, floats: floatsOf(words) }, 1)).toEqual(rowWords(store(), 1));
    expect(new Set(words.subarray(0, ROW_WORDS))).toEqual(new Set([0xdead_beef]));
    expect(new Set(words.subarray(2 * ROW_WORDS))).toEqual(new Set([0xdead_beef]));
  });

  it('knows no time, no port and no smallest flow', () => {
    const all = store();
    const times = [W.forwardFirst, W.backwardFirst, W.packetsMin].map((name) => word(all, 1, name));
    expect([...times, word(all, 1, W.clientPorts)]).toEqual([NEVER, NEVER, NEVER, 0xffff]);
  });
});

describe('a forward flow', () => {
  it('adds to sums, moments, range and slots', () => {
    const all = store();
    forward(all, 1, { packets: 4, bytes: 1_024, start: 1_000, duration: 30, flags: 2 });
    forward(all, 1, { packets: 64, bytes: 256, start: 1_004, duration: 0, flags: 16 });
    expect({
      flows: word(all, 1, W.forwardFlows),
      packets: float(all, 1, F.forwardPackets),
      bytes: float(all, 1, F.forwardBytes),
      packetsLog: [float(all, 1, F.packetsLogSum), float(all, 1, F.packetsLogSquares)],
      bytesLog: [float(all, 1, F.bytesLogSum), float(all, 1, F.bytesLogSquares)],
      seconds: float(all, 1, F.durationSum),
      range: [word(all, 1, W.packetsMin), word(all, 1, W.packetsMax)],
      opens: word(all, 1, W.opens),
    }).toEqual({
      flows: 2,
      packets: 68,
      bytes: 1_280,
      // Sixteenths of octaves: 4 is 2 octaves, 64 is 6, 1,024 is 10, 256 is 8.
      packetsLog: [32 + 96, 32 ** 2 + 96 ** 2],
      bytesLog: [160 + 128, 160 ** 2 + 128 ** 2],
      seconds: 30,
      range: [4, 64],
      opens: 1,
    });
    // Seconds 100 and 104 of the window: both in the slot from 100 to 104.
    expect([word(all, 1, W.slotsLow), word(all, 1, W.slotsHigh)]).toEqual([1 << 20, 0]);
  });

  it('marks the slot of its start, each of the sixty', () => {
    for (let slot = 0; slot < 60; slot++) {
      for (const second of [0, 4]) {
        const all = store();
        forward(all, 0, { start: 7 * windowSeconds + slot * 5 + second });
        const expected = slot < 30 ? [1 << slot, 0] : [0, 1 << (slot - 30)];
        expect([slot, word(all, 0, W.slotsLow), word(all, 0, W.slotsHigh)]).toEqual([slot, ...expected]);
      }
    }
  });

  it.each([
    [2, 1],
    [18, 1],
    [6, 1],
    [3, 1],
    [0, 0],
    [-1, 0],
    [17, 0],
    [4, 0],
  ])('with flags %i opens %i connections', (flags, opens) => {
    const all = store();
    forward(all, 0, { flags });
    expect(word(all, 0, W.opens)).toBe(opens);
  });

  it('of more packets than a word holds is clamped in the range and exact in the sum', () => {
    const all = store();
    forward(all, 0, { packets: 2 ** 40 });
    expect([word(all, 0, W.packetsMin), word(all, 0, W.packetsMax)]).toEqual([NEVER - 1, NEVER - 1]);
    expect(float(all, 0, F.forwardPackets)).toBe(2 ** 40);
    expect(float(all, 0, F.packetsLogSum)).toBe(40 * 16);
  });
});

describe('a backward flow', () => {
  it('adds to sums and counts resets, and to nothing that describes forward flows', () => {
    const all = store();
    backward(all, 1, { packets: 3, bytes: 120, flags: 4 });
    backward(all, 1, { packets: 5, bytes: 200, flags: 18 });
    backward(all, 1, { packets: 1, bytes: 40, flags: -1 });
    const expected = store();
    expected.words[ROW_WORDS + W.backwardFlows] = 3;
    expected.words[ROW_WORDS + W.resets] = 1;
    expected.floats[(ROW_WORDS >> 1) + F.backwardPackets] = 9;
    expected.floats[(ROW_WORDS >> 1) + F.backwardBytes] = 360;
    expect(rowWords(all, 1)).toEqual(rowWords(expected, 1));
  });
});

describe('client ports', () => {
  it('keep the smallest and the largest, port 0 and 65535 included', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 20 }), (ports) => {
        const all = store();
        for (const port of ports) addClientPort(all.words, ROW_WORDS, port);
        const range = word(all, 1, W.clientPorts);
        expect([range & 0xffff, range >>> 16]).toEqual([Math.min(...ports), Math.max(...ports)]);
      }),
    );
  });

  it('set one bit each of the sketch, always the same', () => {
    const bits = (port: number) => {
      const all = store();
      addClientPort(all.words, 0, port);
      addClientPort(all.words, 0, port);
      const set = [word(all, 0, W.portsLow), word(all, 0, W.portsHigh)].map(
        (half) => half.toString(2).replaceAll('0', '').length,
      );
      return set[0] + set[1];
    };
    for (const port of [0, 1, 1_023, 32_768, 40_000, 65_535]) expect([port, bits(port)]).toEqual([port, 1]);
  });

  it('spread over the sketch: of all ports each bit has a fair part', () => {
    const counts = new Uint32Array(64);
    for (let port = 0; port < 65_536; port++) {
      const all = store(1);
      addClientPort(all.words, 0, port);
      const [low, high] = [word(all, 0, W.portsLow), word(all, 0, W.portsHigh)];
      counts[low === 0 ? 32 + (31 - Math.clz32(high)) : 31 - Math.clz32(low)]++;
    }
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1_400);
  });
});

describe('flags of a row', () => {
  it('are united by direction, with the best basis and all marks', () => {
    let flags = orFlags(0, 2, false, 1, MARK.flagged);
    flags = orFlags(flags, 18, true, 3, 0);
    flags = orFlags(flags, 1, false, 2, MARK.translated);
    flags = orFlags(flags, -1, true, 0, 0);
    expect([flags & 0xff, (flags >>> 8) & 0xff, (flags >>> 16) & 0xff, flags >>> 24]).toEqual([3, 18, 3, 3]);
  });
});

const anyFlow = fc.record({
  packets: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.constantFrom(2 ** 31, 2 ** 33)),
  bytes: fc.integer({ min: 0, max: 1_000_000_000 }),
  flags: fc.constantFrom(-1, 0, 1, 2, 4, 18, 19),
  start: fc.integer({ min: 0, max: 299 }),
  duration: fc.integer({ min: 0, max: 600 }),
  isBackward: fc.boolean(),
  port: fc.integer({ min: 0, max: 65_535 }),
});

type AnyFlow = typeof anyFlow extends fc.Arbitrary<infer T> ? T : never;

function addAll(all: Store, row: number, flows: readonly AnyFlow[]): void {
  for (const { isBackward, port, ...flow } of flows) {
    addClientPort(all.words, row * ROW_WORDS, port);
    if (isBackward) backward(all, row, flow);
    else forward(all, row, flow);
    const at = row * ROW_WORDS + W.flags;
    all.words[at] = orFlags(all.words[at], flow.flags, isBackward, flow.flags > 0 ? 3 : 0, flow.flags >= 0 ? 1 : 0);
  }
}

const flows = fc.array(anyFlow, { maxLength: 15 });

describe('rows added up', () => {
  it('are the row of all their flows, in either order', () => {
    fc.assert(
      fc.property(flows, flows, (some, others) => {
        const together = store();
        addAll(together, 1, [...some, ...others]);
        for (const [first, second] of [
          [some, others],
          [others, some],
        ]) {
          const apart = store();
          addAll(apart, 1, first);
          addAll(apart, 2, second);
          addRow(apart.words, apart.floats, ROW_WORDS, apart.words, apart.floats, 2 * ROW_WORDS);
          expect(rowWords(apart, 1)).toEqual(rowWords(together, 1));
        }
      }),
    );
  });

  it('stay as they are when a row without records comes to them', () => {
    fc.assert(
      fc.property(flows, (some) => {
        const all = store();
        addAll(all, 1, some);
        const before = rowWords(all, 1);
        addRow(all.words, all.floats, ROW_WORDS, all.words, all.floats, 2 * ROW_WORDS);
        expect(rowWords(all, 1)).toEqual(before);
      }),
    );
  });
});
