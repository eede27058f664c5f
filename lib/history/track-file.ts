/**
 * The rows of tracks of one hour as Parquet at `tracks/day=YYYY-MM-DD/hour=HH.parquet`, folded from the summaries of that hour and made again
 * when those change. Rows are in the order of a hash of their host, in row groups of a like share of it, so that a pass over some of the hosts
 * reads little more than theirs.
 *
 * | column | type | holds |
 * |---|---|---|
 * | client, server, interface_id, account_id | STRING | `-` where many ends were forgotten, or the log does not say |
 * | source, ordinal | STRING, DOUBLE | the first record |
 * | slots, ports | STRING | for each window with contact a word of one character for each bit set, from `0`; words end in a blank |
 * | hour … members | DOUBLE | numbers by name; `windows` are bit sets of the hour's twelve windows |
 * | p_… | DOUBLE | highest probability of the class |
 *
 * The key-value metadata holds `flowtrap.tracks`, the version of this layout, and `flowtrap.parts`, into how many parts hosts
 * were divided and which of them each row group holds.
 */
import { parquetMetadataAsync } from 'hyparquet';
import { readGroup } from '../flowlog/parquet.ts';
import { trackGroupRows, trackGroupsMax } from '../limits.ts';
import { type ParquetColumn, ParquetFile } from '../parquet-file.ts';
import { fileOf } from './summaries.ts';
import { B, BITS, FOREST_CLASSES, hostHash, N, NUMBERS, T, TEXTS, type TrackRows } from './track-rows.ts';

export const TRACKS_VERSION = '1';
const VERSION_KEY = 'flowtrap.tracks';
const PARTS_KEY = 'flowtrap.parts';

const TEXT_NAMES: Readonly<Record<keyof typeof T, string>> = {
  client: 'client',
  server: 'server',
  interfaceId: 'interface_id',
  account: 'account_id',
  source: 'source',
};

const underscored = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const NUMBER_NAMES = [
  ...Object.keys(N)
    .filter((name) => name !== 'probabilities')
    .map(underscored),
  ...FOREST_CLASSES.map((name) => `p_${name.replaceAll('-', '_')}`),
];

const COLUMNS: readonly ParquetColumn[] = [
  ...Object.values(TEXT_NAMES).map((name) => ({ name, type: 'STRING' as const })),
  { name: 'slots', type: 'STRING' },
  { name: 'ports', type: 'STRING' },
  ...NUMBER_NAMES.map((name) => ({ name, type: 'DOUBLE' as const })),
];

/** A share of all hosts, those whose hash falls into part `index` of `count` equal parts; `count` is a power of two. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

const partOf = (hash: number, count: number) => Math.floor((hash / 4_294_967_296) * count);

/** The same rows, in whatever order, give the same bytes. */
export function writeTracks(rows: TrackRows): Uint8Array {
  let count = 1;
  while (count < trackGroupsMax && count * trackGroupRows < rows.length) count *= 2;
  const parts = new Map<number, number[]>();
  for (let row = 0; row < rows.length; row++) {
    const part = partOf(hostHash(rows.host(row)), count);
    const members = parts.get(part);
    if (members === undefined) parts.set(part, [row]);
    else members.push(row);
  }
  const rising = [...parts].sort(([a], [b]) => a - b);
  const metadata = { [VERSION_KEY]: TRACKS_VERSION, [PARTS_KEY]: [count, ...rising.map(([part]) => part)].join(' ') };
  const file = new ParquetFile({ columns: COLUMNS, metadata });
  const keys = keysOf(rows);
  const byKey = (a: number, b: number) => (keys[a] < keys[b] ? -1 : 1);
  const pieces = rising.map(([, members]) => file.rowGroup(columnsOf(rows, members.sort(byKey))));
  return Buffer.concat([...pieces, file.finish()]);
}

function keysOf({ length, numbers, texts, textNumbers }: TrackRows): string[] {
  return Array.from({ length }, (_, row) => {
    const n = row * NUMBERS;
    const ends = [T.client, T.server].map((text) => texts[textNumbers[row * TEXTS + text]]);
    return [...ends, numbers[n + N.hostIsServer], numbers[n + N.protocol], numbers[n + N.port]].join(' ');
  });
}

function columnsOf({ numbers, texts, textNumbers, bits, bitsFrom }: TrackRows, rows: readonly number[]) {
  const words = (row: number, low: number, lowBits: number) => {
    let text = '';
    for (let from = bitsFrom[row]; from < bitsFrom[row + 1]; from += BITS) {
      text += `${characters(bits[from + low], 0)}${characters(bits[from + low + 1], lowBits)} `;
    }
    return text;
  };
  return [
    ...Object.values(T).map((text) => rows.map((row) => texts[textNumbers[row * TEXTS + text]])),
    rows.map((row) => words(row, B.slotsLow, SLOT_BITS)),
    rows.map((row) => words(row, B.portsLow, PORT_BITS)),
    ...NUMBER_NAMES.map((_, number) => Float64Array.from(rows, (row) => numbers[row * NUMBERS + number])),
  ];
}

