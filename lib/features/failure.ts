/**
 * Whether a conversation failed, which is what scans and dead ends are made of.
 */
import { F, MARK, W } from '../conversations/row.ts';
import { BOOK_BASE } from '../flowlog/address.ts';
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';

/** A reset or a bare acknowledgement is 40 bytes on the wire, 44 with one option: IPv4 and TCP headers without data. */
const BARE_PACKET_BYTES = 44;

/** IPv6 headers are longer by 20. */
const BARE_IPV6_PACKET_BYTES = 64;

/** SYNs that a client sends to a closed port before it gives up: Windows tries three times even if reset at once. */
const TRIES_MAX = 4;

/**
 * Whether the client came away with nothing: no packet back, nothing but rejects, or (TCP) only resets. Without flags a
 * reset is told by its size, and by few packets forward.
 */
export function isFailure(words: Uint32Array, floats: Float64Array, at: number): boolean {
  const f = at >> 1;
  const backwardPackets = floats[f + F.backwardPackets];
  if (floats[f + F.forwardPackets] === 0) return false;
  if (backwardPackets === 0) return true;
  const rejects = words[at + W.forwardRejects] + words[at + W.backwardRejects];
  if (rejects >= words[at + W.forwardFlows] + words[at + W.backwardFlows]) return true;
  if (words[at + W.service] >>> 16 !== PROTOCOL.tcp || !isBare(words, floats, at)) return false;
  const flags = words[at + W.flags];
  const backwardFlags = (flags >>> 8) & 0xff;
  if (((flags >>> 24) & MARK.flagged) !== 0) {
    return (backwardFlags & TCP_FLAG.rst) !== 0 && (backwardFlags & TCP_FLAG.syn) === 0;
  }
  return floats[f + F.forwardPackets] <= TRIES_MAX * words[at + W.forwardFlows];
}

/** Whether the answers hold no data; told by their number where the log has no bytes. */
function isBare(words: Uint32Array, floats: Float64Array, at: number): boolean {
  const packets = floats[(at >> 1) + F.backwardPackets];
  const bytes = floats[(at >> 1) + F.backwardBytes];
  if (bytes === 0) return packets <= 2 * words[at + W.backwardFlows];
  return bytes <= packets * (words[at + W.server] >= BOOK_BASE ? BARE_IPV6_PACKET_BYTES : BARE_PACKET_BYTES);
}
