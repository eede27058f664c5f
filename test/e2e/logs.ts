import { flowLogIdOf, objectsOf } from '../../bin/log-writer.ts';
import { openModel } from '../../bin/model.ts';
import { detect } from '../../lib/detect.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { simulate } from '../../lib/simulate/simulation.ts';

export interface LogOptions {
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly parquet?: boolean;
  readonly hosts?: number;
  readonly minutes?: number;
  /** Unix seconds, at the beginning of a window. */
  readonly startSeconds?: number;
}

/** A quarter of an hour of a small network under attack, unless told otherwise, in one object as AWS writes it. */
export function attackLog(options: LogOptions): Uint8Array {
  const { seed, scenarios, parquet = false, hosts = 8, minutes = 15, startSeconds = 1_790_000_100 } = options;
  const simulation = simulate({ seed, hosts, minutes, startSeconds, aggregationSeconds: 60, scenarios, intensity: 1 });
  const records = [...simulation.slots()].flatMap((slot) => slot.records);
  const slot = { endSeconds: startSeconds + minutes * 60, records };
  const [{ bytes }] = objectsOf(slot, flowLogIdOf(seed), { fields: DEFAULT_FORMAT, parquet });
  return bytes;
}

/** What the command line finds in the same objects, each by itself. */
export async function foundLocally(objects: Readonly<Record<string, Uint8Array>>): Promise<Finding[]> {
  const classifier = await openModel();
  const findings: Finding[] = [];
  for (const [name, bytes] of Object.entries(objects)) {
    const object = {
      name,
      async *open() {
        yield bytes;
      },
    };
    const one = async function* () {
      yield object;
    };
    findings.push(...(await detect(one(), { classifier, settings: DEFAULT_SETTINGS })).findings);
  }
  await classifier.close();
  return findings.sort((a, b) => (a.id < b.id ? -1 : 1));
}
