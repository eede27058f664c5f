import { createHash } from 'node:crypto';
import type { Store, StoredEntry, WriteCondition } from '../../lib/history/store.ts';

/** A bucket in memory. Before each request `before` is called, which may throw as a failing or dying bucket does. */
export class MemoryBucket {
  readonly objects = new Map<string, Uint8Array>();
  before: (request: 'list' | 'read' | 'write' | 'remove', key: string) => void = () => {};

  storeAt(prefix: string): Store {
    return {
      list: (below) => this.#list(prefix, below),
      read: async (key) => this.#read(prefix + key),
      write: async (key, bytes, condition) => this.#write(prefix + key, bytes, condition),
      remove: async (key) => {
        this.before('remove', prefix + key);
        this.objects.delete(prefix + key);
      },
    };
  }

  keys(prefix = ''): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  json<T>(key: string): T {
    return JSON.parse(Buffer.from(this.objects.get(key)!).toString('utf8')) as T;
  }

  /** Everything by key, comparable as a whole. */
  content(): Record<string, string> {
    return Object.fromEntries(this.keys().map((key) => [key, tagOf(this.objects.get(key)!)]));
  }

  async *#list(prefix: string, below: string): AsyncGenerator<StoredEntry> {
    this.before('list', prefix + below);
    for (const key of this.keys(prefix + below)) {
      const bytes = this.objects.get(key)!;
      yield { key: key.slice(prefix.length), sizeBytes: bytes.length, tag: tagOf(bytes) };
    }
  }

  #read(key: string) {
    this.before('read', key);
    const bytes = this.objects.get(key);
    return bytes && { bytes, tag: tagOf(bytes) };
  }

  #write(key: string, bytes: Uint8Array, condition: WriteCondition | undefined): boolean {
    this.before('write', key);
    const stored = this.objects.get(key);
    if (condition === 'absent' && stored !== undefined) return false;
    if (typeof condition === 'object' && (stored === undefined || tagOf(stored) !== condition.tag)) return false;
    this.objects.set(key, Buffer.from(bytes));
    return true;
  }
}

function tagOf(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
