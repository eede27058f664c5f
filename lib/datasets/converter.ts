/**
 * From flows, in whatever order, to records and labels.
 */
import type { Label, LabelRow } from '../flowlog/labels.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import type { Slot } from '../flowlog/record.ts';
import { reorderFlowsMax } from '../limits.ts';
import { type Endpoint, Endpoints } from './endpoints.ts';
import type { Flow } from './flow.ts';
import { StartOrder } from './order.ts';
import type { Rejects } from './reject.ts';
import { type ConversionReport, Unreadable } from './report.ts';
import { type PlacedFlow, sightsOf } from './sights.ts';
import { Windows } from './windows.ts';

export interface PlacingOptions {
  /** Whose interfaces see the traffic. */
  readonly vpc: NetworkSet;
  readonly rejects: Rejects;
  readonly aggregationSeconds: 60 | 600;
  /** Class of flows of which the data says nothing. */
  readonly label: Label;
}

/** What is complete so far: slots to be delivered, and rows of labels.csv. */
export interface Delivery {
  readonly slots: readonly Slot[];
  readonly labels: readonly LabelRow[];
}

/** Flows between two deliveries at the end: few enough that what waits stays small beside the open windows. */
const FLOWS_PER_DELIVERY = 4_096;

export class Converter {
  readonly #options: PlacingOptions;
  readonly #report: ConversionReport;
  readonly #endpoints: Endpoints;
  readonly #order = new StartOrder<PlacedFlow>(reorderFlowsMax);
  readonly #windows: Windows;
  #labels: LabelRow[] = [];
  /** Times of the flows without a label of their own. */
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(options: PlacingOptions, report: ConversionReport) {
    this.#options = options;
    this.#report = report;
    this.#endpoints = new Endpoints(options.vpc);
    this.#windows = new Windows(options.aggregationSeconds);
  }

  /** Throws `Unreadable` when an address is none. */
  take(flow: Flow): void {
    const source = this.#endpoint(flow.source, 'source address');
    const destination = this.#endpoint(flow.destination, 'destination address');
    const packets = flow.forward.packets + (flow.backward?.packets ?? 0);
    const isSeen = source.interface !== undefined || destination.interface !== undefined;
    if (packets === 0 || !isSeen) {
      this.#report.drop(packets === 0 ? 'no-packets' : 'outside-vpc');
      return;
    }
    const earliest = this.#order.push({ ...flow, source, destination });
    if (earliest !== undefined) this.#place(earliest);
  }

  delivery(): Delivery {
    const labels = this.#labels;
    this.#labels = [];
    const slots = this.#windows.takeSlots();
    for (const slot of slots) this.#report.records += slot.records.length;
    return { slots, labels };
  }

  /** What is left, in parts. */
  *finish(): Generator<Delivery> {
    let taken = 0;
    for (const placed of this.#order.drain()) {
      this.#place(placed);
      if (++taken % FLOWS_PER_DELIVERY === 0) yield this.delivery();
    }
    this.#windows.finish();
    if (this.#from <= this.#until)
      this.#labels.push({ start: this.#from, end: this.#until, label: this.#options.label });
    yield this.delivery();
  }

  #endpoint(text: string, column: string): Endpoint {
    const endpoint = this.#endpoints.of(text);
    if (endpoint === undefined) throw new Unreadable('address', column, text);
    return endpoint;
  }

  #place(flow: PlacedFlow): void {
    const sights = sightsOf(flow, this.#options.rejects);
    this.#windows.advance(flow.startSeconds);
    const firstSeconds = flow.startSeconds;
    const lastSeconds = firstSeconds + flow.durationSeconds;
    let isLate = false;
    for (const { side, seen } of sights)
      isLate = this.#windows.add({ firstSeconds, lastSeconds, side, sights: seen }) || isLate;
    this.#report.late += Number(isLate);
    this.#report.rejected += Number(sights[0].seen.some((sight) => sight.flow.action === 'REJECT'));
    this.#label(flow);
  }

  #label(flow: PlacedFlow): void {
    const { address: srcaddr } = flow.source;
    const { address: dstaddr } = flow.destination;
    const { startSeconds, durationSeconds, sourcePort: srcport, destinationPort: dstport, protocol } = flow;
    const label = flow.label ?? this.#options.label;
    this.#report.flows++;
    this.#report.labels[label] = (this.#report.labels[label] ?? 0) + 1;
    const start = Math.floor(startSeconds);
    const end = Math.floor(startSeconds + durationSeconds);
    if (flow.label !== undefined) {
      this.#labels.push({ start, end, srcaddr, dstaddr, srcport, dstport, protocol, label });
      return;
    }
    this.#from = Math.min(this.#from, start);
    this.#until = Math.max(this.#until, end);
  }
}
