/**
 * Scans that are spread over many sources, counted at the victim: limits per source miss them (ntopng issue 2068).
 *
 * Sees: a host of ours at which many strangers fail within five minutes, on one service that answers nobody or over many.
 * Looks alike: the internet's everyday noise (a dozen strangers in five minutes at the most), a public service that has just died (it
 * answered before), peers of a file-sharing program that has left (UDP, or one high port that had answered), and floods (many packets of each
 * source).
 */
import { F, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { type Scored, wordOf } from './scored.ts';
import { isTcp, portOf } from './services.ts';

/** Strangers that fail in five minutes on one service; simulated noise reaches twelve an address, reports from clouds half as many. */
export const SOURCES_MIN = 30;

/** Strangers that fail on one host over many services, and how many services are many: a vertical scan asks for ten. */
export const HOST_SOURCES_MIN = 50;
const SERVICES_MIN = 10;

/** Packets of a try: a SYN and its repetitions. */
const PACKETS_MAX = 6;

export const distributedScan: Detector = {
  name: 'many-sources',
  source: 'failing sources counted at the victim, after ntopng issue 2068',
  alone: 'always',
  detect(scored) {
    const tries = triesOf(scored);
    const { service, server, pair } = scored.context;
    const ofService = tally(tries, service);
    const sources = tally(distinct(tries, pair), server);
    const services = tally(distinct(tries, service), server);
    const isWide = (position: number) =>
      sources[server[position]] >= HOST_SOURCES_MIN && services[server[position]] >= SERVICES_MIN;
    const found = tries.filter((position) => ofService[service[position]] >= SOURCES_MIN || isWide(position));
    return signalsOf(scored, withoutAnswering(scored, found));
  },
};

/** Positions at which a stranger fails with a packet or a few at a TCP service of ours. A settled row is the only one of its client. */
function triesOf(scored: Scored): number[] {
  const { words, floats } = scored.conversations;
  const { traits } = scored.context;
  const tries: number[] = [];
  for (let position = 0; position < scored.rows.length; position++) {
    // All three are known: a failure, by a stranger, at a host of ours.
    if (traits[position] !== (TRAIT.failed | TRAIT.serverIsOurs)) continue;
    const at = wordOf(scored, position);
    const packets = floats[(at >> 1) + F.forwardPackets];
    if (!isTcp(words[at + W.service]) || packets === 0 || packets > PACKETS_MAX || words[at + W.members] > 0) continue;
    tries.push(position);
  }
  return tries;
}

/** Number of the positions in each group. */
function tally(positions: readonly number[], groups: Uint32Array): Uint32Array {
  const counts = new Uint32Array(groups.length);
  for (const position of positions) counts[groups[position]]++;
  return counts;
}

/** The first position of every group. */
function distinct(positions: readonly number[], groups: Uint32Array): number[] {
  const seen = new Uint8Array(groups.length);
  return positions.filter((position) => seen[groups[position]]++ === 0);
}

/** The tries at services that answer nobody in the whole run. */
function withoutAnswering(scored: Scored, tries: readonly number[]): number[] {
  const { words } = scored.conversations;
  if (tries.length === 0) return [];
  const key = (position: number) => {
    const at = wordOf(scored, position);
    return portOf(words[at + W.service]) * 2 ** 32 + words[at + W.server];
  };
  const tried = new Set(tries.map(key));
  const answering = new Set<number>();
  for (let position = 0; position < scored.rows.length; position++) {
    if ((scored.context.traits[position] & TRAIT.failed) !== 0) continue;
    if (!isTcp(words[wordOf(scored, position) + W.service])) continue;
    if (tried.has(key(position))) answering.add(key(position));
  }
  return tries.filter((position) => !answering.has(key(position)));
}

/** One signal for every host and window. */
function signalsOf(scored: Scored, tries: readonly number[]): Signal[] {
  const { words } = scored.conversations;
  const byHost = new Map<number, number[]>();
  for (const position of tries) {
    const host = scored.context.server[position];
    const known = byHost.get(host);
    if (known === undefined) byHost.set(host, [position]);
    else known.push(position);
  }
  return [...byHost.values()].map((positions) => {
    const at = wordOf(scored, positions[0]);
    const [actor, window] = [words[at + W.server], words[at + W.window]];
    return {
      class: 'scan',
      type: 'distributed-scan',
      actor,
      actorIsVictim: true,
      scope: ANYBODY,
      window,
      suffices: true,
      positions,
    };
  });
}
