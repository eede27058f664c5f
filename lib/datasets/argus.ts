/**
 * Argus flows as comma-separated text (binetflow): CTU-13 and other captures of the Stratosphere Laboratory.
 *
 * Two distortions are inherent. Packets are not split by direction, see `splitPackets`. Bytes are those of Ethernet frames, header and
 * padding included: 14 bytes a packet are taken off, padding of short frames stays.
 */
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';
import { type Header, Row, readHeader, splitCells, writtenTime } from './cells.ts';
import { lettersFlags, sideFlags } from './flags.ts';
import type { Flow, Side } from './flow.ts';
import { ctu13 } from './labels.ts';
import type { RowReader } from './lines.ts';
import { hasPorts, protocolNumber } from './protocols.ts';
import type { ConversionReport } from './report.ts';

/** Columns of CTU-13's binetflow files; others, such as payload excerpts, are passed over. */
const WANTED = {
  start: { names: ['StartTime'] },
  duration: { names: ['Dur'] },
  protocol: { names: ['Proto'] },
  source: { names: ['SrcAddr'] },
  sourcePort: { names: ['Sport'] },
  destination: { names: ['DstAddr'] },
  destinationPort: { names: ['Dport'] },
  state: { names: ['State'] },
  packets: { names: ['TotPkts'] },
  bytes: { names: ['TotBytes'] },
  sourceBytes: { names: ['SrcBytes'] },
  label: { names: ['Label'], optional: true },
} as const;

type Column = keyof typeof WANTED;

const LINK_HEADER_BYTES = 14;
/** Least and most bytes of an Ethernet frame as captured, without its check sequence. */
const FRAME_BYTES_MIN = 60;
const FRAME_BYTES_MAX = 1_514;
const IP_HEADER_BYTES = 20;

export function argusReader(report: ConversionReport): RowReader {
  let header: Header<Column> | undefined;
  return (line) => {
    const cells = splitCells(line);
    // Joined files repeat the header.
    if (header === undefined || cells[header.index.start] === header.title.start) {
      header = readHeader(cells, WANTED, 'Argus, StartTime,Dur,Proto,SrcAddr,…');
      return undefined;
    }
    return flowOf(new Row(cells, header), report);
  };
}

function flowOf(row: Row<Column>, report: ConversionReport): Flow {
  const protocol = protocolNumber(row.text('protocol'), row.title('protocol'));
  const port = (column: 'sourcePort' | 'destinationPort') =>
    hasPorts(protocol) && row.has(column) ? row.port(column) : 0;
  const packets = row.count('packets');
  const bytes = row.count('bytes');
  const sourceBytes = Math.min(row.count('sourceBytes'), bytes);
  const sourcePackets = splitPackets(packets, sourceBytes, bytes - sourceBytes);
  const flags = protocol === PROTOCOL.tcp ? stateFlags(row.text('state')) : NO_FLAGS;
  return {
    startSeconds: /^\d+(\.\d+)?$/.test(row.text('start'))
      ? row.epoch('start', 1)
      : writtenTime(row.text('start'), row.title('start')),
    durationSeconds: row.duration('duration', 1),
    source: row.text('source'),
    destination: row.text('destination'),
    sourcePort: port('sourcePort'),
    destinationPort: port('destinationPort'),
    protocol,
    forward: side(sourcePackets, sourceBytes, flags[0]),
    backward: side(packets - sourcePackets, bytes - sourceBytes, flags[1]),
    label: row.has('label') ? report.labelOf(row.text('label'), ctu13) : undefined,
  };
}

function side(packets: number, frameBytes: number, flags: number | undefined): Side {
  const bytes = packets === 0 ? 0 : Math.max(frameBytes - packets * LINK_HEADER_BYTES, packets * IP_HEADER_BYTES);
  return { packets, bytes, flags };
}

/**
 * Packets that the source sent, of all: half, moved as little as it takes for both sides to have frames between the least and the
 * greatest size. A side without bytes has no packets, a side with bytes at least one.
 */
export function splitPackets(packets: number, sourceBytes: number, destinationBytes: number): number {
  if (destinationBytes === 0) return packets;
  if (sourceBytes === 0) return 0;
  if (packets < 2) return packets;
  const least = (bytes: number) => Math.max(1, Math.ceil(bytes / FRAME_BYTES_MAX));
  const most = (bytes: number) => Math.max(1, Math.floor(bytes / FRAME_BYTES_MIN));
  const low = Math.max(least(sourceBytes), packets - most(destinationBytes));
  const high = Math.min(most(sourceBytes), packets - least(destinationBytes));
  const half = Math.ceil(packets / 2);
  return Math.min(packets - 1, Math.max(1, Math.min(Math.max(half, low), Math.max(low, high))));
}

const NO_FLAGS = [0, 0] as const;
const UNKNOWN = [undefined, undefined] as const;

/**
 * Flags of both sides from a TCP state such as `FSPA_FSPA`, the source's letters before the destination's. The destination's SYN is an
 * answer. So is the source's when it sent SYN and ACK and nothing else to somebody who sent no SYN: backscatter of a spoofed flood.
 */
export function stateFlags(state: string): readonly [source: number | undefined, destination: number | undefined] {
  const [sourceLetters, destinationLetters, ...others] = state.split('_');
  if (destinationLetters === undefined || others.length > 0) return UNKNOWN;
  const source = lettersFlags(sourceLetters);
  const destination = lettersFlags(destinationLetters);
  if (source === undefined || destination === undefined) return UNKNOWN;
  const answers = source === (TCP_FLAG.syn | TCP_FLAG.ack) && (destination & TCP_FLAG.syn) === 0;
  return [sideFlags(source, answers), sideFlags(destination, true)];
}
