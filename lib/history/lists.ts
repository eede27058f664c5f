/**
 * The user's own lists of addresses, in the store beside everything else: `lists/bad/…`, `lists/tor/…` and `lists/mining/…`, text files of any
 * name, one address or network a line (detectors/address-list.ts).
 */
import { listBytesMax } from '../limits.ts';
import { AddressList } from './detectors/address-list.ts';
import { LIST_KINDS, type ListKind, type ThreatList } from './detectors/threat-list.ts';
import type { Store } from './store.ts';

const PREFIX = 'lists/';

/** Throws with list, line and reason when one does not parse: a list that is not used would pass for one without hits. */
export async function readLists(store: Store): Promise<ThreatList[]> {
  const lists: ThreatList[] = [];
  for await (const { key, sizeBytes } of store.list(PREFIX)) {
    // What stands for a folder in a bucket.
    if (key.endsWith('/')) continue;
    const kind = kindOf(key);
    if (sizeBytes > listBytesMax) throw new Error(`${key} has ${sizeBytes} bytes, expected at most ${listBytesMax}`);
    const stored = await store.read(key);
    if (stored !== undefined)
      lists.push({ kind, list: new AddressList(key, Buffer.from(stored.bytes).toString('utf8')) });
  }
  return lists;
}

function kindOf(key: string): ListKind {
  const [, kind] = key.split('/');
  const known = LIST_KINDS.find((name) => name === kind && key.startsWith(`${PREFIX}${name}/`));
  if (known === undefined) {
    const expected = LIST_KINDS.map((name) => `${PREFIX}${name}/`).join(', ');
    throw new Error(`${key} is a list of no known kind, expected it below ${expected}`);
  }
  return known;
}
