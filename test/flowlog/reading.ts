/** Helpers of the reading tests: objects out of bytes, and everything that reading them gives. */
import { createNames } from '../../lib/flowlog/batch.ts';
import type { FieldName } from '../../lib/flowlog/fields.ts';
import { type LogObject, readObject } from '../../lib/flowlog/object.ts';
import type { TextOptions } from '../../lib/flowlog/plan.ts';
import { type MalformedReason, ReadReport } from '../../lib/flowlog/report.ts';
import { TextReader } from '../../lib/flowlog/text.ts';

export type Record = Partial<globalThis.Record<FieldName, string>>;

export interface Reading {
  readonly report: ReadReport;
  readonly records: Record[];
  readonly ordinals: number[];
  readonly rejected: [ordinal: number, reason: MalformedReason, text: string][];
}

export const DEFAULT_HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** A record of the default format whose source port tells it from others. */
export function line(srcport: number): string {
  return `2 123456789010 eni-1 10.0.0.1 10.0.0.2 ${srcport} 443 6 10 840 1600000000 1600000060 ACCEPT OK`;
}

export function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `${line(index % 65_536)}\n`).join('');
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** An object that gives its bytes in pieces of `pieceBytes`. */
export function objectOf(content: Uint8Array | string, pieceBytes = 65_536): LogObject {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  return {
    name: 'test',
    sizeBytes: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
    slice: async (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
  };
}

function collector() {
  const records: Record[] = [];
  const ordinals: number[] = [];
  const rejected: Reading['rejected'] = [];
  const sink = {
    batch(batch: Parameters<Parameters<typeof readObject>[2]['batch']>[0]) {
      for (let row = 0; row < batch.length; row++) {
        records.push(batch.at(row));
        ordinals.push(batch.ordinal[row]);
      }
    },
    rejected(ordinal: number, reason: MalformedReason, text: string) {
      rejected.push([ordinal, reason, text]);
    },
  };
  return { records, ordinals, rejected, sink };
}

export async function readAll(object: LogObject, options: Partial<TextOptions> = {}): Promise<Reading> {
  const { sink, ...collected } = collector();
  const report = await readObject(object, { names: createNames(), ...options }, sink);
  return { report, ...collected };
}

/** Reads text without an object around it, in pieces that end at the given offsets. */
export function readText(text: string | Uint8Array, options: Partial<TextOptions> = {}, cuts: number[] = []): Reading {
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const { sink, ...collected } = collector();
  const report = new ReadReport();
  const reader = new TextReader({ names: createNames(), ...options }, report, sink);
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    reader.push(bytes.subarray(from, cut));
    from = cut;
  }
  reader.finish();
  return { report, ...collected };
}

/** The counts of a report, which are to be compared whole. */
export function countsOf({ records, noData, skipData, malformed }: ReadReport) {
  return { records, noData, skipData, malformed };
}
