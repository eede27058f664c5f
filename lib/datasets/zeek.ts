/**
 * Zeek conn.log, tab-separated or JSON, and IoT-23's labelled variant, whose last column holds tunnel_parents, label and
 * detailed-label with blanks between them. Packets and IP bytes are those of each direction, so nothing is guessed.
 */
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';
import { fixedHeader, type Header, Row, readHeader } from './cells.ts';
import { SYN_ACK } from './flags.ts';
import type { Flow } from './flow.ts';
import { iot23 } from './labels.ts';
import type { RowReader } from './lines.ts';
import { hasPorts, protocolNumber } from './protocols.ts';
import { type ConversionReport, Unreadable, WrongFormat } from './report.ts';

const WANTED = {
  ts: { names: ['ts'] },
  'id.orig_h': { names: ['id.orig_h'] },
  'id.orig_p': { names: ['id.orig_p'] },
  'id.resp_h': { names: ['id.resp_h'] },
  'id.resp_p': { names: ['id.resp_p'] },
  proto: { names: ['proto'] },
  duration: { names: ['duration'] },
  history: { names: ['history'] },
  orig_pkts: { names: ['orig_pkts'] },
  orig_ip_bytes: { names: ['orig_ip_bytes'] },
  resp_pkts: { names: ['resp_pkts'] },
  resp_ip_bytes: { names: ['resp_ip_bytes'] },
  label: { names: ['label'], optional: true },
  'detailed-label': { names: ['detailed-label'], optional: true },
} as const;

type Column = keyof typeof WANTED;

const NAMES = Object.keys(WANTED) as Column[];
const JSON_HEADER = fixedHeader(
  Object.fromEntries(NAMES.map((name, i) => [name, i])) as Record<Column, number>,
  NAMES.length,
);

/** Bytes that Zeek writes into text with an escape, such as the separator `\x09`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function zeekReader(report: ConversionReport): RowReader {
  const table = tableReader(report);
  return (line) => (line.startsWith('{') ? jsonFlow(line, report) : table(line));
}

function tableReader(report: ConversionReport): RowReader {
  let separator = '\t';
  let unset = '-';
  let header: Header<Column> | undefined;
  // A field that stands for nothing reads as an empty one.
  const split = (line: string) => splitLast(line.split(separator)).map((cell) => (cell === unset ? '' : cell));
  return (line) => {
    if (!line.startsWith('#')) {
      if (header === undefined) throw new WrongFormat('no line #fields before the first row, expected a Zeek conn.log');
      return flowOf(new Row(split(line), header), report);
    }
    if (line.startsWith('#separator ')) separator = unescaped(line.slice('#separator '.length));
    else if (line.startsWith(`#unset_field${separator}`)) unset = line.slice('#unset_field'.length + separator.length);
    else if (line.startsWith(`#fields${separator}`)) {
      const names = split(line.slice('#fields'.length + separator.length));
      header = readHeader(names, WANTED, "Zeek's conn.log");
    }
    return undefined;
  };
}

/** IoT-23 has three columns in the last one, three blanks between them. */
function splitLast(cells: string[]): string[] {
  const last = cells.at(-1)!;
  return last.includes('  ') ? [...cells.slice(0, -1), ...last.split(/ {2,}/)] : cells;
}

function jsonFlow(line: string, report: ConversionReport): Flow {
  const values = parseObject(line);
  const cells = NAMES.map((name) => {
    const value = values[name];
    // Objects and arrays are no value of these columns, and some of them cannot even be turned into text.
    if (value === undefined || value === null || value === '-') return '';
    return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  });
  if (/T.*Z$/.test(cells[JSON_HEADER.index.ts]))
    cells[JSON_HEADER.index.ts] = String(Date.parse(cells[JSON_HEADER.index.ts]) / 1_000);
  return flowOf(new Row(cells, JSON_HEADER), report);
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw new Unreadable('json', '', line);
  }
}

function flowOf(row: Row<Column>, report: ConversionReport): Flow {
  const named = protocolNumber(row.text('proto'), 'proto');
  // Zeek calls both ICMPs icmp.
  const protocol = named === PROTOCOL.icmp && row.text('id.orig_h').includes(':') ? PROTOCOL.icmpv6 : named;
  const port = (column: 'id.orig_p' | 'id.resp_p') => (hasPorts(protocol) ? row.port(column) : 0);
  const count = (column: Column) => (row.has(column) ? row.count(column) : 0);
  const flags = (side: 'origin' | 'responder') =>
    protocol === PROTOCOL.tcp ? historyFlags(row.text('history'), side) : 0;
  return {
    startSeconds: row.epoch('ts', 1),
    durationSeconds: row.has('duration') ? row.duration('duration', 1) : 0,
    source: row.text('id.orig_h'),
    destination: row.text('id.resp_h'),
    sourcePort: port('id.orig_p'),
    destinationPort: port('id.resp_p'),
    protocol,
    forward: { packets: count('orig_pkts'), bytes: count('orig_ip_bytes'), flags: flags('origin') },
    backward: { packets: count('resp_pkts'), bytes: count('resp_ip_bytes'), flags: flags('responder') },
    label: labelOf(row, report),
  };
}

function labelOf(row: Row<Column>, report: ConversionReport): Flow['label'] {
  const column = row.has('detailed-label') ? 'detailed-label' : 'label';
  return row.has(column) ? report.labelOf(row.text(column), iot23) : undefined;
}

/** Letters of Zeek's `history` that a flow log would show; capital for the origin, small for the responder. */
const HISTORY: Readonly<Record<string, number>> = {
  S: TCP_FLAG.syn,
  H: SYN_ACK,
  F: TCP_FLAG.fin,
  R: TCP_FLAG.rst,
  I: TCP_FLAG.fin | TCP_FLAG.rst,
};

/** Flags of one side; `undefined` without a history. */
export function historyFlags(history: string, side: 'origin' | 'responder'): number | undefined {
  if (history === '') return undefined;
  const letters = side === 'origin' ? history : swapCase(history);
  let flags = 0;
  for (const letter of letters) flags |= HISTORY[letter] ?? 0;
  return flags;
}

function swapCase(text: string): string {
  let swapped = '';
  for (const letter of text) swapped += letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
  return swapped;
}
