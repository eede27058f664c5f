/**
 * The files that captures come in: pcap and pcapng, taken apart into frames.
 *
 * Sources: libpcap's savefile format (pcap-savefile(5)); "PCAP Now Generic (pcapng) Capture File Format", IETF opsawg draft.
 */
import { captureBlockBytesMax, capturedPacketBytesMax, captureInterfacesMax } from '../limits.ts';
import { WrongFormat } from './report.ts';

/** Reads the records of one kind of file; `at` is where the next one begins. */
export interface Container {
  /** Bytes that must be there before `read` can be called; more may turn out to be needed. */
  readonly headBytes: number;
  /** Bytes of the whole record at `at`. Throws `WrongFormat` when it cannot be one. */
  sizeAt(view: DataView, at: number): number;
  /** Hands on the packet of the record, if it is one. */
  read(view: DataView, at: number, size: number): void;
}

/** A frame with its time in Unix seconds, `undefined` when it has none. */
export type TakeFrame = (frame: DataView, seconds: number | undefined, linkType: number, originalBytes: number) => void;

/** Length of pcap's file header; no pcapng is shorter either. */
export const FILE_HEAD_BYTES = 24;

const PCAP_MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const;

/** magic 4, version 4, zone 4, accuracy 4, snapshot length 4, link type 4; then each packet: seconds 4, fraction 4, captured 4, original 4. */
export class Pcap implements Container {
  readonly headBytes = 16;
  readonly #isLittleEndian: boolean;
  readonly #unitsPerSecond: number;
  readonly #linkType: number;
  readonly #take: TakeFrame;

