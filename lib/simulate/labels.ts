import type { ObservedFlow, SimulatedRecord } from './record.ts';

export const LABELS = [
  'benign',
  'scan',
  'brute-force',
  'denial-of-service',
  'command-and-control',
  'exfiltration',
  'other-attack',
  'unlabelled',
] as const;

export type Label = (typeof LABELS)[number];

/**
 * The truth about a range of flows, as a row of labels.csv; an absent column means any. Source is the side that acts;
 * the row covers both directions of the flow, and times are Unix seconds of the records it covers, both included.
 */
export interface LabelRow {
  readonly start: number;
  readonly end: number;
  readonly srcaddr?: string;
  readonly dstaddr?: string;
  readonly srcport?: number;
  readonly dstport?: number;
  readonly protocol?: number;
  readonly label: Label;
}

/** Whether the row covers the record in the direction of the row or in the other. */
export function covers(row: LabelRow, record: SimulatedRecord): boolean {
  const { flow } = record;
  if (!flow || record.end < row.start || record.start > row.end) return false;
  return sameFlow(row, flow) || sameFlow(row, reversed(flow));
}

function sameFlow(row: LabelRow, flow: Turned): boolean {
  return (
    (row.protocol === undefined || row.protocol === flow.protocol) &&
    (row.srcaddr === undefined || row.srcaddr === flow.srcaddr) &&
    (row.dstaddr === undefined || row.dstaddr === flow.dstaddr) &&
    (row.srcport === undefined || row.srcport === flow.srcport) &&
    (row.dstport === undefined || row.dstport === flow.dstport)
  );
}

type Turned = Pick<ObservedFlow, 'protocol' | 'srcaddr' | 'dstaddr' | 'srcport' | 'dstport'>;

function reversed(flow: ObservedFlow): Turned {
  return {
    protocol: flow.protocol,
    srcaddr: flow.dstaddr,
    dstaddr: flow.srcaddr,
    srcport: flow.dstport,
    dstport: flow.srcport,
  };
}
