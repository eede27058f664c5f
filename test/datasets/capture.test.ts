import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Captured, ethernet, ipv4, ipv6, type PacketPlan, pcap, pcapng } from './captures.ts';
import { converted, shortOf } from './converting.ts';

const BEGIN = 1_790_000_400;

const VPC = { vpc: ['10.0.0.0/8', 'fd00::/8'] } as const;

const at = (seconds: number, frame: Buffer, snapshotBytes?: number): Captured => ({
  seconds: BEGIN + seconds,
  frame,
  snapshotBytes,
});

async function short(content: Uint8Array): Promise<string[]> {
  return (await converted('pcap', [content], VPC)).records.map(shortOf);
}

/** A request, its answer and the end, seen outside the VPC. */
const CONVERSATION: readonly (readonly [number, PacketPlan])[] = [
  [0.25, { flags: 2 }],
  [0.5, { source: '192.0.2.1', destination: '10.0.0.5', sourcePort: 443, destinationPort: 40_000, flags: 18 }],
  [0.75, { flags: 16 }],
  [1.5, { flags: 24, payloadBytes: 100 }],
  [
    2.5,
    {
      source: '192.0.2.1',
      destination: '10.0.0.5',
      sourcePort: 443,
      destinationPort: 40_000,
      flags: 25,
      payloadBytes: 1_000,
    },
  ],
  [3.5, { flags: 20 }],
];

const FRAMES = CONVERSATION.map(([seconds, plan]) => at(seconds, ethernet(ipv4(plan))));

describe('a capture', () => {
  const expected = ['10.0.0.5:40000>192.0.2.1:443 4 260 6', '192.0.2.1:443>10.0.0.5:40000 2 1080 19'];

  it.each([
    ['pcap', pcap],
    ['pcapng', pcapng],
  ])('in a packed %s is read to its end, over the pieces in which it is unpacked', async (_, file) => {
    const data = (i: number) => at(i / 1_000, ethernet(ipv4({ flags: 24, payloadBytes: 1_000 })));
    const content = file(Array.from({ length: 5_000 }, (_, i) => data(i)));
    expect(content.length).toBeGreaterThan(4 * 1_048_576);
    const { report } = await converted('pcap', [gzipSync(content)]);
    expect(report).toMatchObject({ rows: 5_000, flows: 5_000, failures: [] });
  });

  it.each([
    ['pcap', pcap(FRAMES)],
    ['pcap, big endian', pcap(FRAMES, { bigEndian: true })],
    ['pcap, nanoseconds', pcap(FRAMES, { nanoseconds: true })],
    ['pcap, nanoseconds, big endian', pcap(FRAMES, { nanoseconds: true, bigEndian: true })],
    ['pcapng', pcapng(FRAMES)],
    ['pcapng, big endian', pcapng(FRAMES, { bigEndian: true })],
    ['pcapng, nanoseconds', pcapng(FRAMES, { resolution: 9 })],
    ['pcapng, powers of two', pcapng(FRAMES, { resolution: 0x80 | 10 })],
    ['pcapng, offset', pcapng(FRAMES, { offsetSeconds: 1_000_000 })],
    ['pcapng, offset, big endian', pcapng(FRAMES, { offsetSeconds: 1_000_000, bigEndian: true })],
    ['pcapng, old blocks', pcapng(FRAMES, { block: 'old' })],
    [
      'pcapng of two sections',
      Buffer.concat([pcapng(FRAMES.slice(0, 3)), pcapng(FRAMES.slice(3), { bigEndian: true })]),
    ],
  ])('in %s is aggregated by 5-tuple and direction', async (_, content) => {
    const { records, report } = await converted('pcap', [content]);
    expect(records.map(shortOf)).toEqual(expected);
    expect(records.map(({ start, end }) => [start - BEGIN, end - BEGIN])).toEqual([
      [0, 3],
      [0, 2],
    ]);
    expect(report).toMatchObject({ rows: 6, flows: 6, labels: { unlabelled: 6 }, dropped: {}, failures: [] });
  });

  it('is the same in pieces of any size', async () => {
    for (const pieceBytes of [1, 7, 24, 100]) {
      for (const content of [pcap(FRAMES), pcapng(FRAMES)]) {
        const { records } = await converted('pcap', [content], {}, pieceBytes);
        expect(records.map(shortOf)).toEqual(expected);
      }
    }
  });

  it('is cut into windows by the time of each packet', async () => {
    const frames = [0, 30, 59.999, 60, 125].map((seconds) =>
      at(seconds, ethernet(ipv4({ protocol: 17, payloadBytes: 10 }))),
    );
    const { records } = await converted('pcap', [pcap(frames)], { aggregationSeconds: 60 });
    expect(records.map(({ start, end, packets, bytes }) => [start - BEGIN, end - BEGIN, packets, bytes])).toEqual([
      [0, 59, 3, 114],
      [60, 60, 1, 38],
      [125, 125, 1, 38],
    ]);
  });

  it('that is cut off gives what came before, and says so', async () => {
    const content = pcap(FRAMES).subarray(0, -10);
    const { records, report } = await converted('pcap', [content]);
    expect(records.map(({ packets }) => packets)).toEqual([3, 2]);
    expect(report.failures).toEqual([
      { source: 'input-1', failure: 'the capture is cut after packet 5: 60 bytes are left that are no whole record' },
    ]);
  });

  it('with an impossible packet gives what came before, and says so', async () => {
    const content = pcap(FRAMES);
    content.writeUInt32LE(400_000, 24 + 8);
    const { report } = await converted('pcap', [content]);
    expect(report.failures[0].failure).toBe(
      'a packet of 400000 bytes, expected at most 262144: the capture is damaged from there on',
    );
  });

  it('with an impossible block gives what came before, and says so', async () => {
    const { report } = await converted('pcap', [
      Buffer.concat([pcapng(FRAMES), Buffer.from([6, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0])]),
    ]);
    expect(report.flows).toBe(6);
    expect(report.failures[0].failure).toContain('a block of 5 bytes');
  });

  it('without times makes no record', async () => {
    const { report } = await converted('pcap', [pcapng(FRAMES, { block: 'simple' })]);
    expect(report).toMatchObject({ rows: 6, flows: 0, dropped: { time: 6 } });
  });
});

