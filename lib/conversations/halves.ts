/**
 * Conversations of which neither flags nor ports told the client stand as two rows, one for each direction, with its sender as client. Here they become one.
 *
 * The better basis names the client, then the likelier service port, then who spoke first, then the port that many ports talk to, then who was refused by a
 * reset, then who calls the other by what is known, then the host of ours that calls a stranger. The same joins the two rows of a simultaneous open.
 */
import { BOOK_BASE } from '../flowlog/address.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import type { Conversations } from './conversations.ts';
import { PORT_RANK } from './direction.ts';
import type { KnownCallers } from './known-callers.ts';
import { isOutward } from './reversed.ts';
import { F, firstSeen, isOnePort, NEVER, ROW_WORDS, turnedService, W } from './row.ts';
import { turnInto } from './turn.ts';

/** All joins are decided before the first is made, so that none depends on another. */
export function joinHalves(conversations: Conversations, dropped: Uint8Array, knownCallers: KnownCallers): void {
  const services = servicesOf(conversations);
  const reverses = new Int32Array(conversations.size).fill(-1);
  const heard = new Uint32Array(conversations.size).fill(NEVER);
  for (let row = 0; row < conversations.size; row++) {
    const other = reverseOf(conversations, row, services);
    reverses[row] = other;
    if (other >= 0) heard[other] = Math.min(heard[other], firstSeen(conversations.words, row * ROW_WORDS));
  }
  for (let row = 0; row < conversations.size; row++) {
    const other = reverses[row];
    if (other >= 0 && outranks(conversations, other, row, heard[other], knownCallers)) dropped[row] = 1;
  }
  for (let row = 0; row < conversations.size; row++) {
    if (dropped[row] === 1) turnInto(conversations, row, reverses[row]);
  }
}

/** Eight bits of protocol and sixteen of port. */
const SERVICE_WORDS = 1 << 24;

/** A bit for every service word that some row has: few do, and client ports are hardly ever among them, so that most rows need no search. */
function servicesOf({ words, size }: Conversations): Uint32Array {
  const bits = new Uint32Array(SERVICE_WORDS / 32);
  for (let row = 0; row < size; row++) {
    const service = words[row * ROW_WORDS + W.service];
    bits[service >>> 5] |= 1 << (service & 31);
  }
  return bits;
}

/** The row that may be the other half of row `row`, which must have a single client port; -1 when there is none. */
function reverseOf(conversations: Conversations, row: number, services: Uint32Array): number {
  const { words } = conversations;
  const at = row * ROW_WORDS;
  const service = turnedService(words, at);
  if (((services[service >>> 5] >>> (service & 31)) & 1) === 0) return -1;
  if (!isOnePort(words[at + W.clientPorts]) || words[at + W.members] > 0) return -1;
  const other = conversations.find({
    observer: words[at + W.observer],
    client: words[at + W.server],
    server: words[at + W.client],
    service,
    window: words[at + W.window],
  });
  if (other < 0 || other === row) return -1;
  const range = words[other * ROW_WORDS + W.clientPorts];
  const serverPort = words[at + W.service] & 0xffff;
  return serverPort >= (range & 0xffff) && serverPort <= range >>> 16 ? other : -1;
}

/**
 * Whether row `a` names the client better than its reverse `b`. Of two rows that are each other's reverse, exactly one does. Row `a` may
 * be the reverse of several, of which the earliest was seen at `heard`: the replies to a scan from one port must not pass for its cause.
 */
function outranks(
  conversations: Conversations,
  a: number,
  b: number,
  heard: number,
  knownCallers: KnownCallers,
): boolean {
  const { words, names } = conversations;
  const atA = a * ROW_WORDS;
  const atB = b * ROW_WORDS;
  const basis = ((words[atA + W.flags] >>> 16) & 255) - ((words[atB + W.flags] >>> 16) & 255);
  if (basis !== 0) return basis > 0;
  const port = (at: number) => words[at + W.service] & 0xffff;
  const rank = PORT_RANK[port(atA)] - PORT_RANK[port(atB)];
  if (rank !== 0) return rank > 0;
  const first = firstSeen(words, atA);
  if (first !== heard) return first < heard;
  if (!isOnePort(words[atA + W.clientPorts])) return !isResetsOnly(conversations, atA);
  if (isRefused(conversations, atA, atB)) return true;
  if (isRefused(conversations, atB, atA)) return false;
  const known = knownCallers.compare(words[atA + W.client], words[atB + W.client]);
  if (known !== 0) return known > 0;
  // Pings have no ports to tell a service from: whoever comes first.
  if (port(atA) === port(atB)) {
    return names.addresses.format(words[atA + W.client]) < names.addresses.format(words[atB + W.client]);
  }
  const outward = (at: number) => isOutward(conversations, words[at + W.client], words[at + W.server]);
  return outward(atA) === outward(atB) ? port(atA) < port(atB) : outward(atA);
}

/** IP and TCP headers: a reset has nothing else, whereas SYNs carry options and requests data. */
const RESET_BYTES = 40;
const IPV6_RESET_BYTES = 60;

/** Whether the client of a row sent no more than resets, which answer and never ask. */
function isResetsOnly({ words, floats }: Conversations, at: number): boolean {
  const f = at >> 1;
  const isTcp = words[at + W.service] >>> 16 === PROTOCOL.tcp;
  const resetBytes = words[at + W.server] >= BOOK_BASE ? IPV6_RESET_BYTES : RESET_BYTES;
  return isTcp && floats[f + F.forwardBytes] <= resetBytes * floats[f + F.forwardPackets];
}

/** IP and TCP headers with all options of a SYN. */
const SYN_BYTES_MAX = 60;
const IPV6_SYN_BYTES_MAX = 80;

/** Whether SYNs in one row are answered by resets in the other. */
function isRefused(conversations: Conversations, asked: number, answered: number): boolean {
  const { words, floats } = conversations;
  const synBytes = words[asked + W.server] >= BOOK_BASE ? IPV6_SYN_BYTES_MAX : SYN_BYTES_MAX;
  const f = asked >> 1;
  if (floats[f + F.forwardBytes] > synBytes * floats[f + F.forwardPackets]) return false;
  return isResetsOnly(conversations, answered) && !isResetsOnly(conversations, asked);
}
