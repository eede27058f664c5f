import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../lib/simulate/catalog.ts';
import { covers } from '../../lib/simulate/labels.ts';
import { options, type Run, runAll } from './runs.ts';

const TESTER = SCENARIOS.filter(({ name }) => name.startsWith('tester-'));

/** What left the attacker, as its own interface logs it. */
function sent({ records, labels }: Run) {
  const actor = labels[0]!.srcaddr;
  return records.filter(
    ({ flow }) => flow?.direction === 'egress' && flow.srcaddr === actor && flow.pktSrcaddr === actor,
  );
}

const run = (name: string, intensity: number, seed = 3) => runAll(options({ seed, intensity, scenarios: [name] }));

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe.each(TESTER)('$name', ({ name, label }) => {
  it.each([0.1, 1])('labels every record that it adds, at intensity %d', (intensity) => {
    for (const seed of [1, 2, 3]) {
      const { records, labels } = run(name, intensity, seed);
      const flows = records.filter((record) => record.flow);
      expect(flows.length).toBeGreaterThan(0);
      expect(flows.filter((record) => !labels.some((row) => covers(row, record)))).toEqual([]);
      expect(labels[0]!.label).toBe(label);
    }
  });

  it('finds hosts to work with in the smallest network and its whole background', () => {
    const scenarios = [...SCENARIOS.filter((each) => each.label === 'benign').map((each) => each.name), name];
    for (const hosts of [4, 6, 12]) {
      const { labels } = runAll(options({ hosts, minutes: 10, intensity: 0.1, scenarios }));
      expect(labels.filter((row) => row.label === label).length).toBeGreaterThan(0);
    }
  });
});

describe('the sizes of the tester', () => {
  it.each([
    [1, 1_000],
    [0.1, 100],
  ])('are, for the port scan at intensity %d, %i ports of one host', (intensity, ports) => {
    const flows = sent(run('tester-port-scan', intensity)).map(({ flow }) => flow!);
    expect(new Set(flows.map(({ dstport }) => dstport)).size).toBe(ports);
    expect(new Set(flows.map(({ dstaddr }) => dstaddr)).size).toBe(1);
  });

  it.each([
    [1, 20],
    [0.1, 2],
  ])('are, for SSH at intensity %d, %i rounds of five users', (intensity, rounds) => {
    const flows = sent(run('tester-ssh-guessing', intensity)).map(({ flow }) => flow!);
    expect(new Set(flows.map(({ srcport }) => srcport)).size).toBeGreaterThan(rounds * 4);
    expect(new Set(flows.map(({ srcport }) => srcport)).size).toBeLessThanOrEqual(rounds * 5);
    expect(new Set(flows.map(({ dstport }) => dstport))).toEqual(new Set([22]));
  });

  it.each([
    [1, 1_280],
    [0.1, 128],
  ])('are, for RDP at intensity %d, %i log-ins', (intensity, logins) => {
    const flows = sent(run('tester-rdp-guessing', intensity)).map(({ flow }) => flow!);
    expect(new Set(flows.map(({ srcport }) => srcport)).size).toBeGreaterThan(logins * 0.9);
    expect(new Set(flows.map(({ srcport }) => srcport)).size).toBeLessThanOrEqual(logins);
  });

  it.each([
    ['tester-udp-flood', 80, 1, 400_000],
    ['tester-dns-flood', 53, 1, 400_000],
    ['tester-udp-flood', 80, 0.1, 40_000],
  ])('are, for %s to port %i at intensity %d, %i datagrams of 256 bytes', (name, port, intensity, datagrams) => {
    const records = sent(run(name, intensity));
    expect(sum(records.map(({ packets }) => packets))).toBe(datagrams);
    expect(sum(records.map(({ bytes }) => bytes))).toBe(datagrams * 284);
    expect(new Set(records.map(({ flow }) => flow!.dstport))).toEqual(new Set([port]));
  });
});
