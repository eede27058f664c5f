/**
 * An attack, or a mishap of the log, laid over the last day of a life, and what the history finds of it.
 */
import { readFileSync } from 'node:fs';
import type { AttackClass } from '../lib/detectors/detector.ts';
import { type Finding, SEVERITIES } from '../lib/findings/finding.ts';
import { AddressBook } from '../lib/flowlog/address.ts';
import type { LabelRow } from '../lib/flowlog/labels.ts';
import type { FlowRecord, Slot } from '../lib/flowlog/record.ts';
import { correlate } from '../lib/history/correlate.ts';
import { HISTORY_DETECTORS } from '../lib/history/detectors/index.ts';
import { DAY_SECONDS, dayPath, HOUR_SECONDS } from '../lib/history/hours.ts';
import type { HistoryDetector } from '../lib/history/signal.ts';
import type { HostHistory, Track } from '../lib/history/track.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import { LISTED_ADDRESS } from '../lib/simulate/attacks/patient.ts';
import type { MemoryStore } from '../test/memory-store.ts';
import { type AttackSize, attackSize } from './attack-size.ts';
import type { Goal } from './goals.ts';
import {
  DAY_MINUTES,
  DAYS,
  END_SECONDS,
  everydayOf,
  keep,
  type Life,
  runOf,
  START_SECONDS,
  withFlows,
} from './lives.ts';
import { hostOfFewPlaces, relocated, relocatedLabel } from './relocation.ts';

/** When the history is looked at besides the end of the day: hours after the first packet. */
export const CHECKPOINTS_HOURS: readonly number[] = [1, 6];

/** The day of the attack, and the hour of it in which mishaps and short runs begin. */
const DAY_START_SECONDS = START_SECONDS + DAYS * DAY_SECONDS;
const EIGHT_SECONDS = DAY_START_SECONDS + 8 * HOUR_SECONDS;

/** A database of origins, in which the network of the listed place is by itself. */
const ORIGINS = new URL('../test/golden/history/origins.mmdb', import.meta.url);

/** Who stands for the logs as a whole in findings. */
const THE_LOGS = 'flow logs';

/** What became of an attack. */
export interface Outcome {
  /** `undefined` when no look finds one of the types about somebody who took part. */
  readonly found: Found | undefined;
  /** Where it was not found: its size, the forest's highest probability of its class, and the other types that were found. */
  readonly size: AttackSize | undefined;
  readonly probability: number;
  readonly others: readonly string[];
}

export interface Found {
  /** Hours from the first packet to the first look that finds it. */
  readonly hours: number;
  /** Whether one of these findings makes a message by its severity; others are in the digest. */
  readonly isMessage: boolean;
  /** The most severe of them, with who has seen it. */
  readonly by: string;
}

/** What has been laid over a life. */
interface Laid {
  readonly store: MemoryStore;
  readonly firstSeconds: number;
  /** Addresses, interfaces and the like of those that took part. */
  readonly about: ReadonlySet<string>;
  readonly records: readonly FlowRecord[];
  readonly labels: readonly LabelRow[];
}

export async function outcomeOf(life: Life, goal: Goal, intensity: number, classifier: Classifier): Promise<Outcome> {
  const laid = goal.mishap === undefined ? await attacked(life, goal, intensity) : await mishap(life, goal.mishap);
  await supply(laid.store, goal.list ?? 'bad');
  let probability = 0;
  const listener: HistoryDetector = {
    name: 'listener',
    source: 'what the forest says of those who take part',
    alone: 'never',
    detect: (hosts) => {
      probability = Math.max(probability, ...hosts.map((host) => probabilityOf(host, laid)));
      return [];
    },
  };
  const detectors = [...HISTORY_DETECTORS, listener];
  const checkpoints = CHECKPOINTS_HOURS.map((hours) => laid.firstSeconds + hours * HOUR_SECONDS);
  let about: Finding[] = [];
  for (const nowSeconds of [...checkpoints.filter((at) => at < END_SECONDS), END_SECONDS]) {
    const { findings } = await correlate(laid.store, { classifier, settings: life.settings, detectors, nowSeconds });
    about = findings.filter((finding) => !life.known.has(finding.incident) && isAbout(finding, laid));
    const ofTypes = about.filter(({ type }) => goal.types.includes(type));
    if (ofTypes.length === 0) continue;
    const found = foundIn(ofTypes, life, (nowSeconds - laid.firstSeconds) / HOUR_SECONDS);
    return { found, size: undefined, probability, others: [] };
  }
  const others = [...new Set(about.map(({ severity, type }) => `${severity} ${type}`))].sort();
  return { found: undefined, size: attackSize(laid.records, laid.labels), probability, others };
}

/** What the owner knows of addresses: that the scenarios' listed place is on a list, or in another country and network than all others. */
async function supply(store: MemoryStore, list: NonNullable<Goal['list']>): Promise<void> {
  await store.write(`lists/${list}/bench`, list === 'origins' ? readFileSync(ORIGINS) : Buffer.from(LISTED_ADDRESS));
}

