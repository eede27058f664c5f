/**
 * Conversations whose client was named the wrong way round. Where the log has no flags, the port that looks less like a client's is taken for the
 * service's; clients that take their ports from 1024 up and services on ports of 32768 and up make that wrong, and every answer of such a service then
 * passes for a call, at a port of its own.
 *
 * What tells then is company: the server's end of a connection (address and port) talks to many ends, the client's end to one. Of a single connection, whose
 * server is known to take such ports, it tells who else calls whom; and ours calls strangers, since a stranger reaches what is offered, and seldom just once.
 */
import { PROTOCOL } from '../flowlog/fields.ts';
import type { Conversations } from './conversations.ts';
import { BASIS, CLIENT_PORTS_FROM } from './direction.ts';
import type { KnownCallers } from './known-callers.ts';
import { PairNumbers } from './pair-numbers.ts';
import { bits, F, isOnePort, NEVER, ROW_WORDS, turnedService, W } from './row.ts';
import { turnInto } from './turn.ts';

/**
 * Ends that an end must talk to for each that the other talks to, to be the server's. A client uses a port twice at times, for different services;
 * thrice hardly ever. Our choice.
 */
const COMPANY_TIMES_MIN = 3;

/** Turns rows, which are marked in `dropped` where another row of the same conversation took them in. */
export function turnReversed(conversations: Conversations, dropped: Uint8Array, knownCallers: KnownCallers): void {
  const undecided = undecidedRows(conversations, dropped);
  if (undecided.length === 0) return;
  const ends = new PairNumbers(2 * undecided.length);
  const clientEnds = undecided.map((row) => clientEnd(conversations, row, ends));
  const serverEnds = undecided.map((row) => serverEnd(conversations, row, ends));
  const company = companyOf(conversations, undecided, clientEnds, serverEnds);
  const takesLowPorts = hostsOfLowPorts(conversations, dropped);
  const isReversed = (row: number, i: number) => {
    if (clientEnds[i] < 0) return false;
    const [client, server] = [company[clientEnds[i]], company[serverEnds[i]]];
    if (client >= COMPANY_TIMES_MIN * Math.max(1, server)) return true;
    return client >= server && mayBeReversed(conversations, row, takesLowPorts, knownCallers);
  };
  turn(conversations, undecided.filter(isReversed), dropped);
}

/** Rows of which no more than port ranges told the client. */
function undecidedRows({ words, size }: Conversations, dropped: Uint8Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < size; row++) {
    const at = row * ROW_WORDS;
    if (dropped[row] === 1 || words[at + W.members] > 0) continue;
    if (((words[at + W.flags] >>> 16) & 255) > BASIS.portRange || !hasPorts(words, at)) continue;
    rows.push(row);
  }
  return rows;
}

function hasPorts(words: Uint32Array, at: number): boolean {
  const protocol = words[at + W.service] >>> 16;
  return protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp;
}

/** Number of the client's end, −1 where the row has several. */
function clientEnd({ words }: Conversations, row: number, ends: PairNumbers): number {
  const at = row * ROW_WORDS;
  if (!isOnePort(words[at + W.clientPorts])) return -1;
  return ends.number(words[at + W.client], turnedService(words, at));
}

function serverEnd({ words }: Conversations, row: number, ends: PairNumbers): number {
  const at = row * ROW_WORDS;
  return ends.number(words[at + W.server], words[at + W.service]);
}

/**
 * Ends that each end talks to, each once, whoever reports it and in however many windows. Whoever asks and gets no answer is the client: that is held
 * against an end, so that a scan from one port, of which a few ports answer, is not turned.
 */
function companyOf(
  conversations: Conversations,
  rows: readonly number[],
  clientEnds: readonly number[],
  serverEnds: readonly number[],
): Int32Array {
  const company = new Int32Array(2 * rows.length);
  const pairs = new PairNumbers(rows.length);
  /** By pair, the place of its first row in `rows`. */
  const places: number[] = [];
  const talked = new Set<number>();
  for (const [i, row] of rows.entries()) {
    const talks = isTalk(conversations, row);
    if (clientEnds[i] < 0) {
      // Of a row with several client ports only their number is known, which another row may hold as well.
      const ports = talks ? clientPortsOf(conversations, row) : 0;
      company[serverEnds[i]] = Math.max(company[serverEnds[i]], ports);
      continue;
    }
    const pair = pairs.number(clientEnds[i], serverEnds[i]);
    places[pair] ??= i;
    if (talks) talked.add(pair);
  }
  for (const [pair, i] of places.entries()) {
    company[clientEnds[i]] += talked.has(pair) ? 1 : -1;
    company[serverEnds[i]] += talked.has(pair) ? 1 : 0;
  }
  return company;
}

