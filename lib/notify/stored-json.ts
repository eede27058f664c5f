/**
 * Small JSON values in the store, each with a magic word and a version, changed by compare and swap.
 */
import type { Store, WriteCondition } from '../history/store.ts';
import { claimTriesMax } from '../limits.ts';

export interface Versioned {
  readonly magic: string;
  readonly version: number;
}

export interface Read<T> {
  readonly value: T;
  /** Holds as long as nobody else has written the key. */
  readonly condition: WriteCondition;
}

/** Somebody else is about it just now; trying again later helps. */
export class Busy extends Error {}

/** The value of a key, or the given one where there is none. Throws, naming key, what was got and expected, for another magic or version. */
export async function readJson<T extends Versioned>(store: Store, key: string, otherwise: T): Promise<Read<T>> {
  const found = await store.read(key);
  if (found === undefined) return { value: otherwise, condition: 'absent' };
  const value = parse(key, found.bytes) as T;
  if (value.magic !== otherwise.magic)
    throw new Error(`${key} has magic "${value.magic}", expected "${otherwise.magic}"`);
  if (value.version !== otherwise.version) {
    throw new Error(`${key} has version ${value.version}, this build reads version ${otherwise.version}`);
  }
  return { value, condition: { tag: found.tag } };
}

function parse(key: string, bytes: Uint8Array): Versioned {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch (cause) {
    throw new Error(`${key} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

export function writeJson(store: Store, key: string, value: Versioned, condition: WriteCondition): Promise<boolean> {
  return store.write(key, new TextEncoder().encode(JSON.stringify(value)), condition);
}

/**
 * Changes a value and returns what the change returned beside it. The change may be asked again with a newer value when somebody else was
 * faster; one that leaves the value alone writes nothing.
 */
export async function change<T extends Versioned, R>(
  store: Store,
  key: string,
  otherwise: T,
  decide: (value: T) => { readonly value: T; readonly result: R },
): Promise<R> {
  for (let tries = 0; tries < claimTriesMax; tries++) {
    const read = await readJson(store, key, otherwise);
    const { value, result } = decide(read.value);
    if (value === read.value || (await writeJson(store, key, value, read.condition))) return result;
  }
  throw new Busy(`${key} was changed by others ${claimTriesMax} times in a row, it is tried again later`);
}
