/**
 * The settled conversations of one hour become rows of tracks.
 */

import { PairNumbers } from '../conversations/pair-numbers.ts';
import { F, ROW_WORDS, W } from '../conversations/row.ts';
import type { Scored } from '../detectors/scored.ts';
import { isFailure } from '../features/failure.ts';
import { ABSENT_ADDRESS } from '../flowlog/address.ts';
import { ABSENT_TEXT } from '../flowlog/dictionary.ts';
import { trackHostRowsMax, windowSeconds } from '../limits.ts';
import { HOUR_SECONDS } from './hours.ts';
import { BITS, FOREST_CLASSES, N, NUMBERS, T, TEXTS, TrackRows } from './track-rows.ts';

/** In no particular order. */
export function trackRows(scored: Scored, hour: number): TrackRows {
  const rows = new TrackRows();
  for (const [host, all] of tracksByHost(scored)) {
    const tracks = all.length > trackHostRowsMax ? byWorth(scored, all) : all;
    for (const { positions, hostIsServer } of tracks.slice(0, trackHostRowsMax)) {
      fillRow(rows, scored, positions, hour, hostIsServer);
    }
    const members = tracks.slice(trackHostRowsMax).reduce((sum, { positions }) => sum + positions.length, 0);
    if (members > 0) fillRest(rows, scored.conversations.names.addresses.format(host), hour, members);
  }
  return rows;
}

/** Conversations of a host of ours with one other end over one service, in the order of time. */
interface HourTrack {
  readonly positions: readonly number[];
  readonly hostIsServer: 0 | 1;
}

function tracksByHost({ conversations, rows: settled, ours }: Scored): Map<number, HourTrack[]> {
  const { words, names } = conversations;
  const groups = new Groups(settled.length);
  for (let position = 0; position < settled.length; position++) {
    const at = settled[position] * ROW_WORDS;
    groups.add(position, words[at + W.client], words[at + W.server], words[at + W.service], words[at + W.window]);
  }
  const hosts = new Map<number, HourTrack[]>();
  for (const positions of groups.all()) {
    const at = settled[positions[0]] * ROW_WORDS;
    for (const [hostIsServer, end] of [words[at + W.client], words[at + W.server]].entries()) {
      if (!ours.has(end, names.addresses)) continue;
      const track = { positions, hostIsServer: hostIsServer as 0 | 1 };
      const known = hosts.get(end);
      if (known === undefined) hosts.set(end, [track]);
      else known.push(track);
    }
  }
  return hosts;
}

/**
 * Tracks with the most windows first, among equals those with the most packets, then by their ends: what a host with too many keeps. A beacon
 * is in many windows, a scan's contacts are in one each and still counted when forgotten.
 */
function byWorth({ conversations, rows: settled }: Scored, tracks: readonly HourTrack[]): HourTrack[] {
  const { words, floats, names } = conversations;
  const weighed = tracks.map((track) => {
    const at = settled[track.positions[0]] * ROW_WORDS;
    const packets = track.positions.reduce((sum, position) => {
      const f = (settled[position] * ROW_WORDS) >> 1;
      return sum + floats[f + F.forwardPackets] + floats[f + F.backwardPackets];
    }, 0);
    const ends = [W.client, W.server].map((end) => names.addresses.format(words[at + end]));
    return { track, packets, key: [...ends, words[at + W.service], track.hostIsServer].join(' ') };
  });
  weighed.sort(
    (a, b) => b.track.positions.length - a.track.positions.length || b.packets - a.packets || (a.key < b.key ? -1 : 1),
  );
  return weighed.map(({ track }) => track);
}

/** Stands for what a host with too many tracks has forgotten. */
function fillRest(rows: TrackRows, host: string, hour: number, members: number): void {
  const row = rows.append(0);
  rows.numbers[row * NUMBERS + N.hour] = hour;
  rows.numbers[row * NUMBERS + N.members] = members;
  const t = row * TEXTS;
  for (let i = 0; i < TEXTS; i++) rows.textNumbers[t + i] = rows.text('-');
  rows.textNumbers[t + T.client] = rows.text(host);
}

/** Positions of conversations by client, server and service. */
class Groups {
  readonly #ends: PairNumbers;
  readonly #tracks: PairNumbers;
  readonly #positions: number[][] = [];
  readonly #windows: number[] = [];

  constructor(length: number) {
    this.#ends = new PairNumbers(length);
    this.#tracks = new PairNumbers(length);
  }

