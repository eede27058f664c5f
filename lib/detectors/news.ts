/**
 * Whether a run is long enough to show who was there before and who is new: what begins while it is looked at deserves more suspicion than what
 * has always gone on.
 */
import { isOnePort, NEVER, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { windowSeconds } from '../limits.ts';
import { type Scored, wordOf } from './scored.ts';
import { isTcp } from './services.ts';

/** Windows from which on it is: half an hour, after which Zeek forgets failures. */
const RUN_WINDOWS_MIN = 6;

export function showsNews({ context: { firstWindow, lastWindow } }: Scored): boolean {
  return lastWindow - firstWindow >= (RUN_WINDOWS_MIN - 1) * windowSeconds;
}

/** Windows for which what is new stays so: an hour. Later it is what happens on that day. */
const NEWS_WINDOWS = 12;

const isSoonAfter = (first: number, window: number) => window >= first && window < first + NEWS_WINDOWS * windowSeconds;

/** Whether a conversation is part of what began at the window `first`: not with the run, and not long before. */
export function isNews(scored: Scored, position: number, first: number): boolean {
  if (first <= scored.context.firstWindow) return false;
  return isSoonAfter(first, scored.conversations.words[wordOf(scored, position) + W.window]);
}

/** Times that something comes from which on it comes back: twice may be chance. */
const VISITS_MIN = 3;

/**
 * Whether what was there in some windows comes back so seldom, within the hour after its first, that it may have come before the run as well: a job of every
 * quarter of an hour is not always due in the first ten minutes.
 */
export function mayBeOlder({ context }: Scored, windows: Iterable<number>): boolean {
  const sorted = [...new Set(windows)].sort((a, b) => a - b);
  const visits = sorted.filter(
    (window, i) => (i === 0 || window - sorted[i - 1] > windowSeconds) && isSoonAfter(sorted[0], window),
  );
  if (visits.length < VISITS_MIN) return false;
  const pauses = visits.slice(1).map((window, i) => window - visits[i]);
  return visits[0] - Math.max(...pauses) < context.firstWindow;
}

/**
 * Which of some clients were there before what they began with at some window, by address codes and the start of that window. A host that is new in the
 * run has everything new, as whatever autoscaling starts; strangers come and go.
 */
export function hostsBefore(scored: Scored, positions: readonly number[]): (client: number, first: number) => boolean {
  const { words } = scored.conversations;
  const ours = new Set<number>();
  for (const position of positions) {
    if ((scored.context.traits[position] & TRAIT.clientIsOurs) === 0) continue;
    ours.add(words[wordOf(scored, position) + W.client]);
  }
  const sights = new Map<number, number>();
  const see = (host: number, window: number) => {
    if (ours.has(host)) sights.set(host, Math.min(sights.get(host) ?? NEVER, window));
  };
  for (let position = 0; ours.size > 0 && position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    see(words[at + W.client], words[at + W.window]);
    see(words[at + W.server], words[at + W.window]);
  }
  return (client, first) => !ours.has(client) || sights.get(client)! < first;
}

/** What is new in a run of whatever the clients of some positions are with, by a name for what that is. */
export class News {
  readonly #scored: Scored;
  readonly #nameOf: (scored: Scored, position: number) => string;
  /** First window of each name; what may be older than the run has none. */
  readonly #firsts = new Map<string, number>();
  readonly #wasThere: (client: number, first: number) => boolean;

  constructor(scored: Scored, positions: readonly number[], nameOf: (scored: Scored, position: number) => string) {
    this.#scored = scored;
    this.#nameOf = nameOf;
    this.#wasThere = hostsBefore(scored, positions);
    for (const [name, { windows, isOneConnection }] of lifeOf(scored, positions, nameOf)) {
      if (!isOneConnection && mayBeOlder(scored, windows)) continue;
      this.#firsts.set(
        name,
        [...windows].reduce((a, b) => Math.min(a, b)),
      );
    }
  }

  /** Whether a position is part of what a host began with within the run, and not long before. */
  has(position: number): boolean {
    const first = this.#firsts.get(this.#nameOf(this.#scored, position));
    if (first === undefined || !isNews(this.#scored, position, first)) return false;
    return this.#wasThere(this.#scored.conversations.words[wordOf(this.#scored, position) + W.client], first);
  }
}

/** When something was there, and whether it is one connection all the time: a record of ten minutes leaves every other window empty. */
interface Life {
  readonly windows: Set<number>;
  readonly server: number;
  readonly clientPorts: number;
  isOneConnection: boolean;
}

/** The lives of whatever the clients of some positions are with. */
function lifeOf(
  scored: Scored,
  positions: readonly number[],
  nameOf: (scored: Scored, position: number) => string,
): ReadonlyMap<string, Life> {
  const { words } = scored.conversations;
  const clients = new Set(positions.map((position) => words[wordOf(scored, position) + W.client]));
  const lives = new Map<string, Life>();
  for (let position = 0; clients.size > 0 && position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (!clients.has(words[at + W.client])) continue;
    const name = nameOf(scored, position);
    const [server, clientPorts] = [words[at + W.server], words[at + W.clientPorts]];
    // Over UDP, programs keep a port of their own for years.
    const isOneConnection = isTcp(words[at + W.service]) && isOnePort(clientPorts);
    const life = lives.get(name) ?? { windows: new Set(), server, clientPorts, isOneConnection };
    lives.set(name, life);
    life.windows.add(words[at + W.window]);
    if (server !== life.server || clientPorts !== life.clientPorts) life.isOneConnection = false;
  }
  return lives;
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

/** A client, one server and its service there. */
export function edgeOf(scored: Scored, position: number): string {
  const { words } = scored.conversations;
  return `${habitOf(scored, position)}/${words[wordOf(scored, position) + W.server]}`;
}
