/**
 * What the features of one conversation are computed from: the row's own numbers, and those of the groups it belongs to within its
 * five-minute window. One object is filled again for every row.
 */
import type { Conversations } from '../conversations/conversations.ts';
import { bits, F, MARK, ROW_WORDS, W } from '../conversations/row.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import { type Context, TRAIT } from './context.ts';

/** One conversation and its groups. Numbers are per five-minute window; "forward" is client to server. */
export interface Subject {
  protocol: number;
  serverPort: number;
  clientIsOurs: boolean;
  serverIsOurs: boolean;
  /** Whether the log has TCP flags. */
  flagged: boolean;
  /** Whether the log has packets, and whether it has start times. */
  counted: boolean;
  timed: boolean;
  forwardFlows: number;
  backwardFlows: number;
  forwardPackets: number;
  forwardBytes: number;
  backwardPackets: number;
  backwardBytes: number;
  rejects: number;
  opens: number;
  resets: number;
  /** Mean and standard deviation over forward flows of log2(packets) and log2(bytes), in octaves. */
  packetsOctavesMean: number;
  packetsOctavesDeviation: number;
  bytesOctavesMean: number;
  bytesOctavesDeviation: number;
  durationSecondsMean: number;
  /** Estimated number of client ports. */
  clientPorts: number;
  /** Five-second slots with forward flows, 0 to 60, and mean and standard deviation of the gaps between them, in slots. */
  slots: number;
  gapMean: number;
  gapDeviation: number;
  failed: boolean;
  /** The groups, see Context. */
  clientConversations: number;
  clientFailures: number;
  clientInternal: number;
  clientPeers: number;
  clientServices: number;
  clientLargestService: number;
  clientLargestPeer: number;
  clientForwardBytes: number;
  serverPeers: number;
  pairConversations: number;
  pairFailures: number;
  sweepConversations: number;
  sweepFailures: number;
  serviceConversations: number;
  serviceFailures: number;
  serviceForwardPackets: number;
}

/** Fills the subject's own numbers from row `row` of the store. */
export function describeRow(subject: Subject, { words, floats }: Conversations, row: number): void {
  const at = row * ROW_WORDS;
  const f = at >> 1;
  const flows = words[at + W.forwardFlows];
  subject.protocol = words[at + W.service] >>> 16;
  subject.serverPort = words[at + W.service] & 0xffff;
  subject.flagged = ((words[at + W.flags] >>> 24) & MARK.flagged) !== 0 && subject.protocol === PROTOCOL.tcp;
  subject.forwardFlows = flows;
  subject.backwardFlows = words[at + W.backwardFlows];
  subject.forwardPackets = floats[f + F.forwardPackets];
  subject.forwardBytes = floats[f + F.forwardBytes];
  subject.backwardPackets = floats[f + F.backwardPackets];
  subject.backwardBytes = floats[f + F.backwardBytes];
  subject.counted = subject.forwardPackets + subject.backwardPackets > 0;
  subject.timed = ((words[at + W.flags] >>> 24) & MARK.untimed) === 0;
  subject.rejects = words[at + W.forwardRejects] + words[at + W.backwardRejects];
  subject.opens = words[at + W.opens];
  subject.resets = words[at + W.resets];
  subject.packetsOctavesMean = mean(floats[f + F.packetsLogSum], flows) / 16;
  subject.packetsOctavesDeviation = deviation(floats[f + F.packetsLogSum], floats[f + F.packetsLogSquares], flows) / 16;
  subject.bytesOctavesMean = mean(floats[f + F.bytesLogSum], flows) / 16;
  subject.bytesOctavesDeviation = deviation(floats[f + F.bytesLogSum], floats[f + F.bytesLogSquares], flows) / 16;
  subject.durationSecondsMean = mean(floats[f + F.durationSum], flows);
  subject.clientPorts = countPorts(words[at + W.portsLow], words[at + W.portsHigh]);
  describeGaps(subject, words[at + W.slotsLow], words[at + W.slotsHigh]);
}

