import { createHash } from 'node:crypto';
import type { Store, StoredEntry, WriteCondition } from '../lib/history/store.ts';

export interface Step {
  readonly kind: 'list' | 'read' | 'write' | 'remove';
  readonly key: string;
}

/** A store in memory that keeps the promises of a real one, and lists keys as S3 does: by their bytes. */
export class MemoryStore implements Store {
  readonly values: Map<string, Uint8Array>;
  readonly calls = { list: 0, read: 0, write: 0, remove: 0 };
  /** Called before every step; what it throws the caller sees, as from a bucket that fails or a process that dies. */
  before: (step: Step) => void | Promise<void> = () => {};

  constructor(values: Iterable<readonly [string, Uint8Array]> = []) {
    this.values = new Map(values);
  }

  async *list(prefix: string): AsyncGenerator<StoredEntry> {
    await this.#step('list', prefix);
    for (const key of this.keys(prefix)) {
      const bytes = this.values.get(key)!;
      yield { key, sizeBytes: bytes.length, tag: tagOf(bytes) };
    }
  }

  async read(key: string) {
    await this.#step('read', key);
    const bytes = this.values.get(key);
    return bytes && { bytes, tag: tagOf(bytes) };
  }

  async write(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<boolean> {
    await this.#step('write', key);
    const known = this.values.get(key);
    if (condition === 'absent' && known !== undefined) return false;
    if (typeof condition === 'object' && (known === undefined || tagOf(known) !== condition.tag)) return false;
    this.values.set(key, Uint8Array.from(bytes));
    return true;
  }

  async remove(key: string): Promise<void> {
    await this.#step('remove', key);
    this.values.delete(key);
  }

  /** What lies below a prefix, as a store of its own. */
  at(prefix: string): Store {
    return {
      list: (below) => withoutPrefix(this.list(prefix + below), prefix),
      read: (key) => this.read(prefix + key),
      write: (key, bytes, condition) => this.write(prefix + key, bytes, condition),
      remove: (key) => this.remove(prefix + key),
    };
  }

  /** Another store with the same values. */
  copy(): MemoryStore {
    return new MemoryStore(this.values);
  }

  /** Keys that begin with the prefix, in order. */
  keys(prefix = ''): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  text(key: string): string {
    return Buffer.from(this.values.get(key)!).toString('utf8');
  }

  /** The JSON under a key. */
  json<T = unknown>(key: string): T {
    return JSON.parse(this.text(key)) as T;
  }

  /** Stores a value as JSON. */
  async put(key: string, value: unknown): Promise<void> {
    await this.write(key, Buffer.from(JSON.stringify(value)));
  }

  /** Everything by key, comparable as a whole. */
  content(): Record<string, string> {
    return Object.fromEntries(this.keys().map((key) => [key, tagOf(this.values.get(key)!)]));
  }

  async #step(kind: Step['kind'], key: string): Promise<void> {
    this.calls[kind]++;
    await this.before({ kind, key });
  }
}

async function* withoutPrefix(entries: AsyncIterable<StoredEntry>, prefix: string): AsyncGenerator<StoredEntry> {
  for await (const entry of entries) yield { ...entry, key: entry.key.slice(prefix.length) };
}

const tagOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** All entries of a listing. */
export async function entriesOf(store: Store, prefix: string): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for await (const entry of store.list(prefix)) entries.push(entry);
  return entries;
}
