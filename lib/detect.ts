/**
 * The one story: flow logs in, findings out.
 *
 *   objects ─► batches ─► conversations ─► features ─► class probabilities ─► signals ─► incidents ─► findings
 *
 * Command line and Lambda functions run this very code; they differ in where objects come from and findings go.
 */
import { Conversations } from './conversations/conversations.ts';
import { type StrangerSummary, Strangers } from './conversations/strangers.ts';
import type { Scored } from './detectors/scored.ts';
import type { Evidence, Finding } from './findings/finding.ts';
import { judge } from './findings/judgement.ts';
import { tagsOf } from './findings/tags.ts';
import { judgeWindows } from './findings/windows.ts';
import { createNames } from './flowlog/batch.ts';
import { readRecords, type SampleRecords } from './flowlog/evidence.ts';
import { KeptLines } from './flowlog/kept-lines.ts';
import { NetworkSet } from './flowlog/network.ts';
import { CannotOpen, type LogObject } from './flowlog/object.ts';
import type { CorrelationSummary } from './history/correlate.ts';
import { againstHabits } from './history/habits.ts';
import { keepFindings } from './history/kept-findings.ts';
import { replay } from './history/replay.ts';
import type { Store } from './history/store.ts';
import type { Classifier } from './model/classifier.ts';
import { addFailure, keepObject, Reading, type ReadOptions, type ReadSummary, readConversations } from './reading.ts';
import type { Settings } from './settings.ts';

export interface DetectSummary extends ReadSummary {
  readonly conversations: number;
  /** Conversations folded into rest rows because the limit was reached; 0 means that nothing was left out. */
  readonly conversationsFolded: number;
  /** Conversations without a host of ours: a network is missing in the settings. */
  readonly strangers: StrangerSummary;
  readonly windows: number;
  readonly findings: number;
  readonly suppressed: number;
}

export interface DetectOptions extends ReadOptions {
  readonly classifier: Classifier;
  readonly settings: Settings;
  /** Moment at which suppressions hold, Unix seconds; that of the last packet unless given. */
  readonly nowSeconds?: number;
  /** Where the conversations of each object are kept as its summary, if anywhere. */
  readonly store?: Store;
}

export interface Detection {
  readonly findings: readonly Finding[];
  readonly summary: DetectSummary;
  readonly scored: Scored;
}

/** Reads the objects and judges what they hold. */
export async function detect(objects: AsyncIterable<LogObject>, options: DetectOptions): Promise<Detection> {
  const lines = new KeptLines();
  const ours = new NetworkSet(options.settings.ourNetworks);
  const { conversations, ...read } = await readConversations(objects, { ...options, ours }, lines);
  const strangers = new Strangers(ours);
  strangers.add(conversations);
  const { findings, found, scored } = await judgeWindows(conversations, { classifier: options.classifier, ours });
  const complete = await withRecords(findings, read, lines);
  const weighed = options.store === undefined ? complete : await againstHabits(complete, options.store);
  const judged = judge(weighed, options.settings, options.nowSeconds ?? lastSecond(complete));
  return {
    findings: judged.findings,
    summary: {
      ...read.summary,
      conversations: scored.rows.length,
      conversationsFolded: conversations.folded,
      strangers: strangers.summary,
      windows: scored.context.windows,
      findings: found,
      suppressed: judged.suppressed,
    },
    scored,
  };
}

function lastSecond(findings: readonly Finding[]): number {
  return findings.reduce((last, { lastSeen }) => Math.max(last, Date.parse(lastSeen) / 1000), 0);
}

/** What reading and history together came to. */
export interface HistoryDetection {
  readonly findings: readonly Finding[];
  readonly summary: DetectSummary & { readonly history: CorrelationSummary };
}

/**
 * Reads the objects into the summaries of a store, one object in memory at a time, and judges them there: their windows whole, with what other
 * objects hold of them, and the history of each of their days, as it was when that day ended. Objects that could not be read to their end are
 * judged by themselves. Returns what was found in the time of the objects; everything is written to the store.
 */
export async function detectInHistory(
  objects: AsyncIterable<LogObject>,
  { store, ...options }: DetectOptions & { readonly store: Store },
): Promise<HistoryDetection> {
  const reading = new Reading(options);
  const ours = new NetworkSet(options.settings.ourNetworks);
  const strangers = new Strangers(ours);
  const unkept = new Conversations(createNames(), { ours });
  const hours = new Set<number>();
  for await (const object of objects) {
    if (reading.knows(object)) continue;
    const own = new Conversations(createNames(), { ours });
    const report = await reading.read(object, own);
    strangers.add(own);
    if (report.failure !== undefined) unkept.merge(own);
    else for (const hour of await keepObject(store, own, report)) hours.add(hour);
  }
  const { classifier, settings } = options;
  const alone = await judgeWindows(unkept, { classifier, ours });
  const { findings, summary: history } = await replay(store, hours, { classifier, settings });
  for (const { source, failure } of history.skipped) addFailure(reading.summary, source, failure);
  const all = new Map([...alone.findings, ...findings].map((finding) => [finding.id, finding]));
  const complete = await withRecords([...all.values()], reading);
  const judged = judge(complete, settings, options.nowSeconds ?? lastSecond(complete));
  await keepFindings(store, judged.findings);
  const { conversations, conversationsFolded, windows } = history;
  return {
    findings: judged.findings,
    summary: {
      ...reading.summary,
      conversations: conversations + alone.scored.rows.length,
      conversationsFolded: conversationsFolded + unkept.folded,
      strangers: strangers.summary,
      windows: windows + alone.scored.context.windows,
      findings: judged.findings.length + history.findingsLeftOut,
      suppressed: judged.suppressed,
      history,
    },
  };
}

/**
 * Fills in the text of sample records: of lines that were kept, else by reading their objects once more, each in one pass. What has gone since
 * then is told where it stood, and does not undo the findings.
 */
async function withRecords(
  findings: readonly Finding[],
  { readable, summary }: Pick<Reading, 'readable' | 'summary'>,
  lines?: KeptLines,
): Promise<Finding[]> {
  const wanted = new Map<string, Set<number>>();
  for (const { source, ordinal } of findings.flatMap((finding) => finding.evidence)) {
    wanted.set(source, (wanted.get(source) ?? new Set()).add(ordinal));
  }
  const numbers = new Map([...readable.keys()].map((name, number) => [name, number]));
  const records = new Map<string, SampleRecords>();
  for (const [source, ordinals] of wanted) {
    const object = readable.get(source);
    if (object === undefined || object.once) continue;
    try {
      records.set(source, lines?.find(numbers.get(source)!, ordinals) ?? (await readRecords(object, [...ordinals])));
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      addFailure(summary, source, `sample records could not be read: ${error.message}`);
    }
  }
  const complete = (evidence: Evidence): Evidence => {
    const read = records.get(evidence.source);
    const record = read?.lines.get(evidence.ordinal);
    if (read === undefined || record === undefined) return evidence;
    const tags = tagsOf(read.header, record);
    return tags.length === 0 ? { ...evidence, record } : { ...evidence, record, tags };
  };
  return findings.map((finding) => ({ ...finding, evidence: finding.evidence.map(complete) }));
}
