/**
 * The messages of one day: what the alert budget is counted by, and what the digest begins with.
 *
 * A finding finds room when fewer alerts of its behaviour went out that are at least as severe. So a flood of weak findings, which an
 * attacker may well send on purpose, does not use up the room of a severe one, and still no day has more than four times the budget.
 */
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import type { Store } from '../history/store.ts';
import type { News } from './incident-state.ts';
import { change, readJson } from './stored-json.ts';

export interface DayMessage {
  readonly class: Finding['class'];
  readonly severity: Severity;
  readonly incident: string;
  /** How many messages of the incident came before: telling it a second time after a failure, grown or not, takes no second place. */
  readonly number: number;
  readonly title: string;
  readonly news: News;
}

export interface DayRecord {
  readonly magic: 'flowtrap-day';
  readonly version: 1;
  readonly messages: readonly DayMessage[];
  /** The digest of the day: being written since, or told. */
  readonly digest?: { readonly atSeconds: number; readonly told: boolean };
  /** Names of the findings that began on the day and that a digest has counted, its own or a later one; absent in records of earlier builds. */
  readonly counted?: readonly string[];
}

export const EMPTY_DAY: DayRecord = { magic: 'flowtrap-day', version: 1, messages: [] };

export const dayKey = (day: string) => `incidents/day=${day}.json`;

/** `YYYY-MM-DD` in UTC. */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Takes a place among the alerts of the day; `false` when there is none. */
export function takePlace(
  store: Store,
  day: string,
  finding: Finding,
  { news, number, alertsPerDay }: Pick<DayMessage, 'news' | 'number'> & { readonly alertsPerDay: number },
): Promise<boolean> {
  return change(store, dayKey(day), EMPTY_DAY, (record) => {
    const message = { ...messageOf(finding), news, number };
    const hasPlace = record.messages.some(
      ({ incident, number }) => incident === message.incident && number === message.number,
    );
    if (hasPlace) return { value: record, result: true };
    const rank = SEVERITIES.indexOf(finding.severity);
    const asSevere = record.messages.filter(
      ({ class: behaviour, severity }) => behaviour === finding.class && SEVERITIES.indexOf(severity) >= rank,
    );
    if (asSevere.length >= alertsPerDay) return { value: record, result: false };
    return { value: { ...record, messages: [...record.messages, message] }, result: true };
  });
}

function messageOf({ class: behaviour, severity, incident, title }: Finding) {
  return { class: behaviour, severity, incident, title };
}

export async function readDay(store: Store, day: string): Promise<DayRecord> {
  return (await readJson(store, dayKey(day), EMPTY_DAY)).value;
}

/** Notes that a digest has counted findings that began on the day. */
export function noteCounted(store: Store, day: string, names: readonly string[]): Promise<void> {
  return change(store, dayKey(day), EMPTY_DAY, (record) => ({
    value: { ...record, counted: [...new Set([...(record.counted ?? []), ...names])] },
    result: undefined,
  }));
}
