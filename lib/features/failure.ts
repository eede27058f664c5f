/**
 * Whether a conversation failed, which is what scans and dead ends are made of.
 */
import { F, MARK, W } from '../conversations/row.ts';
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';

/** A reset or a bare acknowledgement is 40 bytes on the wire, 44 with one option: IPv4 and TCP headers without data. */
const BARE_PACKET_BYTES = 44;

/**
 * Whether the client came away with nothing: no packet back, nothing but rejects, or (TCP) only resets. Without flags a
 * reset is told by its size: hardly more packets back than flows, and none with data.
 */
export function isFailure(words: Uint32Array, floats: Float64Array, at: number): boolean {
  const f = at >> 1;
  const backwardPackets = floats[f + F.backwardPackets];
  if (floats[f + F.forwardPackets] === 0) return false;
  if (backwardPackets === 0) return true;
  const backwardFlows = words[at + W.backwardFlows];
  const rejects = words[at + W.forwardRejects] + words[at + W.backwardRejects];
  if (rejects >= words[at + W.forwardFlows] + backwardFlows) return true;
  if (words[at + W.service] >>> 16 !== PROTOCOL.tcp || backwardPackets > 2 * backwardFlows) return false;
  const flags = words[at + W.flags];
  const backwardFlags = (flags >>> 8) & 0xff;
  if (((flags >>> 24) & MARK.flagged) !== 0) {
    return (backwardFlags & TCP_FLAG.rst) !== 0 && (backwardFlags & TCP_FLAG.syn) === 0;
  }
  const bare = floats[f + F.backwardBytes] <= BARE_PACKET_BYTES * backwardPackets;
  return bare && floats[f + F.forwardPackets] <= 3 * words[at + W.forwardFlows];
}
