/**
 * What makes values a record, the same for text and Parquet: the largest values of numbers, and how a row whose values
 * are each valid is counted.
 */
import { countMax, timeSecondsMax } from '../limits.ts';
import { ABSENT_ADDRESS } from './address.ts';
import type { FlowBatch } from './batch.ts';
import { FIELDS, type FieldKind, type FieldName, KEYWORD } from './fields.ts';
import { FAILED } from './values.ts';

export const KIND_OF: ReadonlyMap<FieldName, FieldKind> = new Map(FIELDS.map((field) => [field.name, field.kind]));

/** Fields that decide what a row is, filled whatever was asked for. */
export const ALWAYS: readonly FieldName[] = ['srcaddr', 'dstaddr', 'start', 'end', 'log-status'];

/** Largest value of integer fields: ports by RFC 9293 and 768, protocol by IANA, flags by their header byte. */
const INTEGER_MAX: Partial<Record<FieldName, number>> = {
  srcport: 65_535,
  dstport: 65_535,
  protocol: 255,
  'tcp-flags': 255,
};

/** Largest value of a numeric field. */
export function maximumOf(name: FieldName): number {
  const kind = KIND_OF.get(name);
  if (kind === 'time') return timeSecondsMax;
  return kind === 'count' ? countMax : (INTEGER_MAX[name] ?? 2_147_483_647);
}

/** Verdict on a row that is a record; the other verdicts are `KEYWORD.noData`, `KEYWORD.skipData` and reasons. */
export const RECORD = 0;

/** Judges the rows of one batch by the fields that the log has. */
export class RowRules {
  readonly #statuses: Uint8Array;
  readonly #sources: Uint32Array;
  readonly #destinations: Uint32Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #hasSource: boolean;
  readonly #hasDestination: boolean;

  constructor(batch: FlowBatch, fields: readonly (FieldName | undefined)[]) {
    this.#statuses = batch.column('log-status') as Uint8Array;
    this.#sources = batch.column('srcaddr') as Uint32Array;
    this.#destinations = batch.column('dstaddr') as Uint32Array;
    this.#starts = batch.column('start') as Float64Array;
    this.#ends = batch.column('end') as Float64Array;
    this.#hasSource = fields.includes('srcaddr');
    this.#hasDestination = fields.includes('dstaddr');
  }

  /** NODATA and SKIPDATA are what they say, also where they carry addresses; a record needs those that the log has. */
  judge(row: number): number {
    const status = this.#statuses[row];
    if (status === KEYWORD.noData || status === KEYWORD.skipData) return status;
    if (this.#hasSource && this.#sources[row] === ABSENT_ADDRESS) return FAILED.address;
    if (this.#hasDestination && this.#destinations[row] === ABSENT_ADDRESS) return FAILED.address;
    return this.#ends[row] < this.#starts[row] && this.#ends[row] >= 0 ? FAILED.range : RECORD;
  }
}
