/**
 * The findings that a digest counts: those that began on its day, and those of the days before that were found after a digest of theirs was told.
 * A slow scan is found days after its first packet, and an object may come late; neither may stay untold.
 */
import type { Finding } from '../findings/finding.ts';
import { parseFinding } from '../findings/stored.ts';
import type { Store } from '../history/store.ts';
import { digestDaysBackMax, digestFindingsMax } from '../limits.ts';
import { dayOf, noteCounted, readDay } from './day-record.ts';

/** Values read from the store at once. */
const READS_AT_ONCE = 16;

const DAY_SECONDS = 86_400;

export interface DayFindings {
  /** In the order of their names. */
  readonly findings: readonly Finding[];
  /** How many of them began before the day. */
  readonly lateCount: number;
  /** What could not be read, and why. */
  readonly unreadable: readonly string[];
  /** Findings that were too many to read. */
  readonly leftOut: number;
  /** Names of all of these by the day on which they began. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

export async function findingsOfDay(store: Store, day: string): Promise<DayFindings> {
  const keys: string[] = [];
  let leftOut = 0;
  const names = new Map<string, string[]>();
  for (const [began, counted] of await daysToCount(store, day)) {
    const fresh: string[] = [];
    for await (const { key } of store.list(`findings/day=${began}/`)) {
      const name = key.slice(key.lastIndexOf('/') + 1);
      if (counted.has(name)) continue;
      if (keys.length < digestFindingsMax) keys.push(key);
      else leftOut++;
      fresh.push(name);
    }
    if (began === day || fresh.length > 0) names.set(began, fresh);
  }
  const { findings, unreadable } = await readFindings(store, keys);
  const lateCount = findings.filter(({ firstSeen }) => !firstSeen.startsWith(day)).length;
  return { findings, lateCount, unreadable, leftOut, names };
}

/** Notes that a digest has counted these findings. */
export async function markCounted(store: Store, { names }: DayFindings): Promise<void> {
  for (const [began, fresh] of names) await noteCounted(store, began, fresh);
}

/** The day, and those before it, each with the names of what digests have counted. */
async function daysToCount(store: Store, day: string): Promise<Map<string, ReadonlySet<string>>> {
  const days = new Map<string, ReadonlySet<string>>([[day, new Set()]]);
  for (let ago = 1; ago <= digestDaysBackMax; ago++) {
    const began = dayOf(Date.parse(day) / 1000 - ago * DAY_SECONDS);
    const { digest, counted } = await readDay(store, began);
    // An earlier build has told that day and did not note of what.
    if (digest?.told && counted === undefined) continue;
    days.set(began, new Set(counted));
  }
  return days;
}

async function readFindings(store: Store, keys: readonly string[]) {
  const findings: Finding[] = [];
  const unreadable: string[] = [];
  await eachOf(keys, async (key) => {
    const found = await store.read(key);
    if (found === undefined) return;
    try {
      findings.push(parseFinding(new TextDecoder().decode(found.bytes)));
    } catch (error) {
      unreadable.push(`${key}: ${(error as Error).message}`);
    }
  });
  findings.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { findings, unreadable: unreadable.sort() };
}

/** Awaits the work on all items, so many at once. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += READS_AT_ONCE) {
    await Promise.all(items.slice(from, from + READS_AT_ONCE).map(work));
  }
}
