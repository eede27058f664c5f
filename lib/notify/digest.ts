/**
 * The message of a day: what was found, what was held back and why, how far the alert budget went, which suppressions have run out, what was
 * never seen before. It is written once the day is over, and learns from it what the next days may tell.
 */
import { EMPTY_BUDGET, learn, thresholdOf } from '../findings/budget.ts';
import type { Finding } from '../findings/finding.ts';
import { judge } from '../findings/judgement.ts';
import { parseFinding } from '../findings/stored.ts';
import { isExpired } from '../findings/suppression.ts';
import type { Store } from '../history/store.ts';
import { digestFindingsMax } from '../limits.ts';
import type { Settings } from '../settings.ts';
import { type DayRecord, dayKey, dayOf, EMPTY_DAY } from './day-record.ts';
import { type DayReport, digestMessage, type IncidentOfDay } from './digest-letter.ts';
import { type IncidentState, incidentKey, isClaimed, UNHEARD } from './incident-state.ts';
import type { Publish } from './message.ts';
import { BUDGET_KEY } from './notify.ts';
import { type Hold, holdByItself } from './route.ts';
import { Busy, change, readJson } from './stored-json.ts';

/** Values read from the store at once. */
const READS_AT_ONCE = 16;

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
    const report = await reportOf(day, record, store, settings, nowSeconds);
    const hasNews =
      report.incidents.length + report.expired.length + report.unreadable.length + record.messages.length > 0;
    if (hasNews) await publish(digestMessage(report));
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
  store: Store,
  settings: Settings,
  nowSeconds: number,
): Promise<DayReport> {
  const { findings: stored, unreadable, leftOut } = await findingsOf(store, day);
  const { findings } = judge(stored, settings, nowSeconds);
  const asking = findings.filter((finding) => holdByItself(finding, settings) === undefined);
  const budget = await change(store, BUDGET_KEY, EMPTY_BUDGET, (state) => {
    const value = learn(state, day, asking);
    return { value, result: value };
  });
  const behaviours = Object.keys(settings.alertsPerDay) as Finding['class'][];
  return {
    day,
    messages: record.messages,
    incidents: await incidentsOf(findings, day, store, settings),
    findingCount: findings.length,
    leftOut,
    unreadable,
    expired: settings.suppressions.filter((suppression) => isExpired(suppression, nowSeconds)),
    budget: behaviours.map((behaviour) => ({
      behaviour,
      alertsPerDay: settings.alertsPerDay[behaviour],
      used: record.messages.filter((message) => message.class === behaviour).length,
      threshold: thresholdOf(budget, behaviour, settings.alertsPerDay[behaviour], dayAfter(day)),
    })),
  };
}

const dayAfter = (day: string) => dayOf(Date.parse(day) / 1000 + 86_400);

/** The findings that began on a day; what cannot be read is named. */
async function findingsOf(store: Store, day: string) {
  const keys: string[] = [];
  let leftOut = 0;
  for await (const { key } of store.list(`findings/day=${day}/`)) {
    if (keys.length < digestFindingsMax) keys.push(key);
    else leftOut++;
  }
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
  return { findings, unreadable: unreadable.sort(), leftOut };
}

/** The incidents behind findings, each with what became of it. */
async function incidentsOf(
  findings: readonly Finding[],
  day: string,
  store: Store,
  settings: Settings,
): Promise<IncidentOfDay[]> {
  const byIncident = Map.groupBy(findings, ({ incident }) => incident);
  const found: IncidentOfDay[] = [];
  await eachOf([...byIncident], async ([incident, ofIt]) => {
    const holds = ofIt.map((finding) => holdByItself(finding, settings));
    const hold = holds.includes(undefined) ? undefined : holds[0];
    const { value } = await readJson(store, incidentKey(incident), UNHEARD);
    found.push({ findings: ofIt, hold: hold ?? holdOf(value), isNew: isNewOn(day, value) });
  });
  return found.sort((a, b) => (a.findings[0].id < b.findings[0].id ? -1 : 1));
}

/** Why an incident was not told; `undefined` for one that was. */
function holdOf({ told, held, messages }: IncidentState): Hold | undefined {
  if (told !== undefined || (held === undefined && messages > 0)) return undefined;
  return held?.why ?? 'unheard';
}

function isNewOn(day: string, { sinceSeconds }: IncidentState): boolean {
  return sinceSeconds !== null && dayOf(sinceSeconds) === day;
}

/** Awaits the work on all items, so many at once. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += READS_AT_ONCE) {
    await Promise.all(items.slice(from, from + READS_AT_ONCE).map(work));
  }
}
