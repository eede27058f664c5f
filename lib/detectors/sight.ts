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

export function sightOf(scored: Scored, position: number): Sight {
  const { words, floats, names } = scored.conversations;
  const at = wordOf(scored, position);
  const f = at >> 1;
  return {
    position,
    client: words[at + W.client],
    server: words[at + W.server],
    service: words[at + W.service],
    window: words[at + W.window],
    clientIsOurs: scored.ours.has(words[at + W.client], names.addresses),
    serverIsOurs: scored.ours.has(words[at + W.server], names.addresses),
    isFailure: isFailure(words, floats, at),
    packetsSent: floats[f + F.forwardPackets],
    packetsReceived: floats[f + F.backwardPackets],
    bytesSent: floats[f + F.forwardBytes],
    bytesReceived: floats[f + F.backwardBytes],
  };
}

/** The wanted conversations on some services; rest rows, which have forgotten who they are about, are left out. */
export function sightsOn(
  scored: Scored,
  isService: (service: number) => boolean,
  isWanted: (sight: Sight) => boolean,
): Sight[] {
  const { words } = scored.conversations;
  const sights: Sight[] = [];
  for (let position = 0; position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (words[at + W.members] > 0 || !isService(words[at + W.service])) continue;
    const sight = sightOf(scored, position);
    if (isWanted(sight)) sights.push(sight);
  }
  return sights;
}

/** Start of the first window looked at: who was there already is no news. Infinite where there is none. */
export function firstWindow(scored: Scored): number {
  const { words } = scored.conversations;
  let first = Number.POSITIVE_INFINITY;
  for (let position = 0; position < scored.rows.length; position++) {
    first = Math.min(first, words[wordOf(scored, position) + W.window]);
  }
  return first;
}

/** Start of the last window looked at, 0 where there is none. */
export function lastWindow(scored: Scored): number {
  const { words } = scored.conversations;
  let last = 0;
  for (let position = 0; position < scored.rows.length; position++) {
    last = Math.max(last, words[wordOf(scored, position) + W.window]);
  }
  return last;
}

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
