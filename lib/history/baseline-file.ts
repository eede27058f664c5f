/**
 * Days of baselines as Parquet at `baselines/day=YYYY-MM-DD.parquet`, one row a host. They outlive the summaries they were learned from: a day is
 * replaced only when as much is known of it, and files of every former version of this layout must stay readable.
 *
 * | column | type | holds |
 * |---|---|---|
 * | host | STRING | address |
 * | hours | INT32 | bit i: seen in hour i |
 * | bytes_out, bytes_out_hour_most | DOUBLE | sent to strangers on that day and in its busiest hour |
 * | peers | DOUBLE | strangers that answered |
 * | services | STRING | services of strangers, separated by blanks; null where they were too many |
 * | places | STRING | Bloom filter of servers and services that answered, base64 |
 * | bytes_out_place_hour_most | DOUBLE | most sent to one stranger within an hour; from version 2 on |
 *
 * The key-value metadata holds `flowtrap.baseline`, the version, and `flowtrap.conversations`, the number of conversations that the day was learned
 * from.
 */
import { parquetMetadataAsync } from 'hyparquet';
import { readGroup } from '../flowlog/parquet.ts';
import { baselineDaysMax, baselineHostsMax } from '../limits.ts';
import { type ParquetColumn, ParquetFile } from '../parquet-file.ts';
import type { LearnedDay } from './baseline.ts';
import { DAY_SECONDS, dayPath } from './hours.ts';
import type { Store } from './store.ts';
import { fileOf } from './summaries.ts';

export const BASELINE_VERSION = '2';

const VERSION_KEY = 'flowtrap.baseline';
const CONVERSATIONS_KEY = 'flowtrap.conversations';

const COLUMNS: readonly ParquetColumn[] = [
  { name: 'host', type: 'STRING' },
  { name: 'hours', type: 'INT32' },
  { name: 'bytes_out', type: 'DOUBLE' },
  { name: 'bytes_out_hour_most', type: 'DOUBLE' },
  { name: 'peers', type: 'DOUBLE' },
  { name: 'services', type: 'STRING', nullable: true },
  { name: 'places', type: 'STRING' },
  { name: 'bytes_out_place_hour_most', type: 'DOUBLE', nullable: true },
];

/** How many of the columns each version has: new ones come last. */
const COLUMNS_OF: ReadonlyMap<string, number> = new Map([
  ['1', COLUMNS.length - 1],
  [BASELINE_VERSION, COLUMNS.length],
]);

export const baselineKey = (day: number) => `baselines/${dayPath(day)}.parquet`;

/** A day of all hosts, and the number of conversations it was learned from. */
export interface BaselineFile {
  readonly conversations: number;
  readonly days: readonly LearnedDay[];
}

/** Hosts in the order of their addresses; past the limit on hosts the last are left out. */
export function writeBaseline({ days, conversations }: BaselineFile): Uint8Array {
  const sorted = [...days].sort((a, b) => (a.host < b.host ? -1 : 1)).slice(0, baselineHostsMax);
  const file = new ParquetFile({
    columns: COLUMNS,
    metadata: { [VERSION_KEY]: BASELINE_VERSION, [CONVERSATIONS_KEY]: String(conversations) },
  });
  const group = file.rowGroup([
    sorted.map(({ host }) => host),
    Int32Array.from(sorted, ({ hours }) => hours),
    Float64Array.from(sorted, ({ bytesOut }) => bytesOut),
    Float64Array.from(sorted, ({ bytesOutHourMost }) => bytesOutHourMost),
    Float64Array.from(sorted, ({ peers }) => peers),
    sorted.map(({ services }) => services?.join(' ')),
    sorted.map(({ places }) => Buffer.from(places).toString('base64')),
    sorted.map(({ bytesOutPlaceHourMost }) => bytesOutPlaceHourMost),
  ]);
  return Buffer.concat([group, file.finish()]);
}

/** The day that begins at `day`, `undefined` where none is kept. Throws when it is damaged, foreign or of another version. */
export async function readBaseline(store: Store, day: number): Promise<BaselineFile | undefined> {
  const key = baselineKey(day);
  const stored = await store.read(key);
  if (stored === undefined) return undefined;
  const file = fileOf(stored.bytes);
  const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
    throw new Error(`${key} is no baseline: ${cause.message}`, { cause });
  });
  const known = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  const version = known.get(VERSION_KEY) ?? 'unknown';
  const columns = COLUMNS_OF.get(version);
  if (columns === undefined) {
    const readable = [...COLUMNS_OF.keys()].join(' and ');
    throw new Error(`${key} is a baseline of version ${version}, this build reads versions ${readable}`);
  }
  const days: LearnedDay[] = [];
  const count = Number(metadata.num_rows);
  if (count > baselineHostsMax) throw new Error(`${key} has ${count} hosts, expected at most ${baselineHostsMax}`);
  const cells = await readGroup(
    file,
    metadata,
    COLUMNS.slice(0, columns).map(({ name }) => name),
    0,
    count,
  );
  if (typeof cells === 'string') throw new Error(`${key}: ${cells}`);
  for (let row = 0; row < count; row++)
    days.push(
      dayFrom(
        cells.map((column) => column.next()),
        day,
      ),
    );
  return { conversations: Number(known.get(CONVERSATIONS_KEY) ?? 0), days };
}

function dayFrom(values: readonly unknown[], start: number): LearnedDay {
  const [host, hours, bytesOut, bytesOutHourMost, peers, services, places, bytesOutPlaceHourMost] = values as [
    string,
    number,
    number,
    number,
    number,
    string | null,
    string,
    number | null | undefined,
  ];
  const kept =
    services === null || services === undefined ? undefined : services.split(' ').filter((name) => name !== '');
  return {
    host,
    start,
    hours,
    bytesOut,
    bytesOutHourMost,
    peers,
    services: kept,
    places: Buffer.from(places, 'base64'),
    bytesOutPlaceHourMost: bytesOutPlaceHourMost ?? undefined,
  };
}

/** Days of some hosts before `endSeconds`, the latest `baselineDaysMax`, by address; `read` reads the file of one. */
export async function learnedDays(
  hosts: ReadonlySet<string>,
  endSeconds: number,
  read: (day: number) => Promise<BaselineFile | undefined>,
): Promise<Map<string, LearnedDay[]>> {
  const found = new Map<string, LearnedDay[]>();
  for (let day = Math.max(0, endSeconds - baselineDaysMax * DAY_SECONDS); day < endSeconds; day += DAY_SECONDS) {
    for (const learned of (await read(day))?.days ?? []) {
      if (!hosts.has(learned.host)) continue;
      const known = found.get(learned.host);
      if (known === undefined) found.set(learned.host, [learned]);
      else known.push(learned);
    }
  }
  return found;
}
