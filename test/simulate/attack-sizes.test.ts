/** Sizes of attacks that their sources name. */
import { describe, expect, it } from 'vitest';
import { options, runAll } from './runs.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const run = (seed: number, scenario: string, minutes = 240) =>
  runAll(options({ seed, minutes, scenarios: [scenario] }));

describe.each(SEEDS)('of seed %i', (seed) => {
  it('a strobe connects more than once a second', () => {
    const { records, labels } = run(seed, 'strobe', 60);
    const [{ srcaddr, dstaddr, start }] = labels;
    const opens = records.filter(({ flow }) => flow?.srcaddr === srcaddr && flow?.dstaddr === dstaddr);
    const last = Math.max(...opens.map(({ end }) => end));
    const ports = new Set(opens.map(({ flow }) => flow?.srcport));
    expect(ports.size / (last - start)).toBeGreaterThan(1);
  });

  it('a botnet has hundreds of members', () => {
    const { records } = run(seed, 'slow-distributed-scan');
    expect(new Set(records.flatMap(({ flow }) => flow?.srcaddr ?? [])).size).toBeGreaterThanOrEqual(190);
  });

  it('what is opened to strangers by mistake was closed', () => {
    const { network, labels } = run(seed, 'exposed-administration');
    const { dstaddr } = labels.find(({ dstaddr }) => dstaddr?.includes('.'))!;
    const closed = network.hosts.filter(
      ({ gateway, wideOpen, publicPorts }) =>
        !gateway && !wideOpen && [22, 3389].every((port) => !publicPorts.has(port)),
    );
    expect(closed.map(({ address }) => address)).toContain(dstaddr);
  });

  it('a slow guess takes a few dozen packets at the most', () => {
    const { records, labels } = run(seed, 'slow-guessing', 1_440);
    const tries = records.filter(({ flow }) => labels.some((row) => row.srcaddr === flow?.srcaddr));
    const packets = tries.map(({ packets }) => packets).sort((a, b) => a - b);
    expect(packets[packets.length >> 1]).toBeGreaterThan(4);
    expect(packets[packets.length >> 1]).toBeLessThan(65);
  });
});
