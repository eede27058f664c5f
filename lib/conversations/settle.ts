/**
 * The conversations that are judged, once all records are in: halves joined, each conversation seen once.
 *
 * 1. Where neither flags nor ports told who the client is, the two directions stand as two rows, each with its sender as client.
 *    They are joined if the ports fit; the better basis wins, then the likelier service port, then who spoke first, then the
 *    port that many ports talk to. The same joins the two rows of a simultaneous open.
 * 2. A translator (NAT gateway, SNAT-ing host) reports a flow before and after translation. The second leg is dropped
 *    where the first, which names the true client, is there.
 * 3. Several interfaces report the same conversation (both ends of an internal flow). The better observer wins (rivals.ts).
 */

import { BOOK_BASE } from '../flowlog/address.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import type { Conversations } from './conversations.ts';
import { PORT_RANK } from './direction.ts';
import { dropRivals } from './rivals.ts';
import { F, firstSeen, MARK, NEVER, ROW_WORDS, W } from './row.ts';

/** Row numbers to judge, in order of first sight. The store must not change afterwards: halves have been joined in place. */
export function settle(conversations: Conversations): Uint32Array {
  const dropped = new Uint8Array(conversations.size);
  joinHalves(conversations, dropped);
  dropSecondLegs(conversations, dropped);
  dropRivals(conversations, dropped);
  let kept = 0;
  const rows = new Uint32Array(conversations.size);
  for (let row = 0; row < dropped.length; row++) if (dropped[row] === 0) rows[kept++] = row;
  return rows.subarray(0, kept);
}

/** All joins are decided before the first is made, so that none depends on another. */
function joinHalves(conversations: Conversations, dropped: Uint8Array): void {
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
    if (other >= 0 && outranks(conversations, other, row, heard[other])) dropped[row] = 1;
  }
  for (let row = 0; row < conversations.size; row++) {
    if (dropped[row] === 1) conversations.turnInto(row, reverses[row]);
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
  const clientPort = words[at + W.clientPorts] & 0xffff;
  const service = ((words[at + W.service] & 0xff_0000) | clientPort) >>> 0;
  if (((services[service >>> 5] >>> (service & 31)) & 1) === 0) return -1;
  if (!hasOneClientPort(words, at) || words[at + W.members] > 0) return -1;
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

function hasOneClientPort(words: Uint32Array, at: number): boolean {
  return (words[at + W.clientPorts] & 0xffff) === words[at + W.clientPorts] >>> 16;
}

/**
 * Whether row `a` names the client better than its reverse `b`. Of two rows that are each other's reverse, exactly one does. Row `a` may
 * be the reverse of several, of which the earliest was seen at `heard`: the replies to a scan from one port must not pass for its cause.
 */
function outranks(conversations: Conversations, a: number, b: number, heard: number): boolean {
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
  if (!hasOneClientPort(words, atA)) return !isResetsOnly(conversations, atA);
  if (port(atA) !== port(atB)) return port(atA) < port(atB);
  return names.addresses.format(words[atA + W.client]) < names.addresses.format(words[atB + W.client]);
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

function dropSecondLegs(conversations: Conversations, dropped: Uint8Array): void {
  const { words, translators } = conversations;
  if (translators.size === 0) return;
  const key = (at: number) =>
    `${words[at + W.observer]}/${words[at + W.server]}/${words[at + W.service]}/${words[at + W.window]}`;
  const firstLegs = new Set<string>();
  for (let row = 0; row < conversations.size; row++) {
    const at = row * ROW_WORDS;
    if (((words[at + W.flags] >>> 24) & MARK.translated) !== 0) firstLegs.add(key(at));
  }
  for (let row = 0; row < conversations.size; row++) {
    const at = row * ROW_WORDS;
    const own = translators.get(words[at + W.observer])?.has(words[at + W.client]) ?? false;
    const translated = ((words[at + W.flags] >>> 24) & MARK.translated) !== 0;
    if (own && !translated && firstLegs.has(key(at))) dropped[row] = 1;
  }
}
