/**
 * Rounds of passwords: a few tries at each of many doors. Every failed login goes the same way, so that most doors hear sessions of one length, and each
 * more than once. An administrator's loop goes to each host once; automation comes back, but to do work of changing length.
 */
import { isFlat, type Series, seriesOf } from './flatness.ts';
import type { Scored } from './scored.ts';

const DOORS_MIN = 10;

/** Sessions at a door, on average. */
const TRIES_MIN = 2;

/**
 * Share of the sessions that are at doors where all are of one length: the end of a record cuts some, and some may let somebody in. Of automation the highest was 0.40,
 * of three sprays that nothing else told the lowest 0.53 (simulated networks, seeds 188978 to 190754).
 */
const ALIKE_SHARE_MIN = 0.5;

/** Whether logins of one client in one window, a position for each door, are such; sessions differ by so many octaves at most. */
export function areRounds(scored: Scored, positions: readonly number[], spreadOctavesMax: number): boolean {
  if (positions.length < DOORS_MIN) return false;
  const doors = positions.map((position) => seriesOf(scored, [position]));
  const lengths = doors.map(({ logSum, flows }) => logSum / flows).sort((a, b) => a - b);
  const usual = lengths[lengths.length >> 1];
  const alike = doors.filter((door) => octavesFrom(usual, door) <= spreadOctavesMax);
  const sessions = sessionsOf(alike);
  return (
    sessions >= TRIES_MIN * alike.length &&
    sessions >= ALIKE_SHARE_MIN * sessionsOf(doors) &&
    isFlat(
      seriesOf(
        scored,
        alike.flatMap((door) => door.positions),
      ),
      spreadOctavesMax,
    )
  );
}

const sessionsOf = (doors: readonly Series[]) => doors.reduce((sum, { flows }) => sum + flows, 0);

/** How far sessions are from a length, log16(packets), in octaves: the root of the mean square. */
function octavesFrom(length: number, { flows, logSum, logSquares }: Series): number {
  const meanSquare = (logSquares - 2 * length * logSum) / flows + length * length;
  return Math.sqrt(Math.max(0, meanSquare)) / 16;
}