/** Fills in the traits and groups of row `i` of the settled rows. */
export function describeGroups(subject: Subject, context: Context, i: number): void {
  const traits = context.traits[i];
  subject.clientIsOurs = (traits & TRAIT.clientIsOurs) !== 0;
  subject.serverIsOurs = (traits & TRAIT.serverIsOurs) !== 0;
  subject.failed = (traits & TRAIT.failed) !== 0;
  const client = context.client[i];
  const pair = context.pair[i];
  const sweep = context.sweep[i];
  const service = context.service[i];
  subject.clientConversations = context.clientConversations[client];
  subject.clientFailures = context.clientFailures[client];
  subject.clientInternal = context.clientInternal[client];
  subject.clientPeers = context.clientPeers[client];
  subject.clientServices = context.clientServices[client];
  subject.clientLargestService = context.clientLargestService[client];
  subject.clientLargestPeer = context.clientLargestPeer[client];
  subject.clientForwardBytes = context.clientForwardBytes[client];
  subject.serverPeers = context.serverPeers[context.server[i]];
  subject.pairConversations = context.pairConversations[pair];
  subject.pairFailures = context.pairFailures[pair];
  subject.sweepConversations = context.sweepConversations[sweep];
  subject.sweepFailures = context.sweepFailures[sweep];
  subject.serviceConversations = context.serviceConversations[service];
  subject.serviceFailures = context.serviceFailures[service];
  subject.serviceForwardPackets = context.serviceForwardPackets[service];
}

function mean(sum: number, count: number): number {
  return count > 0 ? sum / count : 0;
}

function deviation(sum: number, squares: number, count: number): number {
  if (count < 2) return 0;
  const average = sum / count;
  return Math.sqrt(Math.max(0, squares / count - average * average));
}

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): 64 bits; a full sketch is read as 64 · ln 128, about 310 ports. */
const PORTS_BY_BITS = Float64Array.from({ length: 65 }, (_, set) => -64 * Math.log(Math.max(0.5, 64 - set) / 64));

export function countPorts(low: number, high: number): number {
  return PORTS_BY_BITS[bits(low) + bits(high)];
}

function describeGaps(subject: Subject, low: number, high: number): void {
  subject.slots = bits(low) + bits(high);
  let previous = -1;
  let gaps = 0;
  let sum = 0;
  let squares = 0;
  for (let half = 0; half < 2; half++) {
    for (let word = half === 0 ? low : high; word !== 0; word &= word - 1) {
      const slot = half * 30 + (31 - Math.clz32(word & -word));
      if (previous >= 0) {
        const gap = slot - previous;
        gaps++;
        sum += gap;
        squares += gap * gap;
      }
      previous = slot;
    }
  }
  subject.gapMean = mean(sum, gaps);
  subject.gapDeviation = deviation(sum, squares, gaps);
}

export function emptySubject(): Subject {
  return {
    protocol: 0,
    serverPort: 0,
    clientIsOurs: false,
    serverIsOurs: false,
    flagged: false,
    counted: false,
    timed: false,
    forwardFlows: 0,
    backwardFlows: 0,
    forwardPackets: 0,
    forwardBytes: 0,
    backwardPackets: 0,
    backwardBytes: 0,
    rejects: 0,
    opens: 0,
    resets: 0,
    packetsOctavesMean: 0,
    packetsOctavesDeviation: 0,
    bytesOctavesMean: 0,
    bytesOctavesDeviation: 0,
    durationSecondsMean: 0,
    clientPorts: 0,
    slots: 0,
    gapMean: 0,
    gapDeviation: 0,
    failed: false,
    clientConversations: 0,
    clientFailures: 0,
    clientInternal: 0,
    clientPeers: 0,
    clientServices: 0,
    clientLargestService: 0,
    clientLargestPeer: 0,
    clientForwardBytes: 0,
    serverPeers: 0,
    pairConversations: 0,
    pairFailures: 0,
    sweepConversations: 0,
    sweepFailures: 0,
    serviceConversations: 0,
    serviceFailures: 0,
    serviceForwardPackets: 0,
  };
}
