/**
 * The message of a day: what was found, what was held back and why, how far the alert budget went, which suppressions have run out, what was
 * never seen before. It is written once the day is over, and learns from it what the next days may tell.
 */
import { EMPTY_BUDGET, learn, thresholdOf } from '../findings/budget.ts';
import type { Finding } from '../findings/finding.ts';
import { judge } from '../findings/judgement.ts';
import { isExpired } from '../findings/suppression.ts';
import type { Store } from '../history/store.ts';
import type { Settings } from '../settings.ts';
import { type DayFindings, eachOf, findingsOfDay, markCounted } from './day-findings.ts';
import { type DayRecord, dayKey, dayOf, EMPTY_DAY } from './day-record.ts';
import { type DayReport, digestMessage, type IncidentOfDay } from './digest-letter.ts';
import { type IncidentState, incidentKey, isClaimed, UNHEARD } from './incident-state.ts';
import type { Publish } from './message.ts';
import { BUDGET_KEY } from './notify.ts';
import { type Hold, holdByItself } from './route.ts';
import { Busy, change, readJson } from './stored-json.ts';

/**
 * Publishes the digest of a day (`YYYY-MM-DD`, UTC) and learns its scores. `false` when it has been told, or there is nothing to say. As with findings,
 * a run that dies between publishing and marking has the digest told once more.
 */
export async function digest(
  day: string,
  store: Store,
  settings: Settings,
  nowSeconds: number,
  publish: Publish,
): Promise<boolean> {
  const record = await claim(store, day, nowSeconds);
  if (record === undefined) return false;
  try {
    const found = await findingsOfDay(store, day);
    const report = await reportOf(day, record, found, store, settings, nowSeconds);
    const hasNews =
      report.incidents.length + report.expired.length + report.unreadable.length + record.messages.length > 0;
    if (hasNews) await publish(digestMessage(report));
    await markCounted(store, found);
    await setDigest(store, day, { atSeconds: nowSeconds, told: true });
    return hasNews;
  } catch (error) {
    await setDigest(store, day, undefined);
    throw error;
  }
}

/** The record of the day, claimed for its digest; `undefined` when that was told. */
function claim(store: Store, day: string, nowSeconds: number): Promise<DayRecord | undefined> {
  return change<DayRecord, DayRecord | undefined>(store, dayKey(day), EMPTY_DAY, (record) => {
    if (record.digest?.told) return { value: record, result: undefined };
    const earlier = record.digest && { finding: day, atSeconds: record.digest.atSeconds };
    if (isClaimed({ ...UNHEARD, claim: earlier }, nowSeconds)) {
      throw new Busy(`the digest of ${day} is being told by another run`);
    }
    return { value: { ...record, digest: { atSeconds: nowSeconds, told: false } }, result: record };
  });
}

function setDigest(store: Store, day: string, state: DayRecord['digest']): Promise<void> {
  return change(store, dayKey(day), EMPTY_DAY, (record) => ({
    value: { ...record, digest: state },
    result: undefined,
  }));
}

async function reportOf(
  day: string,
  record: DayRecord,
  found: DayFindings,
  store: Store,
  settings: Settings,
  nowSeconds: number,
): Promise<DayReport> {
  const { findings } = judge(found.findings, settings, nowSeconds);
  const incidents = await incidentsOf(findings, record, store, settings);
  const asking = incidents
    .filter(({ hold }) => hold === undefined || ASKING.has(hold))
    .flatMap(({ findings }) => findings.filter((finding) => holdByItself(finding, settings) === undefined));
  const budget = await change(store, BUDGET_KEY, EMPTY_BUDGET, (state) => {
    const value = learn(state, day, asking);
    return { value, result: value };
  });
  const behaviours = Object.keys(settings.alertsPerDay) as Finding['class'][];
  return {
    day,
    messages: record.messages,
    incidents,
    findingCount: findings.length,
    lateCount: found.lateCount,
    leftOut: found.leftOut,
    unreadable: found.unreadable,
    expired: settings.suppressions.filter((suppression) => isExpired(suppression, nowSeconds)),
    budget: behaviours.map((behaviour) => ({
      behaviour,
      alertsPerDay: settings.alertsPerDay[behaviour],
      used: record.messages.filter((message) => message.class === behaviour).length,
      threshold: thresholdOf(budget, behaviour, settings.alertsPerDay[behaviour], dayAfter(day)),
    })),
  };
}

/** Held back for want of room: with what was told, what asks for the alerts of a day. */
const ASKING: ReadonlySet<Hold> = new Set(['threshold', 'budget', 'unheard']);

const dayAfter = (day: string) => dayOf(Date.parse(day) / 1000 + 86_400);

/** The incidents behind findings, each with what became of it. */
async function incidentsOf(
  findings: readonly Finding[],
  { messages }: DayRecord,
  store: Store,
  settings: Settings,
): Promise<IncidentOfDay[]> {
  const toldToday = new Set(messages.map(({ incident }) => incident));
  const byIncident = Map.groupBy(findings, ({ incident }) => incident);
  const found: IncidentOfDay[] = [];
  await eachOf([...byIncident], async ([incident, ofIt]) => {
    const holds = ofIt.map((finding) => holdByItself(finding, settings));
    const hold = holds.includes(undefined) ? undefined : holds[0];
    const { value } = await readJson(store, incidentKey(incident), UNHEARD);
    found.push({
      findings: ofIt,
      hold: hold ?? (toldToday.has(incident) ? undefined : holdOf(value)),
      isNew: isNewWith(ofIt, value),
    });
  });
  return found.sort((a, b) => (a.findings[0].id < b.findings[0].id ? -1 : 1));
}

/** Why an incident was not told on the day. */
function holdOf({ told, held, messages }: IncidentState): Hold {
  if (told !== undefined || (held === undefined && messages > 0)) return 'known';
  return held?.why ?? 'unheard';
}

/** Whether nothing was heard of the incident before the days of these findings. */
function isNewWith(findings: readonly Finding[], { sinceSeconds }: IncidentState): boolean {
  if (sinceSeconds === null) return false;
  const since = dayOf(sinceSeconds);
  return findings.some(({ firstSeen }) => firstSeen.startsWith(since));
}
