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
 * the version of this layout, and `flowtrap.unaddressed`, records without addresses, which are in no row.
 */
import { createHash } from 'node:crypto';
import { parquetMetadataAsync } from 'hyparquet';
import { BOOK_BASE, NOT_AN_ADDRESS } from '../flowlog/address.ts';
import type { Names } from '../flowlog/batch.ts';
import { ABSENT_TEXT } from '../flowlog/dictionary.ts';
import { type RandomAccess, readGroup } from '../flowlog/parquet.ts';
import { conversationsMax, summaryGroupRows } from '../limits.ts';
import { type ParquetColumn, ParquetFile } from '../parquet-file.ts';
import type { Conversations } from './conversations.ts';
import { F, NEVER, ROW_WORDS, W } from './row.ts';
import { floatsOf } from './update.ts';

export const SUMMARY_VERSION = '1';
const VERSION_KEY = 'flowtrap.summary';
const UNADDRESSED_KEY = 'flowtrap.unaddressed';

/** Text columns, by what they are named in a row's text values. */
const TEXTS = [
  'interface_id',
  'account_id',
  'client',
  'server',
  'translated_addresses',
  'forward_source',
  'backward_source',
] as const;

type Texts = Record<(typeof TEXTS)[number], string | undefined>;

const NULLABLE_TEXTS: ReadonlySet<string> = new Set(['translated_addresses', 'forward_source', 'backward_source']);

const FLOATS: readonly (readonly [string, number])[] = [
  ['forward_packets', F.forwardPackets],
  ['forward_bytes', F.forwardBytes],
  ['backward_packets', F.backwardPackets],
  ['backward_bytes', F.backwardBytes],
  ['packets_log_sum', F.packetsLogSum],
  ['packets_log_squares', F.packetsLogSquares],
  ['bytes_log_sum', F.bytesLogSum],
  ['bytes_log_squares', F.bytesLogSquares],
  ['duration_seconds', F.durationSum],
];

/** Name, word of the row, and the lowest bit and number of bits in it. All 32 bits are an INT64, fewer an INT32. */
const INTEGERS: readonly (readonly [string, number, number, number])[] = [
  ['window_start', W.window, 0, 32],
  ['server_port', W.service, 0, 16],
  ['protocol', W.service, 16, 16],
  ['forward_flows', W.forwardFlows, 0, 32],
  ['backward_flows', W.backwardFlows, 0, 32],
  ['forward_rejects', W.forwardRejects, 0, 32],
  ['backward_rejects', W.backwardRejects, 0, 32],
  ['opens', W.opens, 0, 32],
  ['resets', W.resets, 0, 32],
  ['forward_flags', W.flags, 0, 8],
  ['backward_flags', W.flags, 8, 8],
  ['direction_basis', W.flags, 16, 8],
  ['marks', W.flags, 24, 8],
  ['forward_first', W.forwardFirst, 0, 32],
  ['backward_first', W.backwardFirst, 0, 32],
  ['last', W.last, 0, 32],
  ['client_port_least', W.clientPorts, 0, 16],
  ['client_port_most', W.clientPorts, 16, 16],
  ['slots_low', W.slotsLow, 0, 32],
  ['slots_high', W.slotsHigh, 0, 32],
  ['ports_low', W.portsLow, 0, 32],
  ['ports_high', W.portsHigh, 0, 32],
  ['packets_least', W.packetsMin, 0, 32],
  ['packets_most', W.packetsMax, 0, 32],
  ['forward_ordinal', W.forwardOrdinal, 0, 32],
  ['backward_ordinal', W.backwardOrdinal, 0, 32],
  ['members', W.members, 0, 32],
];

/** Words whose largest value means never. */
const NEVER_WORDS: ReadonlySet<number> = new Set([W.forwardFirst, W.backwardFirst, W.packetsMin]);

const COLUMNS: readonly ParquetColumn[] = [
  ...TEXTS.map((name) => ({ name, type: 'STRING' as const, nullable: NULLABLE_TEXTS.has(name) })),
  ...FLOATS.map(([name]) => ({ name, type: 'DOUBLE' as const })),
  ...INTEGERS.map(([name, word, , bits]) => ({
    name,
    type: bits === 32 ? ('INT64' as const) : ('INT32' as const),
    nullable: NEVER_WORDS.has(word),
  })),
];

