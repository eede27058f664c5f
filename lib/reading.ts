/**
 * Log objects are read into conversations, one after another, and what that came to: counts, what could not be used, and why.
 */
import { Conversations } from './conversations/conversations.ts';
import { createNames, type FlowBatch } from './flowlog/batch.ts';
import type { KeptLines } from './flowlog/kept-lines.ts';
import type { Layout } from './flowlog/layout.ts';
import type { NetworkSet } from './flowlog/network.ts';
import { CannotOpen, type LogObject, readObject } from './flowlog/object.ts';
import type { TextOptions } from './flowlog/plan.ts';
import { type FlowSink, type MalformedExample, type MalformedReason, ReadReport } from './flowlog/report.ts';
import type { Store } from './history/store.ts';
import { keepSummaries } from './history/summaries.ts';
import { failuresListedMax, malformedExamplesMax, unknownFieldsMax } from './limits.ts';

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

/**
 * Reads the objects into conversations; with a store, those of each object are kept there as well. An object that comes twice under one name
 * is read once. Lines that sample records may be wanted of go to `lines`, by the numbers that objects have in `readable`.
 */
export async function readConversations(
  objects: AsyncIterable<LogObject>,
  options: ReadOptions & { readonly store?: Store; readonly ours?: NetworkSet },
  lines?: KeptLines,
) {
  const { store, ours } = options;
  const names = createNames();
  const conversations = new Conversations(names, { ours });
  const reading = new Reading(options, lines);
  for await (const object of objects) {
    if (reading.knows(object)) continue;
    // The first object, which may be a large one and all there is, needs no second copy.
    const isAlone = store === undefined || reading.readable.size === 0;
    const own = isAlone ? conversations : new Conversations(names, { ours });
    const report = await reading.read(object, own);
    if (store !== undefined) await keepObject(store, own, report);
    if (!isAlone) conversations.merge(own);
  }
  const { summary, readable } = reading;
  return { conversations, summary, readable };
}

/** Keeps an object's conversations. One that could not be read to its end is left out: it may come again, and would count twice. */
export async function keepObject(
  store: Store,
  conversations: Conversations,
  { failure, skipData }: ReadReport,
): Promise<number[]> {
  return failure === undefined ? await keepSummaries(store, conversations, skipData) : [];
}

/** Objects read one after another, and what that came to. */
export class Reading {
  readonly summary = emptySummary();
  readonly readable = new Map<string, LogObject>();
  readonly #options: ReadOptions;
  readonly #lines: KeptLines | undefined;

  constructor(options: ReadOptions, lines?: KeptLines) {
    this.#options = options;
    this.#lines = lines;
  }

  knows({ name }: LogObject): boolean {
    return this.readable.has(name);
  }

  async read(object: LogObject, into: Conversations): Promise<ReadReport> {
    const { layout, onProgress, onRejected } = this.#options;
    const number = this.readable.size;
    const lines = this.#lines;
    const keepLine = lines && ((batch: FlowBatch, record: number) => lines.keep(number, batch, record));
    this.readable.set(object.name, object);
    const source = into.source(object.name);
    const { objects, bytes, records: before } = this.summary;
    let records = before;
    const sink: FlowSink = {
      batch(batch) {
        into.add(batch, source, keepLine);
        records += batch.length;
        onProgress?.({ source: object.name, objects, bytes, records });
      },
      rejected(ordinal, reason, text) {
        onRejected?.(object.name, ordinal, reason, text);
      },
    };
    const report = await readOrFail(object, { names: into.names, layout }, sink);
    addReport(this.summary, object.name, report);
    return report;
  }
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

export function addFailure({ failures }: ReadSummary, source: string, failure: string): void {
  if (failures.length < failuresListedMax) failures.push({ source, failure });
}
