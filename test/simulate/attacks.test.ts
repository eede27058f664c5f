import { describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import type { LabelRow } from '../../lib/flowlog/labels.ts';
import { type FlowRecord, formatRecord } from '../../lib/flowlog/record.ts';
import { SCENARIOS } from '../../lib/simulate/catalog.ts';
import { covers } from '../../lib/simulate/labels.ts';
import { options, type Run, runAll } from './runs.ts';

// The tester's runs have a size of their own and are tested apart.
const ATTACKS = SCENARIOS.filter(
  ({ name, label }) => label !== 'benign' && label !== 'unlabelled' && !name.startsWith('tester-'),
);
/** Slow by design, or of a size that the name or its source states: in an hour they differ by less. */
const PATIENT = ['ssh-break-in', 'patient-scan', 'slow-beacon', 'slow-guessing', 'strobe', 'slow-distributed-scan'];
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
  const known = backgrounds.get(seed) ?? runAll(options({ seed, hosts: 16, minutes: 20, scenarios: BENIGN }));
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
    for (const seed of [1, 2]) {
      const background = backgroundOf(seed);
      const attacked = runAll(options({ seed, hosts: 16, minutes: 20, scenarios: [...BENIGN, name] }));
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
      const tenth = run.options.startSeconds + run.options.minutes * 6;
      expect(run.records.filter((record) => record.flow && record.start < tenth)).toEqual([]);
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
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeGreaterThan(PATIENT.includes(name) ? 5 : 20);
  });
});

/** Records of one direction from the side that acts, over some seeds. */
function acted(name: string, intensity = 1, seeds = 8): FlowRecord[][] {
  return Array.from({ length: seeds }, (_, seed) => {
    const { records, labels } = runAll(options({ seed, intensity, scenarios: [name] }));
    const actors = new Set(labels.filter(({ label }) => label !== 'unlabelled').map(({ srcaddr }) => srcaddr));
    return records.filter(({ flow }) => flow && actors.has(flow.srcaddr));
  });
}

describe('what makes an attack what it is', () => {
  it('a slow scan makes no more than one contact in three seconds', () => {
    for (const records of acted('slow-scan')) {
      const perSource = [...Map.groupBy(records, ({ flow }) => flow!.srcaddr).values()];
      const opened = perSource.map(
        (own) => new Set(own.map(({ flow }) => `${flow!.srcport} ${flow!.pktDstaddr} ${flow!.dstport}`)).size,
      );
      expect(Math.max(...opened)).toBeGreaterThan(3);
      expect(Math.max(...opened)).toBeLessThan(3_600 / 3);
    }
  });

  it('a distributed scan has many sources and one victim', () => {
    for (const records of acted('distributed-scan', 3)) {
      const inward = records.filter(({ flow }) => flow!.direction === 'ingress');
      expect(new Set(inward.map(({ flow }) => flow!.srcaddr)).size).toBeGreaterThan(10);
      expect(new Set(inward.map(({ flow }) => flow!.pktDstaddr)).size).toBe(1);
    }
  });

  it('a UDP scan asks many ports of one host or one port of many', () => {
    for (const records of acted('udp-scan')) {
      const asked = records.filter(({ flow }) => flow!.protocol === 17);
      const ports = new Set(asked.map(({ flow }) => flow!.dstport)).size;
      const hosts = new Set(asked.map(({ flow }) => flow!.pktDstaddr)).size;
      expect(Math.max(ports, hosts)).toBeGreaterThan(4);
    }
  });

  it('a worm infects hosts inside, which then sweep for the same port', () => {
    const infected = Array.from({ length: 12 }, (_, seed) => {
      const { labels, network } = runAll(options({ seed, hosts: 30, scenarios: ['worm'] }));
      const own = new Set(network.hosts.map(({ address }) => address));
      const rows = labels.filter(({ srcaddr, label }) => label === 'scan' && own.has(srcaddr!));
      expect(new Set(rows.map(({ dstport }) => dstport)).size).toBe(1);
      return rows.length;
    });
    expect(Math.max(...infected)).toBeGreaterThan(1);
    expect(Math.min(...infected)).toBeGreaterThan(0);
  });

  it('a spray tries many hosts a few times each', () => {
    for (const records of acted('password-spray')) {
      const tries = Map.groupBy(records, ({ flow }) => flow!.pktDstaddr);
      expect(tries.size).toBeGreaterThan(2);
      expect(records.length / tries.size).toBeLessThan(60);
    }
  });

  it('slow-loris keeps connections open for several windows with hardly a byte', () => {
    for (const records of acted('slow-loris', 1, 4)) {
      const perFlow = Map.groupBy(
        records,
        ({ flow: f }) => `${f!.srcaddr} ${f!.srcport} ${f!.dstaddr} ${f!.direction}`,
      );
      const bytes = [...perFlow.values()].map((flow) => flow.reduce((sum, each) => sum + each.bytes, 0));
      expect(perFlow.size).toBeGreaterThan(4);
      expect(bytes.reduce((sum, each) => sum + each, 0) / bytes.length).toBeLessThan(30_000);
    }
  });

  it('a reflector sends more than it is asked', () => {
    for (const records of acted('reflector')) {
      const out = records.filter(({ flow }) => flow!.direction === 'egress').reduce((sum, { bytes }) => sum + bytes, 0);
      expect(out).toBeGreaterThan(10_000);
    }
  });

  it('data in names leaves over 53/udp', () => {
    for (const records of acted('dns-exfiltration')) {
      expect(records.filter(({ flow }) => flow!.dstport === 53).length).toBeGreaterThan(0);
      expect(records.every(({ flow }) => flow!.protocol === 17 && [flow!.srcport, flow!.dstport].includes(53))).toBe(
        true,
      );
    }
  });

  it('a wall rejects every probe of some scans, and none of others', () => {
    const shares = acted('internal-sweep', 1, 30).map((records) => {
      const inward = records.filter(({ flow }) => flow!.direction === 'ingress');
      return inward.length === 0 ? 0 : inward.filter(({ flow }) => flow!.action === 'REJECT').length / inward.length;
    });
    expect(shares).toContain(1);
    expect(shares).toContain(0);
  });
});
