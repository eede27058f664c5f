/**
 * Factories of the tests: records from compact lines, conversations from records in one canonical form, and a classifier
 * whose probabilities are a function of the feature row.
 *
 * A line reads `observer client:port > server:port protocol`, then any of `packets=`, `bytes=`, `at=` (seconds after
 * `START`), `for=` (seconds), `flags=`, `reject`, and any field of the log by its name, such as `pkt-dstaddr=8.8.8.8`. IPv6
 * addresses stand in brackets. Values left out are one packet of 40 bytes, accepted, without flags, at once.
 */
import { Conversations, type ConversationsOptions } from '../lib/conversations/conversations.ts';
import { F, NEVER, ROW_WORDS, W } from '../lib/conversations/row.ts';
import { FEATURES, featureHash } from '../lib/features/catalog.ts';
import { BOOK_BASE } from '../lib/flowlog/address.ts';
import { createNames, FlowBatch, KINDS, type Names } from '../lib/flowlog/batch.ts';
import { FIELDS, type FieldName, KEYWORDS } from '../lib/flowlog/fields.ts';
import type { LogObject } from '../lib/flowlog/object.ts';
import { ReadReport } from '../lib/flowlog/report.ts';
import { TextReader } from '../lib/flowlog/text.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import { CLASSES, MANIFEST_MAGIC, MANIFEST_VERSION, type Manifest, type ModelClass } from '../lib/model/manifest.ts';

/** Start of a five-minute window, 2026-09-21T14:15:00Z. */
export const START = 1_790_000_100;

export type Fields = Partial<Record<FieldName, string>>;

/** Every field that conversations are built from. */
export const ALL_FIELDS: readonly FieldName[] = [
  'account-id',
  'interface-id',
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'action',
  'log-status',
  'tcp-flags',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'resource-id',
  'tgw-attachment-id',
];

const PROTOCOLS: Readonly<Record<string, string>> = { icmp: '1', tcp: '6', udp: '17', icmpv6: '58' };

const LINE = /^(\S+) (?:\[(.+?)\]|([^\s:]+)):(\d+) > (?:\[(.+?)\]|([^\s:]+)):(\d+) (\w+)(.*)$/;

export function record(line: string): Fields {
  const parts = LINE.exec(line.trim());
  if (parts === null) throw new Error(`not a record line: "${line}"`);
  const [, observer, source6, source4, srcport, destination6, destination4, dstport, protocol, rest] = parts;
  const words = new Map(
    rest
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => word.split('=') as [string, string]),
  );
  const take = (name: string, otherwise: number) => {
    const value = words.get(name) ?? String(otherwise);
    words.delete(name);
    return value;
  };
  const packets = take('packets', 1);
  const bytes = take('bytes', 40 * Number(packets));
  const start = START + Number(take('at', 0));
  const end = start + Number(take('for', 0));
  const fields: Fields = {
    'account-id': '123456789012',
    'interface-id': observer,
    srcaddr: source6 ?? source4,
    dstaddr: destination6 ?? destination4,
    srcport,
    dstport,
    protocol: PROTOCOLS[protocol] ?? protocol,
    packets,
    bytes,
    start: String(start),
    end: String(end),
    action: words.delete('reject') ? 'REJECT' : 'ACCEPT',
    'log-status': 'OK',
    'tcp-flags': words.has('flags') ? take('flags', 0) : '-',
  };
  for (const [name, value] of words) fields[name as FieldName] = value;
  return fields;
}

export function records(lines: string): Fields[] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(record);
}

/** The text of a log that holds the records, with a header. */
export function logText(all: readonly Fields[], fields: readonly FieldName[] = ALL_FIELDS): string {
  const lines = all.map((one) => fields.map((name) => one[name] ?? '-').join(' '));
  return `${[fields.join(' '), ...lines].join('\n')}\n`;
}

/** An object of that text, opened as often as one likes. */
export function logObject(name: string, text: string, once = false): LogObject {
  const bytes = new TextEncoder().encode(text);
  return {
    name,
    sizeBytes: bytes.length,
    once,
    async *open() {
      yield bytes;
    },
  };
}

