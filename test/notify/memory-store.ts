/** A store in memory that keeps the promises of a real one, and can be made to fail or be overtaken at any step. */
import type { Store, StoredEntry, WriteCondition } from '../../lib/history/store.ts';

export type Step = { readonly kind: 'read' | 'write'; readonly key: string };

export class MemoryStore implements Store {
  readonly values = new Map<string, { readonly bytes: Uint8Array; readonly tag: string }>();
  /** Called before every step; what it throws the caller sees. */
  before: (step: Step) => void | Promise<void> = () => {};
  #writes = 0;

  async *list(prefix: string): AsyncIterable<StoredEntry> {
    for (const key of [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort()) {
      const { bytes, tag } = this.values.get(key)!;
      yield { key, sizeBytes: bytes.length, tag };
    }
  }

  async read(key: string) {
    await this.before({ kind: 'read', key });
    return this.values.get(key);
  }

  async write(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<boolean> {
    await this.before({ kind: 'write', key });
    const known = this.values.get(key);
    if (condition === 'absent' && known !== undefined) return false;
    if (typeof condition === 'object' && known?.tag !== condition.tag) return false;
    this.values.set(key, { bytes, tag: String(++this.#writes) });
    return true;
  }

  async remove(key: string): Promise<void> {
    this.values.delete(key);
  }

  /** The JSON under a key. */
  json(key: string): unknown {
    return JSON.parse(new TextDecoder().decode(this.values.get(key)!.bytes));
  }

  async put(key: string, value: unknown): Promise<void> {
    await this.write(key, new TextEncoder().encode(JSON.stringify(value)));
  }
}
