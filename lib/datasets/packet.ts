/**
 * From a captured frame to what a flow log says of a packet: addresses, ports, protocol, bytes of the IP packet, TCP flags.
 *
 * Sources: link types of tcpdump.org; RFC 791, 8200, 9293, 768; IEEE 802.1Q.
 */
import { formatIPv4 } from '../flowlog/address.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import { packetFlags } from './flags.ts';
import { hasPorts } from './protocols.ts';
import type { DropReason } from './report.ts';

export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Of the whole IP packet, headers included, however much of it was captured. */
  readonly bytes: number;
  /** 0 without ports. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** `undefined` when the capture was cut before them. */
  readonly flags: number | undefined;
  /** Fragments of a packet share it; only the first has ports. */
  readonly fragment?: { readonly key: string; readonly isFirst: boolean };
}

/** Bytes before the IP packet or its EtherType, by the link type of the capture. */
const LINK_TYPE = {
  ethernet: 1,
  bsdRaw: 12,
  openBsdRaw: 14,
  raw: 101,
  cooked: 113,
  ipv4: 228,
  ipv6: 229,
  cooked2: 276,
} as const;

const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** Customer, provider and old provider tags. */
const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

/** The packet in a frame, or why there is none. `originalBytes` is the length of the frame on the wire. */
export function parseFrame(frame: DataView, linkType: number, originalBytes: number): Packet | DropReason {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return parseTyped(frame, 12, originalBytes);
    case LINK_TYPE.cooked:
      return parseTyped(frame, 14, originalBytes);
    case LINK_TYPE.cooked2:
      return frame.byteLength < 20 ? 'cut-short' : parseNetwork(frame, 20, frame.getUint16(0), originalBytes);
    case LINK_TYPE.raw:
    case LINK_TYPE.bsdRaw:
    case LINK_TYPE.openBsdRaw:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return parseIp(frame, 0, originalBytes);
    default:
      return 'link-type';
  }
}

/** From the EtherType at `at`, VLAN tags passed over. */
function parseTyped(frame: DataView, at: number, originalBytes: number): Packet | DropReason {
  for (let offset = at; offset + 2 <= frame.byteLength; offset += 4) {
    const type = frame.getUint16(offset);
    if (!VLAN_TYPES.has(type)) return parseNetwork(frame, offset + 2, type, originalBytes);
  }
  return 'cut-short';
}

function parseNetwork(frame: DataView, at: number, type: number, originalBytes: number): Packet | DropReason {
  if (type !== ETHER_TYPE.ipv4 && type !== ETHER_TYPE.ipv6) return 'not-ip';
  return parseIp(frame, at, originalBytes);
}

function parseIp(frame: DataView, at: number, originalBytes: number): Packet | DropReason {
  if (at >= frame.byteLength) return 'cut-short';
  const version = frame.getUint8(at) >> 4;
  if (version === 4) return parseIPv4Packet(frame, at, originalBytes);
  return version === 6 ? parseIPv6Packet(frame, at, originalBytes) : 'not-ip';
}

/** Bytes of a packet that does not say them. No frame was shorter on the wire than what was captured of it, whatever the file says. */
function wireBytes(frame: DataView, at: number, originalBytes: number): number {
  return Math.max(originalBytes, frame.byteLength) - at;
}

function parseIPv4Packet(frame: DataView, at: number, originalBytes: number): Packet | DropReason {
  if (frame.byteLength < at + 20) return 'cut-short';
  const headerBytes = (frame.getUint8(at) & 15) * 4;
  if (headerBytes < 20) return 'not-ip';
  const source = formatIPv4(frame.getUint32(at + 12));
  const destination = formatIPv4(frame.getUint32(at + 16));
  const protocol = frame.getUint8(at + 9);
  const offset = frame.getUint16(at + 6);
  const place = { isFragment: (offset & 0x3fff) !== 0, isFirst: (offset & 0x1fff) === 0, id: frame.getUint16(at + 4) };
  // Segmentation offload leaves the length of what is yet to be segmented 0.
  const bytes = frame.getUint16(at + 2) || wireBytes(frame, at, originalBytes);
  return parseTransport(frame, at + headerBytes, { source, destination, protocol, bytes }, place);
}

/** Extension headers that lead on to the transport: hop by hop, routing, fragment, destination options, mobility. */
const EXTENSION = { hopByHop: 0, routing: 43, fragment: 44, destination: 60, mobility: 135 } as const;
const EXTENSIONS: ReadonlySet<number> = new Set(Object.values(EXTENSION));

function parseIPv6Packet(frame: DataView, at: number, originalBytes: number): Packet | DropReason {
  if (frame.byteLength < at + 40) return 'cut-short';
  const payloadBytes = frame.getUint16(at + 4);
  // A jumbogram says 0.
  const bytes = payloadBytes === 0 ? wireBytes(frame, at, originalBytes) : 40 + payloadBytes;
  let place: FragmentPlace = NO_FRAGMENT;
  let protocol = frame.getUint8(at + 6);
  let next = at + 40;
  while (EXTENSIONS.has(protocol) && place.isFirst) {
    if (frame.byteLength < next + 8) return 'cut-short';
    if (protocol === EXTENSION.fragment) {
      const offset = frame.getUint16(next + 2);
      place = { isFragment: (offset & 0xfff9) !== 0, isFirst: offset >> 3 === 0, id: frame.getUint32(next + 4) };
    }
    const extensionBytes = protocol === EXTENSION.fragment ? 8 : 8 + frame.getUint8(next + 1) * 8;
    protocol = frame.getUint8(next);
    next += extensionBytes;
  }
  const head = { source: address6(frame, at + 8), destination: address6(frame, at + 24), protocol, bytes };
  return parseTransport(frame, next, head, place);
}

function address6(frame: DataView, at: number): string {
  let text = '';
  for (let i = 0; i < 16; i += 2) text += `${i === 0 ? '' : ':'}${frame.getUint16(at + i).toString(16)}`;
  return text;
}

interface FragmentPlace {
  readonly isFragment: boolean;
  readonly isFirst: boolean;
  readonly id: number;
}

const NO_FRAGMENT: FragmentPlace = { isFragment: false, isFirst: true, id: 0 };

type Head = Pick<Packet, 'source' | 'destination' | 'protocol' | 'bytes'>;

function parseTransport(frame: DataView, at: number, head: Head, place: FragmentPlace): Packet | DropReason {
  const { source, destination, protocol } = head;
  const fragment = place.isFragment
    ? { key: `${source} ${destination} ${protocol} ${place.id}`, isFirst: place.isFirst }
    : undefined;
  const isTcp = protocol === PROTOCOL.tcp;
  if (!place.isFirst || !hasPorts(protocol)) return { ...head, sourcePort: 0, destinationPort: 0, flags: 0, fragment };
  if (frame.byteLength < at + 4) return 'cut-short';
  const flags = isTcp && frame.byteLength > at + 13 ? packetFlags(frame.getUint8(at + 13)) : undefined;
  return {
    ...head,
    sourcePort: frame.getUint16(at),
    destinationPort: frame.getUint16(at + 2),
    flags: isTcp ? flags : 0,
    fragment,
  };
}