export interface SummaryFile {
  /** `day=YYYY-MM-DD/hour=HH/<digest of the content>.parquet`, in UTC by start of window. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The summary of a store as one file for each hour, in order. The same conversations give the same paths and bytes. */
export function* summaryFiles(conversations: Conversations): Generator<SummaryFile> {
  const hours = new Map<number, number[]>();
  for (let row = 0; row < conversations.size; row++) {
    const hour = Math.floor(conversations.words[row * ROW_WORDS + W.window] / 3_600);
    const rows = hours.get(hour);
    if (rows === undefined) hours.set(hour, [row]);
    else rows.push(row);
  }
  // Records without addresses belong to no hour; the first file carries their number.
  let { unaddressed } = conversations;
  for (const hour of [...hours.keys()].sort((a, b) => a - b)) {
    const bytes = summaryOf(conversations, hours.get(hour)!, unaddressed);
    unaddressed = 0;
    const time = new Date(hour * 3_600_000).toISOString();
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    yield { path: `day=${time.slice(0, 10)}/hour=${time.slice(11, 13)}/${digest}.parquet`, bytes };
  }
}

/** All conversations of a store as one file. */
export function writeSummary(conversations: Conversations): Uint8Array {
  const rows = Array.from({ length: conversations.size }, (_, row) => row);
  return summaryOf(conversations, rows, conversations.unaddressed);
}

function summaryOf(conversations: Conversations, rows: readonly number[], unaddressed: number): Uint8Array {
  const metadata = { [VERSION_KEY]: SUMMARY_VERSION, [UNADDRESSED_KEY]: String(unaddressed) };
  const file = new ParquetFile({ columns: COLUMNS, metadata });
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < rows.length; from += summaryGroupRows) {
    pieces.push(file.rowGroup(columnsOf(conversations, rows.slice(from, from + summaryGroupRows))));
  }
  pieces.push(file.finish());
  return Buffer.concat(pieces);
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
 * Merges the conversations of a summary into a store; `name` is for messages. Throws when the file is no summary, is of another
 * version or damaged; row groups before the damage have been merged then.
 */
export async function readSummary(name: string, file: RandomAccess, into: Conversations): Promise<void> {
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

/** Rows as they were stored, in the shape that `merge` reads. */
class StoredRows {
  readonly names: Names;
  readonly size: number;
  readonly words: Uint32Array;
  readonly floats: Float64Array;
  readonly sources: string[] = [];
  readonly accounts = new Map<number, number>();
  readonly translators = new Map<number, Set<number>>();
  /** Conversations behind rest rows: each was counted once when it was folded. */
  folded = 0;
  readonly unaddressed = 0;
  readonly #sourceNumbers = new Map<string, number>();

  constructor(names: Names, size: number) {
    this.names = names;
    this.size = size;
    this.words = new Uint32Array(size * ROW_WORDS);
    this.floats = floatsOf(this.words);
  }

  /** Fills a row with the values of `COLUMNS`. */
  fill(row: number, values: readonly unknown[]): void {
    const at = row * ROW_WORDS;
    const { words, floats } = this;
    for (let i = 0; i < FLOATS.length; i++) floats[(at >> 1) + FLOATS[i][1]] = Number(values[TEXTS.length + i]);
    const integers = TEXTS.length + FLOATS.length;
    for (let i = 0; i < INTEGERS.length; i++) {
      const [, word, shift] = INTEGERS[i];
      const value = values[integers + i] ?? undefined;
      if (value === undefined) words[at + word] = NEVER;
      else words[at + word] |= Number(value) << shift;
    }
    this.folded += words[at + W.members];
    this.#fillTexts(at, values);
  }

  #fillTexts(at: number, values: readonly unknown[]): void {
    const { words, names } = this;
    const [observer, account, client, server, translated, forwardSource, backwardSource] = values as (string | null)[];
    words[at + W.observer] = names.text.intern(observer!);
    words[at + W.client] = this.#address(client!);
    words[at + W.server] = this.#address(server!);
    words[at + W.forwardSource] = this.#source(forwardSource);
    words[at + W.backwardSource] = this.#source(backwardSource);
    this.accounts.set(words[at + W.observer], names.text.intern(account!));
    if (translated && !this.translators.has(words[at + W.observer])) {
      this.translators.set(words[at + W.observer], new Set(translated.split(' ').map((text) => this.#address(text))));
    }
  }

  /** Code of an address; the one that a full address book gives for all others is not an address to the parser. */
  #address(text: string): number {
    const code = this.names.addresses.parse(text);
    return code === NOT_AN_ADDRESS ? BOOK_BASE : code;
  }

  #source(name: string | null): number {
    if (name === null) return 0;
    const known = this.#sourceNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.sources.push(name) - 1;
    this.#sourceNumbers.set(name, number);
    return number;
  }
}
