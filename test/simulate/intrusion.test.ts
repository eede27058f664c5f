import { describe, expect, it } from 'vitest';
import { covers } from '../../lib/simulate/labels.ts';
import { options, runAll } from './runs.ts';

const run = (seed: number, intensity = 1) =>
  runAll(options({ seed, minutes: 1_440, scenarios: ['intrusion'], intensity }));

describe('an intrusion', () => {
  it.each([1, 2, 3])('is three stages of one host, one after the other (seed %i)', (seed) => {
    const { labels, records } = run(seed);
    const host = labels[0].srcaddr;
    const own = labels.filter(({ srcaddr }) => srcaddr === host);
    expect(own.map(({ label }) => label)).toEqual(['scan', 'command-and-control', 'exfiltration']);
    const [look, call, send] = own;
    expect(look.start).toBeLessThan(call.start);
    expect(call.start).toBeLessThan(send.start);
    expect(send.dstaddr).toBe(call.dstaddr);
    const sent = records.filter((record) => record.flow?.srcaddr === host && covers(send, record));
    expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(2e8);
    const asked = records.filter((record) => record.flow?.srcaddr === host && covers(look, record));
    expect(new Set(asked.map(({ flow }) => flow!.dstaddr)).size).toBeGreaterThan(40);
  });

  it('is a tenth of it at a tenth of the intensity', () => {
    for (const seed of [1, 2]) {
      const bytes = (intensity: number) => run(seed, intensity).records.reduce((sum, record) => sum + record.bytes, 0);
      expect(bytes(0.1) / bytes(1)).toBeCloseTo(0.1, 1);
    }
  });
});
