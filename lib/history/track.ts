/**
 * What history detectors look at: everything known about one (client, server, service) over the days looked back on, one entry an
 * hour, and everything known about one host of ours. "Sent" is client to server. Series are parallel arrays in the order of time;
 * sums are over settled conversations, so that each is counted once whatever the number of interfaces that saw it.
 */
import type { AttackClass } from '../detectors/detector.ts';
import type { Evidence, Host } from '../findings/finding.ts';
import type { Baseline } from './baseline.ts';

/** A track hour by hour; hours without contact are left out. All arrays have one entry an hour. */
export interface TrackHours {
  /** Start of the hour, Unix seconds, rising. */
  readonly starts: Uint32Array;
  /** Bit i: contact in five-minute window i of the hour, 0 to 11. */
  readonly windows: Uint16Array;
  /** Bit i: contact in that window, which failed (lib/features/failure.ts). */
  readonly failedWindows: Uint16Array;
  /** Flows from the client, and those of them in windows that failed. */
  readonly flows: Uint32Array;
  readonly failedFlows: Uint32Array;
  readonly packetsSent: Float64Array;
  readonly packetsReceived: Float64Array;
  readonly bytesSent: Float64Array;
  readonly bytesReceived: Float64Array;
}

/** Longest time without a silent window but one between two windows, in which one client port may have been in use all along. */
export interface Presence {
  readonly firstSeconds: number;
  readonly lastSeconds: number;
}

export interface Track {
  readonly client: Host;
  readonly server: Host;
  /** 0 where the protocol has none. */
  readonly port: number;
  readonly protocol: number;
  /** Such as "22/tcp". */
  readonly service: string;
  /** The interface that saw it best in its first hour, and its owner; `-` where the log does not say. */
  readonly interfaceId: string;
  readonly account: string;
  /** Unix seconds of the first and last packet within the days looked back on. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly hours: TrackHours;
  /** Totals over the hours. */
  readonly flows: number;
  readonly failedFlows: number;
  /** SYNs from the client; 0 where the log has no flags. */
  readonly opens: number;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Number of five-minute windows with contact, and of those that failed. */
  readonly windows: number;
  readonly failedWindows: number;
  /** Whether one window at least did not fail. */
  readonly answered: boolean;
  /** Unix seconds of the 5-second slots in which flows of the client began, rising; the latest `momentsMax` of them. */
  readonly moments: Uint32Array;
  readonly presence: Presence;
  /** Mean and standard deviation over flows of the client of log2(bytes) and log2(packets), in octaves. */
  readonly bytesOctavesMean: number;
  readonly bytesOctavesDeviation: number;
  readonly packetsOctavesMean: number;
  readonly packetsOctavesDeviation: number;
  readonly durationSecondsMean: number;
  /** The forest's highest probability of each class of attack in any of its windows. */
  readonly probabilities: Readonly<Partial<Record<AttackClass, number>>>;
  /** First record of its first hour and of its last. */
  readonly evidence: readonly Evidence[];
}

/** A host of ours hour by hour: sums over its tracks; "out" is from it to strangers, whoever opened the connection. */
export interface HostHours {
  readonly starts: Uint32Array;
  readonly bytesOut: Float64Array;
  readonly bytesIn: Float64Array;
  /** Distinct strangers that it called and that answered, and distinct services (port and protocol) of strangers. */
  readonly peers: Uint32Array;
  readonly services: Uint32Array;
  /** Distinct (server, service) that it called, ours or not, and those of them that failed all hour. */
  readonly contacts: Uint32Array;
  readonly failedContacts: Uint32Array;
}

/** All that is known of one host of ours. */
export interface HostHistory {
  readonly host: Host;
  readonly interfaceId: string;
  readonly account: string;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** Tracks that it is the client of, and the server of, each by first contact. */
  readonly asClient: readonly Track[];
  readonly asServer: readonly Track[];
  readonly hours: HostHours;
  /** Its usual days before today, `undefined` while it is learning (`Baseline.days` below `baselineLearningDays`). */
  readonly baseline: Baseline | undefined;
  /** Contacts that no track is kept of, since there were too many at once: floods and wide scans. */
  readonly forgotten: number;
}
