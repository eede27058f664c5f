/**
 * The columns of a summary, and the part of a row (row.ts) that each holds.
 */
import type { ParquetColumn } from '../parquet-file.ts';
import { F, W } from './row.ts';

/** Text columns, by what they are named in a row's text values. */
export const TEXTS = [
  'interface_id',
  'account_id',
  'client',
  'server',
  'translated_addresses',
  'forward_source',
  'backward_source',
] as const;

export type Texts = Record<(typeof TEXTS)[number], string | undefined>;

const NULLABLE_TEXTS: ReadonlySet<string> = new Set(['translated_addresses', 'forward_source', 'backward_source']);

export const FLOATS: readonly (readonly [string, number])[] = [
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
export const INTEGERS: readonly (readonly [string, number, number, number])[] = [
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
export const NEVER_WORDS: ReadonlySet<number> = new Set([W.forwardFirst, W.backwardFirst, W.packetsMin]);

export const COLUMNS: readonly ParquetColumn[] = [
  ...TEXTS.map((name) => ({ name, type: 'STRING' as const, nullable: NULLABLE_TEXTS.has(name) })),
  ...FLOATS.map(([name]) => ({ name, type: 'DOUBLE' as const })),
  ...INTEGERS.map(([name, word, , bits]) => ({
    name,
    type: bits === 32 ? ('INT64' as const) : ('INT32' as const),
    nullable: NEVER_WORDS.has(word),
  })),
];
