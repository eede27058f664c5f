/**
 * What one record, or another row of the same conversation, changes in a row. `at` is the row's first word; sums, minima, maxima and
 * bit unions only, so that the order of changes does not matter.
 */
import { TCP_FLAG } from '../flowlog/fields.ts';
import { windowSeconds } from '../limits.ts';
import { F, log16, NEVER, ROW_FLOATS, ROW_WORDS, SLOT_SECONDS, W } from './row.ts';

/** Makes the row's words those of a conversation without records. */
export function clearRow(words: Uint32Array, at: number): void {
  words.fill(0, at, at + ROW_WORDS);
  words[at + W.forwardFirst] = NEVER;
  words[at + W.backwardFirst] = NEVER;
  words[at + W.clientPorts] = 0xffff;
  words[at + W.packetsMin] = NEVER;
}

export function addForward(
  words: Uint32Array,
  floats: Float64Array,
  at: number,
  packets: number,
  bytes: number,
  flags: number,
  start: number,
  duration: number,
): void {
  const f = at >> 1;
  floats[f + F.forwardPackets] += packets;
  floats[f + F.forwardBytes] += bytes;
  floats[f + F.durationSum] += duration;
  words[at + W.forwardFlows]++;
  if (flags > 0 && (flags & TCP_FLAG.syn) !== 0) words[at + W.opens]++;
  noteFlows(words, floats, at, 1, packets, bytes, start);
}

/** Notes moments, range and slot of forward flows, all of one size and start. */
export function noteFlows(
  words: Uint32Array,
  floats: Float64Array,
  at: number,
  flows: number,
  packets: number,
  bytes: number,
  start: number,
): void {
  const f = at >> 1;
  const packetsLog = log16(packets);
  const bytesLog = log16(bytes);
  floats[f + F.packetsLogSum] += flows * packetsLog;
  floats[f + F.packetsLogSquares] += flows * packetsLog * packetsLog;
  floats[f + F.bytesLogSum] += flows * bytesLog;
  floats[f + F.bytesLogSquares] += flows * bytesLog * bytesLog;
  const clamped = packets < NEVER ? packets : NEVER - 1;
  if (clamped < words[at + W.packetsMin]) words[at + W.packetsMin] = clamped;
  if (clamped > words[at + W.packetsMax]) words[at + W.packetsMax] = clamped;
  const slot = ((start % windowSeconds) / SLOT_SECONDS) | 0;
  if (slot < 30) words[at + W.slotsLow] |= 1 << slot;
  else words[at + W.slotsHigh] |= 1 << (slot - 30);
}

export function addBackward(
  words: Uint32Array,
  floats: Float64Array,
  at: number,
  packets: number,
  bytes: number,
  flags: number,
): void {
  const f = at >> 1;
  floats[f + F.backwardPackets] += packets;
  floats[f + F.backwardBytes] += bytes;
  words[at + W.backwardFlows]++;
  if (flags > 0 && (flags & TCP_FLAG.rst) !== 0) words[at + W.resets]++;
}

/** Takes a client port into the range and the sketch. */
export function addClientPort(words: Uint32Array, at: number, port: number): void {
  const range = words[at + W.clientPorts];
  if (port < (range & 0xffff)) words[at + W.clientPorts] = (words[at + W.clientPorts] & 0xffff_0000) | port;
  if (port > range >>> 16) words[at + W.clientPorts] = (port << 16) | (words[at + W.clientPorts] & 0xffff);
  // The top six bits of a hash choose one of 64. It must mix: hosts hand out ports in sequence, which a multiplication alone spreads so
  // evenly that 100 of them fill the sketch.
  const product = Math.imul(port + 1, 0x9e37_79b1);
  const bit = Math.imul(product ^ (product >>> 15), 0x85eb_ca6b) >>> 26;
  if (bit < 32) words[at + W.portsLow] |= 1 << bit;
  else words[at + W.portsHigh] |= 1 << (bit - 32);
}

/** Flag unions of both directions, the better basis, all marks. */
export function orFlags(word: number, flags: number, backward: boolean, basis: number, marks: number): number {
  const union = flags > 0 ? (backward ? flags << 8 : flags) : 0;
  const best = Math.max((word >>> 16) & 255, basis);
  return (word & 0xff00_ffff) | union | (best << 16) | (marks << 24);
}

/** Adds row `from` of one store to row `to` of another: the same conversation, or members of a rest row. */
export function addRow(
  words: Uint32Array,
  floats: Float64Array,
  to: number,
  otherWords: Uint32Array,
  otherFloats: Float64Array,
  from: number,
): void {
  for (let i = 0; i < FLOATS; i++) floats[(to >> 1) + i] += otherFloats[(from >> 1) + i];
  for (const word of SUMMED) words[to + word] += otherWords[from + word];
  for (const word of UNITED) words[to + word] |= otherWords[from + word];
  for (const word of SMALLEST) words[to + word] = Math.min(words[to + word], otherWords[from + word]);
  for (const word of LARGEST) words[to + word] = Math.max(words[to + word], otherWords[from + word]);
  const other = otherWords[from + W.flags];
  const flags = orFlags(words[to + W.flags], 0, false, (other >>> 16) & 255, other >>> 24);
  words[to + W.flags] = flags | (other & 0xffff);
  const a = words[to + W.clientPorts];
  const b = otherWords[from + W.clientPorts];
  words[to + W.clientPorts] = (Math.max(a >>> 16, b >>> 16) << 16) | Math.min(a & 0xffff, b & 0xffff);
}

const FLOATS = Object.keys(F).length;
const SUMMED = [W.forwardFlows, W.backwardFlows, W.forwardRejects, W.backwardRejects, W.opens, W.resets, W.members];
const UNITED = [W.slotsLow, W.slotsHigh, W.portsLow, W.portsHigh];
const SMALLEST = [W.packetsMin];
const LARGEST = [W.packetsMax, W.last];

/** The floats of a store's words. */
export function floatsOf(words: Uint32Array): Float64Array {
  return new Float64Array(words.buffer, 0, (words.length / ROW_WORDS) * ROW_FLOATS);
}
