/**
 * The summaries of a store: one for each log object and hour, under a digest of its content, so that an object that comes twice or under two
 * names is there once. What is damaged, foreign or of another version is named and left out.
 */
import { Conversations } from '../conversations/conversations.ts';
import { ROW_WORDS, W } from '../conversations/row.ts';
import { hourPath, readSummary, summaryFiles } from '../conversations/summary.ts';
import { createNames } from '../flowlog/batch.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import type { RandomAccess } from '../flowlog/parquet.ts';
import { DAY_SECONDS, dayPath, HOUR_SECONDS } from './hours.ts';
import type { Store, StoredEntry } from './store.ts';

/** A summary that could not be used, and why. */
export interface Skipped {
  readonly source: string;
  readonly failure: string;
}

/** Keeps the conversations of one object, which must not have been settled; returns the starts of its hours. */
export async function keepSummaries(store: Store, conversations: Conversations, skipData: number): Promise<number[]> {
  const hours: number[] = [];
  for (const { path, hour, bytes } of summaryFiles(conversations, skipData)) {
    const key = `summaries/${path}`;
    if (!(await store.write(key, bytes, 'absent'))) await mend(store, key, bytes);
    hours.push(hour);
  }
  return hours;
}

/** Has a damaged summary written again where its object comes once more. Copies of an object differ in its name alone, and stay as they are. */
async function mend(store: Store, key: string, bytes: Uint8Array): Promise<void> {
  const stored = await store.read(key);
  if (stored === undefined) return;
  try {
    await readSummary(key, fileOf(stored.bytes), new Conversations(createNames()));
  } catch {
    await store.write(key, bytes, { tag: stored.tag });
  }
}

const KEY = /^summaries\/day=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\/[^/]+\.parquet$/;

/** Start of the hour of a key, Unix seconds; `undefined` for a key that is none of a summary. */
function hourOf(key: string): number | undefined {
  const match = KEY.exec(key);
  const hour = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}:00:00Z`) / 1000;
  return Number.isNaN(hour) ? undefined : hour;
}

/** Summaries of the hours that begin in `[fromSeconds, toSeconds)`, each list in the order of keys, hours in that of time. */
export async function listSummaries(
  store: Store,
  fromSeconds: number,
  toSeconds: number,
): Promise<Map<number, StoredEntry[]>> {
  const hours = new Map<number, StoredEntry[]>();
  for (let day = fromSeconds - (fromSeconds % DAY_SECONDS); day < toSeconds; day += DAY_SECONDS) {
    for await (const entry of store.list(`summaries/${dayPath(day)}/`)) {
      const hour = hourOf(entry.key);
      if (hour === undefined || hour < fromSeconds || hour >= toSeconds) continue;
      const known = hours.get(hour);
      if (known === undefined) hours.set(hour, [entry]);
      else known.push(entry);
    }
  }
  return new Map([...hours].sort(([a], [b]) => a - b));
}

/** Starts of all hours with summaries, Unix seconds, rising. */
export async function summaryHours(store: Store): Promise<number[]> {
  const hours = new Set<number>();
  for await (const { key } of store.list('summaries/')) {
    const hour = hourOf(key);
    if (hour !== undefined) hours.add(hour);
  }
  return [...hours].sort((a, b) => a - b);
}

/** The conversations of one hour. */
export interface MergedHour {
  readonly conversations: Conversations;
  /** Records that AWS could not capture. */
  readonly skipData: number;
  readonly skipped: readonly Skipped[];
}

export async function mergeSummaries(
  store: Store,
  hour: number,
  entries: readonly StoredEntry[],
  ours?: NetworkSet,
): Promise<MergedHour> {
  const conversations = new Conversations(createNames(), { ours });
  const skipped: Skipped[] = [];
  let skipData = 0;
  for (const { key } of entries) {
    const stored = await store.read(key);
    // Removed since it was listed.
    if (stored === undefined) continue;
    const own = new Conversations(conversations.names, { ours });
    try {
      const uncaptured = await readSummary(key, fileOf(stored.bytes), own);
      expectHour(own, hour, key);
      conversations.merge(own);
      skipData += uncaptured;
    } catch (error) {
      skipped.push({ source: key, failure: (error as Error).message });
    }
  }
  return { conversations, skipData, skipped };
}

/** Bytes in memory as a file. */
export function fileOf(bytes: Uint8Array): RandomAccess {
  return {
    byteLength: bytes.length,
    slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}

function expectHour({ words, size }: Conversations, hour: number, key: string): void {
  for (let row = 0; row < size; row++) {
    const window = words[row * ROW_WORDS + W.window];
    if (window < hour || window >= hour + HOUR_SECONDS) {
      throw new Error(`${key} holds conversations of ${hourPath(window - (window % HOUR_SECONDS))}`);
    }
  }
}
