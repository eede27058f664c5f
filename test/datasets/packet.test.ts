import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Packet, parseFrame } from '../../lib/datasets/packet.ts';
import { DROP_REASONS } from '../../lib/datasets/report.ts';
import { ethernet, ipv4, ipv6 } from './captures.ts';

const LINK = { ethernet: 1, bsdRaw: 12, openBsdRaw: 14, raw: 101, cooked: 113, ipv4: 228, ipv6: 229, cooked2: 276 };

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** The packet in a frame of raw IP, captured whole. */
function parsed(frame: Uint8Array, linkType = LINK.raw, originalBytes = frame.length): Packet {
  const packet = parseFrame(viewOf(frame), linkType, originalBytes);
  if (typeof packet === 'string') throw new Error(`dropped: ${packet}`);
  return packet;
}

/** The 44 bytes of an IPv4 packet with one option of four bytes before TCP. */
function withOptions(): Buffer {
  const plain = ipv4({ flags: 18 });
  const packet = Buffer.concat([plain.subarray(0, 20), Buffer.from([1, 1, 1, 0]), plain.subarray(20)]);
  packet.writeUInt8(0x46, 0);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}

describe('a packet', () => {
  it('is read field by field', () => {
    expect(parsed(ipv4({ sourcePort: 1, destinationPort: 65_535, flags: 2, payloadBytes: 7 }))).toEqual({
      source: '10.0.0.5',
      destination: '192.0.2.1',
      protocol: 6,
      bytes: 47,
      sourcePort: 1,
      destinationPort: 65_535,
      flags: 2,
      fragment: undefined,
    });
  });

  it('of IPv6 has eight groups, whatever their values', () => {
    const frame = ipv6({ from: 0xabcd, to: 0 });
    expect(parsed(frame)).toMatchObject({ source: 'fd00:0:0:0:0:0:0:abcd', destination: 'fd00:0:0:0:0:0:0:0' });
  });

  it.each(Object.entries(LINK).filter(([name]) => /raw|ipv/i.test(name)))(
    'stands at the beginning of a frame of link type %s, %i, whichever version it is',
    (_, linkType) => {
      expect(parsed(ipv4({}), linkType)).toMatchObject({ source: '10.0.0.5', bytes: 40 });
      expect(parsed(ipv6({}), linkType)).toMatchObject({ source: 'fd00:0:0:0:0:0:0:5', bytes: 60 });
    },
  );

  it('has its ports behind the options of IPv4', () => {
    expect(parsed(withOptions())).toMatchObject({ sourcePort: 40_000, destinationPort: 443, flags: 18, bytes: 44 });
  });

  it.each([
    ['DCCP', 33],
    ['SCTP', 132],
    ['UDP-Lite', 136],
  ])('of %s has ports and no flags', (_, protocol) => {
    const packet = ipv4({ protocol, payloadBytes: 4 });
    packet.writeUInt32BE((7 << 16) | 9, 20);
    expect(parsed(packet)).toMatchObject({ sourcePort: 7, destinationPort: 9, flags: 0 });
  });

  it.each([1, 2, 47, 50, 51, 89, 255])(
    'of protocol %i has no ports, though bytes stand where they would',
    (protocol) => {
      const packet = ipv4({ protocol, payloadBytes: 4 });
      packet.writeUInt32BE(0xffff_ffff, 20);
      expect(parsed(packet)).toMatchObject({ protocol, sourcePort: 0, destinationPort: 0, flags: 0 });
    },
  );

  it('of TCP tells SYN, SYN-ACK, FIN and RST, and nothing else', () => {
    const flags = (header: number) => parsed(ipv4({ flags: header })).flags;
    expect([0, 1, 2, 4, 8, 16, 18, 20, 32, 0xff].map(flags)).toEqual([0, 1, 2, 4, 0, 0, 18, 4, 0, 23]);
  });
});

describe('the bytes of a packet', () => {
  it('are those that its header tells, padding of the frame left out', () => {
    const padded = ethernet(Buffer.concat([ipv4({}), Buffer.alloc(6)]));
    expect(parsed(padded, LINK.ethernet).bytes).toBe(40);
  });

  it('are those on the wire where the header says 0, less the link header', () => {
    const offloaded = ethernet(ipv4({ payloadBytes: 3_000 }));
    offloaded.writeUInt16BE(0, 14 + 2);
    expect(parsed(offloaded, LINK.ethernet).bytes).toBe(3_040);
    expect(parsed(offloaded.subarray(0, 60), LINK.ethernet, offloaded.length).bytes).toBe(3_040);
  });

  it('of a jumbogram are those on the wire', () => {
    const jumbo = ipv6({ payloadBytes: 200 });
    jumbo.writeUInt16BE(0, 4);
    expect(parsed(jumbo, LINK.raw, 100_000).bytes).toBe(100_000);
  });

  it.each([0, 1, 13, 40])('are never fewer than were captured, though the file says %i', (originalBytes) => {
    const v4 = ethernet(ipv4({}));
    v4.writeUInt16BE(0, 14 + 2);
    expect(parsed(v4, LINK.ethernet, originalBytes).bytes).toBe(40);
    const v6 = ethernet(ipv6({}));
    v6.writeUInt16BE(0, 14 + 4);
    expect(parsed(v6, LINK.ethernet, originalBytes).bytes).toBe(60);
  });
});

