import { describe, expect, it } from 'vitest';
import type { LabelRow } from '../../lib/flowlog/labels.ts';
import type { FlowRecord } from '../../lib/flowlog/record.ts';
import { covers } from '../../lib/simulate/labels.ts';
import { anInterface } from './stage.ts';

const flow = {
  srcaddr: '10.0.0.5',
  dstaddr: '8.8.8.8',
  pktSrcaddr: '10.0.0.5',
  pktDstaddr: '8.8.8.8',
  srcport: 40_000,
  dstport: 22,
  protocol: 6,
  ipv6: false,
  action: 'ACCEPT',
  direction: 'egress',
} as const;
const record: FlowRecord = {
  observer: anInterface('a'),
  status: 'OK',
  start: 100,
  end: 120,
  packets: 1,
  bytes: 60,
  tcpFlags: 2,
  flow,
};
const answer = { ...record, flow: { ...flow, srcaddr: '8.8.8.8', dstaddr: '10.0.0.5', srcport: 22, dstport: 40_000 } };
const row: LabelRow = {
  start: 90,
  end: 200,
  srcaddr: '10.0.0.5',
  dstaddr: '8.8.8.8',
  dstport: 22,
  protocol: 6,
  label: 'scan',
};

describe('covers', () => {
  it('takes both directions of the flow', () => {
    expect(covers(row, record)).toBe(true);
    expect(covers(row, answer)).toBe(true);
  });

  it.each<[string, Partial<LabelRow>]>([
    ['another source', { srcaddr: '10.0.0.6' }],
    ['another destination', { dstaddr: '8.8.4.4' }],
    ['another port', { dstport: 23 }],
    ['another source port', { srcport: 1 }],
    ['another protocol', { protocol: 17 }],
    ['an earlier time', { end: 99 }],
    ['a later time', { start: 121 }],
  ])('leaves out %s', (_, change) => {
    expect(covers({ ...row, ...change }, record)).toBe(false);
    expect(covers({ ...row, ...change }, answer)).toBe(false);
  });

  it('takes an absent column for any', () => {
    const { start, end, label } = row;
    expect(covers({ start, end, label }, record)).toBe(true);
    expect(covers({ start, end, label, srcaddr: '10.0.0.5' }, answer)).toBe(true);
  });

  it('includes both ends of the time', () => {
    expect(covers({ ...row, start: 120 }, record)).toBe(true);
    expect(covers({ ...row, start: 0, end: 100 }, record)).toBe(true);
  });

  it('never takes lines without a flow', () => {
    expect(covers({ start: 0, end: 1_000, label: 'scan' }, { ...record, status: 'NODATA', flow: undefined })).toBe(
      false,
    );
  });
});
