/**
 * What detectors ask of a settled conversation: who it is between, and how it ended.
 */
import { F, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
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
  const { words, floats } = scored.conversations;
  const traits = scored.context.traits[position];
  const at = wordOf(scored, position);
  const f = at >> 1;
  sight.position = position;
  sight.client = words[at + W.client];
  sight.server = words[at + W.server];
  sight.service = words[at + W.service];
  sight.window = words[at + W.window];
  sight.clientIsOurs = (traits & TRAIT.clientIsOurs) !== 0;
  sight.serverIsOurs = (traits & TRAIT.serverIsOurs) !== 0;
  sight.isFailure = (traits & TRAIT.failed) !== 0;
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

/** What to look for; whatever is left out may be anything. */
export interface Search {
  readonly isService: (service: number) => boolean;
  readonly clientIsOurs?: boolean;
  readonly serverIsOurs?: boolean;
  readonly isFailure?: boolean;
  /** Address codes. */
  readonly servers?: ReadonlySet<number>;
}

/** Positions of the conversations searched for; rest rows, which have forgotten who they are about, are left out. */
export function positionsOn(scored: Scored, search: Search): number[] {
  const { words } = scored.conversations;
  const { traits } = scored.context;
  const { mask, value } = traitsOf(search);
  const found: number[] = [];
  for (const [service, positions] of positionsByService(scored)) {
    if (!search.isService(service)) continue;
    for (const position of positions) {
      if ((traits[position] & mask) !== value) continue;
      if (search.servers?.has(words[wordOf(scored, position) + W.server]) === false) continue;
      found.push(position);
    }
  }
  return found;
}

/** The wanted conversations of those at some positions, in order. */
export function sightsAt(
  scored: Scored,
  positions: readonly number[],
  isWanted: (sight: Sight) => boolean = () => true,
): Sight[] {
  const sights: Sight[] = [];
  // Most that are looked at are not wanted, and need no object of their own.
  const sight = blank();
  for (const position of positions) {
    look(sight, scored, position);
    if (isWanted(sight)) sights.push({ ...sight });
  }
  return sights.sort((a, b) => a.position - b.position);
}

/** The wanted conversations of those searched for, in order. The search is far cheaper than the question. */
export function sightsOn(scored: Scored, search: Search, isWanted?: (sight: Sight) => boolean): Sight[] {
  return sightsAt(scored, positionsOn(scored, search), isWanted);
}

/** The traits that are asked about, and what they must be. */
function traitsOf({ clientIsOurs, serverIsOurs, isFailure }: Search): { mask: number; value: number } {
  let mask = 0;
  let value = 0;
  for (const [trait, is] of [
    [TRAIT.clientIsOurs, clientIsOurs],
    [TRAIT.serverIsOurs, serverIsOurs],
    [TRAIT.failed, isFailure],
  ] as const) {
    if (is === undefined) continue;
    mask |= trait;
    if (is) value |= trait;
  }
  return { mask, value };
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
