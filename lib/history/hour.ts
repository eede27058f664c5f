/**
 * One hour, judged whole: the summaries of all objects that have conversations in it are merged, its windows judged, and its tracks folded.
 * Both are kept, under a digest of the summaries, so that an hour is judged again only when summaries come or change.
 */
import { createHash } from 'node:crypto';
import type { Conversations } from '../conversations/conversations.ts';
import { ROW_WORDS, W } from '../conversations/row.ts';
import { hourPath } from '../conversations/summary.ts';
import { DETECTORS } from '../detectors/index.ts';
import type { Finding } from '../findings/finding.ts';
import { findingOf } from '../findings/stored.ts';
import { judgeWindows } from '../findings/windows.ts';
import { ABSENT_TEXT } from '../flowlog/dictionary.ts';
import { NetworkSet } from '../flowlog/network.ts';
import { hourFindingsMax, interfacesMax, skippedListedMax } from '../limits.ts';
import type { Classifier } from '../model/classifier.ts';
import type { Settings } from '../settings.ts';
import { trackRows } from './fold.ts';
import { againstHabits } from './habits.ts';
import type { Store, StoredEntry } from './store.ts';
import { mergeSummaries, type Skipped } from './summaries.ts';
import { TRACKS_VERSION, writeTracks } from './track-file.ts';
import { type Unfamiliar, unfamiliarIn } from './unfamiliar.ts';

/** Detectors of what is new in a run would take every hour for one; detectors of the history take their place. */
const HOUR_DETECTORS = DETECTORS.filter(({ isForWholeRuns }) => isForWholeRuns !== true);

const HOUR_VERSION = 3;

/** What an hour came to. */
export interface Hour {
  readonly version: typeof HOUR_VERSION;
  /** Of the summaries, and of the networks, model and thresholds it was judged by. */
  readonly digest: string;
  /** Start, Unix seconds. */
  readonly start: number;
  readonly summaries: number;
  /** Summaries that could not be used: how many, and the first of them. */
  readonly skippedCount: number;
  readonly skipped: readonly Skipped[];
  readonly conversations: number;
  readonly conversationsFolded: number;
  readonly windows: number;
  readonly trackRows: number;
  /** Records that AWS could not capture. */
  readonly skipData: number;
  readonly unfamiliar: Unfamiliar;
  /** Id and account of the interfaces that saw conversations. */
  readonly interfaces: readonly (readonly [string, string])[];
  readonly findings: readonly Finding[];
  /** Findings beyond `hourFindingsMax`, the lightest. */
  readonly findingsLeftOut: number;
}

export interface HourOptions {
  readonly classifier: Classifier;
  readonly settings: Settings;
}

export const tracksKey = (start: number) => `tracks/${hourPath(start)}.parquet`;
const hourKey = (start: number) => `tracks/${hourPath(start)}.json`;

/** The hour as it was judged before, or judged now where that was never done, or for other summaries. */
export async function hourOf(
  store: Store,
  start: number,
  entries: readonly StoredEntry[],
  options: HourOptions,
): Promise<{ readonly hour: Hour; readonly isFresh: boolean }> {
  const digest = digestOf(entries, options);
  const known = await storedHour(store, start, digest);
  if (known !== undefined) return { hour: known, isFresh: false };
  return { hour: await judgeHour(store, start, entries, digest, options), isFresh: true };
}

/** Has an hour judged again next time, since its tracks are damaged. */
export async function forgetHour(store: Store, start: number): Promise<void> {
  await store.write(hourKey(start), Buffer.from('{}'));
}

function digestOf(entries: readonly StoredEntry[], { classifier, settings }: HourOptions): string {
  const content = entries.map(({ key, tag }) => [key, tag]);
  const { onnxSha256, thresholds } = classifier.manifest;
  const model = [onnxSha256, Object.entries(thresholds).sort()];
  const parts = [HOUR_VERSION, TRACKS_VERSION, model, [...settings.ourNetworks].sort(), content];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

async function storedHour(store: Store, start: number, digest: string): Promise<Hour | undefined> {
  const stored = await store.read(hourKey(start));
  if (stored === undefined) return undefined;
  try {
    const hour = JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Hour;
    if (hour.version !== HOUR_VERSION || hour.digest !== digest) return undefined;
    for (const finding of hour.findings) findingOf(finding);
    return hour;
  } catch {
    // Damaged: what is folded from summaries can be folded again.
    return undefined;
  }
}

async function judgeHour(
  store: Store,
  start: number,
  entries: readonly StoredEntry[],
  digest: string,
  { classifier, settings }: HourOptions,
): Promise<Hour> {
  const ours = new NetworkSet(settings.ourNetworks);
  const { conversations, skipData, skipped } = await mergeSummaries(store, start, entries, ours);
  const interfaces = interfacesOf(conversations);
  const options = { classifier, ours, detectors: HOUR_DETECTORS, most: hourFindingsMax };
  const { findings, found, scored } = await judgeWindows(conversations, options);
  const weighed = await againstHabits(findings, store);
  const rows = trackRows(scored, start);
  const hour: Hour = {
    version: HOUR_VERSION,
    digest,
    start,
    summaries: entries.length - skipped.length,
    skippedCount: skipped.length,
    skipped: skipped.slice(0, skippedListedMax),
    conversations: scored.rows.length,
    conversationsFolded: conversations.folded,
    windows: scored.context.windows,
    trackRows: rows.length,
    skipData,
    unfamiliar: unfamiliarIn(scored, start),
    interfaces,
    findings: weighed,
    findingsLeftOut: found - findings.length,
  };
  await store.write(tracksKey(start), writeTracks(rows));
  // Last, since it says that the tracks are there.
  await store.write(hourKey(start), Buffer.from(JSON.stringify(hour)));
  return hour;
}

function interfacesOf({ words, size, names, accounts }: Conversations): (readonly [string, string])[] {
  const observers = new Set<number>();
  for (let row = 0; row < size && observers.size < interfacesMax; row++) {
    const observer = words[row * ROW_WORDS + W.observer];
    if (observer !== ABSENT_TEXT) observers.add(observer);
  }
  const text = (id: number) => names.text.text(id);
  return [...observers].map((id) => [text(id), text(accounts.get(id) ?? ABSENT_TEXT)] as const).sort(byId);
}

const byId = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1);