export async function* each(objects: readonly LogObject[]): AsyncGenerator<LogObject> {
  yield* objects;
}

export interface BuildOptions extends ConversationsOptions {
  readonly names?: Names;
  readonly source?: string;
  readonly fields?: readonly FieldName[];
}

/** Conversations of the records, which come from one source. */
export function build(all: readonly Fields[] | string, options: BuildOptions = {}): Conversations {
  const conversations = new Conversations(options.names ?? createNames(), options);
  addTo(conversations, all, options);
  return conversations;
}

/** Adds records of one source; throws when one of them is no record. */
export function addTo(conversations: Conversations, all: readonly Fields[] | string, options: BuildOptions = {}): void {
  const list = typeof all === 'string' ? records(all) : all;
  const source = conversations.source(options.source ?? 'log');
  const report = new ReadReport();
  const sink = {
    batch: (batch: Parameters<Conversations['add']>[0]) => conversations.add(batch, source),
    rejected(_: number, reason: string, text: string) {
      throw new Error(`record refused, ${reason}: ${text}`);
    },
  };
  const reader = new TextReader({ names: conversations.names }, report, sink);
  reader.push(new TextEncoder().encode(logText(list, options.fields)));
  reader.finish();
}

export type Row = ReturnType<typeof rowOf>;

/** A row by names instead of numbers. */
export function rowOf({ words, floats, names, sources }: Conversations, row: number) {
  const at = row * ROW_WORDS;
  const f = at >> 1;
  const flags = words[at + W.flags];
  const first = (seen: number, source: number) =>
    words[at + seen] === NEVER ? undefined : [words[at + seen], sources[words[at + source]], words[at + source + 1]];
  return {
    observer: names.text.text(words[at + W.observer]),
    client: names.addresses.format(words[at + W.client]),
    server: names.addresses.format(words[at + W.server]),
    port: words[at + W.service] & 0xffff,
    protocol: words[at + W.service] >>> 16,
    window: words[at + W.window],
    forwardFlows: words[at + W.forwardFlows],
    backwardFlows: words[at + W.backwardFlows],
    forwardPackets: floats[f + F.forwardPackets],
    forwardBytes: floats[f + F.forwardBytes],
    backwardPackets: floats[f + F.backwardPackets],
    backwardBytes: floats[f + F.backwardBytes],
    packetsLog: [floats[f + F.packetsLogSum], floats[f + F.packetsLogSquares]],
    bytesLog: [floats[f + F.bytesLogSum], floats[f + F.bytesLogSquares]],
    durationSum: floats[f + F.durationSum],
    rejects: [words[at + W.forwardRejects], words[at + W.backwardRejects]],
    opens: words[at + W.opens],
    resets: words[at + W.resets],
    flags: [flags & 0xff, (flags >>> 8) & 0xff],
    basis: (flags >>> 16) & 0xff,
    marks: flags >>> 24,
    last: words[at + W.last],
    clientPorts: [words[at + W.clientPorts] & 0xffff, words[at + W.clientPorts] >>> 16],
    slots: [words[at + W.slotsLow], words[at + W.slotsHigh]],
    ports: [words[at + W.portsLow], words[at + W.portsHigh]],
    packetsRange: [words[at + W.packetsMin], words[at + W.packetsMax]],
    first: first(W.forwardFirst, W.forwardSource),
    reply: first(W.backwardFirst, W.backwardSource),
    members: words[at + W.members],
  };
}

/** The rows by names, all or the chosen ones, in an order that depends on nothing but their content. */
export function rowsOf(conversations: Conversations, rows?: Iterable<number>): Row[] {
  const chosen = rows === undefined ? Array.from({ length: conversations.size }, (_, row) => row) : [...rows];
  const sortable = chosen.map((row) => {
    const dumped = rowOf(conversations, row);
    return { dumped, key: JSON.stringify(dumped) };
  });
  return sortable.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ dumped }) => dumped);
}