/** The longest headers of a packet without data: IPv4 and a TCP SYN with all its options. */
const HEADER_BYTES_MAX = 60;

/** Whether both ends sent something, and one of them data. */
function isTalk({ words, floats }: Conversations, row: number): boolean {
  const at = row * ROW_WORDS;
  if (words[at + W.forwardFlows] === 0 || words[at + W.backwardFlows] === 0) return false;
  const f = at >> 1;
  return (
    floats[f + F.forwardBytes] > HEADER_BYTES_MAX * floats[f + F.forwardPackets] ||
    floats[f + F.backwardBytes] > HEADER_BYTES_MAX * floats[f + F.backwardPackets]
  );
}

/** Number of client ports of a row as its sketch has it, at most 64. */
function clientPortsOf({ words }: Conversations, row: number): number {
  const at = row * ROW_WORDS;
  return bits(words[at + W.portsLow]) + bits(words[at + W.portsHigh]);
}

/** Start of the ports that any user's program may take. */
const USER_PORTS_FROM = 1_024;

/** Clients that are seen to take ports below those of Linux and Windows, where flags or a known service tell that they are clients. */
function hostsOfLowPorts({ words, size }: Conversations, dropped: Uint8Array): ReadonlySet<number> {
  const hosts = new Set<number>();
  for (let row = 0; row < size; row++) {
    const at = row * ROW_WORDS;
    if (words[at + W.service] >>> 16 !== PROTOCOL.tcp || dropped[row] === 1) continue;
    if (((words[at + W.flags] >>> 16) & 255) < BASIS.servicePort) continue;
    const lowest = words[at + W.clientPorts] & 0xffff;
    if (lowest >= USER_PORTS_FROM && lowest < CLIENT_PORTS_FROM) hosts.add(words[at + W.client]);
  }
  return hosts;
}

/** Whether what passes for a server takes low ports, so that it may as well be the client, and is known to call the other, or ours and the other a stranger. */
function mayBeReversed(
  conversations: Conversations,
  row: number,
  takesLowPorts: ReadonlySet<number>,
  knownCallers: KnownCallers,
): boolean {
  const { words } = conversations;
  const at = row * ROW_WORDS;
  const [client, server] = [words[at + W.client], words[at + W.server]];
  if (words[at + W.service] >>> 16 !== PROTOCOL.tcp || !takesLowPorts.has(server)) return false;
  if (words[at + W.backwardFirst] === NEVER || words[at + W.backwardFirst] > words[at + W.forwardFirst]) return false;
  const known = knownCallers.compare(server, client);
  return known > 0 || (known === 0 && isOutward(conversations, server, client));
}

/** Whether a host of ours would be the client of a stranger, as it is more often than not: a stranger reaches what is offered, on ports that are known. */
export function isOutward({ ours, names }: Conversations, client: number, server: number): boolean {
  return ours.has(client, names.addresses) && !ours.has(server, names.addresses);
}

/** All turns are decided before the first is made, so that none depends on another. */
function turn(conversations: Conversations, reversed: readonly number[], dropped: Uint8Array): void {
  const { words } = conversations;
  const isReversed = new Set(reversed);
  /** By key: the row that took in the others of a conversation which had none that named its client. */
  const turned = new Map<string, number>();
  for (const row of reversed) {
    const at = row * ROW_WORDS;
    const key = {
      observer: words[at + W.observer],
      client: words[at + W.server],
      server: words[at + W.client],
      service: turnedService(words, at),
      window: words[at + W.window],
    };
    const found = conversations.find(key);
    const text = Object.values(key).join();
    const other = turned.get(text) ?? (found >= 0 && dropped[found] === 0 && !isReversed.has(found) ? found : -1);
    turnInto(conversations, row, other < 0 ? row : other);
    if (other < 0) turned.set(text, row);
    else dropped[row] = 1;
  }
}
