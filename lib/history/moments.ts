/**
 * When a track was in contact: moments within five seconds, and how long at a stretch.
 */
import { SLOT_SECONDS } from '../conversations/row.ts';
import { momentsMax, windowSeconds } from '../limits.ts';
import type { Presence } from './track.ts';
import { B, BITS, N, NUMBERS, type TrackRows } from './track-rows.ts';

/** A window with contact: its start, and where its bits are. */
interface Window {
  readonly start: number;
  readonly bits: number;
}

/** Windows of rows that are in the order of time. */
function* windowsOf({ numbers, bitsFrom }: TrackRows, members: readonly number[]): Generator<Window> {
  for (const row of members) {
    let bits = bitsFrom[row];
    const mask = numbers[row * NUMBERS + N.windows];
    for (let window = 0; mask >>> window !== 0; window++) {
      if (((mask >>> window) & 1) === 0) continue;
      yield { start: numbers[row * NUMBERS + N.hour] + window * windowSeconds, bits };
      bits += BITS;
    }
  }
}

/** Unix seconds of the slots in which flows of the client began, the latest `momentsMax`. */
export function contactMoments(rows: TrackRows, members: readonly number[]): Uint32Array {
  const moments: number[] = [];
  for (const { start, bits } of windowsOf(rows, members)) {
    for (const half of [0, 1]) {
      for (let word = rows.bits[bits + B.slotsLow + half]; word !== 0; word &= word - 1) {
        moments.push(start + (half * 30 + 31 - Math.clz32(word & -word)) * SLOT_SECONDS);
      }
    }
  }
  return Uint32Array.from(moments.slice(-momentsMax));
}

/**
 * Bits of a window's sketch of client ports (64 bits) from which on it says nothing: with a quarter of them set, one bit is set by
 * chance throughout an hour in one of 260,000 tracks.
 */
const PORT_BITS_MAX = 16;

/** Of two windows, one may be silent between: AWS may gather records over ten minutes. */
const GAP_SECONDS = 2 * windowSeconds;

/**
 * The longest run of windows that one bit of the sketch of client ports goes through: one connection, as far as logs can tell. Windows with
 * many ports are passed by, since some bit of theirs fits anything.
 */
export function longestPresence(rows: TrackRows, members: readonly number[]): Presence {
  const { bits, numbers } = rows;
  const began = new Float64Array(64);
  const seen = new Float64Array(64).fill(Number.NEGATIVE_INFINITY);
  let best = { firstSeconds: 0, lastSeconds: Number.NEGATIVE_INFINITY };
  for (const { start, bits: at } of windowsOf(rows, members)) {
    const [low, high] = [bits[at + B.portsLow], bits[at + B.portsHigh]];
    if (count(low) + count(high) > PORT_BITS_MAX) continue;
    for (let bit = 0; bit < 64; bit++) {
      if ((((bit < 32 ? low : high) >>> (bit % 32)) & 1) === 0) continue;
      if (start - seen[bit] > GAP_SECONDS) began[bit] = start;
      seen[bit] = start;
      if (start - began[bit] > best.lastSeconds - best.firstSeconds) {
        best = { firstSeconds: began[bit], lastSeconds: start };
      }
    }
  }
  const first = numbers[members[0] * NUMBERS + N.first];
  const last = members.reduce((latest, row) => Math.max(latest, numbers[row * NUMBERS + N.last]), 0);
  if (best.lastSeconds < best.firstSeconds) return { firstSeconds: first, lastSeconds: first };
  // To the packet where the run is all that is known at that end.
  return {
    firstSeconds: Math.max(best.firstSeconds, first),
    lastSeconds: Math.min(best.lastSeconds + windowSeconds, last),
  };
}

function count(word: number): number {
  let bits = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
