/**
 * What false alerts cost, and what can be had for a stated number of them.
 *
 * A false alert is a flagged actor-window (or a finding) without any conversation that is labelled an attack, of whatever class: an alert
 * under the wrong name still leads to the attacker. Unlabelled conversations count as benign here and nowhere else. An active
 * host-hour is one internal client that begins a conversation in one hour of the clock; an hour that the logs cover in part counts whole.
 */
import { ratio } from './measures.ts';

/** False alerts per 1,000 host-hours at which recall is told: one that a team barely notices, and one that it can just bear. */
export const ALERT_RATES = [1, 10] as const;

export interface RecallAtRate {
  readonly falseAlertsPer1000HostHours: number;
  /** False alerts that the rate allows in these logs, rounded down. */
  readonly allowed: number;
  /** Actor-windows that score above it are flagged. */
  readonly threshold: number;
  /** Share of the positives above the threshold, `null` without positives or host-hours. */
  readonly recall: number | null;
}

/**
 * Recall at the lowest threshold that keeps the rate: the highest score of an actor-window without attack that must not pass any more.
 * Those of one score pass or fail together.
 */
export function recallAtRate(
  positives: Float32Array,
  innocent: Float32Array,
  hostHours: number,
  rate: number,
): RecallAtRate {
  const allowed = Math.floor((rate * hostHours) / 1_000);
  const falling = innocent.toSorted().reverse();
  const threshold = allowed < falling.length ? falling[allowed] : 0;
  const above = positives.filter((score) => score > threshold).length;
  const recall = hostHours === 0 ? null : ratio(above, positives.length);
  return { falseAlertsPer1000HostHours: rate, allowed, threshold, recall };
}

const HOUR_SECONDS = 3_600;

/** Active host-hours: pairs of an internal client and an hour of the clock. */
export function hostHours(window: Uint32Array, client: Uint32Array, isOurs: (address: number) => boolean): number {
  const hours = new Map<number, Set<number>>();
  const ours = new Map<number, boolean>();
  for (let row = 0; row < window.length; row++) {
    const address = client[row];
    if (!ours.has(address)) ours.set(address, isOurs(address));
    if (!ours.get(address)) continue;
    const hour = Math.floor(window[row] / HOUR_SECONDS);
    const clients = hours.get(hour);
    if (clients === undefined) hours.set(hour, new Set([address]));
    else clients.add(address);
  }
  return [...hours.values()].reduce((sum, clients) => sum + clients.size, 0);
}

export interface FalseAlerts {
  readonly count: number;
  /** Those of them that hold unlabelled conversations only. */
  readonly unlabelled: number;
  readonly perHour: number | null;
  readonly per1000HostHours: number | null;
}

export function falseAlerts(count: number, unlabelled: number, hours: number, activeHostHours: number): FalseAlerts {
  return { count, unlabelled, perHour: ratio(count, hours), per1000HostHours: ratio(1_000 * count, activeHostHours) };
}