  constructor(view: DataView, take: TakeFrame) {
    const magics: readonly number[] = Object.values(PCAP_MAGIC);
    this.#isLittleEndian = magics.includes(view.getUint32(0, true));
    const magic = view.getUint32(0, this.#isLittleEndian);
    if (!magics.includes(magic)) {
      const seen = view.getUint32(0).toString(16).padStart(8, '0');
      throw new WrongFormat(`begins with 0x${seen}, expected a capture in pcap (0xa1b2c3d4) or pcapng (0x0a0d0d0a)`);
    }
    this.#unitsPerSecond = magic === PCAP_MAGIC.nanoseconds ? 1e9 : 1e6;
    // The upper bits say how long frame check sequences are.
    this.#linkType = view.getUint32(20, this.#isLittleEndian) & 0xffff;
    this.#take = take;
  }

  sizeAt(view: DataView, at: number): number {
    const captured = view.getUint32(at + 8, this.#isLittleEndian);
    if (captured > capturedPacketBytesMax) {
      throw new WrongFormat(
        `a packet of ${captured} bytes, expected at most ${capturedPacketBytesMax}: the capture is damaged from there on`,
      );
    }
    return 16 + captured;
  }

  read(view: DataView, at: number, size: number): void {
    const seconds = view.getUint32(at, this.#isLittleEndian);
    const fraction = view.getUint32(at + 4, this.#isLittleEndian) / this.#unitsPerSecond;
    const original = view.getUint32(at + 12, this.#isLittleEndian);
    this.#take(viewOf(view, at + 16, size - 16), seconds + fraction, this.#linkType, original);
  }
}

function viewOf(view: DataView, at: number, bytes: number): DataView {
  return new DataView(view.buffer, view.byteOffset + at, bytes);
}

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packetOld: 2, simplePacket: 3, enhancedPacket: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = { end: 0, resolution: 9, offset: 14 } as const;

export function isPcapng(view: DataView): boolean {
  // The section header's type reads the same in both byte orders.
  return view.getUint32(0) === BLOCK.section;
}

interface CaptureInterface {
  readonly linkType: number;
  readonly snapshotBytes: number;
  readonly unitsPerSecond: number;
  readonly offsetSeconds: number;
}

/** type 4, length 4, body, length 4; a section header sets the byte order, interface blocks the link types that packets refer to. */
export class Pcapng implements Container {
  readonly headBytes = 12;
  readonly #take: TakeFrame;
  #isLittleEndian = true;
  #interfaces: CaptureInterface[] = [];

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  sizeAt(view: DataView, at: number): number {
    if (view.getUint32(at) === BLOCK.section) this.#beginSection(view, at);
    const size = view.getUint32(at + 4, this.#isLittleEndian);
    if (size >= 12 && size % 4 === 0 && size <= captureBlockBytesMax) return size;
    throw new WrongFormat(
      `a block of ${size} bytes, expected a multiple of 4 from 12 to ${captureBlockBytesMax}: the capture is damaged from there on`,
    );
  }

  #beginSection(view: DataView, at: number): void {
    this.#isLittleEndian = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    if (view.getUint32(at + 8, this.#isLittleEndian) === BYTE_ORDER_MAGIC) return;
    throw new WrongFormat('a section without a byte-order mark: the capture is damaged from there on');
  }

  read(view: DataView, at: number, size: number): void {
    const body = viewOf(view, at + 8, size - 12);
    const type = view.getUint32(at, this.#isLittleEndian);
    if (type === BLOCK.section) this.#interfaces = [];
    else if (type === BLOCK.interface) this.#addInterface(body);
    else if (type === BLOCK.enhancedPacket && body.byteLength >= 20)
      this.#packet(body, body.getUint32(0, this.#isLittleEndian));
    else if (type === BLOCK.packetOld && body.byteLength >= 20)
      this.#packet(body, body.getUint16(0, this.#isLittleEndian));
    else if (type === BLOCK.simplePacket && body.byteLength >= 4) this.#simplePacket(body);
  }

  #addInterface(body: DataView): void {
    if (body.byteLength < 8)
      throw new WrongFormat('an interface block without its link type: the capture is damaged from there on');
    if (this.#interfaces.length >= captureInterfacesMax) {
      throw new WrongFormat(`more than ${captureInterfacesMax} interfaces in one section; split the capture`);
    }
    const isLittleEndian = this.#isLittleEndian;
    let unitsPerSecond = 1e6;
    let offsetSeconds = 0;
    for (const { code, value } of options(body, 8, isLittleEndian)) {
      if (code === OPTION.resolution && value.byteLength >= 1) unitsPerSecond = resolutionOf(value.getUint8(0));
      if (code === OPTION.offset && value.byteLength >= 8) offsetSeconds = Number(value.getBigInt64(0, isLittleEndian));
    }
    const linkType = body.getUint16(0, isLittleEndian);
    const snapshotBytes = body.getUint32(4, isLittleEndian) || capturedPacketBytesMax;
    this.#interfaces.push({ linkType, snapshotBytes, unitsPerSecond, offsetSeconds });
  }

  /** Enhanced and old packet blocks have the same places: interface, time 4 + 4, captured, original, frame. */
  #packet(body: DataView, number: number): void {
    const own = this.#interfaces[number];
    const captured = Math.min(body.getUint32(12, this.#isLittleEndian), body.byteLength - 20);
    const high = body.getUint32(4, this.#isLittleEndian);
    const low = body.getUint32(8, this.#isLittleEndian);
    const seconds = own && own.offsetSeconds + (high * 2 ** 32 + low) / own.unitsPerSecond;
    this.#take(viewOf(body, 20, captured), seconds, own?.linkType ?? -1, body.getUint32(16, this.#isLittleEndian));
  }

  /** It has no time, so that no record can be made of it. */
  #simplePacket(body: DataView): void {
    const original = body.getUint32(0, this.#isLittleEndian);
    const own = this.#interfaces[0];
    const captured = Math.min(original, own?.snapshotBytes ?? 0, body.byteLength - 4);
    this.#take(viewOf(body, 4, captured), undefined, own?.linkType ?? -1, original);
  }
}

/** Ticks per second: a power of ten, or of two when the highest bit is set. */
function resolutionOf(value: number): number {
  return value >= 128 ? 2 ** (value - 128) : 10 ** value;
}

/** Options of a block from `from` on: code 2, length 2, value, padded to 4. */
function* options(body: DataView, from: number, isLittleEndian: boolean): Generator<{ code: number; value: DataView }> {
  for (let at = from; at + 4 <= body.byteLength; ) {
    const code = body.getUint16(at, isLittleEndian);
    const length = body.getUint16(at + 2, isLittleEndian);
    if (code === OPTION.end || at + 4 + length > body.byteLength) return;
    yield { code, value: viewOf(body, at + 4, length) };
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
}
