/**
 * Floods by their volume.
 *
 * Sees: more packets, or more new connections, in a second than a user of the service would make, and hardly an answer, or none with
 * data in it, or pings, which nobody needs so many of; at the sender, or summed over all senders at the victim. Requests that are served like
 * anybody's, where they are many and the forest takes them for a flood. Answers that a host of ours never asked for are reflected floods: senders
 * forge its address, and servers of small questions and large answers (53, 123, 389, 1900, 11211) do the rest.
 * Looks alike: metrics and logs sent as datagrams that nobody answers (inside, and seldom at this rate), voice and video (answered in
 * kind), bulk transfers (answered by acknowledgements), load tests (answered; only their connection rate shows).
 */
import { F, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { highestProbability, isVictims, meanProbability, type Scored, wordOf } from './scored.ts';
import { isIcmp, isTcp, isUdp } from './services.ts';
import { isServerSending, TOTAL_SECONDS_MIN, type Totals, totalsOf } from './totals.ts';

/**
 * Packets per second, one way. FastNetMon's default is 20,000 for a whole host over five seconds; flow records spread a burst over a minute, and
 * the densest that nobody answers, one-way video, sends 400. A tenth of what GuardDuty's tester sends is 667 over a minute.
 */
export const PACKETS_PER_SECOND_MIN = 600;

/** The same between two hosts of ours, where metrics and logs are sent in datagrams that nobody answers: FastNetMon's default. */
const INTERNAL_PACKETS_PER_SECOND_MIN = 20_000;

/** Connections per second; FastNetMon's default is 3,500 flows for a host, ntopng's 256. */
const FLOWS_PER_SECOND_MIN = 500;

/**
 * Highest probability of a flood that the forest must give where there are fewer than 1,000 packets a second: voice and video of which one direction
 * is not seen come as far.
 */
const FOREST_MIN = 0.1;
const ALONE_PACKETS_PER_SECOND_MIN = 1_000;

/**
 * Connections a second of a service of ours that answers its many clients all the same, from which on they are a flood where the forest's mean says so:
 * people click, and few pages make ten connections. Peers of file sharing talk over UDP, to thousands.
 */
const SERVED_FLOWS_PER_SECOND_MIN = 10;
const SERVED_FOREST_MIN = 0.5;

/**
 * Mean bytes of TCP packets from which on they carry data. Nobody sends full segments for long without an acknowledgement: where none was seen, the
 * log has one direction only.
 */
const SEGMENT_BYTES_MIN = 1_000;

/** Answers per packet below which traffic counts as unanswered; TCP acknowledges at least every other packet. */
const ANSWERED_SHARE_MAX = 0.1;

/**
 * Mean bytes of packets without data: headers and options only. SYNs and the SYN-ACKs or resets that answer them stay below; a download
 * has bare acknowledgements one way and full packets the other.
 */
const BARE_BYTES_MAX = 80;

/**
 * Strangers that together send a service nothing but bare packets, and how many a second: connections that are opened and never used. Monitors that
 * only connect send a packet or two a minute each.
 */
export const CROWD_MIN = 50;
export const CROWD_PACKETS_PER_SECOND_MIN = 20;

export const volume: Detector = {
  name: 'volume',
  source: 'packet and connection rates, after FastNetMon and ntopng',
  alone: `from ${ALONE_PACKETS_PER_SECOND_MIN} packets a second, below where the forest gives denial-of-service ${FOREST_MIN} or more; of a service that answers its many clients where it gives them ${SERVED_FOREST_MIN} on average`,
  detect(scored) {
    const { loud, victims, reflected } = candidatesOf(scored);
    return [
      ...senders(scored, loud),
      ...[...victims.values()].flatMap((positions) => atVictim(scored, positions)),
      ...[...reflected.values()].flatMap((positions) => unasked(scored, positions)),
    ];
  },
};

/** Positions worth a closer look. */
interface Candidates {
  /** Of one sender each, with packets or flows enough for a flood. */
  readonly loud: readonly number[];
  /** By service of ours with many clients. */
  readonly victims: ReadonlyMap<number, number[]>;
  /** By client of ours: datagrams from servers that it never spoke to. */
  readonly reflected: ReadonlyMap<number, number[]>;
}

function candidatesOf(scored: Scored): Candidates {
  const { words, floats } = scored.conversations;
  const { service, client } = scored.context;
  const loud: number[] = [];
  const victims = new Map<number, number[]>();
  const reflected = new Map<number, number[]>();
  for (let position = 0; position < scored.rows.length; position++) {
    const isAtVictim = isVictims(scored, position);
    const isUnasked = isReflected(scored, position);
    if (isAtVictim) enter(victims, service[position], position);
    if (isUnasked) enter(reflected, client[position], position);
    if (isAtVictim || isUnasked) continue;
    const at = wordOf(scored, position);
    const packets = Math.max(floats[(at >> 1) + F.forwardPackets], floats[(at >> 1) + F.backwardPackets]);
    const flows = Math.max(words[at + W.forwardFlows], words[at + W.backwardFlows]);
    // Rates are over a minute at least, so hardly a conversation holds enough to look further.
    if (packets >= TOTAL_SECONDS_MIN * PACKETS_PER_SECOND_MIN || flows >= TOTAL_SECONDS_MIN * FLOWS_PER_SECOND_MIN) {
      loud.push(position);
    }
  }
  return { loud, victims, reflected };
}

function enter(groups: Map<number, number[]>, group: number, position: number): void {
  const known = groups.get(group);
  if (known === undefined) groups.set(group, [position]);
  else known.push(position);
}

function senders(scored: Scored, positions: readonly number[]): Signal[] {
  const { words } = scored.conversations;
  return positions
    .filter((position) => isFlood(totalsOf(scored, [position]), words[wordOf(scored, position) + W.service]))
    .map((position) => {
      // Who sends is the one that floods, though its port or its address made it the server.
      const sender = isServerSending(scored, position) ? W.server : W.client;
      return signalOf(scored, words[wordOf(scored, position) + sender], false, [position]);
    });
}

function atVictim(scored: Scored, positions: readonly number[]): Signal[] {
  const { words } = scored.conversations;
  const totals = totalsOf(scored, positions);
  const at = wordOf(scored, positions[0]);
  const isHalfOpen = isTcp(words[at + W.service]) && isBareCrowd(totals, positions.length);
  const isServed = isTcp(words[at + W.service]) && isServedFlood(scored, positions, totals);
  if (!isFlood(totals, words[at + W.service]) && !isHalfOpen && !isServed) return [];
  const signal = signalOf(scored, words[at + W.server], true, positions);
  return [{ ...signal, suffices: signal.suffices || isHalfOpen || isServed }];
}

function unasked(scored: Scored, positions: readonly number[]): Signal[] {
  const { words } = scored.conversations;
  const at = wordOf(scored, positions[0]);
  if (!isFlood(totalsOf(scored, positions), words[at + W.service])) return [];
  return [signalOf(scored, words[at + W.client], false, positions)];
}

/** Whether the row is datagrams to a host of ours from a server it never spoke to. */
function isReflected(scored: Scored, position: number): boolean {
  if ((scored.context.traits[position] & TRAIT.clientIsOurs) === 0) return false;
  return isServerSending(scored, position) && isUdp(scored.conversations.words[wordOf(scored, position) + W.service]);
}

function signalOf(scored: Scored, actor: number, actorIsVictim: boolean, positions: readonly number[]): Signal {
  const { packets, flows, seconds } = totalsOf(scored, positions);
  const isAlone = packets / seconds >= ALONE_PACKETS_PER_SECOND_MIN || flows / seconds >= FLOWS_PER_SECOND_MIN;
  return {
    class: 'denial-of-service',
    actor,
    actorIsVictim,
    scope: ANYBODY,
    window: scored.conversations.words[wordOf(scored, positions[0]) + W.window],
    suffices: isAlone || highestProbability(scored, positions, 'denial-of-service') >= FOREST_MIN,
    positions,
  };
}

/** Requests over TCP that are answered as users' are, and still look like a flood to the forest, on the mean of all clients. */
function isServedFlood(scored: Scored, positions: readonly number[], { packets, flows, seconds }: Totals): boolean {
  const isMuch = packets / seconds >= ALONE_PACKETS_PER_SECOND_MIN || flows / seconds >= SERVED_FLOWS_PER_SECOND_MIN;
  return isMuch && meanProbability(scored, positions, 'denial-of-service') >= SERVED_FOREST_MIN;
}

function isBareCrowd({ packets, bytes, answers, answerBytes, seconds, isInternal }: Totals, clients: number): boolean {
  if (isInternal || clients < CROWD_MIN || packets / seconds < CROWD_PACKETS_PER_SECOND_MIN) return false;
  return bytes <= packets * BARE_BYTES_MAX && answerBytes <= answers * BARE_BYTES_MAX;
}

function isFlood(
  { packets, bytes, answers, answerBytes, flows, seconds, isInternal }: Totals,
  service: number,
): boolean {
  const packetsPerSecondMin = isInternal ? INTERNAL_PACKETS_PER_SECOND_MIN : PACKETS_PER_SECOND_MIN;
  const isHalfSeen = isTcp(service) && bytes >= packets * SEGMENT_BYTES_MIN;
  const unanswered = answers <= packets * ANSWERED_SHARE_MAX && !isHalfSeen;
  const bare = bytes <= packets * BARE_BYTES_MAX && answerBytes <= answers * BARE_BYTES_MAX;
  return (
    ((unanswered || bare || isIcmp(service)) && packets / seconds >= packetsPerSecondMin) ||
    flows / seconds >= FLOWS_PER_SECOND_MIN
  );
}
