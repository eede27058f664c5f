import type { LabelRow } from '../flowlog/labels.ts';
import type { FlowRecord, ObservedFlow } from '../flowlog/record.ts';

/** Whether the row covers the record in the direction of the row or in the other. */
export function covers(row: LabelRow, record: FlowRecord): boolean {
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
