/**
 * What detectors ask of a settled conversation: who it is between, and how it ended.
 */
import { F, W } from '../conversations/row.ts';
import { isFailure } from '../features/failure.ts';
import { type Scored, wordOf } from './scored.ts';

/** One conversation by names; addresses are codes, "sent" is client to server. */
export interface Sight {
  readonly position: number;
  readonly client: number;
  readonly server: number;
  /** Port | protocol << 16. */
  readonly service: number;
  /** Start of its window, Unix seconds. */
  readonly window: number;
  readonly clientIsOurs: boolean;
  readonly serverIsOurs: boolean;
  readonly isFailure: boolean;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

type Draft = { -readonly [name in keyof Sight]: Sight[name] };

const blank = (): Draft => ({
  position: 0,
  client: 0,
  server: 0,
  service: 0,
  window: 0,
  clientIsOurs: false,
  serverIsOurs: false,
  isFailure: false,
  packetsSent: 0,
  packetsReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
});

function look(sight: Draft, scored: Scored, position: number): void {
  const { words, floats, names } = scored.conversations;
  const at = wordOf(scored, position);
  const f = at >> 1;
  sight.position = position;
  sight.client = words[at + W.client];
  sight.server = words[at + W.server];
  sight.service = words[at + W.service];
  sight.window = words[at + W.window];
  sight.clientIsOurs = scored.ours.has(sight.client, names.addresses);
  sight.serverIsOurs = scored.ours.has(sight.server, names.addresses);
  sight.isFailure = isFailure(words, floats, at);
  sight.packetsSent = floats[f + F.forwardPackets];
  sight.packetsReceived = floats[f + F.backwardPackets];
  sight.bytesSent = floats[f + F.forwardBytes];
  sight.bytesReceived = floats[f + F.backwardBytes];
}

/** Positions of each service; many detectors ask for a few services each, and looking at every conversation takes longer than they do. */
const POSITIONS = new WeakMap<Scored, ReadonlyMap<number, readonly number[]>>();

function positionsByService(scored: Scored): ReadonlyMap<number, readonly number[]> {
  const known = POSITIONS.get(scored);
  if (known !== undefined) return known;
  const { words } = scored.conversations;
  const positions = new Map<number, number[]>();
  for (let position = 0; position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (words[at + W.members] > 0) continue;
    const list = positions.get(words[at + W.service]);
    if (list === undefined) positions.set(words[at + W.service], [position]);
    else list.push(position);
  }
  POSITIONS.set(scored, positions);
  return positions;
}

/**
 * The wanted conversations on some services, with some servers or any, in order; rest rows, which have forgotten who they are about, are left
 * out.
 */
export function sightsOn(
  scored: Scored,
  isService: (service: number) => boolean,
  isWanted: (sight: Sight) => boolean,
  servers?: ReadonlySet<number>,
): Sight[] {
  const { words } = scored.conversations;
  const sights: Sight[] = [];
  // Most that are looked at are not wanted, and need no object of their own.
  const sight = blank();
  for (const [service, positions] of positionsByService(scored)) {
    if (!isService(service)) continue;
    for (const position of positions) {
      if (servers !== undefined && !servers.has(words[wordOf(scored, position) + W.server])) continue;
      look(sight, scored, position);
      if (isWanted(sight)) sights.push({ ...sight });
    }
  }
  return sights.sort((a, b) => a.position - b.position);
}

/** Starts of the first and last window looked at: who was there already is no news. Infinite and 0 where there is none. */
const WINDOWS = new WeakMap<Scored, { readonly first: number; readonly last: number }>();

function windowsOf(scored: Scored): { readonly first: number; readonly last: number } {
  const known = WINDOWS.get(scored);
  if (known !== undefined) return known;
  const { words } = scored.conversations;
  const windows = { first: Number.POSITIVE_INFINITY, last: 0 };
  for (let position = 0; position < scored.rows.length; position++) {
    const window = words[wordOf(scored, position) + W.window];
    if (window < windows.first) windows.first = window;
    if (window > windows.last) windows.last = window;
  }
  WINDOWS.set(scored, windows);
  return windows;
}

export const firstWindow = (scored: Scored): number => windowsOf(scored).first;
export const lastWindow = (scored: Scored): number => windowsOf(scored).last;

/** Lists by key, in order of first sight. */
export function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string | number): Map<string | number, T[]> {
  const groups = new Map<string | number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
