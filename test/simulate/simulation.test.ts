import { describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import { formatRecord } from '../../lib/flowlog/record.ts';
import { simulationHostsMax, simulationHostsMin, simulationMinutesMax } from '../../lib/limits.ts';
import { backgroundScenarios, SCENARIOS } from '../../lib/simulate/catalog.ts';
import { type SimulationOptions, simulate } from '../../lib/simulate/simulation.ts';
import { options, type Run, runAll } from './runs.ts';

const lines = ({ records }: Run) => records.map((record) => formatRecord(record, DEFAULT_FORMAT));
const EVERYTHING = SCENARIOS.map(({ name }) => name);
const busy = (changes: Partial<SimulationOptions> = {}) => options({ minutes: 20, scenarios: EVERYTHING, ...changes });

describe('simulate', () => {
  it('gives the same lines and labels for the same options', () => {
    const [a, b] = [runAll(busy({ seed: 5 })), runAll(busy({ seed: 5 }))];
    expect(lines(a)).toEqual(lines(b));
    expect(a.labels).toEqual(b.labels);
    expect(a.records.length).toBeGreaterThan(3_000);
  });

  it('gives the same slots when it is asked twice', () => {
    const simulation = simulate(busy({ minutes: 10 }));
    const read = () =>
      [...simulation.slots()].flatMap(({ records }) => records.map((record) => formatRecord(record, DEFAULT_FORMAT)));
    expect(read()).toEqual(read());
  });

  it('gives another network and other traffic for another seed', () => {
    const [a, b] = [runAll(busy({ seed: 5 })), runAll(busy({ seed: 6 }))];
    const addresses = (run: Run) => new Set(run.network.hosts.map(({ address }) => address));
    expect(addresses(a)).not.toEqual(addresses(b));
    const other = new Set(lines(b));
    expect(lines(a).filter((line) => other.has(line))).toEqual([]);
  });

  it('leaves all other behaviours as they are when one is added', () => {
    const without = lines(runAll(busy({ scenarios: ['databases', 'telemetry'] })));
    const withIt = new Set(lines(runAll(busy({ scenarios: ['databases', 'calls', 'telemetry'] }))));
    const flows = without.filter((line) => !line.endsWith('NODATA') && !line.endsWith('SKIPDATA'));
    expect(flows.filter((line) => !withIt.has(line))).toEqual([]);
  });

  it.each([60, 600] as const)('never lets a record span its %i seconds window', (aggregationSeconds) => {
    const { records, network } = runAll(busy({ minutes: 45, aggregationSeconds }));
    const known = new Set(network.interfaces.map(({ id }) => id));
    for (const { observer, start, end, flow } of records) {
      expect(known.has(observer.id)).toBe(true);
      if (!flow) continue;
      const phase = observer.phaseSeconds % aggregationSeconds;
      expect(Math.floor((start - phase) / aggregationSeconds)).toBe(Math.floor((end - phase) / aggregationSeconds));
    }
  });

  it.each([60, 600] as const)(
    'delivers records by their end, in slots of five minutes, with %i s aggregation',
    (aggregationSeconds) => {
      const run = runAll(busy({ minutes: 45, aggregationSeconds, startSeconds: 1_790_000_123 }));
      const ends = run.slots.map(({ endSeconds }) => endSeconds);
      expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
      for (const { endSeconds, records } of run.slots) {
        expect(endSeconds % 300).toBe(0);
        for (const record of records) {
          expect(record.end).toBeLessThan(endSeconds);
          expect(record.end).toBeGreaterThanOrEqual(endSeconds - 300);
        }
      }
    },
  );

  it('stays within its time', () => {
    const run = runAll(busy({ minutes: 7, startSeconds: 1_790_000_011 }));
    expect(run.records.filter(({ start }) => start < 1_790_000_011)).toEqual([]);
    expect(run.records.filter(({ end }) => end >= 1_790_000_011 + 420)).toEqual([]);
    for (const row of run.labels) expect(row.end >= row.start && row.start >= 1_790_000_011).toBe(true);
  });

  it('writes one record per flow, direction, action and window', () => {
    const { records } = runAll(busy({ seed: 9 }));
    const seen = new Set<string>();
    for (const { observer, start, flow } of records) {
      if (!flow) continue;
      const window = Math.floor((start - (observer.phaseSeconds % 60)) / 60);
      const key = [
        observer.id,
        window,
        flow.srcaddr,
        flow.dstaddr,
        flow.srcport,
        flow.dstport,
        flow.protocol,
        flow.action,
        flow.direction,
        flow.pktSrcaddr,
        flow.pktDstaddr,
      ].join(' ');
      expect(seen.has(key)).toBe(false);
      seen.add(key);
    }
  });

  it('records only the flags that AWS records', () => {
    const { records } = runAll(busy({ seed: 2 }));
    for (const { tcpFlags, flow } of records) {
      expect(tcpFlags).toBeDefined();
      expect(tcpFlags! & ~(1 | 2 | 4 | 16)).toBe(0);
      // ACK is only recorded together with SYN.
      if (tcpFlags! & 16) expect(tcpFlags! & 2).toBe(2);
      if (flow && flow.protocol !== 6) expect(tcpFlags).toBe(0);
    }
  });

  it('never has an answer to a rejected flow', () => {
    const { records } = runAll(busy({ seed: 3, scenarios: ['internet-noise', 'monitoring', 'internal-sweep'] }));
    const key = (a: string, ap: number, b: string, bp: number, protocol: number) => `${a} ${ap} ${b} ${bp} ${protocol}`;
    const rejected = new Set(
      records
        .filter(({ flow }) => flow?.action === 'REJECT' && flow.protocol === 6)
        .map(({ flow }) => key(flow!.srcaddr, flow!.srcport, flow!.dstaddr, flow!.dstport, 6)),
    );
    expect(rejected.size).toBeGreaterThan(20);
    // Late packets of served connections are rejected too; those carry no SYN of their own.
    const syns = records.filter(
      ({ flow, tcpFlags }) => flow?.action === 'REJECT' && flow.protocol === 6 && tcpFlags === 2,
    );
    const answers = new Set(
      records
        .filter(({ flow }) => flow)
        .map(({ flow }) => key(flow!.dstaddr, flow!.dstport, flow!.srcaddr, flow!.srcport, flow!.protocol)),
    );
    expect(
      syns.filter(({ flow }) => answers.has(key(flow!.srcaddr, flow!.srcport, flow!.dstaddr, flow!.dstport, 6))),
    ).toEqual([]);
  });

  it('has an hour of a 30-host background in tens of thousands of records', () => {
    const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      (seed) => runAll(options({ seed, hosts: 30, scenarios: backgroundScenarios(seed) })).records.length,
    );
    sizes.sort((a, b) => a - b);
    expect(sizes[4]).toBeGreaterThan(30_000);
    expect(sizes[4]).toBeLessThan(100_000);
  });

  it('holds one object per flow of a flood, not per packet', () => {
    const { records } = runAll(options({ seed: 1, intensity: 20, scenarios: ['outbound-flood'] }));
    const packets = records.reduce((sum, record) => sum + record.packets, 0);
    expect(packets).toBeGreaterThan(1_000_000);
    expect(packets / records.length).toBeGreaterThan(100);
  });
});