  add(position: number, client: number, server: number, service: number, window: number): void {
    const track = this.#tracks.number(this.#ends.number(client, server), service);
    if (this.#positions[track] === undefined) this.#positions[track] = [position];
    else this.#positions[track].push(position);
    this.#windows[position] = window;
  }

  /** Each in the order of time. */
  *all(): Generator<number[]> {
    const windows = this.#windows;
    for (const positions of this.#positions) yield positions.sort((a, b) => windows[a] - windows[b]);
  }
}

function fillRow(
  rows: TrackRows,
  scored: Scored,
  positions: readonly number[],
  hour: number,
  hostIsServer: 0 | 1,
): void {
  const { conversations, rows: settled } = scored;
  const { words, names, accounts, sources } = conversations;
  const row = rows.append(positions.length);
  const { numbers, textNumbers, bits } = rows;
  const at = settled[positions[0]] * ROW_WORDS;
  const n = row * NUMBERS;
  numbers[n + N.hour] = hour;
  numbers[n + N.hostIsServer] = hostIsServer;
  numbers[n + N.port] = words[at + W.service] & 0xffff;
  numbers[n + N.protocol] = words[at + W.service] >>> 16;
  numbers[n + N.first] = Number.POSITIVE_INFINITY;
  for (const [index, position] of positions.entries()) {
    addWindow(numbers, n, scored, position, hour);
    bits.set(
      words.subarray(settled[position] * ROW_WORDS + W.slotsLow, settled[position] * ROW_WORDS + W.slotsLow + BITS),
      rows.bitsFrom[row] + index * BITS,
    );
  }
  const observer = words[at + W.observer];
  const forward = words[at + W.forwardFlows] > 0;
  numbers[n + N.ordinal] = words[at + (forward ? W.forwardOrdinal : W.backwardOrdinal)];
  const t = row * TEXTS;
  const addressText = (code: number) => rows.text(code === ABSENT_ADDRESS ? '-' : names.addresses.format(code));
  textNumbers[t + T.client] = addressText(words[at + W.client]);
  textNumbers[t + T.server] = addressText(words[at + W.server]);
  textNumbers[t + T.interfaceId] = rows.text(names.text.text(observer));
  textNumbers[t + T.account] = rows.text(names.text.text(accounts.get(observer) ?? ABSENT_TEXT));
  textNumbers[t + T.source] = rows.text(sources[words[at + (forward ? W.forwardSource : W.backwardSource)]]);
}

/** Adds one conversation to the numbers at `n`. */
function addWindow(numbers: Float64Array, n: number, scored: Scored, position: number, hour: number): void {
  const { words, floats } = scored.conversations;
  const at = scored.rows[position] * ROW_WORDS;
  const f = at >> 1;
  const window = 1 << ((words[at + W.window] - hour) / windowSeconds);
  const failed = isFailure(words, floats, at);
  const flows = words[at + W.forwardFlows];
  numbers[n + N.windows] |= window;
  if (failed) numbers[n + N.failedWindows] |= window;
  else if (floats[f + F.forwardPackets] > 0) numbers[n + N.answeredWindows] |= window;
  numbers[n + N.flows] += flows;
  if (failed) numbers[n + N.failedFlows] += flows;
  numbers[n + N.opens] += words[at + W.opens];
  for (const [to, from] of SUMS) numbers[n + to] += floats[f + from];
  numbers[n + N.first] = Math.min(numbers[n + N.first], words[at + W.forwardFirst], words[at + W.backwardFirst]);
  // A broken clock may state an end years ahead; records last up to ten minutes, aggregation included.
  const last = Math.min(words[at + W.last], hour + HOUR_SECONDS + 2 * windowSeconds);
  numbers[n + N.last] = Math.max(numbers[n + N.last], last);
  numbers[n + N.members] += words[at + W.members];
  const { classes } = scored.classifier.manifest;
  for (const [index, name] of FOREST_CLASSES.entries()) {
    const probability = scored.probabilities[position * classes.length + classes.indexOf(name)] ?? 0;
    const to = n + N.probabilities + index;
    if (probability > numbers[to]) numbers[to] = probability;
  }
}

const SUMS = [
  [N.packetsSent, F.forwardPackets],
  [N.packetsReceived, F.backwardPackets],
  [N.bytesSent, F.forwardBytes],
  [N.bytesReceived, F.backwardBytes],
  [N.packetsLogSum, F.packetsLogSum],
  [N.packetsLogSquares, F.packetsLogSquares],
  [N.bytesLogSum, F.bytesLogSum],
  [N.bytesLogSquares, F.bytesLogSquares],
  [N.durationSum, F.durationSum],
] as const;
