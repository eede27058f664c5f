/**
 * What became of every row of the input: a flow, or dropped for a counted reason.
 */
import type { Label } from '../flowlog/labels.ts';
import { malformedExamplesMax, unknownLabelsMax } from '../limits.ts';
import { detached } from './flow.ts';

/** Why a row or packet is not in the log. */
export const DROP_REASONS = {
  columns: 'fewer values than the header names',
  overlong: 'a line longer than the limit',
  json: 'not a JSON object',
  time: 'no start time, or none that can be read',
  duration: 'a duration that cannot be read, or a longer one than the limit',
  address: 'not an IP address',
  port: 'not a port',
  protocol: 'not an IP protocol by number or known name',
  count: 'packets or bytes that are no whole number',
  flags: 'TCP flags that cannot be read',
  'not-ip': 'a protocol beside IP, such as ARP: flow logs never show it',
  'link-type': 'packets of a link layer that is not read',
  'cut-short': 'a packet captured without its addresses or ports',
  'no-packets': 'a flow without a packet: no interface would have seen it',
  'outside-vpc': 'neither end lies in the VPC',
} as const;

export type DropReason = keyof typeof DROP_REASONS;

/** A row that cannot become a flow; it is counted and the next is read. */
export class Unreadable extends Error {
  readonly reason: DropReason;
  readonly column: string;
  readonly value: string;

  constructor(reason: DropReason, column: string, value: string) {
    super(`${column}: ${DROP_REASONS[reason]}`);
    this.reason = reason;
    this.column = column;
    this.value = value;
  }
}

/** Content that is not of the format at all; the rest of the input is not read. */
export class WrongFormat extends Error {}

export interface DropExample {
  readonly source: string;
  /** Line, packet or block, counted from 1. */
  readonly line: number;
  readonly column: string;
  readonly reason: DropReason;
  readonly value: string;
}

/** Characters of a value that an example shows. */
const EXAMPLE_CHARACTERS = 80;

export class ConversionReport {
  inputs = 0;
  bytes = 0;
  /** Data rows or packets; each became a flow or is in `dropped`. */
  rows = 0;
  flows = 0;
  records = 0;
  /** Flows that began in a slot already delivered: their records are in a further object of it. */
  late = 0;
  /** Inbound attempts that the given security group rejects. */
  rejected = 0;
  readonly dropped: Partial<Record<DropReason, number>> = {};
  /** The first few rows at fault: what could not be read where. Traffic beside IP is no fault. */
  readonly examples: DropExample[] = [];
  /** Flows by class. */
  readonly labels: Partial<Record<Label, number>> = {};
  /** The data set's own words that no table knows, taken as unlabelled. */
  readonly unknownLabels: Record<string, number> = Object.create(null) as Record<string, number>;
  readonly failures: { readonly source: string; readonly failure: string }[] = [];

  drop(reason: DropReason, example?: Omit<DropExample, 'reason'>): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    if (example === undefined || reason === 'not-ip' || this.examples.length >= malformedExamplesMax) return;
    this.examples.push({ ...example, reason, value: detached(example.value.slice(0, EXAMPLE_CHARACTERS)) });
  }

  /** The class of a data set's own word; a word without one is counted and means unlabelled. */
  labelOf(text: string, classOf: (text: string) => Label | undefined): Label {
    const label = classOf(text);
    if (label !== undefined) return label;
    const word = detached(text.slice(0, EXAMPLE_CHARACTERS));
    const known = this.unknownLabels[word] !== undefined;
    const key = known || Object.keys(this.unknownLabels).length < unknownLabelsMax ? word : '(others)';
    this.unknownLabels[key] = (this.unknownLabels[key] ?? 0) + 1;
    return 'unlabelled';
  }
}
