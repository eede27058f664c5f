/**
 * The one story: flow logs in, findings out.
 *
 *   objects ─► batches ─► conversations ─► features ─► class probabilities ─► signals ─► incidents ─► findings
 *
 * Command line and Lambda functions run this very code; they differ in where objects come from and findings go.
 */
import { Conversations } from './conversations/conversations.ts';
import { DETECTORS } from './detectors/index.ts';
import { type Scored, score } from './detectors/scored.ts';
import { explain } from './findings/explain.ts';
import type { Evidence, Finding } from './findings/finding.ts';
import { incidents } from './findings/incident.ts';
import { createNames } from './flowlog/batch.ts';
import { readRecords } from './flowlog/evidence.ts';
import type { Layout } from './flowlog/layout.ts';
import { NetworkSet } from './flowlog/network.ts';
import { CannotOpen, type LogObject, readObject } from './flowlog/object.ts';
import type { TextOptions } from './flowlog/plan.ts';
import { type FlowSink, type MalformedExample, type MalformedReason, ReadReport } from './flowlog/report.ts';
import { failuresListedMax, findingsMax, malformedExamplesMax, unknownFieldsMax } from './limits.ts';
import type { Classifier } from './model/classifier.ts';
import type { Settings } from './settings.ts';

/** What reading came to, over all objects. */
export interface ReadSummary {
  objects: number;
  objectsFailed: number;
  /** Bytes as stored. */
  bytes: number;
  /** `records + noData + skipData + malformed` is the number of data lines or rows. */
  records: number;
  noData: number;
  skipData: number;
  malformed: Partial<Record<MalformedReason, number>>;
  malformedExamples: (MalformedExample & { readonly source: string })[];
  unknownFields: string[];
  missingFields: string[];
  /** Objects that could be read in part or not at all, and why. */
  failures: { readonly source: string; readonly failure: string }[];
}

export interface DetectSummary extends ReadSummary {
  readonly conversations: number;
  /** Conversations folded into rest rows because the limit was reached; 0 means that nothing was left out. */
  readonly conversationsFolded: number;
  readonly windows: number;
  readonly findings: number;
  readonly suppressed: number;
}

export interface Progress {
  readonly source: string;
  readonly objects: number;
  readonly bytes: number;
  readonly records: number;
}

export interface ReadOptions {
  /** Layout of lines without a header. */
  readonly layout?: Layout;
  readonly onProgress?: (progress: Progress) => void;
  /** Called with every line or row that could not be used. */
  readonly onRejected?: (source: string, ordinal: number, reason: MalformedReason, text: string) => void;
}

export interface DetectOptions extends ReadOptions {
  readonly classifier: Classifier;
  readonly settings: Settings;
}

export interface Detection {
  readonly findings: readonly Finding[];
  readonly summary: DetectSummary;
  readonly scored: Scored;
}

/**
 * Reads the objects and judges what they hold. Conversations are joined in place while being judged, so a caller that stores them
 * takes them in `store`, before.
 */
export async function detect(
  objects: AsyncIterable<LogObject>,
  options: DetectOptions & { readonly store?: (conversations: Conversations) => Promise<void> },
): Promise<Detection> {
  const { conversations, summary, readable } = await readConversations(objects, options);
  await options.store?.(conversations);
  const scored = await score(conversations, options.classifier, new NetworkSet(options.settings.ourNetworks));
  const signals = new Map(DETECTORS.map((detector) => [detector.name, detector.detect(scored)]));
  const found = incidents(signals).filter(({ suffices }) => suffices);
  const findings: Finding[] = [];
  for (const incident of found.slice(0, findingsMax)) findings.push(await explain(scored, incident));
  return {
    findings: await withRecords(findings, readable, summary),
    summary: {
      ...summary,
      conversations: scored.rows.length,
      conversationsFolded: conversations.folded,
      windows: scored.context.windows,
      findings: found.length,
      suppressed: 0,
    },
    scored,
  };
}

