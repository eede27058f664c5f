/**
 * NetFlow as comma-separated text. The header says whose: CIDDS-001 and -002, UGR'16 (also without a header), the NF sets of the
 * University of Queensland. The first two record each direction as a flow of its own, and so it stays.
 */
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';
import { flowSecondsMax } from '../limits.ts';
import { fixedHeader, type Header, Row, readHeader, splitCells, writtenTime } from './cells.ts';
import { lettersFlags, sideFlags } from './flags.ts';
import type { Flow } from './flow.ts';
import { cidds, netflowSets, ugr16 } from './labels.ts';
import type { RowReader } from './lines.ts';
import { hasPorts, protocolNumber } from './protocols.ts';
import { type ConversionReport, Unreadable, WrongFormat } from './report.ts';

type Cells = readonly string[];
type CellsReader = (cells: Cells) => Flow;

export function netflowReader(report: ConversionReport): RowReader {
  let header: Cells | undefined;
  let read: CellsReader | undefined;
  return (line) => {
    const cells = splitCells(line);
    if (read === undefined && UGR_FIRST.test(cells[0])) read = ugrReader(report, UGR_HEADER);
    if (read === undefined) {
      header = cells;
      read = readerOf(cells, report);
      return undefined;
    }
    // Joined files repeat the header.
    return header !== undefined && cells[0] === header[0] && cells[1] === header[1] ? undefined : read(cells);
  };
}

function readerOf(names: Cells, report: ConversionReport): CellsReader {
  if (names.includes('IPV4_SRC_ADDR')) return netflowSetsReader(report, names);
  if (names.includes('Date first seen')) return ciddsReader(report, readHeader(names, CIDDS, 'CIDDS'));
  if (names.includes('te') && names.includes('td')) return ugrReader(report, readHeader(names, UGR, "UGR'16"));
  throw new WrongFormat(
    `columns ${names.slice(0, 4).join(',')}… are of no known set, expected those of CIDDS, UGR'16 or an NF set`,
  );
}

/** Columns of versions 1 to 3 (Sarhan, Layeghy, Portmann 2021; version 3 of 2025 added the times). */
const NF = {
  IPV4_SRC_ADDR: { names: ['IPV4_SRC_ADDR'] },
  L4_SRC_PORT: { names: ['L4_SRC_PORT'] },
  IPV4_DST_ADDR: { names: ['IPV4_DST_ADDR'] },
  L4_DST_PORT: { names: ['L4_DST_PORT'] },
  PROTOCOL: { names: ['PROTOCOL'] },
  IN_BYTES: { names: ['IN_BYTES'] },
  IN_PKTS: { names: ['IN_PKTS'] },
  OUT_BYTES: { names: ['OUT_BYTES'] },
  OUT_PKTS: { names: ['OUT_PKTS'] },
  FLOW_START_MILLISECONDS: { names: ['FLOW_START_MILLISECONDS'], optional: true },
  FLOW_END_MILLISECONDS: { names: ['FLOW_END_MILLISECONDS'], optional: true },
  CLIENT_TCP_FLAGS: { names: ['CLIENT_TCP_FLAGS'], optional: true },
  SERVER_TCP_FLAGS: { names: ['SERVER_TCP_FLAGS'], optional: true },
  Attack: { names: ['Attack'], optional: true },
} as const;

const MILLISECONDS = 1_000;

function netflowSetsReader(report: ConversionReport, names: Cells): CellsReader {
  const header = readHeader(names, NF, 'an NF set');
  if (header.index.FLOW_START_MILLISECONDS < 0 || header.index.FLOW_END_MILLISECONDS < 0) {
    throw new WrongFormat(
      'the rows have no start times: NF sets of versions 1 and 2 hold durations only and cannot become flow logs, use version 3',
    );
  }
  return (cells) => netflowSetsFlow(new Row(cells, header), report);
}

function netflowSetsFlow(row: Row<keyof typeof NF>, report: ConversionReport): Flow {
  const protocol = protocolNumber(row.text('PROTOCOL'), 'PROTOCOL');
  const port = (column: 'L4_SRC_PORT' | 'L4_DST_PORT') => (hasPorts(protocol) ? row.port(column) : 0);
  const flags = (column: 'CLIENT_TCP_FLAGS' | 'SERVER_TCP_FLAGS', answers: boolean) => {
    if (protocol !== PROTOCOL.tcp) return 0;
    return row.has(column) ? sideFlags(row.flags(column), answers) : undefined;
  };
  const startSeconds = row.epoch('FLOW_START_MILLISECONDS', MILLISECONDS);
  const durationSeconds = Math.max(0, row.epoch('FLOW_END_MILLISECONDS', MILLISECONDS) - startSeconds);
  if (durationSeconds > flowSecondsMax)
    throw new Unreadable('duration', 'FLOW_END_MILLISECONDS', row.text('FLOW_END_MILLISECONDS'));
  return {
    startSeconds,
    durationSeconds,
    source: row.text('IPV4_SRC_ADDR'),
    destination: row.text('IPV4_DST_ADDR'),
    sourcePort: port('L4_SRC_PORT'),
    destinationPort: port('L4_DST_PORT'),
    protocol,
    forward: { packets: row.count('IN_PKTS'), bytes: row.count('IN_BYTES'), flags: flags('CLIENT_TCP_FLAGS', false) },
    backward: { packets: row.count('OUT_PKTS'), bytes: row.count('OUT_BYTES'), flags: flags('SERVER_TCP_FLAGS', true) },
    label: row.has('Attack') ? report.labelOf(row.text('Attack'), netflowSets) : undefined,
  };
}

