/** A store in memory that can be copied, so that many attacks share one past. */
import { createHash } from 'node:crypto';
import type { Store, WriteCondition } from '../lib/history/store.ts';

export class MemoryStore implements Store {
  readonly #values: Map<string, { readonly bytes: Uint8Array; readonly tag: string }>;

  constructor(values: Iterable<readonly [string, { readonly bytes: Uint8Array; readonly tag: string }]> = []) {
    this.#values = new Map(values);
  }

  copy(): MemoryStore {
    return new MemoryStore(this.#values);
  }

  async *list(prefix: string) {
    for (const key of [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort()) {
      const { bytes, tag } = this.#values.get(key)!;
      yield { key, sizeBytes: bytes.length, tag };
    }
  }

  async read(key: string) {
    return this.#values.get(key);
  }

  async write(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<boolean> {
    const known = this.#values.get(key);
    if (condition === 'absent' && known !== undefined) return false;
    if (typeof condition === 'object' && known?.tag !== condition.tag) return false;
    this.#values.set(key, { bytes: Uint8Array.from(bytes), tag: createHash('sha256').update(bytes).digest('hex') });
    return true;
  }

  async remove(key: string): Promise<void> {
    this.#values.delete(key);
  }
}
