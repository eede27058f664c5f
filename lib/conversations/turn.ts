/**
 * A conversation seen the other way round: forward becomes backward, the client's port the service's.
 */
import type { Conversations } from './conversations.ts';
import { FIRSTS, see } from './evidence.ts';
import { F, NEVER, ROW_WORDS, turnedService, W } from './row.ts';
import { addClientPort, clearRow, floatsOf, noteFlows, orFlags } from './update.ts';

const TURNED_FIRSTS = [
  [FIRSTS[0], FIRSTS[1]],
  [FIRSTS[1], FIRSTS[0]],
] as const;

/**
 * Adds row `row`, turned, to row `into`, its reverse, or turns it in place where they are one; it must have one client port then, and is no longer found by
 * its key. The store must not change afterwards.
 */
export function turnInto(conversations: Conversations, row: number, into: number): void {
  const { words, floats } = conversations;
  const at = into * ROW_WORDS;
  const theirs = words.slice(row * ROW_WORDS, (row + 1) * ROW_WORDS);
  if (row === into) clearReverse(words, at, theirs);
  addTurned(words, floats, at, theirs);
  for (const [[there, source], [first, evidence]] of TURNED_FIRSTS) {
    if (theirs[there] !== NEVER) {
      see(conversations, at, first, evidence, theirs[there], theirs[source], theirs[source + 1]);
    }
  }
}

/** Makes the row at `at` the reverse of another, without its records. */
function clearReverse(words: Uint32Array, at: number, theirs: Uint32Array): void {
  clearRow(words, at);
  words[at + W.observer] = theirs[W.observer];
  words[at + W.client] = theirs[W.server];
  words[at + W.server] = theirs[W.client];
  words[at + W.service] = turnedService(theirs, 0);
  words[at + W.window] = theirs[W.window];
}

/**
 * Adds the words of one row to its reverse at `at`. First records are the caller's to compare. Moments, slots and client ports describe forward flows:
 * those of the turned row are left out, and those of its backward flows worked out from their sums.
 */
export function addTurned(words: Uint32Array, floats: Float64Array, at: number, theirs: Uint32Array): void {
  const theirFloats = floatsOf(theirs);
  if (theirs[W.backwardFlows] > 0) describeBackward(words, floats, at, theirs, theirFloats);
  const f = at >> 1;
  floats[f + F.backwardPackets] += theirFloats[F.forwardPackets];
  floats[f + F.backwardBytes] += theirFloats[F.forwardBytes];
  floats[f + F.forwardPackets] += theirFloats[F.backwardPackets];
  floats[f + F.forwardBytes] += theirFloats[F.backwardBytes];
  words[at + W.backwardFlows] += theirs[W.forwardFlows];
  words[at + W.forwardFlows] += theirs[W.backwardFlows];
  words[at + W.backwardRejects] += theirs[W.forwardRejects];
  words[at + W.forwardRejects] += theirs[W.backwardRejects];
  words[at + W.last] = Math.max(words[at + W.last], theirs[W.last]);
  const flags = theirs[W.flags];
  const united = orFlags(words[at + W.flags], 0, false, (flags >>> 16) & 0xff, flags >>> 24);
  words[at + W.flags] = united | ((flags & 0xff) << 8) | ((flags >>> 8) & 0xff);
}

/**
 * What would have been noted of backward flows, had they been taken for forward ones: exact for one, which is nearly always all; several are taken for equal
 * parts that began at once.
 */
function describeBackward(
  words: Uint32Array,
  floats: Float64Array,
  at: number,
  theirs: Uint32Array,
  theirFloats: Float64Array,
): void {
  const flows = theirs[W.backwardFlows];
  const packets = Math.floor(theirFloats[F.backwardPackets] / flows);
  const bytes = Math.floor(theirFloats[F.backwardBytes] / flows);
  const start = theirs[W.backwardFirst];
  floats[(at >> 1) + F.durationSum] += theirs[W.last] - start;
  addClientPort(words, at, theirs[W.service] & 0xffff);
  noteFlows(words, floats, at, flows, packets, bytes, start);
}
