/**
 * Conversations that several interfaces observed, as both ends of an internal flow do: one interface is kept, never the sum.
 *
 * Interfaces cut their records at different moments, so that one long conversation may lie in different windows for each: with records
 * of ten minutes, in every other one. So the better observer is chosen for as long as a conversation goes on, not window by window; of the others
 * only what lies where it was blind is kept.
 */
import { windowSeconds } from '../limits.ts';
import type { Conversations } from './conversations.ts';
import { keyHash } from './keys.ts';
import { F, firstSeen, ROW_WORDS, W } from './row.ts';

/** Marks in `dropped`, by row, what a better observer saw as well. Rest rows stand for different conversations and stay. */
export function dropRivals(conversations: Conversations, dropped: Uint8Array): void {
  for (const rows of sharedConversations(conversations, dropped)) {
    for (const run of runsOf(conversations.words, rows)) keepBestObserver(conversations, run, dropped);
  }
}

/** The rows of each client, server and service that more than one interface reports. */
function sharedConversations({ words, size }: Conversations, dropped: Uint8Array): number[][] {
  let slots = 2;
  while (slots < size * 2) slots *= 2;
  /** One more than the row that came first, and then from each row to the next of its kind, 0 after the last. */
  const heads = new Int32Array(slots);
  const nexts = new Int32Array(size);
  const shared = new Set<number>();
  for (let row = 0; row < size; row++) {
    const at = row * ROW_WORDS;
    if (dropped[row] === 1 || words[at + W.members] > 0) continue;
    let slot = keyHash(0, words[at + W.client], words[at + W.server], words[at + W.service], 0) & (slots - 1);
    while (heads[slot] !== 0 && !isSame(words, (heads[slot] - 1) * ROW_WORDS, at)) slot = (slot + 1) & (slots - 1);
    const head = heads[slot] - 1;
    if (head < 0) {
      heads[slot] = row + 1;
      continue;
    }
    nexts[row] = nexts[head];
    nexts[head] = row + 1;
    if (words[head * ROW_WORDS + W.observer] !== words[at + W.observer]) shared.add(head);
  }
  return [...shared].map((head) => {
    const rows: number[] = [];
    for (let row = head; row >= 0; row = nexts[row] - 1) rows.push(row);
    return rows;
  });
}

function isSame(words: Uint32Array, a: number, b: number): boolean {
  return (
    words[a + W.client] === words[b + W.client] &&
    words[a + W.server] === words[b + W.server] &&
    words[a + W.service] === words[b + W.service]
  );
}

/** Windows that a record reaches beyond its own: AWS cuts records at ten minutes at the latest. */
const REACH_WINDOWS = 600 / windowSeconds;

/** The rows in order of their windows, apart wherever no record reaches from one to the next. */
function runsOf(words: Uint32Array, rows: readonly number[]): number[][] {
  const windowOf = (row: number) => words[row * ROW_WORDS + W.window];
  const sorted = rows.toSorted((a, b) => windowOf(a) - windowOf(b) || a - b);
  const runs: number[][] = [];
  for (const [index, row] of sorted.entries()) {
    const isApart = index === 0 || windowOf(row) - windowOf(sorted[index - 1]) > REACH_WINDOWS * windowSeconds;
    if (isApart) runs.push([row]);
    else runs.at(-1)!.push(row);
  }
  return runs;
}

/** Share of a row's time from which on another observer has seen it as well, if in another window. */
const SEEN_SHARE_MIN = 0.5;

function keepBestObserver(conversations: Conversations, run: readonly number[], dropped: Uint8Array): void {
  const { words } = conversations;
  /** By window: an observer has one row in each, and whoever comes later saw nothing new there. */
  const kept = new Map<number, number>();
  for (const rows of byStanding(conversations, run)) {
    const blind = rows.filter((row) => !isSeen(words, row, kept));
    for (const row of rows) dropped[row] = 1;
    for (const row of blind) {
      dropped[row] = 0;
      kept.set(words[row * ROW_WORDS + W.window], row);
    }
  }
}

/** Whether rows that are kept saw what `row` saw: in the same window, or, in windows beside it, for half of its time. */
function isSeen(words: Uint32Array, row: number, kept: ReadonlyMap<number, number>): boolean {
  const at = row * ROW_WORDS;
  const window = words[at + W.window];
  if (kept.has(window)) return true;
  const [first, last] = [firstSeen(words, at), words[at + W.last]];
  let seconds = 0;
  for (let beside = -REACH_WINDOWS; beside <= REACH_WINDOWS; beside++) {
    const other = kept.get(window + beside * windowSeconds);
    if (other === undefined) continue;
    const otherAt = other * ROW_WORDS;
    const both = Math.min(last, words[otherAt + W.last]) - Math.max(first, firstSeen(words, otherAt));
    seconds += Math.max(0, both + 1);
  }
  return seconds >= SEEN_SHARE_MIN * (last - first + 1);
}

/** What an interface saw of a conversation. */
interface Standing {
  readonly rows: number[];
  readonly name: string;
  bothWays: number;
  packets: number;
  rejects: number;
}

/** The rows of each observer, the best first: both directions in more windows, then more packets, then more rejects, then its name. */
function byStanding({ words, floats, names }: Conversations, run: readonly number[]): number[][] {
  const standings = new Map<number, Standing>();
  for (const row of run) {
    const at = row * ROW_WORDS;
    const observer = words[at + W.observer];
    const name = names.text.text(observer);
    const standing = standings.get(observer) ?? { rows: [], name, bothWays: 0, packets: 0, rejects: 0 };
    standings.set(observer, standing);
    standing.rows.push(row);
    if (words[at + W.forwardFlows] > 0 && words[at + W.backwardFlows] > 0) standing.bothWays++;
    standing.packets += floats[(at >> 1) + F.forwardPackets] + floats[(at >> 1) + F.backwardPackets];
    standing.rejects += words[at + W.forwardRejects] + words[at + W.backwardRejects];
  }
  return [...standings.values()]
    .sort(
      (a, b) => b.bothWays - a.bothWays || b.packets - a.packets || b.rejects - a.rejects || (a.name < b.name ? -1 : 1),
    )
    .map(({ rows }) => rows);
}