describe('fragments', () => {
  const part = (id: number, offset: number, more: boolean, plan = {}) =>
    parsed(ipv4({ protocol: 17, payloadBytes: 16, fragment: { id, offset, more }, ...plan }));

  it('share a key, and the first is marked', () => {
    const parts = [part(7, 0, true), part(7, 3, true), part(7, 5, false)];
    expect(new Set(parts.map(({ fragment }) => fragment!.key)).size).toBe(1);
    expect(parts.map(({ fragment }) => fragment!.isFirst)).toEqual([true, false, false]);
    expect(parts.map(({ sourcePort, destinationPort }) => [sourcePort, destinationPort])).toEqual([
      [40_000, 443],
      [0, 0],
      [0, 0],
    ]);
  });

  it.each([
    ['identifications', { id: 8 }, {}],
    ['sources', { id: 7 }, { source: '10.0.0.6' }],
    ['destinations', { id: 7 }, { destination: '10.0.0.7' }],
    ['protocols', { id: 7 }, { protocol: 132 }],
  ])('of other %s have other keys', (_, { id }, plan) => {
    expect(part(id, 3, true, plan).fragment!.key).not.toBe(part(7, 3, true).fragment!.key);
  });

  it('are none where a packet is whole', () => {
    expect(parsed(ipv4({})).fragment).toBeUndefined();
    expect(parsed(ipv6({ extensions: [44] })).fragment).toBeUndefined();
  });

  it('of IPv6 stop at the fragment header: what follows a later one is no header', () => {
    const later = parsed(
      ipv6({ protocol: 60, extensions: [44], payloadBytes: 40, fragment: { id: 9, offset: 4, more: false } }),
    );
    expect(later).toMatchObject({ protocol: 60, sourcePort: 0, fragment: { isFirst: false } });
  });
});

describe('a frame', () => {
  const drop = (frame: Uint8Array, linkType = LINK.ethernet) => parseFrame(viewOf(frame), linkType, frame.length);

  it('of an unknown link type is dropped as that', () => {
    for (const linkType of [-1, 0, 105, 127, 65_535]) expect(drop(ethernet(ipv4({})), linkType)).toBe('link-type');
  });

  it('that carries something beside IP is dropped as that', () => {
    for (const type of [0x0806, 0x8035, 0x88cc, 0x05dc, 0]) expect(drop(ethernet(ipv4({}), [], type))).toBe('not-ip');
    expect(drop(ethernet(ipv4({}), [0x8100], 0x0806))).toBe('not-ip');
    expect(drop(Buffer.from([0x50, 0, 0, 0]), LINK.raw)).toBe('not-ip');
    const shortHeader = ipv4({});
    shortHeader.writeUInt8(0x44, 0);
    expect(drop(shortHeader, LINK.raw)).toBe('not-ip');
  });

  it('is cut short wherever it ends before its ports, and never read beyond', () => {
    const frames: readonly (readonly [Buffer, number, number])[] = [
      [ethernet(ipv4({})), LINK.ethernet, 14 + 24],
      [ethernet(ipv4({}), [0x8100, 0x8100]), LINK.ethernet, 22 + 24],
      [ethernet(ipv6({ extensions: [0, 43] })), LINK.ethernet, 14 + 40 + 16 + 4],
      [withOptions(), LINK.raw, 28],
    ];
    for (const [frame, linkType, needed] of frames) {
      for (let length = 0; length < frame.length; length++) {
        // A view that ends where the capture does: reading on would throw.
        const packet = drop(Uint8Array.from(frame.subarray(0, length)), linkType);
        if (length < needed) expect([length, packet]).toEqual([length, 'cut-short']);
        else expect(packet).toMatchObject({ destinationPort: 443 });
      }
    }
  });

  it('may be anything: it becomes a packet that adds up, or is dropped for a known reason', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc.uint8Array({ maxLength: 80 }).map((rest) => Uint8Array.from([...ethernet(ipv4({})).subarray(0, 15), ...rest])),
      fc.uint8Array({ maxLength: 80 }).map((rest) => Uint8Array.from([...ipv6({}).subarray(0, 6), 0, 64, ...rest])),
    );
    const original = fc.oneof(fc.nat(2_000), fc.constantFrom(0, 0xffff_ffff));
    fc.assert(
      fc.property(bytes, fc.constantFrom(...Object.values(LINK), 9), original, (frame, linkType, originalBytes) => {
        const packet = parseFrame(viewOf(frame), linkType, originalBytes);
        if (typeof packet === 'string') {
          expect(Object.keys(DROP_REASONS)).toContain(packet);
          return;
        }
        expect(packet.bytes).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(packet.bytes)).toBe(true);
        expect(packet.sourcePort & 0xffff).toBe(packet.sourcePort);
        expect(packet.source).toMatch(/^(\d+\.){3}\d+$|^([0-9a-f]+:){7}[0-9a-f]+$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
