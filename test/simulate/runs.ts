import type { LabelRow } from '../../lib/flowlog/labels.ts';
import type { FlowRecord, Slot } from '../../lib/flowlog/record.ts';
import type { Network } from '../../lib/simulate/network.ts';
import { type SimulationOptions, simulate } from '../../lib/simulate/simulation.ts';

/** Valid options: a small network for an hour without any scenario. */
export function options(changes: Partial<SimulationOptions> = {}): SimulationOptions {
  return {
    seed: 1,
    hosts: 12,
    minutes: 60,
    startSeconds: 1_790_000_000,
    aggregationSeconds: 60,
    scenarios: [],
    intensity: 1,
    ...changes,
  };
}

export interface Run {
  readonly options: SimulationOptions;
  readonly network: Network;
  readonly slots: readonly Slot[];
  readonly records: readonly FlowRecord[];
  readonly labels: readonly LabelRow[];
}

export function runAll(given: SimulationOptions): Run {
  const simulation = simulate(given);
  const slots = [...simulation.slots()];
  const records = slots.flatMap((slot) => slot.records);
  return { options: given, network: simulation.network, slots, records, labels: [...simulation.labels()] };
}