/** Reads the objects into conversations. An object that comes twice under one name is read once. */
export async function readConversations(objects: AsyncIterable<LogObject>, options: ReadOptions) {
  const names = createNames();
  const conversations = new Conversations(names);
  const summary = emptySummary();
  const readable = new Map<string, LogObject>();
  for await (const object of objects) {
    if (readable.has(object.name)) continue;
    readable.set(object.name, object);
    const source = conversations.source(object.name);
    const before = { ...summary };
    let records = 0;
    const sink: FlowSink = {
      batch(batch) {
        conversations.add(batch, source);
        records += batch.length;
        const { objects, bytes } = before;
        options.onProgress?.({ source: object.name, objects, bytes, records: before.records + records });
      },
      rejected(ordinal, reason, text) {
        options.onRejected?.(object.name, ordinal, reason, text);
      },
    };
    const report = await readOrFail(object, { names, layout: options.layout }, sink);
    addReport(summary, object.name, report);
  }
  return { conversations, summary, readable };
}

/** As `readObject`; an object that cannot be opened is a failure like any other, so that the rest is still read. */
async function readOrFail(object: LogObject, options: TextOptions, sink: FlowSink): Promise<ReadReport> {
  try {
    return await readObject(object, options, sink);
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    const report = new ReadReport();
    report.failure = error.message;
    return report;
  }
}

function emptySummary(): ReadSummary {
  return {
    objects: 0,
    objectsFailed: 0,
    bytes: 0,
    records: 0,
    noData: 0,
    skipData: 0,
    malformed: {},
    malformedExamples: [],
    unknownFields: [],
    missingFields: [],
    failures: [],
  };
}

function addReport(summary: ReadSummary, source: string, report: ReadReport): void {
  summary.objects++;
  summary.bytes += report.bytes;
  summary.records += report.records;
  summary.noData += report.noData;
  summary.skipData += report.skipData;
  for (const [reason, count] of Object.entries(report.malformed) as [MalformedReason, number][]) {
    summary.malformed[reason] = (summary.malformed[reason] ?? 0) + count;
  }
  for (const example of report.examples) {
    if (summary.malformedExamples.length < malformedExamplesMax) summary.malformedExamples.push({ source, ...example });
  }
  summary.unknownFields = [...new Set([...summary.unknownFields, ...report.unknownFields])].slice(0, unknownFieldsMax);
  summary.missingFields = [...new Set([...summary.missingFields, ...report.missingFields])];
  if (report.failure === undefined) return;
  summary.objectsFailed++;
  addFailure(summary, source, report.failure);
}

function addFailure({ failures }: ReadSummary, source: string, failure: string): void {
  if (failures.length < failuresListedMax) failures.push({ source, failure });
}

/**
 * Fills in the text of sample records by reading their objects once more, each in one pass. What has gone since then is told where it
 * stood, and does not undo the findings.
 */
async function withRecords(
  findings: readonly Finding[],
  readable: ReadonlyMap<string, LogObject>,
  summary: ReadSummary,
): Promise<Finding[]> {
  const wanted = new Map<string, Set<number>>();
  for (const { source, ordinal } of findings.flatMap((finding) => finding.evidence)) {
    wanted.set(source, (wanted.get(source) ?? new Set()).add(ordinal));
  }
  const records = new Map<string, ReadonlyMap<number, string>>();
  for (const [source, ordinals] of wanted) {
    const object = readable.get(source);
    if (object === undefined || object.once) continue;
    try {
      records.set(source, (await readRecords(object, [...ordinals])).lines);
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      addFailure(summary, source, `sample records could not be read: ${error.message}`);
    }
  }
  const complete = (evidence: Evidence): Evidence => {
    const record = records.get(evidence.source)?.get(evidence.ordinal);
    return record === undefined ? evidence : { ...evidence, record };
  };
  return findings.map((finding) => ({ ...finding, evidence: finding.evidence.map(complete) }));
}
