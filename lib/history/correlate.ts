/**
 * What one object cannot show: the windows of the last days judged whole, and their history.
 *
 *   summaries ─► hours (judged when new or changed) ─► findings of a day ─┐
 *                  └─► tracks ─► hosts, some at a time ─► signals ────────┴─► chains ─► findings
 *                                  └─► baselines
 *
 * A run may be repeated, interrupted and fed late: hours and days are made again exactly when what they are made of has changed, and equal
 * content has equal names. Time is what it is given; data from after it, or from before the days looked back on, is not looked at.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding.ts';
import { judge } from '../findings/judgement.ts';
import { skippedListedMax } from '../limits.ts';
import { chains } from './chain.ts';
import { continued } from './continued.ts';
import { HISTORY_DETECTORS } from './detectors/index.ts';
import { threatLists } from './detectors/threat-list.ts';
import { type Hour, hourOf } from './hour.ts';
import { DAY_SECONDS, dayOf, dayPath } from './hours.ts';
import { joinHours } from './join.ts';
import { type Kept, keepFindings } from './kept-findings.ts';
import { readLists } from './lists.ts';
import { type LookBackOptions, type LookedBack, lookBack } from './look-back.ts';
import type { HistoryDetector } from './signal.ts';
import type { Store } from './store.ts';
import { listSummaries, type Skipped } from './summaries.ts';

/** Days looked back on, besides the one that has begun: beacons, slow scans and working weeks show in seven. */
export const LOOK_BACK_DAYS = 7;

export interface CorrelateOptions extends Omit<LookBackOptions, 'detectors' | 'originDatabases'> {
  readonly lookBackDays?: number;
  /** Beside that of the lists in the store; all unless told otherwise. */
  readonly detectors?: readonly HistoryDetector[];
}

export interface CorrelationSummary {
  /** Hours with summaries, and those of them that were judged in this run. */
  readonly hours: number;
  readonly hoursJudged: number;
  /** Summaries that were used, and those that could not be, the first of them with the reason. */
  readonly summaries: number;
  readonly skippedCount: number;
  readonly skipped: readonly Skipped[];
  readonly conversations: number;
  /** Conversations of hours with too many, which only their sums are known of. */
  readonly conversationsFolded: number;
  /** Findings that an hour with too many had no room for. */
  readonly findingsLeftOut: number;
  readonly windows: number;
  /** Hosts of ours with tracks, their tracks, and contacts that no track is kept of. */
  readonly hosts: number;
  readonly tracks: number;
  readonly forgotten: number;
  readonly findings: number;
  readonly suppressed: number;
}

export interface Correlation {
  /** All of the days looked back on, in the order of their first packets. */
  readonly findings: readonly Finding[];
  /** Those that nobody had stored yet. */
  readonly fresh: readonly Finding[];
  /** How many of those that were written are new, rest on more than before, or were known. */
  readonly kept: Readonly<Record<Kept, number>>;
  /** The hours of these days that have summaries, in order. */
  readonly hours: readonly Hour[];
  readonly summary: CorrelationSummary;
}

/** Judges the days before `nowSeconds` and writes what is found. */
export async function correlate(store: Store, options: CorrelateOptions): Promise<Correlation> {
  const { nowSeconds, settings, lookBackDays = LOOK_BACK_DAYS, detectors = HISTORY_DETECTORS } = options;
  const fromSeconds = dayOf(Math.max(0, nowSeconds - lookBackDays * DAY_SECONDS));
  const { hours, hoursJudged } = await judgedHours(store, fromSeconds, options);
  const { threatLists: lists, originDatabases } = await readLists(store);
  const all = [...detectors, threatLists(lists)];
  const history = await lookBack(store, hours, { ...options, detectors: all, originDatabases });
  const ongoing: Finding[] = [];
  for (const finding of history.findings) ongoing.push(await continued(store, finding, fromSeconds));
  const days = daysOf(hours);
  const stages = judge([...days.values()].flatMap(({ findings }) => findings).concat(ongoing), settings, nowSeconds);
  const chained = judge(chains(stages.findings), settings, nowSeconds);
  const findings = [...stages.findings, ...chained.findings].sort(byTime);
  const { kept, fresh } = await keep(store, days, findings);
  const suppressed = stages.suppressed + chained.suppressed;
  return { findings, fresh, kept, hours, summary: summaryOf(hours, { ...history, hoursJudged, findings, suppressed }) };
}

