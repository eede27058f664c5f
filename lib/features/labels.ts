/**
 * The truth about conversations, from labels.csv: `start,end,srcaddr,dstaddr,srcport,dstport,protocol,label`, in any order of columns,
 * one row per labelled flow or range of flows, an empty value meaning any.
 *
 * A row matches a conversation when its times overlap the conversation's first and last second, its protocol is the same, and its
 * ends are the conversation's in one direction or the other: source is client and dstport the server port while srcport lies among the
 * client ports, or the reverse. Where the client ports are not known, as in scores, a stated one matches, unless a row from server to
 * client states no other port. Where several rows match, an attack wins over `unlabelled`, and that over `benign`; among rows of the same
 * kind the one that states more of addresses, ports and protocol wins, then the shorter, then the earlier line.
 */
import type { Conversations } from '../conversations/conversations.ts';
import { ROW_WORDS, W } from '../conversations/row.ts';
import { NOT_AN_ADDRESS } from '../flowlog/address.ts';
import type { Names } from '../flowlog/batch.ts';
import { LABELS, type Label } from '../flowlog/labels.ts';
import { labelRowsMax, timeSecondsMax } from '../limits.ts';

export const LABEL_COLUMNS = ['start', 'end', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'label'] as const;

type LabelColumn = (typeof LABEL_COLUMNS)[number];

/** Any value, for addresses, ports and protocol. Codes of addresses and ports are never negative. */
const ANY = -1;

/** A row of labels.csv as it is read: addresses as codes, -1 when any. Times are Unix seconds, both included; infinite when any. */
export interface CodedLabelRow {
  readonly start: number;
  readonly end: number;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly label: Label;
}

/** What may be given of a row as text or number, as simulators and converters have it. */
export type LabelValues = Readonly<Partial<Record<LabelColumn, string | number>>>;

/** A row of labels.csv without its line end. */
export function formatLabel(values: LabelValues): string {
  return LABEL_COLUMNS.map((column) => values[column] ?? '').join(',');
}

/**
 * Reads the lines of a labels.csv. Throws on the first row that cannot be meant, with line, column, what was got and what is
 * expected: a wrong label would train a wrong model.
 */
export async function readLabels(
  lines: AsyncIterable<string> | Iterable<string>,
  names: Names,
): Promise<CodedLabelRow[]> {
  const rows: CodedLabelRow[] = [];
  let header: readonly LabelColumn[] | undefined;
  let number = 0;
  for await (const line of lines) {
    number++;
    const text = number === 1 ? line.replace(/^\ufeff/, '') : line;
    if (text.trim() === '') continue;
    const values = splitCsv(text);
    if (header === undefined) {
      header = parseHeader(values, number);
      continue;
    }
    if (values.length !== header.length) {
      throw new Error(`labels line ${number} has ${values.length} values, expected ${header.length}`);
    }
    if (rows.length >= labelRowsMax)
      throw new Error(`the labels have more than ${labelRowsMax} rows; split them by day`);
    rows.push(parseRow(header, values, number, names));
  }
  if (header === undefined) throw new Error(`the labels are empty, expected a header line ${LABEL_COLUMNS.join(',')}`);
  return rows;
}

/** A quoted value (group 1) or a bare one, up to the next comma or the end; blanks around it do not count. */
const CSV_VALUE = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(,|$)/y;

/** Values of a line by RFC 4180; a quoted value may hold commas and doubled quotes, no line end. */
export function splitCsv(line: string): string[] {
  const values: string[] = [];
  CSV_VALUE.lastIndex = 0;
  for (let match = CSV_VALUE.exec(line); match !== null; match = CSV_VALUE.exec(line)) {
    const [, quoted, bare, delimiter] = match;
    values.push(quoted?.replaceAll('""', '"') ?? bare.trim());
    if (delimiter === '') break;
  }
  return values;
}

function parseHeader(values: readonly string[], line: number): readonly LabelColumn[] {
  const header = values.map((value) => {
    const column = LABEL_COLUMNS.find((known) => known === value.toLowerCase());
    if (column !== undefined) return column;
    throw new Error(`labels line ${line} names column "${value}", expected ${LABEL_COLUMNS.join(', ')}`);
  });
  for (const column of LABEL_COLUMNS) {
    const count = header.filter((name) => name === column).length;
    if (count !== 1) throw new Error(`labels line ${line} names column "${column}" ${count} times, expected once`);
  }
  return header;
}

