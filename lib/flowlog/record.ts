/**
 * Records of a flow log as typed values, on their way to being written: what simulator and converters make of traffic.
 */
import { type FieldName, fieldByName } from './fields.ts';

/** The log's view of an elastic network interface. */
export interface NetworkInterface {
  readonly id: string;
  readonly account: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly zone: string;
  readonly region: string;
  /** Absent for interfaces that AWS manages. */
  readonly instance?: string;
  readonly kind?: 'nat_gateway' | 'network_load_balancer';
  /** Second within the aggregation period at which its windows begin. */
  readonly phaseSeconds: number;
  readonly nitro: boolean;
}

/** What one interface logs of one 5-tuple in one direction and one aggregation window. */
export interface FlowRecord {
  readonly observer: NetworkInterface;
  readonly status: 'OK' | 'NODATA' | 'SKIPDATA';
  /** Unix seconds of the first and last packet. */
  start: number;
  end: number;
  /** Absent on NODATA and SKIPDATA. */
  readonly flow?: ObservedFlow;
  packets: number;
  bytes: number;
  /** FIN 1, SYN 2, RST 4, SYN-ACK 18, OR-ed; `undefined` when those of any part are unknown. */
  tcpFlags: number | undefined;
}

export interface ObservedFlow {
  readonly srcaddr: string;
  readonly dstaddr: string;
  readonly pktSrcaddr: string;
  readonly pktDstaddr: string;
  readonly srcport: number;
  readonly dstport: number;
  readonly protocol: number;
  readonly ipv6: boolean;
  readonly action: 'ACCEPT' | 'REJECT';
  readonly direction: 'ingress' | 'egress';
  /** Egress only: 1 same VPC, 2 or 8 internet gateway, 3 virtual private gateway, 7 gateway endpoint. */
  readonly path?: number;
  readonly srcService?: string;
  readonly dstService?: string;
  /** Interface at the other end, where it is ours. */
  readonly other?: NetworkInterface;
}

/** S3 delivery publishes every five minutes what ended in them (Amazon VPC User Guide, "Flow log files"). */
export const SLOT_SECONDS = 300;

/** What S3 would receive for one such slot. */
export interface Slot {
  /** Unix seconds, a multiple of SLOT_SECONDS; records end before it. */
  readonly endSeconds: number;
  readonly records: FlowRecord[];
}

export type RecordValue = string | number | undefined;

type Reader = (record: FlowRecord) => RecordValue;

const READERS: Partial<Record<FieldName, Reader>> = {
  'account-id': (record) => record.observer.account,
  'interface-id': (record) => record.observer.id,
  srcaddr: (record) => record.flow?.srcaddr,
  dstaddr: (record) => record.flow?.dstaddr,
  srcport: (record) => record.flow?.srcport,
  dstport: (record) => record.flow?.dstport,
  protocol: (record) => record.flow?.protocol,
  packets: (record) => record.flow && record.packets,
  bytes: (record) => record.flow && record.bytes,
  start: (record) => record.start,
  end: (record) => record.end,
  action: (record) => record.flow?.action,
  'log-status': (record) => record.status,
  'vpc-id': (record) => record.observer.vpc,
  'subnet-id': (record) => record.observer.subnet,
  'instance-id': (record) => record.observer.instance,
  'tcp-flags': (record) => record.flow && record.tcpFlags,
  type: (record) => record.flow && (record.flow.ipv6 ? 'IPv6' : 'IPv4'),
  'pkt-srcaddr': (record) => record.flow?.pktSrcaddr,
  'pkt-dstaddr': (record) => record.flow?.pktDstaddr,
  region: (record) => record.observer.region,
  'az-id': (record) => record.observer.zone,
  'pkt-src-aws-service': (record) => record.flow?.srcService,
  'pkt-dst-aws-service': (record) => record.flow?.dstService,
  'flow-direction': (record) => record.flow?.direction,
  'traffic-path': (record) => record.flow?.path,
  'interface-type': (record) => record.observer.kind,
  'next-hop-interface-id': (record) => record.flow?.other?.id,
  'next-hop-subnet-id': (record) => record.flow?.other?.subnet,
  'next-hop-az-id': (record) => record.flow?.other?.zone,
  'next-hop-vpc-id': (record) => record.flow?.other?.vpc,
  'next-hop-interface-type': (record) => record.flow?.other?.kind,
};

/** `version` of a record is the highest version among the chosen fields. */
export function formatVersion(fields: readonly FieldName[]): number {
  return Math.max(...fields.map((name) => fieldByName(name)?.version ?? 0));
}

const compiled = new WeakMap<readonly FieldName[], readonly Reader[]>();

function readersOf(fields: readonly FieldName[]): readonly Reader[] {
  let readers = compiled.get(fields);
  if (!readers) {
    const version = formatVersion(fields);
    readers = fields.map((name) => (name === 'version' ? () => version : (READERS[name] ?? (() => undefined))));
    compiled.set(fields, readers);
  }
  return readers;
}

/** The record's values in the order of the fields; `undefined` where the log has nothing to say. */
export function recordValues(record: FlowRecord, fields: readonly FieldName[]): RecordValue[] {
  return readersOf(fields).map((read) => read(record));
}

/** One line of a text flow log without its line end. */
export function formatRecord(record: FlowRecord, fields: readonly FieldName[]): string {
  let line = '';
  for (const read of readersOf(fields)) line += `${line === '' ? '' : ' '}${read(record) ?? '-'}`;
  return line;
}