describe('a frame', () => {
  const packet = ipv4({});
  const tuple = '10.0.0.5:40000>192.0.2.1:443 1 40 2';
  const cooked = Buffer.concat([Buffer.alloc(14), Buffer.from([0x08, 0x00]), packet]);
  const cooked2 = Buffer.concat([Buffer.from([0x08, 0x00]), Buffer.alloc(18), packet]);

  it.each([
    ['of Ethernet', ethernet(packet), 1],
    ['of Ethernet with a VLAN', ethernet(packet, [0x8100]), 1],
    ['of Ethernet with two VLANs', ethernet(packet, [0x88a8, 0x8100]), 1],
    ['of Ethernet, padded', ethernet(Buffer.concat([packet, Buffer.alloc(6)])), 1],
    ['cooked by Linux', cooked, 113],
    ['cooked by Linux, version 2', cooked2, 276],
    ['of raw IP', packet, 101],
    ['of raw IPv4', packet, 228],
  ])('%s is read', async (_, frame, linkType) => {
    expect(await short(pcap([at(0, frame)], { linkType }))).toEqual([tuple]);
  });

  it('of another link layer, of no IP, or cut before its ports, is counted', async () => {
    const reasons = async (frame: Buffer, linkType = 1, snapshotBytes?: number) =>
      (await converted('pcap', [pcap([at(0, frame, snapshotBytes)], { linkType })])).report.dropped;
    expect(await reasons(ethernet(packet), 105)).toEqual({ 'link-type': 1 });
    expect(await reasons(ethernet(packet, [], 0x0806))).toEqual({ 'not-ip': 1 });
    expect(await reasons(Buffer.from([0x10, 0, 0]), 101)).toEqual({ 'not-ip': 1 });
    for (const bytes of [0, 13, 14, 33, 37])
      expect(await reasons(ethernet(packet), 1, bytes)).toEqual({ 'cut-short': 1 });
  });

  it('cut after its ports has unknown flags and all its bytes', async () => {
    const frame = ethernet(ipv4({ payloadBytes: 1_000 }));
    expect(await short(pcap([at(0, frame, 14 + 20 + 8)]))).toEqual(['10.0.0.5:40000>192.0.2.1:443 1 1040 -']);
  });

  it('without a length, as segmentation offload leaves it, counts as long as it was', async () => {
    const frame = ethernet(ipv4({ payloadBytes: 3_000 }));
    frame.writeUInt16BE(0, 14 + 2);
    expect(await short(pcap([at(0, frame)]))).toEqual(['10.0.0.5:40000>192.0.2.1:443 1 3040 2']);
  });
});

