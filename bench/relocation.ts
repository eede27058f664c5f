/**
 * An attack as it would be from another host of ours than the one that the simulator has drawn for it.
 */
import type { LabelRow } from '../lib/flowlog/labels.ts';
import type { FlowRecord, Slot } from '../lib/flowlog/record.ts';
import { readBaseline } from '../lib/history/baseline-file.ts';
import { PEERS_MAX } from '../lib/history/detectors/strange-places.ts';
import { DAY_SECONDS } from '../lib/history/hours.ts';
import type { Host, Network } from '../lib/simulate/network.ts';
import { END_SECONDS, type Life } from './lives.ts';

/** The first host, by address, that calls one to five places outside on the day before the attack. */
export async function hostOfFewPlaces({ seed, store }: Life, { hosts }: Network): Promise<Host> {
  const file = await readBaseline(store, END_SECONDS - 2 * DAY_SECONDS);
  const few = new Set(file?.days.filter(({ peers }) => peers > 0 && peers <= PEERS_MAX).map(({ host }) => host));
  const [found] = hosts.filter(({ address }) => few.has(address)).sort((a, b) => (a.address < b.address ? -1 : 1));
  if (found === undefined)
    throw new Error(`no host of seed ${seed} calls one to ${PEERS_MAX} places: take another seed`);
  return found;
}

/** The same records of the other host. */
export function* relocated(slots: Iterable<Slot>, from: Host, to: Host): Generator<Slot> {
  const addressOf = (address: string) => (address === from.address ? to.address : address);
  const relocate = (record: FlowRecord): FlowRecord => {
    const { flow, observer } = record;
    if (flow === undefined) return record;
    const [srcaddr, dstaddr] = [addressOf(flow.srcaddr), addressOf(flow.dstaddr)];
    const [pktSrcaddr, pktDstaddr] = [addressOf(flow.pktSrcaddr), addressOf(flow.pktDstaddr)];
    return {
      ...record,
      observer: observer.id === from.interface.id ? to.interface : observer,
      flow: { ...flow, srcaddr, dstaddr, pktSrcaddr, pktDstaddr },
    };
  };
  for (const { endSeconds, records } of slots) yield { endSeconds, records: records.map(relocate) };
}

export function relocatedLabel(row: LabelRow, from: Host, to: Host): LabelRow {
  return row.srcaddr === from.address ? { ...row, srcaddr: to.address } : row;
}