function parseRow(
  header: readonly LabelColumn[],
  values: readonly string[],
  line: number,
  names: Names,
): CodedLabelRow {
  const text = Object.fromEntries(header.map((column, i) => [column, values[i]])) as Record<LabelColumn, string>;
  const refuse = (column: LabelColumn, expected: string): never => {
    throw new Error(`labels line ${line}, column ${column}: got "${text[column]}", expected ${expected}`);
  };
  const time = (column: 'start' | 'end', any: number) =>
    text[column] === '' ? any : (parseTime(text[column]) ?? refuse(column, 'Unix seconds or ISO 8601'));
  const address = (column: 'srcaddr' | 'dstaddr') => {
    if (text[column] === '') return ANY;
    const code = text[column] === '-' ? NOT_AN_ADDRESS : names.addresses.parse(text[column]);
    return code === NOT_AN_ADDRESS ? refuse(column, 'an IPv4 or IPv6 address, or nothing for any') : code;
  };
  const integer = (column: LabelColumn, most: number) => {
    if (text[column] === '') return ANY;
    const value = /^\d{1,5}$/.test(text[column]) ? Number(text[column]) : Number.NaN;
    return value <= most ? value : refuse(column, `a whole number from 0 to ${most}, or nothing for any`);
  };
  const row: CodedLabelRow = {
    start: time('start', Number.NEGATIVE_INFINITY),
    end: time('end', Number.POSITIVE_INFINITY),
    source: address('srcaddr'),
    destination: address('dstaddr'),
    sourcePort: integer('srcport', 65_535),
    destinationPort: integer('dstport', 65_535),
    protocol: integer('protocol', 255),
    label: LABELS.find((label) => label === text.label) ?? refuse('label', LABELS.join(', ')),
  };
  if (row.end < row.start) refuse('end', `a time not before the start, ${text.start}`);
  return row;
}

