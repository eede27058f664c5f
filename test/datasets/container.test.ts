import { describe, expect, it } from 'vitest';
import { isPcapng, Pcap, Pcapng } from '../../lib/datasets/container.ts';
import { WrongFormat } from '../../lib/datasets/report.ts';
import { captureBlockBytesMax, capturedPacketBytesMax, captureInterfacesMax } from '../../lib/limits.ts';
import { type Captured, pcap, pcapng } from './captures.ts';
import { converted } from './converting.ts';

interface Frame {
  readonly bytes: number[];
  readonly seconds: number | undefined;
  readonly linkType: number;
  readonly originalBytes: number;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Frames of a whole capture. */
function framesOf(file: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const take = (frame: DataView, seconds: number | undefined, linkType: number, originalBytes: number) => {
    const bytes = [...new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength)];
    frames.push({ bytes, seconds, linkType, originalBytes });
  };
  const view = viewOf(file);
  const container = isPcapng(view) ? new Pcapng(take) : new Pcap(view, take);
  for (let at = isPcapng(view) ? 0 : 24; at < view.byteLength; ) {
    const size = container.sizeAt(view, at);
    container.read(view, at, size);
    at += size;
  }
  return frames;
}

const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, i * 4);
  return bytes;
};

/** A block of little-endian pcapng. */
function block(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([u32(type, body.length + 12), body, u32(body.length + 12)]);
}

const section = () => block(0x0a0d0d0a, u32(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff));
const link = (type: number, snapshotBytes = 0, options: Uint8Array = Buffer.alloc(0)) =>
  block(1, Buffer.concat([u32(type, snapshotBytes), options]));
const enhanced = (interfaceNumber: number, microseconds: number, bytes: Uint8Array, captured = bytes.length) =>
  block(6, Buffer.concat([u32(interfaceNumber, 0, microseconds, captured, captured), bytes]));

const TWO: readonly Captured[] = [
  { seconds: 1_790_000_400.25, frame: Buffer.from([1, 2, 3, 4]) },
  { seconds: 1_790_000_401, frame: Buffer.from([5, 6, 7]), snapshotBytes: 2 },
];

describe('a capture file', () => {
  it.each([
    ['pcap', pcap(TWO, { linkType: 113 })],
    ['pcap, big endian, nanoseconds', pcap(TWO, { linkType: 113, bigEndian: true, nanoseconds: true })],
    ['pcapng', pcapng(TWO, { linkType: 113 })],
    ['pcapng, big endian', pcapng(TWO, { linkType: 113, bigEndian: true })],
    ['pcapng, ticks of 2^-20 s', pcapng(TWO, { linkType: 113, resolution: 128 | 20 })],
    ['pcapng, seconds after an offset', pcapng(TWO, { linkType: 113, offsetSeconds: 1_790_000_000 })],
  ])('in %s gives bytes, times, link type and length on the wire', (_, file) => {
    expect(framesOf(file)).toEqual([
      { bytes: [1, 2, 3, 4], seconds: 1_790_000_400.25, linkType: 113, originalBytes: 4 },
      { bytes: [5, 6], seconds: 1_790_000_401, linkType: 113, originalBytes: 3 },
    ]);
  });

  it('of pcap has a link type of 16 bits: the others tell of check sequences', () => {
    const file = pcap(TWO);
    file.writeUInt32LE((0x3c00_0001 | 0) >>> 0, 20);
    expect(framesOf(file)[0].linkType).toBe(1);
  });

  it('refuses what begins otherwise, showing how', () => {
    const refused = () => new Pcap(viewOf(Buffer.from('Not a capture, but text.')), () => {});
    expect(refused).toThrow(WrongFormat);
    expect(refused).toThrow('begins with 0x4e6f7420, expected a capture in pcap (0xa1b2c3d4) or pcapng (0x0a0d0d0a)');
  });

  it('refuses a packet above the limit and takes one at it', () => {
    const container = new Pcap(viewOf(pcap([])), () => {});
    const head = (captured: number) => viewOf(u32(0, 0, captured, captured));
    expect(container.sizeAt(head(capturedPacketBytesMax), 0)).toBe(capturedPacketBytesMax + 16);
    expect(() => container.sizeAt(head(capturedPacketBytesMax + 1), 0)).toThrow('the capture is damaged from there on');
  });
});