/** Columns of CIDDS-001 and -002 (Ring, Wunderlich, Grüdl, Landes, Hotho 2017), without the attack's number and description. */
const CIDDS = {
  time: { names: ['Date first seen'] },
  duration: { names: ['Duration'] },
  protocol: { names: ['Proto'] },
  source: { names: ['Src IP Addr'] },
  sourcePort: { names: ['Src Pt'] },
  destination: { names: ['Dst IP Addr'] },
  destinationPort: { names: ['Dst Pt'] },
  packets: { names: ['Packets'] },
  bytes: { names: ['Bytes'] },
  flags: { names: ['Flags'] },
  class: { names: ['class'], optional: true },
  attackType: { names: ['attackType'], optional: true },
} as const;

function ciddsReader(report: ConversionReport, header: Header<keyof typeof CIDDS>): CellsReader {
  return (cells) => {
    const row = new Row(cells, header);
    return {
      ...oneWay(row),
      startSeconds: writtenTime(row.text('time'), row.title('time')),
      durationSeconds: row.duration('duration', 1),
      source: ciddsAddress(row.text('source')),
      destination: ciddsAddress(row.text('destination')),
      label: ciddsLabel(row, report),
    };
  };
}

function ciddsLabel(row: Row<keyof typeof CIDDS>, report: ConversionReport): Flow['label'] {
  if (!row.has('class')) return undefined;
  const isAttack = row.text('class') === 'attacker' || row.text('class') === 'victim';
  return report.labelOf(row.text(isAttack ? 'attackType' : 'class'), cidds);
}

/** Hosts that CIDDS names instead of numbering. */
const CIDDS_HOSTS = ['DNS', 'EXT_SERVER', 'OPENSTACK_NET', 'ATTACKER1', 'ATTACKER2', 'ATTACKER3'];

/**
 * CIDDS hides public addresses: `10008_113` is host 113 of network 10008, some have names. Each becomes an address of 240.0.0.0/4,
 * which is nobody's (RFC 1112): network n host h is 240.(n / 256).(n mod 256).h, names are 241.0.0.1 and on in the order above.
 */
export function ciddsAddress(text: string): string {
  const [, network, host] = /^(\d{1,5})_(\d{1,3})$/.exec(text) ?? [];
  if (network !== undefined && Number(network) < 65_536)
    return `240.${Number(network) >> 8}.${Number(network) & 255}.${host}`;
  const named = CIDDS_HOSTS.indexOf(text);
  return named >= 0 ? `241.0.0.${named + 1}` : text;
}

/** Columns of UGR'16 (Maciá-Fernández et al. 2018): te is the end of the flow. The set's CSV files have no header. */
const UGR = {
  te: { names: ['te'] },
  duration: { names: ['td'] },
  source: { names: ['sa'] },
  destination: { names: ['da'] },
  sourcePort: { names: ['sp'] },
  destinationPort: { names: ['dp'] },
  protocol: { names: ['pr'] },
  flags: { names: ['flg'] },
  packets: { names: ['pkt'] },
  bytes: { names: ['byt'] },
  label: { names: ['lbl', 'type', 'label'], optional: true },
} as const;

const UGR_FIRST = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** Forwarding status and type of service stand between flags and packets; calibration files have no label, the last column. */
const UGR_HEADER: Header<keyof typeof UGR> = fixedHeader(
  {
    te: 0,
    duration: 1,
    source: 2,
    destination: 3,
    sourcePort: 4,
    destinationPort: 5,
    protocol: 6,
    flags: 7,
    packets: 10,
    bytes: 11,
    label: 12,
  },
  12,
);

function ugrReader(report: ConversionReport, header: Header<keyof typeof UGR>): CellsReader {
  return (cells) => {
    const row = new Row(cells, header);
    const durationSeconds = row.duration('duration', 1);
    return {
      ...oneWay(row),
      startSeconds: Math.max(0, writtenTime(row.text('te'), row.title('te')) - durationSeconds),
      durationSeconds,
      source: row.text('source'),
      destination: row.text('destination'),
      label: row.has('label') ? report.labelOf(row.text('label'), ugr16) : undefined,
    };
  };
}

type OneWayColumn = 'protocol' | 'sourcePort' | 'destinationPort' | 'packets' | 'bytes' | 'flags';

/** What nfdump's text has in both sets: one direction, flags as letters, bytes of a million and more as `2.1 M`. */
function oneWay(row: Row<OneWayColumn>) {
  const protocol = protocolNumber(row.text('protocol'), row.title('protocol'));
  const port = (column: 'sourcePort' | 'destinationPort') => (hasPorts(protocol) ? row.port(column) : 0);
  const sourcePort = port('sourcePort');
  const destinationPort = port('destinationPort');
  const flags = protocol === PROTOCOL.tcp ? oneWayFlags(row.text('flags'), sourcePort < destinationPort) : 0;
  const forward = { packets: row.count('packets'), bytes: bytesOf(row), flags };
  return { protocol, sourcePort, destinationPort, forward };
}

const SCALES: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

function bytesOf(row: Row<OneWayColumn>): number {
  const [, number, scale] = /^(\d+(?:\.\d+)?)\s*([KMGT])$/.exec(row.text('bytes')) ?? [];
  return number === undefined ? row.count('bytes') : Math.round(Number(number) * SCALES[scale]);
}

/**
 * One direction alone does not tell a SYN followed by ACKs from a SYN-ACK: with both seen, the side with the lower port is taken as the
 * one that answered.
 */
function oneWayFlags(text: string, hasLowerPort: boolean): number {
  const seen = text.startsWith('0x') ? Number(text) : lettersFlags(text.replaceAll(' ', ''));
  if (seen === undefined || !Number.isInteger(seen)) throw new Unreadable('flags', 'flags', text);
  return sideFlags(seen, hasLowerPort && (seen & TCP_FLAG.ack) !== 0);
}
