/**
 * Where results are kept: a folder on a laptop, a bucket in the cloud, with the same keys in both.
 *
 * | keys | hold |
 * |---|---|
 * | `summaries/day=YYYY-MM-DD/hour=HH/<digest of the object>.parquet` | conversations of one log object in that hour |
 * | `findings/day=YYYY-MM-DD/<id>.json` | one finding, by the day it began |
 * | `tracks/…`, `baselines/…` | what the correlator has folded summaries into |
 * | `lists/bad`, `lists/tor`, `lists/mining` | the owner's own lists of addresses and networks |
 * | `lists/origins` | the owner's own databases of countries and networks |
 * | `incidents/<key>.json` | what has been told to people about an incident, and when |
 * | `failed/<digest>.json` | an object that could not be read, and why |
 * | `canary/…` | the same again for simulated attacks that test the way from log to finding |
 */

/** An entry of a listing. */
export interface StoredEntry {
  readonly key: string;
  readonly sizeBytes: number;
  /** Changes whenever the content does. */
  readonly tag: string;
}

/** `absent`: nobody has written the key yet; a tag: nobody has changed it since it was read. */
export type WriteCondition = 'absent' | { readonly tag: string };

/** Keys are relative, `/` between parts, with no `.` or `..` among them. */
export interface Store {
  /** Entries whose keys begin with the prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<StoredEntry>;
  /** The content of a key, `undefined` where there is none. */
  read(key: string): Promise<{ readonly bytes: Uint8Array; readonly tag: string } | undefined>;
  /** Writes a whole value or nothing; `false` where the condition does not hold, and nothing was written. */
  write(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<boolean>;
  /** Removes a key; one that is not there is no error. */
  remove(key: string): Promise<void>;
}
