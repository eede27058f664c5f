import type { LabelRow } from '../flowlog/labels.ts';
import { type FlowRecord, SLOT_SECONDS, type Slot } from '../flowlog/record.ts';
import { simulationHostsMax, simulationHostsMin, simulationMinutesMax } from '../limits.ts';
import { scenarioByName } from './catalog.ts';
import { drawNetwork, type Network } from './network.ts';
import { Observer } from './observe.ts';
import { Random } from './random.ts';
import { Schedule } from './schedule.ts';
import { Traffic } from './traffic.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Instances with an interface; load balancers and NAT gateways come on top. */
  readonly hosts: number;
  readonly minutes: number;
  /** Unix seconds of the first possible packet. */
  readonly startSeconds: number;
  readonly aggregationSeconds: 60 | 600;
  /** Names from the catalog. */
  readonly scenarios: readonly string[];
  /** Multiplies the volume of attacks; 1 is as drawn. */
  readonly intensity: number;
}

export interface Simulation {
  readonly network: Network;
  /** In order of time; each call runs the simulation afresh and gives the same. */
  slots(): Iterable<Slot>;
  labels(): Iterable<LabelRow>;
}

/**
 * A seeded network, its traffic and its attacks. Equal options give equal records; time is simulated only.
 * Throws when an option is out of its range or a scenario is unknown.
 */
export function simulate(options: SimulationOptions): Simulation {
  check(options);
  const planned = plan(options);
  return {
    network: planned.world.network,
    labels: () => planned.world.labels,
    slots: () => run(plan(options), options),
  };
}

interface Plan {
  readonly world: World;
  readonly schedule: Schedule;
  readonly observer: Observer;
}

function plan(options: SimulationOptions): Plan {
  const random = new Random(options.seed);
  const network = drawNetwork(random.fork('network'), options.hosts);
  const begin = options.startSeconds;
  const end = begin + options.minutes * 60;
  const observer = new Observer({
    aggregationSeconds: options.aggregationSeconds,
    beginSeconds: begin,
    endSeconds: end,
    interfaces: network.interfaces,
    random: random.fork('observer'),
  });
  const schedule = new Schedule();
  const traffic = new Traffic(network, observer);
  const { intensity } = options;
  const world = new World({ network, traffic, schedule, random: random.fork('world'), begin, end, intensity });
  const scenarios = [...new Set(options.scenarios)].map(scenarioByName);
  // Attacks come last: they choose actors and targets that no benign behaviour connects.
  scenarios.sort((a, b) => Number(a.label !== 'benign') - Number(b.label !== 'benign'));
  for (const scenario of scenarios) scenario.install(world, random.fork(scenario.name));
  return { world, schedule, observer };
}

function* run({ world, schedule, observer }: Plan, options: SimulationOptions): Generator<Slot> {
  const slots = new Map<number, FlowRecord[]>();
  const step = options.aggregationSeconds;
  let slot = slotOf(world.begin);
  for (let now = world.begin; now < world.end; ) {
    const next = Math.min(world.end, (Math.floor(now / step) + 1) * step);
    schedule.run(next);
    observer.advance(next);
    for (const record of observer.close(now, next)) {
      const key = slotOf(record.end);
      const records = slots.get(key);
      if (records) records.push(record);
      else slots.set(key, [record]);
    }
    now = next;
    // A window may still be open for as long as one aggregation period after the slot's end.
    for (; slot + SLOT_SECONDS + step <= now || (now === world.end && slot < world.end); slot += SLOT_SECONDS) {
      const records = slots.get(slot);
      slots.delete(slot);
      if (records) yield { endSeconds: slot + SLOT_SECONDS, records };
    }
  }
}

function slotOf(time: number): number {
  return Math.floor(time / SLOT_SECONDS) * SLOT_SECONDS;
}

function check(options: SimulationOptions): void {
  wholeNumber('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  wholeNumber('hosts', options.hosts, simulationHostsMin, simulationHostsMax);
  wholeNumber('minutes', options.minutes, 1, simulationMinutesMax);
  wholeNumber('start seconds', options.startSeconds, 0, 2 ** 32);
  if (options.aggregationSeconds !== 60 && options.aggregationSeconds !== 600) {
    throw new Error(`aggregation seconds is ${options.aggregationSeconds}: give 60 or 600`);
  }
  const { intensity } = options;
  if (!(intensity > 0 && intensity <= 1_000)) {
    throw new Error(`intensity is ${intensity}: give a number above 0 and at most 1000`);
  }
  for (const name of options.scenarios) scenarioByName(name);
}

function wholeNumber(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`${name} is ${value}: give a whole number from ${low} to ${high}`);
  }
}