/** All that conversations hold, by names: two stores of one content have equal dumps. */
export function dump(conversations: Conversations) {
  const { names, accounts, translators, folded, unaddressed } = conversations;
  const text = (id: number) => names.text.text(id);
  return {
    rows: rowsOf(conversations),
    accounts: [...accounts].map(([observer, account]) => `${text(observer)} ${text(account)}`).sort(),
    translators: [...translators]
      .map(([observer, all]) => `${text(observer)} ${[...all].map((code) => names.addresses.format(code)).sort()}`)
      .sort(),
    folded,
    unaddressed,
  };
}

/** What must stay the same whatever is joined, turned or folded. */
export function totals(rows: readonly Row[]) {
  const sum = (value: (row: Row) => number) => rows.reduce((total, row) => total + value(row), 0);
  return {
    flows: sum((row) => row.forwardFlows + row.backwardFlows),
    packets: sum((row) => row.forwardPackets + row.backwardPackets),
    bytes: sum((row) => row.forwardBytes + row.backwardBytes),
    rejects: sum((row) => row.rejects[0] + row.rejects[1]),
  };
}

/** A feature row by names. */
export type FeatureRow = Readonly<Record<string, number>>;

export function featureRow(matrix: Float32Array, row: number): FeatureRow {
  return Object.fromEntries(FEATURES.map(({ name }, feature) => [name, matrix[row * FEATURES.length + feature]]));
}

export const STUB_MANIFEST: Manifest = {
  magic: MANIFEST_MAGIC,
  version: MANIFEST_VERSION,
  algorithm: 'stub',
  onnxSha256: '0'.repeat(64),
  featureHash: featureHash(),
  features: FEATURES.map(({ name }) => name),
  classes: CLASSES,
  input: 'features',
  output: 'probabilities',
  thresholds: {
    scan: 0.5,
    'brute-force': 0.5,
    'denial-of-service': 0.5,
    'command-and-control': 0.5,
    exfiltration: 0.5,
  },
  benignMedians: FEATURES.map(() => 0),
  data: {},
  metrics: {},
  libraries: {},
};

/** A classifier that answers with the probabilities that `judge` gives; benign has what is left. */
export function stubClassifier(
  judge: (features: FeatureRow) => Partial<Record<ModelClass, number>>,
  manifest: Partial<Manifest> = {},
): Classifier {
  const described = { ...STUB_MANIFEST, ...manifest };
  return {
    manifest: described,
    async probabilities(matrix) {
      const rows = matrix.length / FEATURES.length;
      const scores = new Float32Array(rows * described.classes.length);
      for (let row = 0; row < rows; row++) {
        const given = judge(featureRow(matrix, row));
        const left = 1 - Object.values(given).reduce((sum, probability) => sum + probability, 0);
        scores.set(
          described.classes.map((name) => (name === 'benign' ? left : (given[name] ?? 0))),
          row * described.classes.length,
        );
      }
      return scores;
    },
    async close() {},
  };
}

/** A record and where it stands, so that it may be added in any order. */
export interface Located {
  readonly fields: Fields;
  readonly source: string;
  readonly ordinal: number;
}

/** Adds records one by one, in the order given. */
export function addLocated(conversations: Conversations, all: readonly Located[]): Conversations {
  const batch = new FlowBatch(conversations.names, 1);
  for (const { fields, source, ordinal } of all) {
    for (const name of ALL_FIELDS) setValue(batch, name, fields[name] ?? '-');
    batch.ordinal[0] = ordinal;
    batch.length = 1;
    conversations.add(batch, conversations.source(source));
  }
  return conversations;
}

function setValue(batch: FlowBatch, name: FieldName, value: string): void {
  const kind = FIELDS.find((field) => field.name === name)!.kind;
  const column = batch.column(name);
  if (value === '-') column[0] = KINDS[kind].absent;
  else if (kind === 'text') column[0] = batch.names.text.intern(value);
  else if (value === '(other)') column[0] = BOOK_BASE;
  else if (kind === 'address') column[0] = batch.names.addresses.parse(value);
  else column[0] = kind === 'keyword' ? KEYWORDS.indexOf(value as (typeof KEYWORDS)[number]) : Number(value);
}
