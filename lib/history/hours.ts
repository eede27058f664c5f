/**
 * Hours and days, in Unix seconds and UTC.
 */
export const HOUR_SECONDS = 3_600;
export const DAY_SECONDS = 86_400;
export const WEEK_SECONDS = 604_800;

/** 1970-01-05, the first Monday. */
const MONDAY_SECONDS = 4 * DAY_SECONDS;

export const dayOf = (seconds: number) => seconds - (seconds % DAY_SECONDS);

export const hourOfDay = (seconds: number) => Math.floor((seconds % DAY_SECONDS) / HOUR_SECONDS);

/** Monday, 00:00, of the week. */
export function weekOf(seconds: number): number {
  return seconds < MONDAY_SECONDS ? 0 : seconds - ((seconds - MONDAY_SECONDS) % WEEK_SECONDS);
}

/** `day=YYYY-MM-DD`. */
export function dayPath(seconds: number): string {
  return `day=${new Date(seconds * 1000).toISOString().slice(0, 10)}`;
}

/** How many five-minute windows of an hour a mask names, bit i for window i. */
export function windowsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
