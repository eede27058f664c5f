/**
 * Makes captures: packets, frames around them, files around frames.
 */
export interface PacketPlan {
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly flags?: number;
  readonly payloadBytes?: number;
  /** Identification, offset in units of 8 bytes, and whether more follow. */
  readonly fragment?: { readonly id: number; readonly offset: number; readonly more: boolean };
}

function transport({
  protocol = 6,
  sourcePort = 40_000,
  destinationPort = 443,
  flags = 2,
  payloadBytes = 0,
  fragment,
}: PacketPlan) {
  if (fragment !== undefined && fragment.offset > 0) return Buffer.alloc(payloadBytes, 0xee);
  const header = Buffer.alloc(protocol === 6 ? 20 : 8);
  if (protocol === 6 || protocol === 17) {
    header.writeUInt16BE(sourcePort, 0);
    header.writeUInt16BE(destinationPort, 2);
  }
  if (protocol === 6) header.writeUInt8(flags, 13);
  return Buffer.concat([header, Buffer.alloc(payloadBytes)]);
}

export function ipv4(plan: PacketPlan): Buffer {
  const { source = '10.0.0.5', destination = '192.0.2.1', protocol = 6, fragment } = plan;
  const body = transport(plan);
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + body.length, 2);
  if (fragment) {
    header.writeUInt16BE(fragment.id, 4);
    header.writeUInt16BE((fragment.more ? 0x2000 : 0) | fragment.offset, 6);
  }
  header.writeUInt8(protocol, 9);
  Buffer.from(source.split('.').map(Number)).copy(header, 12);
  Buffer.from(destination.split('.').map(Number)).copy(header, 16);
  return Buffer.concat([header, body]);
}

/** Addresses are the last 16 bits of fd00::/112; `extensions` are the headers between, by number. */
export function ipv6(plan: PacketPlan & { from?: number; to?: number; extensions?: readonly number[] }): Buffer {
  const { protocol = 6, from = 5, to = 6, extensions = [], fragment } = plan;
  const chain = [...extensions, protocol];
  const parts = extensions.map((kind, i) => {
    const header = Buffer.alloc(8);
    header.writeUInt8(chain[i + 1], 0);
    if (kind === 44 && fragment) {
      header.writeUInt16BE((fragment.offset << 3) | Number(fragment.more), 2);
      header.writeUInt32BE(fragment.id, 4);
    }
    return header;
  });
  const body = Buffer.concat([...parts, transport(plan)]);
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(body.length, 4);
  header.writeUInt8(chain[0], 6);
  header.writeUInt8(0xfd, 8);
  header.writeUInt16BE(from, 22);
  header.writeUInt8(0xfd, 24);
  header.writeUInt16BE(to, 38);
  return Buffer.concat([header, body]);
}

/** An Ethernet frame, with VLAN tags of the given types. */
export function ethernet(
  packet: Buffer,
  tags: readonly number[] = [],
  type = packet[0] >> 4 === 6 ? 0x86dd : 0x0800,
): Buffer {
  const header = Buffer.alloc(12 + tags.length * 4 + 2);
  for (const [i, tag] of tags.entries()) header.writeUInt16BE(tag, 12 + i * 4);
  header.writeUInt16BE(type, 12 + tags.length * 4);
  return Buffer.concat([header, packet]);
}

export interface Captured {
  readonly seconds: number;
  readonly frame: Buffer;
  /** Bytes of it that were captured. */
  readonly snapshotBytes?: number;
}

export interface FileOptions {
  readonly linkType?: number;
  readonly bigEndian?: boolean;
  readonly nanoseconds?: boolean;
}

function writer(bigEndian: boolean) {
  return {
    u16: (value: number) => {
      const bytes = Buffer.alloc(2);
      if (bigEndian) bytes.writeUInt16BE(value);
      else bytes.writeUInt16LE(value);
      return bytes;
    },
    u32: (value: number) => {
      const bytes = Buffer.alloc(4);
      if (bigEndian) bytes.writeUInt32BE(value >>> 0);
      else bytes.writeUInt32LE(value >>> 0);
      return bytes;
    },
  };
}

export function pcap(
  packets: readonly Captured[],
  { linkType = 1, bigEndian = false, nanoseconds = false }: FileOptions = {},
): Buffer {
  const { u16, u32 } = writer(bigEndian);
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const units = nanoseconds ? 1e9 : 1e6;
  const records = packets.flatMap(({ seconds, frame, snapshotBytes = frame.length }) => {
    const whole = Math.floor(seconds);
    const captured = frame.subarray(0, snapshotBytes);
    return [u32(whole), u32(Math.round((seconds - whole) * units)), u32(captured.length), u32(frame.length), captured];
  });
  return Buffer.concat([u32(magic), u16(2), u16(4), u32(0), u32(0), u32(65_535), u32(linkType), ...records]);
}

export interface NgOptions {
  readonly linkType?: number;
  readonly bigEndian?: boolean;
  /** As the option if_tsresol: 6 is microseconds, 9 nanoseconds, 0x80 | n powers of two. */
  readonly resolution?: number;
  readonly offsetSeconds?: number;
  readonly block?: 'enhanced' | 'old' | 'simple';
}

export function pcapng(
  packets: readonly Captured[],
  { linkType = 1, bigEndian = false, resolution, offsetSeconds = 0, block = 'enhanced' }: NgOptions = {},
): Buffer {
  const { u16, u32 } = writer(bigEndian);
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const blockOf = (type: number, body: Buffer) =>
    Buffer.concat([u32(type), u32(body.length + 12), body, u32(body.length + 12)]);
  const option = (code: number, value: Buffer) => Buffer.concat([u16(code), u16(value.length), padded(value)]);
  const offset = bigEndian ? Buffer.concat([u32(0), u32(offsetSeconds)]) : Buffer.concat([u32(offsetSeconds), u32(0)]);
  const options = [
    ...(resolution === undefined ? [] : [option(9, Buffer.from([resolution]))]),
    ...(offsetSeconds === 0 ? [] : [option(14, offset)]),
    option(0, Buffer.alloc(0)),
  ];
  const bits = resolution ?? 6;
  const units = bits >= 128 ? 2 ** (bits - 128) : 10 ** bits;
  const blocks = packets.map(({ seconds, frame, snapshotBytes = frame.length }) => {
    const ticks = Math.round((seconds - offsetSeconds) * units);
    const captured = frame.subarray(0, snapshotBytes);
    if (block === 'simple') return blockOf(3, Buffer.concat([u32(frame.length), padded(captured)]));
    const number = block === 'old' ? Buffer.concat([u16(0), u16(0)]) : u32(0);
    const head = [
      number,
      u32(Math.floor(ticks / 2 ** 32)),
      u32(ticks % 2 ** 32),
      u32(captured.length),
      u32(frame.length),
    ];
    return blockOf(block === 'old' ? 2 : 6, Buffer.concat([...head, padded(captured)]));
  });
  return Buffer.concat([
    blockOf(0x0a0d0d0a, Buffer.concat([u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)])),
    blockOf(1, Buffer.concat([u16(linkType), u16(0), u32(0), ...options])),
    // Name resolution: of no concern.
    blockOf(4, Buffer.alloc(8)),
    ...blocks,
  ]);
}