function foundIn(findings: readonly Finding[], life: Life, hours: number): Found {
  const worst = findings.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one));
  const isMessage = rankOf(worst) >= SEVERITIES.indexOf(life.settings.minimumSeverity);
  return { hours, isMessage, by: `${worst.severity} ${worst.type} by ${worst.witnesses.join(' and ')}` };
}

const rankOf = ({ severity }: Finding) => SEVERITIES.indexOf(severity);

function isAbout({ actors, targets, lastSeen }: Finding, { firstSeconds, about }: Laid): boolean {
  if (Date.parse(lastSeen) / 1000 < firstSeconds) return false;
  return [...actors, ...targets.hosts].some(({ address }) => about.has(address));
}

async function attacked(life: Life, goal: Goal, intensity: number): Promise<Laid> {
  const { network, slots, labels } = await attackOf(life, goal, intensity);
  const records = slots.flatMap((slot) => slot.records);
  if (records.length === 0) throw new Error(`${goal.scenario} of seed ${life.seed} at ${intensity} left no record`);
  const store = life.store.copy();
  await keep(store, goal.scenario, slots);
  const book = new AddressBook();
  const named = labels.flatMap(({ srcaddr, dstaddr }) => [srcaddr, dstaddr]);
  const about = new Set(named.flatMap((text) => (text === undefined ? [] : [book.format(book.parse(text))])));
  const firstSeconds = records.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  // A gateway logs again what a host behind it did.
  const gateways = new Set(network.gateways.map(({ address }) => address));
  return { store, firstSeconds, about, records, labels: labels.filter(({ srcaddr }) => !gateways.has(srcaddr ?? '')) };
}

/** What the simulator makes of the goal's scenario, and the rows that say who acts. */
async function attackOf(life: Life, { scenario, minutes, isOfFewPlaces }: Goal, intensity: number) {
  const startSeconds = minutes === undefined ? DAY_START_SECONDS : EIGHT_SECONDS;
  const simulation = runOf(life.seed, [scenario], startSeconds, minutes ?? DAY_MINUTES, intensity);
  const { network } = simulation;
  const slots = [...withFlows(simulation.slots())];
  const labels = [...simulation.labels()].filter(({ label }) => label !== 'unlabelled');
  if (!isOfFewPlaces) return { network, slots, labels };
  const [from, to] = [network.at(labels[0].srcaddr!)!, await hostOfFewPlaces(life, network)];
  const rows = labels.map((row) => relocatedLabel(row, from, to));
  return { network, slots: [...relocated(slots, from, to)], labels: rows };
}

/** The highest probability of the attack's class over the host's new tracks with those who take part. */
function probabilityOf({ asClient, asServer }: HostHistory, { about, labels, firstSeconds }: Laid): number {
  const [label] = labels.map((row) => row.label as AttackClass);
  const isPart = ({ client, server }: Track) => about.has(client.address) || about.has(server.address);
  const tracks = [...asClient, ...asServer].filter((track) => track.firstSeconds >= firstSeconds && isPart(track));
  return tracks.reduce((highest, { probabilities }) => Math.max(highest, probabilities[label] ?? 0), 0);
}

/** The last day of the life once more, with an interface that stops to report, or with a line that says that records were lost. */
async function mishap(life: Life, kind: NonNullable<Goal['mishap']>): Promise<Laid> {
  const store = life.store.copy();
  for (const key of store.keys(`summaries/${dayPath(DAY_START_SECONDS)}/`)) await store.remove(key);
  const simulation = everydayOf(life.seed, DAYS, life.everyday);
  const [observer] = simulation.network.interfaces;
  const change =
    kind === 'silent-interface'
      ? (records: readonly FlowRecord[]) => records.filter(({ observer: { id } }) => id !== observer.id)
      : (records: readonly FlowRecord[]) => [...records, lostRecords(observer)];
  const isNow = ({ endSeconds }: Slot) =>
    kind === 'silent-interface' ? endSeconds > EIGHT_SECONDS : endSeconds === EIGHT_SECONDS + HOUR_SECONDS;
  const slots = function* (): Generator<Slot> {
    for (const slot of withFlows(simulation.slots())) {
      yield isNow(slot) ? { ...slot, records: change(slot.records) } : slot;
    }
  };
  await keep(store, kind, slots());
  const about = new Set([kind === 'silent-interface' ? observer.id : THE_LOGS]);
  return { store, firstSeconds: EIGHT_SECONDS, about, records: [], labels: [] };
}

function lostRecords(observer: FlowRecord['observer']): FlowRecord {
  const times = { start: EIGHT_SECONDS, end: EIGHT_SECONDS + 59 };
  return { observer, status: 'SKIPDATA', ...times, packets: 0, bytes: 0, tcpFlags: undefined };
}
