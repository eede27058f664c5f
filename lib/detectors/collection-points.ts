/**
 * Where a network sends its copies: a forest that sees one conversation takes a backup for a theft, but thieves do not have half of a network's hosts
 * bring their data to one place.
 */
import { F, W } from '../conversations/row.ts';
import { type Scored, wordOf } from './scored.ts';

/** Bytes in five minutes that count as bringing something there: a copy is seldom smaller than a picture collection. */
const BROUGHT_BYTES_MIN = 30e6;

/** Hosts within a run; simulated thieves have one, or two where a gateway translates, and backups mostly more than ten. */
const HOSTS_MIN = 6;

/** Address codes of the places to which so many hosts send so much. */
export function collectionPoints(scored: Scored): ReadonlySet<number> {
  const { words, floats } = scored.conversations;
  const hosts = new Map<number, Set<number>>();
  for (let position = 0; position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (floats[(at >> 1) + F.forwardBytes] < BROUGHT_BYTES_MIN) continue;
    const known = hosts.get(words[at + W.server]) ?? new Set<number>();
    hosts.set(words[at + W.server], known.add(words[at + W.client]));
  }
  return new Set([...hosts].filter(([, clients]) => clients.size >= HOSTS_MIN).map(([server]) => server));
}
