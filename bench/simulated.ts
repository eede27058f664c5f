/**
 * Simulated networks as benches judge them: one hour of a VPC of 30 hosts with the background that its seed gives it, and one attack at ordinary intensity.
 */
import type { FieldName } from '../lib/flowlog/fields.ts';
import type { LogObject } from '../lib/flowlog/object.ts';
import { type FlowRecord, formatRecord } from '../lib/flowlog/record.ts';
import { backgroundScenarios } from '../lib/simulate/catalog.ts';
import { type Simulation, simulate } from '../lib/simulate/simulation.ts';

export function plan(seed: number, attack: string): Simulation {
  return simulate({
    seed,
    hosts: 30,
    minutes: 60,
    startSeconds: 1_790_000_400,
    aggregationSeconds: seed % 4 === 3 ? 600 : 60,
    scenarios: [...backgroundScenarios(seed), attack],
    intensity: 1,
  });
}

/** The logs of a simulation, an object for every delivery. */
export async function* objectsOf(
  simulation: Simulation,
  fields: readonly FieldName[],
  onRecord: (record: FlowRecord) => void = () => {},
) {
  for (const { endSeconds, records } of simulation.slots()) {
    const lines = [fields.join(' ')];
    for (const record of records) {
      onRecord(record);
      lines.push(formatRecord(record, fields));
    }
    const text = Buffer.from(`${lines.join('\n')}\n`);
    const object: LogObject = {
      name: String(endSeconds),
      async *open() {
        yield text;
      },
    };
    yield object;
  }
}
