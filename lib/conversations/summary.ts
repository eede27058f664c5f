/**
 * Conversations in Parquet: many times smaller than the logs, queryable by Athena and DuckDB, and to be merged again later. Written
 * before settling, because halves and observers are settled only once all objects of a window are in.
 *
 * | column | type | holds |
 * |---|---|---|
 * | interface_id | STRING | observing interface, `-` where the log does not say |
 * | account_id | STRING | owner of the interface, `-` where the log does not say |
 * | client, server | STRING | addresses in canonical notation, `-` for the many hosts of a rest row |
 * | translated_addresses | STRING | interface-level addresses that the interface stands in with, separated by blanks |
 * | forward_source, backward_source | STRING | object of the first record client to server and back; null without one |
 * | forward_packets … duration_seconds | DOUBLE | whole sums; `*_log_*` are sums of 16 · log2 and of its square over forward flows |
 * | window_start … members | INT64, INT32 | the rest of a row by name: keys, counts, bit sets, times in Unix seconds; null for never |
 *
 * `forward` is client to server. `slots_*` mark the 5-second slots with forward flows, `ports_*` are a 64-bit linear-counting sketch
 * of client ports, `members` is above 0 in rows that stand for folded conversations. The key-value metadata holds `flowtrap.summary`,
 * the version of this layout, `flowtrap.unaddressed`, records without addresses, and `flowtrap.skip_data`, records that AWS says it could
 * not capture; neither are in any row.
 */
import { createHash } from 'node:crypto';
import { parquetMetadataAsync } from 'hyparquet';
import { ABSENT_TEXT } from '../flowlog/dictionary.ts';
import { type RandomAccess, readGroup } from '../flowlog/parquet.ts';
import { conversationsMax, summaryGroupRows } from '../limits.ts';
import { ParquetFile } from '../parquet-file.ts';
import type { Conversations } from './conversations.ts';
import { NEVER, ROW_WORDS, W } from './row.ts';
import { StoredRows } from './stored-rows.ts';
import { COLUMNS, FLOATS, INTEGERS, NEVER_WORDS, TEXTS, type Texts } from './summary-layout.ts';

export const SUMMARY_VERSION = '1';
const VERSION_KEY = 'flowtrap.summary';
const UNADDRESSED_KEY = 'flowtrap.unaddressed';
const SKIP_DATA_KEY = 'flowtrap.skip_data';

export interface SummaryFile {
  /** `day=YYYY-MM-DD/hour=HH/<digest of the content>.parquet`, in UTC by start of window. */
  readonly path: string;
  /** Start of the hour, Unix seconds. */
  readonly hour: number;
  readonly bytes: Uint8Array;
}

/** Records that are in no row. */
interface Rowless {
  readonly unaddressed: number;
  readonly skipData: number;
}

/**
 * The summary of a store as one file for each hour, in order. The same records give the same paths, whatever the names of their objects:
 * an object that comes twice, or as a copy, falls on itself.
 */
export function* summaryFiles(conversations: Conversations, skipData = 0): Generator<SummaryFile> {
  const hours = new Map<number, number[]>();
  for (let row = 0; row < conversations.size; row++) {
    const window = conversations.words[row * ROW_WORDS + W.window];
    const hour = window - (window % HOUR_SECONDS);
    const rows = hours.get(hour);
    if (rows === undefined) hours.set(hour, [row]);
    else rows.push(row);
  }
  // What is in no row belongs to no hour; the first file carries its number.
  let rowless: Rowless = { unaddressed: conversations.unaddressed, skipData };
  for (const hour of [...hours.keys()].sort((a, b) => a - b)) {
    const { bytes, digest } = summaryOf(conversations, hours.get(hour)!, rowless);
    rowless = { unaddressed: 0, skipData: 0 };
    yield { path: `${hourPath(hour)}/${digest}.parquet`, hour, bytes };
  }
}

const HOUR_SECONDS = 3_600;

/** `day=YYYY-MM-DD/hour=HH` of an hour by its start in Unix seconds, in UTC. */
export function hourPath(hour: number): string {
  const time = new Date(hour * 1_000).toISOString();
  return `day=${time.slice(0, 10)}/hour=${time.slice(11, 13)}`;
}

/** All conversations of a store as one file. */
export function writeSummary(conversations: Conversations): Uint8Array {
  const rows = Array.from({ length: conversations.size }, (_, row) => row);
  return summaryOf(conversations, rows, { unaddressed: conversations.unaddressed, skipData: 0 }).bytes;
}