describe('a packet', () => {
  it.each([
    ['UDP', { protocol: 17, payloadBytes: 12 }, '10.0.0.5:40000>192.0.2.1:443 1 40 0'],
    ['ICMP', { protocol: 1, payloadBytes: 56 }, '10.0.0.5:0>192.0.2.1:0 1 84 0'],
    ['GRE', { protocol: 47 }, '10.0.0.5:0>192.0.2.1:0 1 28 0'],
  ])('of %s has ports or not', async (_, plan, expected) => {
    expect(await short(pcap([at(0, ethernet(ipv4(plan)))]))).toEqual([expected]);
  });

  it.each([
    ['alone', [], 60],
    ['behind hop-by-hop options', [0], 68],
    ['behind several headers', [0, 43, 60], 84],
    ['behind a fragment header that divides nothing', [44], 68],
  ])('of IPv6 %s is read, at both interfaces', async (_, extensions, bytes) => {
    const frame = ethernet(ipv6({ extensions }));
    const { records } = await converted('pcap', [pcap([at(0, frame)])], VPC);
    expect(records.map(shortOf)).toEqual(Array(2).fill(`fd00::5:40000>fd00::6:443 1 ${bytes} 2`));
    expect(records[0].flow!.ipv6).toBe(true);
  });

  it('of ICMPv6 has no ports', async () => {
    expect((await short(pcap([at(0, ethernet(ipv6({ protocol: 58 })))])))[0]).toBe('fd00::5:0>fd00::6:0 1 48 0');
  });

  it('in fragments has the ports of its first in all, and none where the first was not seen', async () => {
    const part = (id: number, offset: number, more: boolean) =>
      ethernet(ipv4({ protocol: 17, payloadBytes: 80, fragment: { id, offset, more } }));
    const frames = [part(7, 0, true), part(7, 11, true), part(7, 21, false), part(8, 11, false)];
    expect(await short(pcap(frames.map((frame, i) => at(i, frame))))).toEqual([
      '10.0.0.5:40000>192.0.2.1:443 3 308 0',
      '10.0.0.5:0>192.0.2.1:0 1 100 0',
    ]);
  });

  it('of IPv6 in fragments has the ports of its first in all', async () => {
    const part = (offset: number, more: boolean) =>
      ethernet(ipv6({ protocol: 17, extensions: [44], payloadBytes: 80, fragment: { id: 9, offset, more } }));
    const records = await short(pcap([at(0, part(0, true)), at(1, part(11, false))]));
    expect(records[0]).toBe('fd00::5:40000>fd00::6:443 2 264 0');
  });
});

describe('whatever is captured', () => {
  it('adds up', async () => {
    const plan = fc.record({
      source: fc.constantFrom('10.0.0.5', '10.0.0.6'),
      destination: fc.constantFrom('10.0.0.5', '192.0.2.1'),
      protocol: fc.constantFrom(1, 6, 17),
      payloadBytes: fc.integer({ min: 0, max: 1_400 }),
      flags: fc.integer({ min: 0, max: 63 }),
      seconds: fc.double({ min: 0, max: 4_000, noNaN: true }),
    });
    const property = fc.asyncProperty(fc.array(plan, { maxLength: 30 }), async (plans) => {
      const packets = plans.map(ipv4);
      const frames = packets.map((packet, i) => at(plans[i].seconds, ethernet(packet)));
      const { records, report } = await converted('pcap', [pcap(frames)], { vpc: ['10.0.0.0/8'] });
      const egress = records.filter(({ flow }) => flow!.direction === 'egress');
      expect(egress.reduce((sum, record) => sum + record.packets, 0)).toBe(plans.length);
      expect(egress.reduce((sum, record) => sum + record.bytes, 0)).toBe(
        packets.reduce((sum, { length }) => sum + length, 0),
      );
      expect(report.rows).toBe(plans.length);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('or damaged never throws, and every packet is counted', async () => {
    const files = [pcap(FRAMES), pcapng(FRAMES), pcap(FRAMES, { linkType: 101 })];
    const damage = fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(fc.constantFrom(...files), damage, async (file, changes) => {
      const content = Buffer.from(file);
      for (const [place, value] of changes) content[place % content.length] = value;
      const { report } = await converted('pcap', [content], VPC);
      const dropped = Object.values(report.dropped).reduce((sum, count) => sum + count, 0);
      expect(report.flows + dropped).toBe(report.rows);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('or random after its magic never throws', async () => {
    const magic = fc.constantFrom([0xd4, 0xc3, 0xb2, 0xa1], [0x0a, 0x0d, 0x0d, 0x0a]);
    const property = fc.asyncProperty(magic, fc.uint8Array({ maxLength: 400 }), async (head, rest) => {
      const { report } = await converted('pcap', [Buffer.concat([Buffer.from(head), rest])]);
      const dropped = Object.values(report.dropped).reduce((sum, count) => sum + count, 0);
      expect(report.flows + dropped).toBe(report.rows);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