async function judgedHours(store: Store, fromSeconds: number, options: CorrelateOptions) {
  const hours: Hour[] = [];
  let hoursJudged = 0;
  for (const [start, entries] of await listSummaries(store, fromSeconds, options.nowSeconds)) {
    const { hour, isFresh } = await hourOf(store, start, entries, options);
    hours.push(hour);
    if (isFresh) hoursJudged++;
  }
  return { hours, hoursJudged };
}

/** A day's findings from its hours, and a digest of those. */
interface Day {
  readonly digest: string;
  readonly findings: readonly Finding[];
}

function daysOf(hours: readonly Hour[]): Map<number, Day> {
  const days = Map.groupBy(hours, ({ start }) => dayOf(start));
  return new Map(
    [...days].map(([day, ofDay]) => {
      const digests = ofDay.map(({ digest }) => digest);
      const digest = createHash('sha256').update(JSON.stringify(digests)).digest('hex').slice(0, 32);
      return [day, { digest, findings: joinHours(ofDay.flatMap(({ findings }) => findings)) }];
    }),
  );
}

const byTime = (a: Finding, b: Finding) =>
  a.firstSeen === b.firstSeen ? (a.id < b.id ? -1 : 1) : a.firstSeen < b.firstSeen ? -1 : 1;

/** Writes all findings but those of days that have been written as they are. */
async function keep(store: Store, days: ReadonlyMap<number, Day>, findings: readonly Finding[]) {
  const kept: Record<Kept, number> = { new: 0, fuller: 0, known: 0 };
  const written = new Set<string>();
  const due = new Map<number, Day>();
  for (const [day, { digest, findings }] of days) {
    const stored = await store.read(dayKey(day));
    if (stored !== undefined && Buffer.from(stored.bytes).toString('utf8') === digest) {
      for (const { id } of findings) written.add(id);
    } else due.set(day, days.get(day)!);
  }
  const fresh: Finding[] = [];
  const unwritten = findings.filter(({ id }) => !written.has(id));
  for (const [i, form] of (await keepFindings(store, unwritten)).entries()) {
    kept[form]++;
    if (form === 'new') fresh.push(unwritten[i]);
  }
  // Last, since it says that the findings are there.
  for (const [day, { digest }] of due) await store.write(dayKey(day), Buffer.from(digest));
  return { kept, fresh };
}

/** Where it is noted which form of a day's findings has been written. */
const dayKey = (day: number) => `tracks/${dayPath(day)}/findings`;

/** What hours come to, beside what is known of their history. */
export function summaryOf(
  hours: readonly Hour[],
  {
    findings,
    skipped,
    ...figures
  }: Omit<LookedBack, 'findings'> &
    Pick<CorrelationSummary, 'hoursJudged' | 'suppressed'> & { readonly findings: readonly Finding[] },
): CorrelationSummary {
  const sum = (of: (hour: Hour) => number) => hours.reduce((total, hour) => total + of(hour), 0);
  const { hoursJudged, hosts, tracks, forgotten, suppressed } = figures;
  return {
    hours: hours.length,
    hoursJudged,
    summaries: sum(({ summaries }) => summaries),
    skippedCount: sum(({ skippedCount }) => skippedCount) + skipped.length,
    skipped: [...hours.flatMap(({ skipped }) => skipped), ...skipped].slice(0, skippedListedMax),
    conversations: sum(({ conversations }) => conversations),
    conversationsFolded: sum(({ conversationsFolded }) => conversationsFolded),
    findingsLeftOut: sum(({ findingsLeftOut }) => findingsLeftOut),
    windows: sum(({ windows }) => windows),
    hosts,
    tracks,
    forgotten,
    findings: findings.length,
    suppressed,
  };
}
