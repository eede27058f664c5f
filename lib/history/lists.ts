/**
 * What the owner knows of addresses, in the store beside everything else: lists of them below `lists/bad/`, `lists/tor/` and `lists/mining/`, text
 * files of any name, one address or network a line (detectors/address-list.ts); and databases of where they come from below `lists/origins/`
 * (origin-database.ts).
 */
import { listBytesMax, originDatabasesBytesMax } from '../limits.ts';
import { AddressList } from './detectors/address-list.ts';
import { LIST_KINDS, type ListKind, type ThreatList } from './detectors/threat-list.ts';
import { OriginDatabase } from './origin-database.ts';
import type { Store } from './store.ts';

const PREFIX = 'lists/';
const ORIGINS = 'origins';

export interface Lists {
  readonly threatLists: readonly ThreatList[];
  readonly originDatabases: readonly OriginDatabase[];
}

/** Throws with list, line and reason when one does not parse: a list that is not used would pass for one without hits. */
export async function readLists(store: Store): Promise<Lists> {
  const threatLists: ThreatList[] = [];
  const originDatabases: OriginDatabase[] = [];
  let originBytes = 0;
  for await (const { key, sizeBytes } of store.list(PREFIX)) {
    // What stands for a folder in a bucket.
    if (key.endsWith('/')) continue;
    const kind = kindOf(key);
    if (kind === ORIGINS) originBytes += sizeBytes;
    else if (sizeBytes > listBytesMax)
      throw new Error(`${key} has ${sizeBytes} bytes, expected at most ${listBytesMax}`);
    if (originBytes > originDatabasesBytesMax)
      throw new Error(`with ${key}, databases have ${originBytes} bytes, expected at most ${originDatabasesBytesMax}`);
    const stored = await store.read(key);
    if (stored === undefined) continue;
    if (kind === ORIGINS) originDatabases.push(new OriginDatabase(key, stored.bytes));
    else threatLists.push({ kind, list: new AddressList(key, Buffer.from(stored.bytes).toString('utf8')) });
  }
  return { threatLists, originDatabases };
}

function kindOf(key: string): ListKind | typeof ORIGINS {
  const [, kind] = key.split('/');
  const kinds = [...LIST_KINDS, ORIGINS] as const;
  const known = kinds.find((name) => name === kind && key.startsWith(`${PREFIX}${name}/`));
  if (known === undefined) {
    const expected = kinds.map((name) => `${PREFIX}${name}/`).join(', ');
    throw new Error(`${key} is a list of no known kind, expected it below ${expected}`);
  }
  return known;
}
