/**
 * The one ordered table of features. All are network-invariant: ratios, shapes, logarithms of counts, distinct counts and the
 * statistics of published tests, for a conversation, its client, its server and their services within five minutes. Never an
 * address, a raw port or a clock time. The model's manifest carries `featureHash`; a model of another table is refused.
 */
import { createHash } from 'node:crypto';
import { type FieldName, PROTOCOL } from '../flowlog/fields.ts';
import type { Subject } from './subject.ts';

export interface Feature {
  readonly name: string;
  /** `octaves` is log2(1 + value), `log2` is log2(value), `log2 factor` the logarithm of a ratio or spread. */
  readonly unit: string;
  readonly meaning: string;
  /** Smallest and largest value; computed values are cut to it, so that no input can push the model outside its table. */
  readonly range: readonly [number, number];
  /** Log fields without which it cannot be told, besides addresses, ports and protocol. */
  readonly needs: readonly FieldName[];
  /** Its value then. */
  readonly without: number;
  readonly compute: (subject: Subject) => number;
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/**
 * Octaves: log2(1 + value) for values from 0, linear between powers of two, so that a factor of two is the same step everywhere. Read off
 * the exponent and the upper mantissa of the IEEE 754 double: within 0.09 of the logarithm, monotone, and four times faster.
 */
function octaves(value: number): number {
  double[0] = 1 + value;
  const high = halves[1];
  return (high >>> 20) - 1_023 + (high & 0xf_ffff) / 1_048_576;
}
const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

/**
 * Ports where passwords are asked for: FTP, SSH, Telnet, SMB, rlogin, LDAP(S), SQL Server, Oracle, MySQL, RDP, PostgreSQL, VNC, WinRM,
 * MongoDB, Redis. Mail and web ports are left out: their polling is what guessing is most often confused with.
 */
const AUTHENTICATION_PORTS = new Set([
  20, 21, 22, 23, 139, 389, 445, 513, 636, 1433, 1521, 2222, 3306, 3389, 5432, 5900, 5901, 5985, 5986, 6379, 27017,
]);

/** Success and failure ratios of the threshold random walk (Jung, Paxson, Berger, Balakrishnan 2004): 0.8 against 0.2. */
const WALK_STEP = Math.log(0.8 / 0.2);

const walk = (failures: number, conversations: number) => (2 * failures - conversations) * WALK_STEP;

const octavesRange = [0, 60] as const;
const shareRange = [0, 1] as const;
const flag = [0, 1] as const;
const both = ['packets', 'bytes'] as const satisfies readonly FieldName[];

type Row = readonly [
  string,
  string,
  readonly [number, number],
  readonly FieldName[],
  number,
  string,
  Feature['compute'],
];

const ROWS: readonly Row[] = [
  // The conversation: how much, which way, how answered.
  ['is_tcp', 'flag', flag, [], 0, 'protocol is TCP', (s) => Number(s.protocol === PROTOCOL.tcp)],
  ['is_udp', 'flag', flag, [], 0, 'protocol is UDP', (s) => Number(s.protocol === PROTOCOL.udp)],
  [
    'is_icmp',
    'flag',
    flag,
    [],
    0,
    'protocol is ICMP or ICMPv6',
    (s) => Number(s.protocol === PROTOCOL.icmp || s.protocol === PROTOCOL.icmpv6),
  ],
  ['client_is_ours', 'flag', flag, [], 0, 'the client is in our networks', (s) => Number(s.clientIsOurs)],
  ['server_is_ours', 'flag', flag, [], 0, 'the server is in our networks', (s) => Number(s.serverIsOurs)],
  [
    'is_authentication_port',
    'flag',
    flag,
    [],
    0,
    'the server port is one where passwords are asked for',
    (s) => Number(AUTHENTICATION_PORTS.has(s.serverPort)),
  ],
  [
    'forward_flows',
    'octaves',
    octavesRange,
    [],
    0,
    'flow records from client to server',
    (s) => octaves(s.forwardFlows),
  ],
  [
    'forward_packets',
    'octaves',
    octavesRange,
    ['packets'],
    0,
    'packets from client to server',
    (s) => octaves(s.forwardPackets),
  ],
  [
    'forward_bytes',
    'octaves',
    octavesRange,
    ['bytes'],
    0,
    'bytes from client to server',
    (s) => octaves(s.forwardBytes),
  ],
  [
    'packets_per_flow',
    'log2',
    octavesRange,
    ['packets'],
    0,
    'geometric mean of packets per forward flow',
    (s) => s.packetsOctavesMean,
  ],
  [
    'packets_flatness',
    'log2 factor',
    octavesRange,
    ['packets'],
    0,
    'standard deviation of packets per forward flow; guessing is flat (Hofstede, SSHCure)',
    (s) => s.packetsOctavesDeviation,
  ],
  [
    'bytes_flatness',
    'log2 factor',
    octavesRange,
    ['bytes'],
    0,
    'standard deviation of bytes per forward flow; beacons and guessing are flat',
    (s) => s.bytesOctavesDeviation,
  ],
  [
    'forward_bytes_per_packet',
    'octaves',
    octavesRange,
    both,
    0,
    'mean packet size from client to server',
    (s) => octaves(share(s.forwardBytes, s.forwardPackets)),
  ],
  [
    'backward_bytes_per_packet',
    'octaves',
    octavesRange,
    both,
    0,
    'mean packet size from server to client',
    (s) => octaves(share(s.backwardBytes, s.backwardPackets)),
  ],
  [
    'bytes_balance',
    'log2 factor',
    [-60, 60],
    ['bytes'],
    0,
    'bytes sent over bytes received; exfiltration is far above 0',
    (s) => octaves(s.forwardBytes) - octaves(s.backwardBytes),
  ],
  [
    'packets_balance',
    'log2 factor',
    [-60, 60],
    ['packets'],
    0,
    'packets sent over packets received',
    (s) => octaves(s.forwardPackets) - octaves(s.backwardPackets),
  ],
  [
    'is_unanswered',
    'flag',
    flag,
    ['packets'],
    0,
    'the client came away with nothing: no reply, rejects or resets only',
    (s) => Number(s.failed),
  ],
  [
    'is_unprompted',
    'flag',
    flag,
    ['packets'],
    0,
    'only the server was seen to speak: backscatter or half sight',
    (s) => Number(s.counted && s.forwardPackets === 0),
  ],
  [
    'reject_share',
    'share',
    shareRange,
    ['action'],
    0,
    'flows that were rejected',
    (s) => share(s.rejects, s.forwardFlows + s.backwardFlows),
  ],
  [
    'opens_per_flow',
    'share',
    [-1, 1],
    ['tcp-flags'],
    -1,
    'forward flows that hold a SYN; -1 without flags',
    (s) => (s.flagged ? share(s.opens, s.forwardFlows) : -1),
  ],
  [
    'resets_per_flow',
    'share',
    [-1, 1],
    ['tcp-flags'],
    -1,
    'backward flows that hold an RST; -1 without flags',
    (s) => (s.flagged ? share(s.resets, s.backwardFlows) : -1),
  ],
  [
    'client_ports',
    'octaves',
    octavesRange,
    [],
    0,
    'distinct client ports, estimated: connections made',
    (s) => octaves(s.clientPorts),
  ],
  [
    'flows_per_client_port',
    'octaves',
    octavesRange,
    [],
    0,
    'forward flows per client port: few for fresh connections, many for held ones',
    (s) => octaves(share(s.forwardFlows, s.clientPorts)),
  ],
  [
    'flow_duration',
    'octaves',
    octavesRange,
    ['start', 'end'],
    0,
    'mean seconds of a forward flow, cut at the aggregation interval',
    (s) => (s.timed ? octaves(s.durationSecondsMean) : 0),
  ],
  [
    'active_slots',
    'share',
    shareRange,
    ['start'],
    0,
    'five-second slots of the window in which a forward flow began',
    (s) => (s.timed ? s.slots / 60 : 0),
  ],
  [
    'gap_regularity',
    'share',
    shareRange,
    ['start'],
    0,
    '1 − coefficient of variation of gaps between active slots, 0 under three gaps; regularity in the sense of RITA',
    (s) => (s.timed && s.slots > 3 ? Math.max(0, 1 - share(s.gapDeviation, s.gapMean)) : 0),
  ],
  // The client on all its conversations.
  [
    'client_conversations',
    'octaves',
    octavesRange,
    [],
    0,
    'conversations of the client',
    (s) => octaves(s.clientConversations),
  ],
  ['client_peers', 'octaves', octavesRange, [], 0, 'distinct servers of the client', (s) => octaves(s.clientPeers)],
  [
    'client_services',
    'octaves',
    octavesRange,
    [],
    0,
    'distinct server ports of the client',
    (s) => octaves(s.clientServices),
  ],
  [
    'client_failed_share',
    'share',
    shareRange,
    ['packets'],
    0,
    'conversations of the client that failed',
    (s) => share(s.clientFailures, s.clientConversations),
  ],
  [
    'client_walk',
    'log likelihood',
    [-50, 50],
    ['packets'],
    0,
    'log-likelihood ratio of scanner against normal user over the conversations of the client (threshold random walk)',
    (s) => (s.counted ? walk(s.clientFailures, s.clientConversations) : 0),
  ],
  [
    'client_service_focus',
    'share',
    shareRange,
    [],
    0,
    'conversations of the client on its most used port',
    (s) => share(s.clientLargestService, s.clientConversations),
  ],
  [
    'client_peer_focus',
    'share',
    shareRange,
    [],
    0,
    'conversations of the client with its most used server',
    (s) => share(s.clientLargestPeer, s.clientConversations),
  ],
  [
    'client_internal_share',
    'share',
    shareRange,
    [],
    0,
    'conversations of the client with servers of ours',
    (s) => share(s.clientInternal, s.clientConversations),
  ],
  [
    'client_forward_bytes',
    'octaves',
    octavesRange,
    ['bytes'],
    0,
    'bytes the client sent in all',
    (s) => octaves(s.clientForwardBytes),
  ],
  [
    'client_bytes_share',
    'share',
    shareRange,
    ['bytes'],
    0,
    'share of this conversation in the bytes the client sent',
    (s) => share(s.forwardBytes, s.clientForwardBytes),
  ],
  // The client towards this server, and the client on this service.
  [
    'pair_services',
    'octaves',
    octavesRange,
    [],
    0,
    'distinct server ports between the two hosts: vertical scan',
    (s) => octaves(s.pairConversations),
  ],
  [
    'pair_failed_share',
    'share',
    shareRange,
    ['packets'],
    0,
    'conversations between the two hosts that failed',
    (s) => share(s.pairFailures, s.pairConversations),
  ],
  [
    'sweep_peers',
    'octaves',
    octavesRange,
    [],
    0,
    'distinct servers of the client on this port: sweep',
    (s) => octaves(s.sweepConversations),
  ],
  [
    'sweep_failed_share',
    'share',
    shareRange,
    ['packets'],
    0,
    'conversations of the client on this port that failed',
    (s) => share(s.sweepFailures, s.sweepConversations),
  ],
  [
    'sweep_walk',
    'log likelihood',
    [-50, 50],
    ['packets'],
    0,
    'threshold random walk over the conversations of the client on this port',
    (s) => (s.counted ? walk(s.sweepFailures, s.sweepConversations) : 0),
  ],
  // The server, and the server on this service.
  ['server_peers', 'octaves', octavesRange, [], 0, 'distinct clients of the server', (s) => octaves(s.serverPeers)],
  [
    'service_peers',
    'octaves',
    octavesRange,
    [],
    0,
    'distinct clients of the server on this port',
    (s) => octaves(s.serviceConversations),
  ],
  [
    'service_failed_share',
    'share',
    shareRange,
    ['packets'],
    0,
    'conversations of the server on this port that failed',
    (s) => share(s.serviceFailures, s.serviceConversations),
  ],
  [
    'service_forward_packets',
    'octaves',
    octavesRange,
    ['packets'],
    0,
    'packets sent to the server on this port: inbound flood',
    (s) => octaves(s.serviceForwardPackets),
  ],
];

export const FEATURES: readonly Feature[] = ROWS.map(([name, unit, range, needs, without, meaning, compute]) => ({
  name,
  unit,
  meaning,
  range,
  needs,
  without,
  compute,
}));

/**
 * Version of what the features compute. Raise it when a computation changes but its line in the table does not, so that models of
 * the former meaning are refused.
 */
const COMPUTATION_VERSION = 2;

/** SHA-256 over the table of features and the version of its computations, hexadecimal. */
export function featureHash(features = FEATURES): string {
  const table = features.map(({ name, unit, range, needs, without }) => [name, unit, range, needs, without]);
  return createHash('sha256')
    .update(JSON.stringify([COMPUTATION_VERSION, table]))
    .digest('hex');
}