/** Bits in the lower words of slots and of ports. */
const SLOT_BITS = 30;
const PORT_BITS = 32;

const ZERO = 48;
const BLANK = 32;

/** A character for each bit set. */
function characters(word: number, above: number): string {
  let text = '';
  for (let rest = word; rest !== 0; rest &= rest - 1) {
    text += String.fromCharCode(ZERO + above + 31 - Math.clz32(rest & -rest));
  }
  return text;
}

/** A file of tracks that has been opened. */
export interface TrackFile {
  /** Rows of all hosts. */
  readonly rows: number;
  /** Adds the rows of some of the hosts; throws where the file is damaged. */
  read(part: Part, into: TrackRows): Promise<void>;
}

/** Opens a file of tracks; `name` is for messages. Throws when it is none, or of another version. */
export async function openTracks(name: string, bytes: Uint8Array): Promise<TrackFile> {
  const file = fileOf(bytes);
  const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
    throw new Error(`${name} is no file of tracks: ${cause.message}`, { cause });
  });
  const stored = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  const version = stored.get(VERSION_KEY);
  if (version !== TRACKS_VERSION) {
    throw new Error(
      `${name} is a file of tracks of version ${version ?? 'unknown'}, this build reads version ${TRACKS_VERSION}`,
    );
  }
  const counts = metadata.row_groups.map((group) => Number(group.num_rows));
  const [divided, ...parts] = (stored.get(PARTS_KEY) ?? '').split(' ').map(Number);
  if (parts.length !== counts.length)
    throw new Error(`${name} has ${counts.length} row groups, expected ${parts.length}`);
  const names = COLUMNS.map((column) => column.name);
  return {
    rows: counts.reduce((sum, count) => sum + count, 0),
    async read(wanted, into) {
      for (let group = 0, start = 0; group < parts.length; start += counts[group++]) {
        if (!overlap({ index: parts[group], count: divided }, wanted)) continue;
        const cells = await readGroup(file, metadata, names, start, counts[group]);
        if (typeof cells === 'string') throw new Error(`${name}: ${cells}`);
        addGroup(into, cells, counts[group], wanted);
      }
    },
  };
}

function overlap(a: Part, b: Part): boolean {
  return a.index * b.count < (b.index + 1) * a.count && (a.index + 1) * b.count > b.index * a.count;
}

function addGroup(into: TrackRows, cells: readonly { next(): unknown }[], count: number, part: Part): void {
  const parts = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const values = cells.map((column) => column.next());
    const host = values[values[HOST_IS_SERVER] === 1 ? T.server : T.client] as string;
    const known = parts.get(host) ?? partOf(hostHash(host), part.count);
    parts.set(host, known);
    if (known === part.index) addRow(into, values);
  }
}

const SLOTS = TEXTS;
const PORTS = TEXTS + 1;
const FIRST_NUMBER = TEXTS + 2;
const HOST_IS_SERVER = FIRST_NUMBER + N.hostIsServer;

function addRow(into: TrackRows, values: readonly unknown[]): void {
  const slots = values[SLOTS] as string;
  let windows = 0;
  for (let i = 0; i < slots.length; i++) if (slots.charCodeAt(i) === BLANK) windows++;
  const row = into.append(windows);
  for (let i = 0; i < NUMBERS; i++) into.numbers[row * NUMBERS + i] = values[FIRST_NUMBER + i] as number;
  for (let i = 0; i < TEXTS; i++) into.textNumbers[row * TEXTS + i] = into.text(values[i] as string);
  addBits(into, row, slots, B.slotsLow, SLOT_BITS);
  addBits(into, row, values[PORTS] as string, B.portsLow, PORT_BITS);
}

/** Sets the bits that characters stand for; what lies past the row's windows is another file's mistake and left out. */
function addBits(into: TrackRows, row: number, text: string, low: number, lowBits: number): void {
  let at = into.bitsFrom[row];
  for (let i = 0; i < text.length && at < into.bitsFrom[row + 1]; i++) {
    const code = text.charCodeAt(i);
    const bit = code - ZERO;
    if (code === BLANK) at += BITS;
    else if (bit < lowBits) into.bits[at + low] |= 1 << bit;
    else into.bits[at + low + 1] |= 1 << (bit - lowBits);
  }
}