describe('options', () => {
  it.each<[string, Partial<SimulationOptions>, string]>([
    [
      'too few hosts',
      { hosts: 3 },
      `hosts is 3: give a whole number from ${simulationHostsMin} to ${simulationHostsMax}`,
    ],
    ['too many hosts', { hosts: 2_001 }, 'hosts is 2001'],
    ['half a host', { hosts: 4.5 }, 'hosts is 4.5'],
    ['no minutes', { minutes: 0 }, `minutes is 0: give a whole number from 1 to ${simulationMinutesMax}`],
    ['too many minutes', { minutes: 44_641 }, 'minutes is 44641'],
    ['a seed below zero', { seed: -1 }, 'seed is -1'],
    ['a seed that is no number', { seed: Number.NaN }, 'seed is NaN'],
    ['a start before 1970', { startSeconds: -5 }, 'start seconds is -5'],
    ['no intensity', { intensity: 0 }, 'intensity is 0: give a number above 0'],
    ['endless intensity', { intensity: Number.POSITIVE_INFINITY }, 'intensity is Infinity'],
    ['another aggregation', { aggregationSeconds: 300 as 60 }, 'aggregation seconds is 300: give 60 or 600'],
    ['an unknown scenario', { scenarios: ['port-scan'] }, 'unknown scenario "port-scan": give one of web-tier,'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => simulate(options(changes))).toThrow(message);
  });

  it('takes each scenario once however often it is named', () => {
    const once = runAll(options({ minutes: 10, scenarios: ['telemetry'] }));
    expect(lines(runAll(options({ minutes: 10, scenarios: ['telemetry', 'telemetry'] })))).toEqual(lines(once));
  });
});