function summaryOf(conversations: Conversations, rows: readonly number[], { unaddressed, skipData }: Rowless) {
  const metadata = {
    [VERSION_KEY]: SUMMARY_VERSION,
    [UNADDRESSED_KEY]: String(unaddressed),
    [SKIP_DATA_KEY]: String(skipData),
  };
  const file = new ParquetFile({ columns: COLUMNS, metadata });
  const hash = createHash('sha256').update(JSON.stringify(metadata));
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < rows.length; from += summaryGroupRows) {
    const group = rows.slice(from, from + summaryGroupRows);
    const columns = columnsOf(conversations, group);
    for (const [index, name] of TEXTS.entries()) {
      if (!SOURCES.has(name)) hash.update(JSON.stringify(columns[index]));
    }
    for (const numbers of numbersOf(conversations, group)) hash.update(numbers);
    pieces.push(file.rowGroup(columns));
  }
  pieces.push(file.finish());
  return { bytes: Buffer.concat(pieces), digest: hash.digest('hex').slice(0, 32) };
}

/** Columns that say what an object is called rather than what is in it. */
const SOURCES: ReadonlySet<string> = new Set(['forward_source', 'backward_source']);

/** All numbers of rows that are the same whatever else a store holds. */
function* numbersOf({ words, floats }: Conversations, rows: readonly number[]) {
  for (const row of rows) {
    yield floats.subarray((row * ROW_WORDS) >> 1, ((row * ROW_WORDS) >> 1) + FLOATS.length);
    yield words.subarray(row * ROW_WORDS + W.service, row * ROW_WORDS + W.forwardSource);
    yield words.subarray(row * ROW_WORDS + W.forwardOrdinal, row * ROW_WORDS + W.forwardOrdinal + 1);
    yield words.subarray(row * ROW_WORDS + W.backwardOrdinal, row * ROW_WORDS + ROW_WORDS);
  }
}

function columnsOf(conversations: Conversations, rows: readonly number[]) {
  const { words, floats } = conversations;
  const texts = rows.map((row) => textsOf(conversations, row * ROW_WORDS));
  return [
    ...TEXTS.map((name) => texts.map((values) => values[name])),
    ...FLOATS.map(([, float]) => Float64Array.from(rows, (row) => floats[((row * ROW_WORDS) >> 1) + float])),
    ...INTEGERS.map(([, word, shift, bits]) =>
      rows.map((row) => {
        const value = words[row * ROW_WORDS + word];
        if (value === NEVER && NEVER_WORDS.has(word)) return undefined;
        return bits === 32 ? value : (value >>> shift) & ((1 << bits) - 1);
      }),
    ),
  ];
}

function textsOf({ words, names, accounts, translators, sources }: Conversations, at: number): Texts {
  const observer = words[at + W.observer];
  const translated = translators.get(observer);
  const sourceOf = (first: number, source: number) =>
    words[at + first] === NEVER ? undefined : sources[words[at + source]];
  return {
    interface_id: names.text.text(observer),
    account_id: names.text.text(accounts.get(observer) ?? ABSENT_TEXT),
    client: names.addresses.format(words[at + W.client]),
    server: names.addresses.format(words[at + W.server]),
    translated_addresses: translated && [...translated].map((code) => names.addresses.format(code)).join(' '),
    forward_source: sourceOf(W.forwardFirst, W.forwardSource),
    backward_source: sourceOf(W.backwardFirst, W.backwardSource),
  };
}

/**
 * Merges the conversations of a summary into a store, and returns the number of records that AWS could not capture; `name` is for messages.
 * Throws when the file is no summary, is of another version or damaged; row groups before the damage have been merged then.
 */
export async function readSummary(name: string, file: RandomAccess, into: Conversations): Promise<number> {
  const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
    throw new Error(`${name} is no summary of conversations: ${cause.message}`, { cause });
  });
  const stored = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  const version = stored.get(VERSION_KEY);
  if (version === undefined)
    throw new Error(`${name} is Parquet, but no summary of conversations: ${VERSION_KEY} is missing`);
  if (version !== SUMMARY_VERSION) {
    throw new Error(`${name} is a summary of version ${version}, this build reads version ${SUMMARY_VERSION}`);
  }
  const known = metadata.schema.map((element) => element.name);
  const missing = COLUMNS.filter((column) => !known.includes(column.name));
  if (missing.length > 0) throw new Error(`${name} lacks the column ${missing[0].name} of a summary`);
  const columnNames = COLUMNS.map((column) => column.name);
  let start = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    if (count > conversationsMax)
      throw new Error(`${name} has ${count} rows in a group, expected at most ${conversationsMax}`);
    const cells = await readGroup(file, metadata, columnNames, start, count);
    if (typeof cells === 'string') throw new Error(`${name}: ${cells}`);
    mergeGroup(into, cells, count);
    start += count;
  }
  into.unaddressed += Number(stored.get(UNADDRESSED_KEY) ?? 0);
  return Number(stored.get(SKIP_DATA_KEY) ?? 0);
}

/** The values of one column after another, row by row. */
interface Cells {
  next(): unknown;
}

function mergeGroup(into: Conversations, cells: readonly Cells[], count: number): void {
  const group = new StoredRows(into.names, count);
  for (let row = 0; row < count; row++) {
    const values = cells.map((column) => column.next());
    group.fill(row, values);
  }
  into.merge(group as unknown as Conversations);
}
