/**
 * The everyday life of a network of the simulator, learned, over which attacks are laid.
 */

import { DEFAULT_FORMAT, type FieldName } from '../lib/flowlog/fields.ts';
import { type FlowRecord, formatRecord, type Slot } from '../lib/flowlog/record.ts';
import { correlate } from '../lib/history/correlate.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../lib/history/hours.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import { readConversations } from '../lib/reading.ts';
import type { Settings } from '../lib/settings.ts';
import { type Simulation, simulate } from '../lib/simulate/simulation.ts';
import { MemoryStore } from '../test/memory-store.ts';
import { ownerSettings } from './owner.ts';

/** Midnight of a Monday in September 2026. */
export const START_SECONDS = 1_789_948_800;

/** Whole days before the one of the attack. */
export const DAYS = 4;
export const HOSTS = 12;
export const DAY_MINUTES = 1_440;

/** The end of the day of the attack. */
export const END_SECONDS = START_SECONDS + (DAYS + 1) * DAY_SECONDS;

export const EVERYDAY: readonly string[] = [
  ...['web-tier', 'health-checks', 'name-service', 'time-service', 'databases', 'internal-calls', 'monitoring'],
  ...['administration', 'kept-alive', 'telemetry', 'api-polling', 'pings', 'bulk-transfers', 'internet-noise'],
];

const FIELDS: readonly FieldName[] = [...DEFAULT_FORMAT, 'tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr'];

/** Some scenarios in a seed's network. */
export function runOf(
  seed: number,
  scenarios: readonly string[],
  startSeconds: number,
  minutes: number,
  intensity: number,
): Simulation {
  return simulate({ seed, hosts: HOSTS, minutes, startSeconds, aggregationSeconds: 60, scenarios, intensity });
}

/** A day of everyday traffic, counted from the first. */
export function everydayOf(seed: number, day: number, everyday: readonly string[]): Simulation {
  return runOf(seed, everyday, START_SECONDS + day * DAY_SECONDS, DAY_MINUTES, 1);
}

/** The slots with those of their records that tell of packets. */
export function* withFlows(slots: Iterable<Slot>): Generator<Slot> {
  for (const { endSeconds, records } of slots) yield { endSeconds, records: records.filter(({ flow }) => flow) };
}

/** Keeps hour after hour, an object each. */
export async function keep(store: MemoryStore, name: string, slots: Iterable<Slot>): Promise<void> {
  let records: FlowRecord[] = [];
  let hour = -1;
  for (const slot of slots) {
    const next = Math.ceil(slot.endSeconds / HOUR_SECONDS);
    if (next !== hour) {
      await keepObject(store, `${name}-${hour}`, records);
      records = [];
    }
    hour = next;
    records.push(...slot.records);
  }
  await keepObject(store, `${name}-${hour}`, records);
}

async function keepObject(store: MemoryStore, name: string, records: readonly FlowRecord[]): Promise<void> {
  if (records.length === 0) return;
  const lines = records.map((record) => formatRecord(record, FIELDS));
  const bytes = Buffer.from(`${[FIELDS.join(' '), ...lines].join('\n')}\n`);
  const object = {
    name,
    async *open() {
      yield bytes;
    },
  };
  const objects = async function* () {
    yield object;
  };
  await readConversations(objects(), { store });
}

/** Everyday life of a seed, learned. */
export interface Life {
  readonly seed: number;
  readonly everyday: readonly string[];
  readonly store: MemoryStore;
  readonly settings: Settings;
  /** Incidents that are raised about it without any attack. */
  readonly known: ReadonlySet<string>;
}

export async function learned(seed: number, everyday: readonly string[], classifier: Classifier): Promise<Life> {
  const store = new MemoryStore();
  const settings = ownerSettings(everydayOf(seed, 0, []).network);
  for (let day = 0; day <= DAYS; day++) {
    await keep(store, `day-${day}`, withFlows(everydayOf(seed, day, everyday).slots()));
  }
  let known = new Set<string>();
  for (let day = 1; day <= DAYS + 1; day++) {
    const nowSeconds = START_SECONDS + day * DAY_SECONDS;
    const { findings } = await correlate(store, { classifier, settings, nowSeconds });
    known = new Set(findings.map(({ incident }) => incident));
  }
  return { seed, everyday, store, settings, known };
}
