import { createHash } from 'node:crypto';
import type { Store, StoredEntry } from '../../lib/history/store.ts';

/** A store in memory that counts what it is asked for, and lists keys as S3 does: by their bytes. */
export class MemoryStore implements Store {
  readonly values = new Map<string, Uint8Array>();
  readonly calls = { list: 0, read: 0, write: 0, remove: 0 };

  async *list(prefix: string) {
    this.calls.list++;
    for (const key of [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort()) {
      const bytes = this.values.get(key)!;
      yield { key, sizeBytes: bytes.length, tag: tagOf(bytes) };
    }
  }

  async read(key: string) {
    this.calls.read++;
    const bytes = this.values.get(key);
    return bytes && { bytes, tag: tagOf(bytes) };
  }

  async write(key: string, bytes: Uint8Array, condition?: 'absent' | { readonly tag: string }) {
    this.calls.write++;
    const known = this.values.get(key);
    if (condition === 'absent' && known !== undefined) return false;
    if (typeof condition === 'object' && (known === undefined || tagOf(known) !== condition.tag)) return false;
    this.values.set(key, Uint8Array.from(bytes));
    return true;
  }

  async remove(key: string) {
    this.calls.remove++;
    this.values.delete(key);
  }

  /** Keys that begin with the prefix, in order. */
  keys(prefix = ''): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  text(key: string): string {
    return Buffer.from(this.values.get(key)!).toString('utf8');
  }
}

const tagOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** All entries of a listing. */
export async function entriesOf(store: Store, prefix: string): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for await (const entry of store.list(prefix)) entries.push(entry);
  return entries;
}
