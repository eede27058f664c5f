/**
 * History as it would have been told while it happened: each day is looked at from its end, so that what was new on a day is found on that day,
 * whenever its logs are read. A clock that jumped makes days of its own, far away, and does not move those of the others.
 */
import type { Finding } from '../findings/finding.ts';
import { replayedDaysMax } from '../limits.ts';
import { type CorrelateOptions, type CorrelationSummary, correlate, LOOK_BACK_DAYS, summaryOf } from './correlate.ts';
import type { Hour } from './hour.ts';
import { DAY_SECONDS, dayOf, HOUR_SECONDS } from './hours.ts';
import type { Store } from './store.ts';
import { type Skipped, summaryHours } from './summaries.ts';

export interface Replayed {
  /** Those that overlap the given hours; of forms of one finding, that of the latest day. */
  readonly findings: readonly Finding[];
  /** Of the given hours; hosts and tracks are those of the day with most. */
  readonly summary: CorrelationSummary;
}

/** Looks at every day that hours (starts, Unix seconds) with new summaries have changed, by themselves or by what came before. */
export async function replay(
  store: Store,
  hours: ReadonlySet<number>,
  options: Omit<CorrelateOptions, 'nowSeconds'>,
): Promise<Replayed> {
  const found = new Map<string, Finding>();
  const judged = new Map<number, Hour>();
  const skipped = new Map<string, Skipped>();
  const figures = { hoursJudged: 0, hosts: 0, tracks: 0, forgotten: 0 };
  const ends = dayEnds(await summaryHours(store), hours, options.lookBackDays ?? LOOK_BACK_DAYS);
  for (const nowSeconds of ends) {
    const correlation = await correlate(store, { ...options, nowSeconds });
    for (const finding of correlation.findings) if (overlaps(finding, hours)) found.set(finding.id, finding);
    for (const hour of correlation.hours) if (hours.has(hour.start)) judged.set(hour.start, hour);
    for (const skip of correlation.summary.skipped) skipped.set(skip.source, skip);
    figures.hoursJudged += correlation.summary.hoursJudged;
    for (const figure of ['hosts', 'tracks', 'forgotten'] as const) {
      figures[figure] = Math.max(figures[figure], correlation.summary[figure]);
    }
  }
  const findings = [...found.values()];
  const suppressed = findings.filter((finding) => finding.suppressed !== undefined).length;
  const known = new Set([...judged.values()].flatMap((hour) => hour.skipped.map(({ source }) => source)));
  const others = [...skipped.values()].filter(({ source }) => !known.has(source));
  return { findings, summary: summaryOf([...judged.values()], { ...figures, findings, suppressed, skipped: others }) };
}

/** The ends of days to look from: those of the new hours, and later ones that look back on them; each the end of its last hour with data. */
function dayEnds(all: readonly number[], fresh: ReadonlySet<number>, lookBackDays: number): number[] {
  const freshDays = new Set([...fresh].map(dayOf));
  const ends = new Map<number, number>();
  for (const hour of all) ends.set(dayOf(hour), hour + HOUR_SECONDS);
  const due = [...ends].filter(([day]) =>
    Array.from({ length: lookBackDays + 1 }, (_, ago) => day - ago * DAY_SECONDS).some((before) =>
      freshDays.has(before),
    ),
  );
  return due.map(([, end]) => end).slice(-replayedDaysMax);
}

/** Whether a finding was going on in one of the hours. */
function overlaps({ firstSeen, lastSeen }: Finding, hours: ReadonlySet<number>): boolean {
  const first = Date.parse(firstSeen) / 1000;
  const last = Date.parse(lastSeen) / 1000;
  for (const hour of hours) if (hour <= last && hour + HOUR_SECONDS > first) return true;
  return false;
}
