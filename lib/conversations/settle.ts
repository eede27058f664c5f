/**
 * The conversations that are judged, once all records are in: halves joined, each conversation seen once.
 *
 * 1. Where neither flags nor ports told who the client is, the two directions stand as two rows, each with its sender as client.
 *    They are joined if the ports fit (halves.ts).
 * 2. Where ports told wrong, the conversation is turned (reversed.ts).
 * 3. A translator (NAT gateway, SNAT-ing host) reports a flow before and after translation. The second leg is dropped
 *    where the first, which names the true client, is there.
 * 4. Several interfaces report the same conversation (both ends of an internal flow). The better observer wins (rivals.ts).
 */

import type { Conversations } from './conversations.ts';
import { joinHalves } from './halves.ts';
import { KnownCallers } from './known-callers.ts';
import { turnReversed } from './reversed.ts';
import { dropRivals } from './rivals.ts';
import { MARK, ROW_WORDS, W } from './row.ts';

/** Row numbers to judge, in order of first sight. The store must not change afterwards: halves have been joined in place. */
export function settle(conversations: Conversations): Uint32Array {
  const dropped = new Uint8Array(conversations.size);
  const knownCallers = new KnownCallers(conversations);
  joinHalves(conversations, dropped, knownCallers);
  turnReversed(conversations, dropped, knownCallers);
  dropSecondLegs(conversations, dropped);
  dropRivals(conversations, dropped);
  let kept = 0;
  const rows = new Uint32Array(conversations.size);
  for (let row = 0; row < dropped.length; row++) if (dropped[row] === 0) rows[kept++] = row;
  return rows.subarray(0, kept);
}

function dropSecondLegs(conversations: Conversations, dropped: Uint8Array): void {
  const { words, translators } = conversations;
  if (translators.size === 0) return;
  const key = (at: number) =>
    `${words[at + W.observer]}/${words[at + W.server]}/${words[at + W.service]}/${words[at + W.window]}`;
  const firstLegs = new Set<string>();
  for (let row = 0; row < conversations.size; row++) {
    const at = row * ROW_WORDS;
    if (((words[at + W.flags] >>> 24) & MARK.translated) !== 0) firstLegs.add(key(at));
  }
  for (let row = 0; row < conversations.size; row++) {
    const at = row * ROW_WORDS;
    const own = translators.get(words[at + W.observer])?.has(words[at + W.client]) ?? false;
    const translated = ((words[at + W.flags] >>> 24) & MARK.translated) !== 0;
    if (own && !translated && firstLegs.has(key(at))) dropped[row] = 1;
  }
}
