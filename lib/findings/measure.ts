/**
 * The figures of an incident: added up over its conversations, in the words that findings use.
 */
import { F, W } from '../conversations/row.ts';
import type { AttackClass } from '../detectors/detector.ts';
import { type Scored, wordOf } from '../detectors/scored.ts';
import { isFailure } from '../features/failure.ts';
import { windowSeconds } from '../limits.ts';
import type { Incident } from './incident.ts';

export interface Measures {
  readonly conversations: number;
  readonly failures: number;
  readonly flows: number;
  /**
   * Distinct clients, servers, and services as service words (port | protocol << 16), each by number of conversations. An actor who is the server, and no
   * victim, counts as the client, and what it said as sent.
   */
  readonly clients: ReadonlyMap<number, number>;
  readonly servers: ReadonlyMap<number, number>;
  readonly services: ReadonlyMap<number, number>;
  readonly serversOfOurs: number;
  /** Connections opened: SYNs where the log has flags, else flows from the client. */
  readonly attempts: number;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** Seconds of the windows in which it was seen, at least one. */
  readonly activeSeconds: number;
  readonly answered: boolean;
  /** Highest probability of the incident's class, 0 where the forest does not know it. */
  readonly probability: number;
}

/** Column of a class among the forest's outputs, −1 where it does not know the class. */
export function columnOf(classes: readonly string[], name: AttackClass): number {
  return classes.indexOf(name);
}

export function measure(scored: Scored, incident: Incident): Measures {
  const { words, floats, names } = scored.conversations;
  const { classes } = scored.classifier.manifest;
  const column = columnOf(classes, incident.class);
  const clients = new Map<number, number>();
  const servers = new Map<number, number>();
  const services = new Map<number, number>();
  const sum = {
    failures: 0,
    flows: 0,
    attempts: 0,
    packetsSent: 0,
    packetsReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
  };
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let probability = 0;
  for (const position of incident.positions) {
    const at = wordOf(scored, position);
    const f = at >> 1;
    // An actor that its port made the server, and who alone was seen to speak.
    const isTurned =
      !incident.actorIsVictim && words[at + W.server] === incident.actor && words[at + W.client] !== incident.actor;
    raise(clients, words[at + (isTurned ? W.server : W.client)]);
    raise(servers, words[at + (isTurned ? W.client : W.server)]);
    raise(services, words[at + W.service]);
    if (isFailure(words, floats, at)) sum.failures++;
    sum.flows += words[at + W.forwardFlows] + words[at + W.backwardFlows];
    sum.attempts += words[at + W.opens] || words[at + (isTurned ? W.backwardFlows : W.forwardFlows)];
    sum.packetsSent += floats[f + (isTurned ? F.backwardPackets : F.forwardPackets)];
    sum.packetsReceived += floats[f + (isTurned ? F.forwardPackets : F.backwardPackets)];
    sum.bytesSent += floats[f + (isTurned ? F.backwardBytes : F.forwardBytes)];
    sum.bytesReceived += floats[f + (isTurned ? F.forwardBytes : F.backwardBytes)];
    first = Math.min(first, words[at + W.forwardFirst], words[at + W.backwardFirst]);
    // A broken clock may state an end years ahead; records last up to ten minutes, aggregation included.
    last = Math.max(last, Math.min(words[at + W.last], words[at + W.window] + 3 * windowSeconds));
    if (column >= 0) probability = Math.max(probability, scored.probabilities[position * classes.length + column]);
  }
  return {
    ...sum,
    conversations: incident.positions.length,
    clients,
    servers,
    services,
    serversOfOurs: [...servers.keys()].filter((server) => scored.ours.has(server, names.addresses)).length,
    firstSeconds: first,
    lastSeconds: last,
    activeSeconds: Math.max(
      1,
      Math.min(last - first, incident.windows.length * windowSeconds + overrun(incident, last)),
    ),
    answered: sum.failures < incident.positions.length,
    probability,
  };
}

/** Seconds that a record of ten minutes goes on after the last window. */
function overrun({ windows }: Incident, last: number): number {
  return Math.min(windowSeconds, Math.max(0, last - windows.at(-1)! - windowSeconds));
}

function raise(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
