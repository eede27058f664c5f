/**
 * What a history detector is: hosts with their tracks in, signals out. Pure, and knows nothing of files, messages or other detectors.
 */
import type { Host, Severity } from '../findings/finding.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import type { Settings } from '../settings.ts';
import type { Origin } from './origin-database.ts';
import type { HostHistory, Track } from './track.ts';
import type { Unfamiliar } from './unfamiliar.ts';

/** How many hosts of ours call a service of a stranger, over all hosts, and since when. */
export interface Prevalence {
  readonly callers: number;
  /** Unix seconds of the first contact within the days looked back on. */
  readonly firstSeconds: number;
}

/** An interface over the days looked back on. */
export interface InterfaceHistory {
  readonly interfaceId: string;
  readonly account: string;
  /** Starts of the hours in which it reported conversations, Unix seconds, rising; then the end of the last. */
  readonly hours: readonly number[];
  readonly lastSeconds: number;
}

/** What is known beyond one host. */
export interface HistoryContext {
  readonly ours: NetworkSet;
  readonly settings: Settings;
  /** Moment that the history is looked at from, and its first hour with data, Unix seconds. */
  readonly nowSeconds: number;
  readonly beganSeconds: number;
  /** Starts of all hours with data, Unix seconds, rising: what is missing here is unknown, not silent. */
  readonly hours: readonly number[];
  /** Number of our hosts that were answered by strangers. */
  readonly callers: number;
  /** Of a service of a stranger; `undefined` where the table was full. */
  prevalence(server: string, port: number, protocol: number): Prevalence | undefined;
  /** Where an address comes from by the owner's databases: at most one of each kind. */
  originsOf(address: string): readonly Origin[];
  /** How many hosts of ours were answered from there by strangers. */
  callersOf(origin: Origin): number;
  /** By id; up to `interfacesMax`. */
  readonly interfaces: readonly InterfaceHistory[];
  /** Records that AWS could not capture (SKIPDATA), by start of hour. */
  readonly skipData: ReadonlyMap<number, number>;
  /** What was unlike the training of the model, by start of hour. */
  readonly unfamiliar: ReadonlyMap<number, Unfamiliar>;
}

/** Scope of a signal that is about its actor whatever the targets. */
export const ANYWHERE = '-';

/** "This host behaves like this type of finding", with the tracks that say so. */
export interface HistorySignal {
  /** A type of lib/findings/catalog.ts. */
  readonly type: string;
  /** The host the signal is about; for an interface, its id as address. */
  readonly actor: Host;
  /** Whether the actor is the server of the tracks: victims of many. */
  readonly actorIsVictim: boolean;
  /** Address of the one target, "address service" such as "192.0.2.1 443/tcp", or ANYWHERE: part of the identity. */
  readonly scope: string;
  /** What {origin} stands for in the catalog's sentences. */
  readonly origin?: string;
  /** Unix seconds, of the behaviour rather than of the tracks. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** Only where it differs from what the catalog's rule says of role and outcome; the rule holds again where the forest has seen it too. */
  readonly severity?: Severity;
  /** Measured values by name, with units in the names, and what benign hosts show or the threshold crossed. */
  readonly observed: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  /** Strongest first; targets, evidence and the forest's probability are taken from them. May be empty for interfaces. */
  readonly tracks: readonly Track[];
}

export interface HistoryDetector {
  /** Names the witness in findings, such as "slow-walk". */
  readonly name: string;
  /** Sentence with the source of the method. */
  readonly source: string;
  /** When its signals are enough for a finding by themselves; shown in the docs. */
  readonly alone: string;
  /** Called with some hosts after others, each host once, so that memory is bounded; what needs all hosts at once is in the context. */
  detect?(hosts: readonly HostHistory[], context: HistoryContext): HistorySignal[];
  /** Called once, for what is about the network as a whole, such as silent interfaces. */
  detectNetwork?(context: HistoryContext): HistorySignal[];
}
