/**
 * Whether a run is long enough to show who was there before and who is new: what begins while it is looked at deserves more suspicion than what
 * has always gone on.
 */
import { windowSeconds } from '../limits.ts';
import type { Scored } from './scored.ts';

/** Windows from which on it is: half an hour, after which Zeek forgets failures. */
const RUN_WINDOWS_MIN = 6;

export function showsNews({ context: { firstWindow, lastWindow } }: Scored): boolean {
  return lastWindow - firstWindow >= (RUN_WINDOWS_MIN - 1) * windowSeconds;
}
