/**
 * What reading an object came to: every data line or row is counted exactly once, as a record, as NODATA, as SKIPDATA
 * or as malformed by reason.
 */
import { lineBytesMax, malformedExamplesMax, unknownFieldsMax } from '../limits.ts';
import type { FlowBatch } from './batch.ts';
import { type FieldName, USED_FIELDS } from './fields.ts';

/** Why a line or row could not be used. The table of them all; messages and docs are made from it. */
export const MALFORMED_REASONS = {
  'field-count': 'the number of values differs from the number of fields in the header',
  address: 'an address is neither IPv4 nor IPv6, or is absent in a record with status OK',
  number: 'a numeric field holds something else',
  range: 'a number is outside what the field can hold, or the end lies before the start',
  keyword: 'action, log-status, flow-direction or type is none of the known words',
  'line-too-long': `a line is longer than ${lineBytesMax} bytes`,
  'no-format': 'the lines have no header and do not fit the default format of 14 fields',
} as const;

export type MalformedReason = keyof typeof MALFORMED_REASONS;

export interface MalformedExample {
  readonly ordinal: number;
  readonly reason: MalformedReason;
  /** The line as it stood, cut at 200 characters. */
  readonly text: string;
}

/** Where records and rejected lines go. A batch is valid only during the call: readers fill it again. */
export interface FlowSink {
  batch(batch: FlowBatch): void;
  rejected(ordinal: number, reason: MalformedReason, text: string): void;
}

export class ReadReport {
  /** Bytes as stored (packed). */
  bytes = 0;
  unpackedBytes = 0;
  records = 0;
  noData = 0;
  skipData = 0;
  readonly malformed: Partial<Record<MalformedReason, number>> = {};
  readonly examples: MalformedExample[] = [];
  /** Field names met that the table does not have; they were passed over. */
  readonly unknownFields = new Set<string>();
  /** Fields that conversations use and this log does not have. */
  readonly missingFields = new Set<FieldName>();
  /** Why reading stopped early, when it did; what came before is in the counts. */
  failure: string | undefined;

  reject(ordinal: number, reason: MalformedReason, text: string): void {
    this.malformed[reason] = (this.malformed[reason] ?? 0) + 1;
    if (this.examples.length < malformedExamplesMax) this.examples.push({ ordinal, reason, text: text.slice(0, 200) });
  }

  /** Notes what a header or schema holds and lacks. */
  describe(fields: Iterable<FieldName | undefined>, unknown: Iterable<string>): void {
    const present = new Set(fields);
    for (const name of USED_FIELDS) if (!present.has(name) && !OPTIONAL.has(name)) this.missingFields.add(name);
    for (const name of unknown) if (this.unknownFields.size < unknownFieldsMax) this.unknownFields.add(name);
  }

  get malformedCount(): number {
    return Object.values(this.malformed).reduce((sum, count) => sum + count, 0);
  }
}

/** Stand-ins for interface-id in other kinds of log: nobody misses them in a VPC log that has interface-id. */
const OPTIONAL = new Set<FieldName>(['resource-id', 'tgw-attachment-id']);
