import { describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import type { LabelRow } from '../../lib/flowlog/labels.ts';
import { type FlowRecord, formatRecord } from '../../lib/flowlog/record.ts';
import { SCENARIOS } from '../../lib/simulate/catalog.ts';
import { covers } from '../../lib/simulate/labels.ts';
import { options, type Run, runAll } from './runs.ts';

const ATTACKS = SCENARIOS.filter(({ label }) => label !== 'benign' && label !== 'unlabelled');
const BENIGN = SCENARIOS.filter(({ label }) => label === 'benign').map(({ name }) => name);

/** Lines of `all` that are not in `some`, as often as they are not. */
function added(all: readonly FlowRecord[], some: readonly FlowRecord[]): FlowRecord[] {
  const left = new Map<string, number>();
  for (const record of some) {
    const line = formatRecord(record, DEFAULT_FORMAT);
    left.set(line, (left.get(line) ?? 0) + 1);
  }
  return all.filter((record) => {
    const line = formatRecord(record, DEFAULT_FORMAT);
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

const backgrounds = new Map<number, Run>();

function backgroundOf(seed: number): Run {
  const known = backgrounds.get(seed) ?? runAll(options({ seed, hosts: 16, minutes: 30, scenarios: BENIGN }));
  backgrounds.set(seed, known);
  return known;
}

function coveredBy(rows: readonly LabelRow[], record: FlowRecord): LabelRow | undefined {
  return rows.find((row) => covers(row, record));
}

describe.each(ATTACKS)('$name', ({ name, label }) => {
  it('labels every record that it adds', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { records, labels } = runAll(options({ seed, scenarios: [name] }));
      const flows = records.filter((record) => record.flow);
      expect(flows.length).toBeGreaterThan(0);
      expect(flows.filter((record) => !coveredBy(labels, record))).toEqual([]);
      expect(new Set(labels.map((row) => row.label))).toContain(label);
    }
  });

  it('labels nothing that is there without it', () => {
    for (const seed of [1, 2, 3]) {
      const background = backgroundOf(seed);
      const attacked = runAll(options({ seed, hosts: 16, minutes: 30, scenarios: [...BENIGN, name] }));
      const rows = attacked.labels.filter((row) => row.label === label);
      const wrong = background.records.filter((record) => coveredBy(rows, record));
      expect(wrong.map((record) => formatRecord(record, DEFAULT_FORMAT))).toEqual([]);
      const more = added(attacked.records, background.records).filter((record) => record.flow);
      expect(more.length).toBeGreaterThan(0);
      expect(more.filter((record) => !coveredBy(attacked.labels, record))).toEqual([]);
    }
  });

  it('begins after the first tenth of the run', () => {
    for (const seed of [1, 2, 3]) {
      const run = runAll(options({ seed, scenarios: [name] }));
      const first = Math.min(...run.records.filter((record) => record.flow).map((record) => record.start));
      expect(first).toBeGreaterThanOrEqual(run.options.startSeconds + run.options.minutes * 6);
    }
  });

  it('grows with intensity', () => {
    const volume = (intensity: number) => {
      let packets = 0;
      for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const { records } = runAll(options({ seed, intensity, scenarios: [name] }));
        packets += records.reduce((sum, record) => sum + record.packets, 0);
      }
      return packets;
    };
    const [weak, drawn, strong] = [volume(0.2), volume(1), volume(5)];
    expect(weak).toBeLessThan(drawn);
    expect(drawn).toBeLessThan(strong);
  });

  it('differs by orders of magnitude between seeds', () => {
    const sizes = Array.from({ length: 30 }, (_, seed) =>
      runAll(options({ seed, scenarios: [name] })).records.reduce((sum, record) => sum + record.packets, 0),
    );
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeGreaterThan(20);
  });
});
