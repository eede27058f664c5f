/**
 * Public data sets and packet captures as the flow logs that AWS would have written, and the truth about them.
 *
 * ```
 * bytes ─► reader of the format ─► flows ─► in order of time ─► seen by interfaces of the VPC ─► records ─► slots of five minutes
 *                                                                          └──► rows of labels.csv
 * ```
 */

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { startsWith } from '../flowlog/content.ts';
import type { LogObject } from '../flowlog/object.ts';
import { unpackedBytesMax } from '../limits.ts';
import { argusReader } from './argus.ts';
import { CaptureReader } from './capture.ts';
import { cicReader } from './cic.ts';
import { Converter, type Delivery, type PlacingOptions } from './converter.ts';
import type { FlowSink } from './flow.ts';
import { type FlowReader, type RowReader, RowsReader } from './lines.ts';
import { netflowReader } from './netflow.ts';
import { type ConversionReport, WrongFormat } from './report.ts';
import { unswReader } from './unsw.ts';
import { zeekReader } from './zeek.ts';

const ROW_READERS = {
  argus: argusReader,
  zeek: zeekReader,
  'netflow-csv': netflowReader,
  'unsw-nb15': unswReader,
  cic: cicReader,
} as const satisfies Record<string, (report: ConversionReport) => RowReader>;

export const SOURCE_FORMATS = [...(Object.keys(ROW_READERS) as (keyof typeof ROW_READERS)[]), 'pcap'] as const;

export type SourceFormat = (typeof SOURCE_FORMATS)[number];

export interface ConvertOptions extends PlacingOptions {
  readonly from: SourceFormat;
}

/** Bytes per step of unpacking; zlib's default of 16 KiB takes twice the time. */
const GUNZIP_BYTES = 262_144;

/**
 * Converts inputs one after another, of which none must be in order. What cannot be read is counted in `report` and never throws;
 * throws when an input cannot be opened.
 */
export async function* convert(
  inputs: AsyncIterable<LogObject> | Iterable<LogObject>,
  options: ConvertOptions,
  report: ConversionReport,
): AsyncGenerator<Delivery> {
  const converter = new Converter(options, report);
  for await (const input of inputs) {
    report.inputs++;
    const failure = yield* convertInput(input, options.from, converter, report);
    if (failure !== undefined) report.failures.push({ source: input.name, failure });
  }
  yield* converter.finish();
}

async function* convertInput(
  input: LogObject,
  from: SourceFormat,
  converter: Converter,
  report: ConversionReport,
): AsyncGenerator<Delivery, string | undefined> {
  const sink: FlowSink = (flow) => converter.take(flow);
  const reader = readerOf(from, input.name, report, sink);
  try {
    for await (const piece of unpacked(input, report)) {
      reader.push(piece);
      yield converter.delivery();
    }
    return reader.finish();
  } catch (error) {
    return failureOf(error);
  }
}

function readerOf(from: SourceFormat, source: string, report: ConversionReport, sink: FlowSink): FlowReader {
  if (from === 'pcap') return new CaptureReader(source, report, sink);
  return new RowsReader(source, ROW_READERS[from](report), report, sink);
}

/** Content that cannot be read in this way, or not further. */
function failureOf(error: unknown): string {
  if (error instanceof WrongFormat) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_'))
    return `the gzip data is cut or damaged (${(error as Error).message}); what came before was read`;
  throw error;
}

const PACKED: readonly (readonly [signature: string, advice: string])[] = [
  ['\xfd7zXZ\x00', 'xz; unpack it into standard input: xz -dc FILE | flowtrap convert --from FORMAT - --out DIR'],
  ['BZh', 'bzip2; unpack it into standard input: bzip2 -dc FILE | flowtrap convert --from FORMAT - --out DIR'],
  [
    '\x28\xb5\x2f\xfd',
    'Zstandard; unpack it into standard input: zstd -dc FILE | flowtrap convert --from FORMAT - --out DIR',
  ],
  ['PK\x03\x04', 'a ZIP archive; unpack it first'],
];

/** Bytes of the longest signature. */
const SIGNATURE_BYTES = 6;

/** The content, gzip unpacked. Throws `WrongFormat` for other packing. */
async function* unpacked(input: LogObject, report: ConversionReport): AsyncGenerator<Uint8Array> {
  const pieces = counted(input, report);
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < SIGNATURE_BYTES) {
    const { done, value } = await pieces.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const other = PACKED.find(([signature]) => startsWith(head, signature));
  if (other !== undefined) throw new WrongFormat(`looks like ${other[1]}`);
  const whole = joined(head, pieces);
  if (!startsWith(head, '\x1f\x8b')) return yield* whole;
  let bytes = 0;
  const gunzip = createGunzip({ chunkSize: GUNZIP_BYTES });
  const source = Readable.from(whole).on('error', (error) => gunzip.destroy(error));
  for await (const piece of source.pipe(gunzip) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > unpackedBytesMax) throw new WrongFormat(`unpacks to more than ${unpackedBytesMax} bytes; split it`);
    yield piece;
  }
}

async function* counted(input: LogObject, report: ConversionReport): AsyncGenerator<Uint8Array> {
  for await (const piece of input.open()) {
    report.bytes += piece.length;
    if (piece.length > 0) yield piece;
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
