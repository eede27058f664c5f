/**
 * CICFlowMeter flows: CIC-IDS2017, CSE-CIC-IDS2018 and their corrected versions, with the columns of each.
 *
 * Bytes are payload in these files. A flow log counts whole packets: the transport headers, which the files have, and an IP header of
 * 20 or 40 bytes a packet are added.
 */
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';
import { type Header, isDayFirst, officeTime, Row, readHeader, splitCells, writtenTime } from './cells.ts';
import { SYN_ACK } from './flags.ts';
import type { Flow, Side } from './flow.ts';
import { cic } from './labels.ts';
import type { RowReader } from './lines.ts';
import { hasPorts, protocolNumber } from './protocols.ts';
import type { ConversionReport } from './report.ts';

/** Spellings of 2017 ("TrafficLabelling"), 2018 and the corrected versions. Files without addresses are refused by name. */
const WANTED = {
  source: { names: ['Src IP', 'Source IP'] },
  sourcePort: { names: ['Src Port', 'Source Port'] },
  destination: { names: ['Dst IP', 'Destination IP'] },
  destinationPort: { names: ['Dst Port', 'Destination Port'] },
  protocol: { names: ['Protocol'] },
  timestamp: { names: ['Timestamp'] },
  duration: { names: ['Flow Duration'] },
  forwardPackets: { names: ['Total Fwd Packet', 'Total Fwd Packets', 'Tot Fwd Pkts'] },
  backwardPackets: { names: ['Total Bwd packets', 'Total Backward Packets', 'Tot Bwd Pkts'] },
  forwardBytes: { names: ['Total Length of Fwd Packet', 'Total Length of Fwd Packets', 'TotLen Fwd Pkts'] },
  backwardBytes: { names: ['Total Length of Bwd Packet', 'Total Length of Bwd Packets', 'TotLen Bwd Pkts'] },
  forwardHeader: { names: ['Fwd Header Length', 'Fwd Header Len'], optional: true },
  backwardHeader: { names: ['Bwd Header Length', 'Bwd Header Len'], optional: true },
  fin: { names: ['FIN Flag Count'], optional: true },
  syn: { names: ['SYN Flag Count'], optional: true },
  forwardRst: { names: ['Fwd RST Flags'], optional: true },
  backwardRst: { names: ['Bwd RST Flags'], optional: true },
  label: { names: ['Label'], optional: true },
} as const;

type Column = keyof typeof WANTED;

const MICROSECONDS = 1_000_000;

export function cicReader(report: ConversionReport): RowReader {
  let header: Header<Column> | undefined;
  return (line) => {
    const cells = splitCells(line);
    // Joined files repeat the header.
    if (header === undefined || cells[header.index.timestamp] === header.title.timestamp) {
      header = readHeader(cells, WANTED, 'CICFlowMeter with addresses (files for machine learning have none)');
      return undefined;
    }
    return flowOf(new Row(cells, header), report);
  };
}

function flowOf(row: Row<Column>, report: ConversionReport): Flow {
  const protocol = protocolNumber(row.text('protocol'), row.title('protocol'));
  const time = row.text('timestamp');
  const flags = protocol === PROTOCOL.tcp ? tcpFlags(row) : NO_FLAGS;
  return {
    startSeconds: isDayFirst(time)
      ? officeTime(time, row.title('timestamp'))
      : writtenTime(time, row.title('timestamp')),
    durationSeconds: row.duration('duration', MICROSECONDS),
    source: row.text('source'),
    destination: row.text('destination'),
    sourcePort: hasPorts(protocol) ? row.port('sourcePort') : 0,
    destinationPort: hasPorts(protocol) ? row.port('destinationPort') : 0,
    protocol,
    forward: side(row, protocol, 'forward', flags[0]),
    backward: side(row, protocol, 'backward', flags[1]),
    label: row.has('label') ? report.labelOf(row.text('label'), cic) : undefined,
  };
}

/** Least and most bytes of a transport header; the original files hold impossible sums. */
function headerRange(protocol: number): readonly [least: number, most: number] {
  return protocol === PROTOCOL.tcp ? [20, 60] : [8, 8];
}

function side(row: Row<Column>, protocol: number, name: 'forward' | 'backward', flags: number | undefined): Side {
  const packets = row.count(`${name}Packets`);
  const [least, most] = headerRange(protocol);
  const stated = row.has(`${name}Header`) ? Number(row.text(`${name}Header`)) : Number.NaN;
  const isPossible = Number.isInteger(stated) && stated >= packets * least && stated <= packets * most;
  const headers = isPossible ? stated : packets * least;
  const ipHeader = row.text('source').includes(':') ? 40 : 20;
  return { packets, bytes: row.count(`${name}Bytes`) + headers + packets * ipHeader, flags };
}

const NO_FLAGS = [0, 0] as const;
const UNKNOWN = [undefined, undefined] as const;

/**
 * The corrected versions count FIN and SYN for both sides together and RST for each. The first SYN and the first FIN are taken as the
 * source's; a second one of either, where the destination sent anything, as the destination's. The original's counts are wrong
 * (Engelen, Rimmer, Joosen 2021), hence unknown: they are recognised by the lack of RST per side.
 */
function tcpFlags(row: Row<Column>): readonly [number | undefined, number | undefined] {
  if (!row.has('forwardRst') || !row.has('backwardRst') || !row.has('syn') || !row.has('fin')) return UNKNOWN;
  const syn = row.count('syn');
  const fin = row.count('fin');
  const answered = row.count('backwardPackets') > 0;
  const forward =
    (syn > 0 ? TCP_FLAG.syn : 0) | (fin > 0 ? TCP_FLAG.fin : 0) | (row.count('forwardRst') > 0 ? TCP_FLAG.rst : 0);
  if (!answered) return [forward, 0];
  const backward =
    (syn > 1 ? SYN_ACK : 0) | (fin > 1 ? TCP_FLAG.fin : 0) | (row.count('backwardRst') > 0 ? TCP_FLAG.rst : 0);
  return [forward, backward];
}