describe('pcapng', () => {
  const frame = Buffer.from([1, 2, 3, 4]);

  it('takes the link type and the clock of the interface that a packet names', () => {
    const nanoseconds = Buffer.from([9, 0, 1, 0, 9, 0, 0, 0]);
    const file = Buffer.concat([
      section(),
      link(1),
      link(101, 0, nanoseconds),
      enhanced(1, 500, frame),
      enhanced(0, 500, frame),
    ]);
    expect(framesOf(file).map(({ linkType, seconds }) => [linkType, seconds])).toEqual([
      [101, 500 / 1e9],
      [1, 500 / 1e6],
    ]);
  });

  it('has a packet of an interface that nothing describes as one of no link type and no time', () => {
    expect(framesOf(Buffer.concat([section(), link(1), enhanced(1, 5, frame)]))).toMatchObject([
      { linkType: -1, seconds: undefined },
    ]);
  });

  it('forgets interfaces at the next section', () => {
    const file = Buffer.concat([section(), link(1), enhanced(0, 5, frame), section(), enhanced(0, 5, frame)]);
    expect(framesOf(file).map(({ linkType }) => linkType)).toEqual([1, -1]);
  });

  it('passes over blocks of other kinds, and over options of other codes', () => {
    const other = Buffer.from([2, 0, 3, 0, 1, 2, 3, 0, 9, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
    const statistics = block(5, Buffer.alloc(16, 0xff));
    const file = Buffer.concat([
      section(),
      block(0x0bad, Buffer.alloc(8)),
      link(1, 0, other),
      statistics,
      enhanced(0, 5_000, frame),
    ]);
    // Ticks of a thousandth of a second.
    expect(framesOf(file)).toMatchObject([{ seconds: 5, linkType: 1 }]);
  });

  it('reads no option behind the end of options, nor one longer than its block', () => {
    const ended = Buffer.from([0, 0, 0, 0, 9, 0, 1, 0, 3, 0, 0, 0]);
    const overlong = Buffer.from([9, 0, 200, 0, 3, 0, 0, 0]);
    for (const options of [ended, overlong]) {
      const file = Buffer.concat([section(), link(1, 0, options), enhanced(0, 5_000_000, frame)]);
      expect(framesOf(file)[0].seconds).toBe(5);
    }
  });

  it('gives no more of a packet than its block holds', () => {
    const file = Buffer.concat([section(), link(1), enhanced(0, 5, frame, 4_000)]);
    expect(framesOf(file)).toMatchObject([{ bytes: [1, 2, 3, 4], originalBytes: 4_000 }]);
  });

  it('gives of a simple packet what the snapshot length leaves', () => {
    const simple = block(3, Buffer.concat([u32(9), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])]));
    expect(framesOf(Buffer.concat([section(), link(1, 6), simple]))).toEqual([
      { bytes: [1, 2, 3, 4, 5, 6], seconds: undefined, linkType: 1, originalBytes: 9 },
    ]);
  });

  it.each([0, 4, 8, 13, 15, captureBlockBytesMax + 4, 0xffff_fffc])('refuses a block of %i bytes', (size) => {
    const container = new Pcapng(() => {});
    expect(() => container.sizeAt(viewOf(u32(6, size, 0)), 0)).toThrow(`a block of ${size} bytes, expected a multiple`);
  });

  it('takes blocks at both limits', () => {
    const container = new Pcapng(() => {});
    for (const size of [12, captureBlockBytesMax]) expect(container.sizeAt(viewOf(u32(4, size, 0)), 0)).toBe(size);
  });

  it('refuses a section without its mark, and an interface without a link type', () => {
    const container = new Pcapng(() => {});
    expect(() => container.sizeAt(viewOf(u32(0x0a0d0d0a, 28, 0x11223344)), 0)).toThrow('without a byte-order mark');
    expect(() => framesOf(Buffer.concat([section(), block(1, u32(1))]))).toThrow('without its link type');
  });

  it('refuses more interfaces than it may have', () => {
    const links = Array.from({ length: captureInterfacesMax }, () => link(1));
    expect(framesOf(Buffer.concat([section(), ...links]))).toEqual([]);
    expect(() => framesOf(Buffer.concat([section(), ...links, link(1)]))).toThrow(
      `more than ${captureInterfacesMax} interfaces in one section; split the capture`,
    );
  });
});

describe('an impossible time', () => {
  it.each([
    ['before 1970', -1_000_000],
    ['after 2100', 4_102_444_800],
  ])('%s is counted with the number of its packet', async (_, offsetSeconds) => {
    const offset = Buffer.alloc(12);
    offset.writeUInt16LE(14, 0);
    offset.writeUInt16LE(8, 2);
    offset.writeBigInt64LE(BigInt(offsetSeconds), 4);
    const file = Buffer.concat([
      section(),
      link(1),
      link(1, 0, offset),
      enhanced(0, 5, Buffer.alloc(4)),
      enhanced(1, 2e8, Buffer.alloc(4)),
    ]);
    const { report } = await converted('pcap', [file]);
    expect(report.dropped).toEqual({ 'cut-short': 1, time: 1 });
    expect(report.examples.map(({ line, column, reason }) => `${line} ${column} ${reason}`)).toEqual([
      '1 packet cut-short',
      '2 packet time',
    ]);
  });
});