/** Unix seconds of a number or an ISO 8601 time (UTC where it names no zone), `undefined` for anything else. */
export function parseTime(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) <= timeSecondsMax ? Number(text) : undefined;
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(Z|[+-]\d\d:?\d\d)?$/i.exec(text) ?? [];
  const milliseconds = Date.parse(`${day}T${time ?? '00:00'}${zone ?? 'Z'}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1_000;
}

/** Rows up to this long are searched by time; the few longer ones of a key are all looked at. */
const SHORT_SECONDS = 3_600;

/** Rows with the same addresses and server port. */
interface Bucket {
  /** Up to SHORT_SECONDS long, ordered by start. */
  readonly short: Claim[];
  readonly long: Claim[];
}

/** A row in one of its directions: what it says about a conversation. */
interface Claim {
  readonly row: CodedLabelRow;
  readonly clientPort: number;
  /** Whether nothing but the client port ties the row to a conversation whose server is the row's source. */
  readonly hangsOnClientPort: boolean;
  readonly strength: number;
  /** Line order among equals. */
  readonly order: number;
}

/** Which of client, server and server port a key states. */
const STATES = { client: 1, server: 2, port: 4 } as const;

/** Answers which label a conversation has. Built once from all rows; asking costs a few look-ups whatever their number. */
export class LabelIndex {
  readonly unmatched: Label;
  /** Buckets by what their keys state; `undefined` where no row has such a key. */
  readonly #shapes: (Map<string, Bucket> | undefined)[] = new Array(8).fill(undefined);

  constructor(rows: readonly CodedLabelRow[], unmatched: Label = 'benign') {
    this.unmatched = unmatched;
    for (const [order, row] of rows.entries()) {
      const strength = strengthOf(row);
      const { source, destination, sourcePort, destinationPort } = row;
      const claim = { row, strength, order };
      const forward = { ...claim, clientPort: sourcePort, hangsOnClientPort: false };
      const hangsOnClientPort = sourcePort === ANY && destinationPort !== ANY;
      const backward = { ...claim, clientPort: destinationPort, hangsOnClientPort };
      this.#enter(source, destination, destinationPort, forward);
      this.#enter(destination, source, sourcePort, backward);
    }
    for (const buckets of this.#shapes) {
      for (const { short } of buckets?.values() ?? []) short.sort((a, b) => a.row.start - b.row.start);
    }
  }

  #enter(client: number, server: number, port: number, claim: Claim): void {
    const shape =
      (client === ANY ? 0 : STATES.client) | (server === ANY ? 0 : STATES.server) | (port === ANY ? 0 : STATES.port);
    this.#shapes[shape] ??= new Map();
    const buckets = this.#shapes[shape];
    const key = keyOf(shape, client, server, port);
    const bucket: Bucket = buckets.get(key) ?? { short: [], long: [] };
    buckets.set(key, bucket);
    const { start, end } = claim.row;
    (end - start <= SHORT_SECONDS ? bucket.short : bucket.long).push(claim);
  }

  /** The label of a row of conversations, whose names are those the labels were read with. */
  labelOf(conversations: Conversations, row: number): Label {
    const { words } = conversations;
    const at = row * ROW_WORDS;
    const match = this.rowOf({
      client: words[at + W.client],
      server: words[at + W.server],
      serverPort: words[at + W.service] & 0xffff,
      protocol: words[at + W.service] >>> 16,
      first: Math.min(words[at + W.forwardFirst], words[at + W.backwardFirst]),
      last: words[at + W.last],
      portLeast: words[at + W.clientPorts] & 0xffff,
      portMost: words[at + W.clientPorts] >>> 16,
    });
    return match?.label ?? this.unmatched;
  }

  /** The row that says what a conversation is, `undefined` when none does. */
  rowOf(subject: Subject): CodedLabelRow | undefined {
    const { client, server, serverPort } = subject;
    let best: Claim | undefined;
    for (let shape = 0; shape < this.#shapes.length; shape++) {
      const buckets = this.#shapes[shape];
      const bucket = buckets?.get(keyOf(shape, client, server, serverPort));
      if (bucket !== undefined) best = strongest(bucket, subject, best);
    }
    return best?.row;
  }
}

/** What is known of a conversation: addresses as codes, first and last second, the range of its client ports where it is known. */
export interface Subject {
  readonly client: number;
  readonly server: number;
  readonly serverPort: number;
  readonly protocol: number;
  readonly first: number;
  readonly last: number;
  readonly portLeast?: number;
  readonly portMost?: number;
}

function keyOf(shape: number, client: number, server: number, port: number): string {
  const part = (states: number, value: number) => ((shape & states) === 0 ? '' : value);
  return `${part(STATES.client, client)}/${part(STATES.server, server)}/${part(STATES.port, port)}`;
}

function strongest({ short, long }: Bucket, subject: Subject, best: Claim | undefined): Claim | undefined {
  let winner = best;
  for (const claim of long) if (matches(claim, subject) && beats(claim, winner)) winner = claim;
  for (let i = firstFrom(short, subject.first - SHORT_SECONDS); i < short.length; i++) {
    if (short[i].row.start > subject.last) break;
    if (matches(short[i], subject) && beats(short[i], winner)) winner = short[i];
  }
  return winner;
}

/** Index of the first claim whose row starts at `start` or later. */
function firstFrom(claims: readonly Claim[], start: number): number {
  let low = 0;
  let high = claims.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (claims[middle].row.start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matches(claim: Claim, { first, last, protocol, portLeast, portMost }: Subject): boolean {
  const { row, clientPort } = claim;
  if (row.start > last || row.end < first) return false;
  if (row.protocol !== ANY && row.protocol !== protocol) return false;
  if (clientPort === ANY) return true;
  // Whoever keeps no client ports cannot deny one, but a sweep of one port is no word about what others ask of the sweeper.
  if (portLeast === undefined || portMost === undefined) return !claim.hangsOnClientPort;
  return clientPort >= portLeast && clientPort <= portMost;
}

/** Kind first, then how many of the five values are stated. */
function strengthOf({ label, source, destination, sourcePort, destinationPort, protocol }: CodedLabelRow): number {
  const kind = label === 'benign' ? 0 : label === 'unlabelled' ? 1 : 2;
  const stated = [source, destination, sourcePort, destinationPort, protocol].filter((value) => value !== ANY).length;
  return kind * 8 + stated;
}

function beats(claim: Claim, rival: Claim | undefined): boolean {
  if (rival === undefined) return true;
  if (claim.strength !== rival.strength) return claim.strength > rival.strength;
  const seconds = ({ row }: Claim) => row.end - row.start;
  if (seconds(claim) !== seconds(rival)) return seconds(claim) < seconds(rival);
  return claim.order < rival.order;
}
