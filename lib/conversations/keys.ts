/**
 * Records of a batch by the conversation they belong to. Keys are worked out for many records before any row is touched: a loop that
 * only computes, and then one that only looks up, let the processor wait for several cache lines at once, which more than halves the time.
 */
import { ABSENT_ADDRESS } from '../flowlog/address.ts';
import type { FlowBatch } from '../flowlog/batch.ts';
import { batchRows, windowSeconds } from '../limits.ts';
import { DESTINATION_IS_CLIENT, direct } from './direction.ts';

/** The columns of a batch that conversations are built from. */
export type RecordColumns = ReturnType<typeof recordColumns>;

export function recordColumns(batch: FlowBatch) {
  return {
    length: batch.length,
    ordinals: batch.ordinal,
    interfaces: batch.column('interface-id') as Uint32Array,
    resources: batch.column('resource-id') as Uint32Array,
    attachments: batch.column('tgw-attachment-id') as Uint32Array,
    accounts: batch.column('account-id') as Uint32Array,
    sources: batch.column('srcaddr') as Uint32Array,
    destinations: batch.column('dstaddr') as Uint32Array,
    packetSources: batch.column('pkt-srcaddr') as Uint32Array,
    packetDestinations: batch.column('pkt-dstaddr') as Uint32Array,
    sourcePorts: batch.column('srcport') as Int32Array,
    destinationPorts: batch.column('dstport') as Int32Array,
    protocols: batch.column('protocol') as Int32Array,
    packets: batch.column('packets') as Float64Array,
    bytes: batch.column('bytes') as Float64Array,
    starts: batch.column('start') as Float64Array,
    ends: batch.column('end') as Float64Array,
    actions: batch.column('action') as Uint8Array,
    flags: batch.column('tcp-flags') as Int32Array,
  };
}

/** Keys of up to `batchRows` records; filled again for every block. */
export class RecordKeys {
  readonly observer = new Uint32Array(batchRows);
  readonly client = new Uint32Array(batchRows);
  readonly server = new Uint32Array(batchRows);
  readonly service = new Uint32Array(batchRows);
  readonly window = new Uint32Array(batchRows);
  readonly hash = new Uint32Array(batchRows);
  /** Basis of the direction and, by DESTINATION_IS_CLIENT, the direction itself. */
  readonly decision = new Uint8Array(batchRows);
  /** Interface-level address that a packet-level one replaced, ABSENT_ADDRESS where none was. */
  readonly replaced = new Uint32Array(batchRows);
  /** Row of each record's conversation, set by whoever looks them up. */
  readonly row = new Int32Array(batchRows);

  /** Works out the keys of records `[from, to)`; a record without addresses gets client ABSENT_ADDRESS. */
  fill(columns: RecordColumns, from: number, to: number): void {
    for (let record = from, i = 0; record < to; record++, i++) this.#fillOne(columns, record, i);
  }

  #fillOne(columns: RecordColumns, record: number, i: number): void {
    const interfaceSource = columns.sources[record];
    const interfaceDestination = columns.destinations[record];
    let source = columns.packetSources[record];
    let destination = columns.packetDestinations[record];
    if (source === ABSENT_ADDRESS) source = interfaceSource;
    if (destination === ABSENT_ADDRESS) destination = interfaceDestination;
    this.replaced[i] =
      source !== interfaceSource
        ? interfaceSource
        : destination !== interfaceDestination
          ? interfaceDestination
          : ABSENT_ADDRESS;
    if (source === ABSENT_ADDRESS || destination === ABSENT_ADDRESS) source = destination = ABSENT_ADDRESS;
    const attachment = columns.attachments[record];
    const protocol = Math.max(0, columns.protocols[record]);
    const sourcePort = Math.max(0, columns.sourcePorts[record]);
    const destinationPort = Math.max(0, columns.destinationPorts[record]);
    const decision = direct(protocol, sourcePort, destinationPort, columns.flags[record], attachment !== 0);
    const backward = decision >= DESTINATION_IS_CLIENT;
    const observer = columns.interfaces[record] || columns.resources[record] || attachment;
    const client = backward ? destination : source;
    const server = backward ? source : destination;
    const service = (protocol << 16) | (backward ? sourcePort : destinationPort);
    const start = startOf(columns, record) >>> 0;
    const window = start - (start % windowSeconds);
    this.observer[i] = observer;
    this.client[i] = client;
    this.server[i] = server;
    this.service[i] = service;
    this.window[i] = window;
    this.decision[i] = decision;
    this.hash[i] = keyHash(observer, client, server, service, window);
  }
}

/** Unix seconds from which on a record counts: its start, its end where the log leaves starts out, 0 without either. */
export function startOf({ starts, ends }: RecordColumns, record: number): number {
  const start = starts[record];
  return start >= 0 ? start : Math.max(0, ends[record]);
}

/** What makes a conversation one: text id, address codes, server port | protocol << 16, Unix seconds. */
export interface ConversationKey {
  readonly observer: number;
  readonly client: number;
  readonly server: number;
  readonly service: number;
  readonly window: number;
}

/** A conversation's hash; multipliers are odd constants of MurmurHash3's mixers (Austin Appleby, public domain). */
export function keyHash(observer: number, client: number, server: number, service: number, window: number): number {
  let hash = Math.imul(client, 0x85eb_ca6b) ^ Math.imul(server, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 15) ^ service, 0x27d4_eb2f);
  hash = Math.imul(hash ^ (hash >>> 13) ^ observer, 0x1656_67b1);
  hash ^= Math.imul(window, 0x9e37_79b1);
  return (hash ^ (hash >>> 16)) >>> 0;
}
