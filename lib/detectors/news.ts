/**
 * Whether a run is long enough to show who was there before and who is new: what begins while it is looked at deserves more suspicion than what
 * has always gone on.
 */
import { NEVER, W } from '../conversations/row.ts';
import { windowSeconds } from '../limits.ts';
import { type Scored, wordOf } from './scored.ts';

/** Windows from which on it is: half an hour, after which Zeek forgets failures. */
const RUN_WINDOWS_MIN = 6;

export function showsNews({ context: { firstWindow, lastWindow } }: Scored): boolean {
  return lastWindow - firstWindow >= (RUN_WINDOWS_MIN - 1) * windowSeconds;
}

/** Windows for which what is new stays so: an hour. Later it is what happens on that day. */
const NEWS_WINDOWS = 12;

/** Whether a conversation is part of what began at the window `first`: not with the run, and not long before. */
export function isNews(scored: Scored, position: number, first: number): boolean {
  if (first <= scored.context.firstWindow) return false;
  return scored.conversations.words[wordOf(scored, position) + W.window] < first + NEWS_WINDOWS * windowSeconds;
}

/** First window of whatever the clients of some positions are with, by a name for what that is. */
export function firstWindows(
  scored: Scored,
  positions: readonly number[],
  nameOf: (scored: Scored, position: number) => string,
): ReadonlyMap<string, number> {
  const { words } = scored.conversations;
  const clients = new Set(positions.map((position) => words[wordOf(scored, position) + W.client]));
  const firsts = new Map<string, number>();
  if (clients.size === 0) return firsts;
  for (let position = 0; position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (!clients.has(words[at + W.client])) continue;
    const name = nameOf(scored, position);
    firsts.set(name, Math.min(firsts.get(name) ?? NEVER, words[at + W.window]));
  }
  return firsts;
}

/** What clients were at when such a run began and are still at when it ends, as `habitOf` names it; none in a shorter one. */
export function habitsOf(scored: Scored): ReadonlySet<string> {
  if (!showsNews(scored)) return new Set();
  const { firstWindow, lastWindow } = scored.context;
  const last = habitsIn(scored, lastWindow);
  return new Set([...habitsIn(scored, firstWindow)].filter((habit) => last.has(habit)));
}

function habitsIn(scored: Scored, window: number): Set<string> {
  const { words } = scored.conversations;
  const habits = new Set<string>();
  for (let position = 0; position < scored.rows.length; position++) {
    if (words[wordOf(scored, position) + W.window] === window) habits.add(habitOf(scored, position));
  }
  return habits;
}

/** A client and its service, whatever the server. */
export function habitOf(scored: Scored, position: number): string {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  return `${words[at + W.client]}/${words[at + W.service]}`;
}
