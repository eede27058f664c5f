import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../../lib/conversations/settle.ts';
import { Context } from '../../lib/features/context.ts';
import { describeGroups, describeRow, emptySubject } from '../../lib/features/subject.ts';
import { type BuildOptions, build } from '../records.ts';
import { OURS } from './describe.ts';

function subjectOf(lines: string, options?: BuildOptions) {
  const conversations = build(lines, options);
  const rows = settle(conversations);
  const subject = emptySubject();
  describeRow(subject, conversations, rows[0]);
  describeGroups(subject, new Context(conversations, rows, OURS), 0);
  return subject;
}

const there = 'a 10.0.0.1:40000 > 8.8.8.8:443 tcp';

describe('a subject', () => {
  it('holds the numbers of the row, forward being client to server', () => {
    const lines = `${there} packets=8 bytes=1024 flags=2 for=30\n${there} packets=32 bytes=4096 flags=0 at=60 for=50
      a 8.8.8.8:443 > 10.0.0.1:40000 tcp packets=3 bytes=120 flags=22 reject`;
    expect(subjectOf(lines)).toMatchObject({
      protocol: 6,
      serverPort: 443,
      clientIsOurs: true,
      serverIsOurs: false,
      flagged: true,
      counted: true,
      timed: true,
      forwardFlows: 2,
      backwardFlows: 1,
      forwardPackets: 40,
      forwardBytes: 5_120,
      backwardPackets: 3,
      backwardBytes: 120,
      rejects: 1,
      opens: 1,
      resets: 1,
      packetsOctavesMean: 4,
      packetsOctavesDeviation: 1,
      bytesOctavesMean: 11,
      bytesOctavesDeviation: 1,
      durationSecondsMean: 40,
      slots: 2,
      gapMean: 12,
      gapDeviation: 0,
      failed: false,
    });
  });

  it('takes every field of its groups', () => {
    const empty = emptySubject();
    const lines = `${there} packets=3 bytes=120\na 10.0.0.1:40001 > 10.0.0.2:443 tcp`;
    const changed = Object.entries(subjectOf(lines)).filter(([name]) =>
      /^(client|server|pair|sweep|service)[A-Z]/.test(name),
    );
    const groups = changed.filter(
      ([name]) => !['serverPort', 'clientIsOurs', 'serverIsOurs', 'clientPorts'].includes(name),
    );
    expect(groups).toHaveLength(16);
    for (const [name, value] of groups) expect([name, value]).not.toEqual([name, empty[name as keyof typeof empty]]);
  });

  it('says that the log has no flags only for TCP', () => {
    expect(subjectOf(there).flagged).toBe(false);
    expect(subjectOf('a 10.0.0.1:40000 > 8.8.8.8:53 udp flags=0').flagged).toBe(false);
  });

  it('knows when the log has no packets or no start', () => {
    const fields = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'bytes', 'end'] as const;
    expect(subjectOf(there, { fields })).toMatchObject({ counted: false, timed: false });
  });

  it('measures gaps between the slots in which flows began, also across the middle of the window', () => {
    const lines = [0, 100, 145, 150, 295].map((at) => `${there} at=${at}`).join('\n');
    const { slots, gapMean, gapDeviation } = subjectOf(lines);
    const gaps = [20, 9, 1, 29];
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / 4;
    expect([slots, gapMean]).toEqual([5, mean]);
    expect(gapDeviation).toBeCloseTo(Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / 4), 10);
  });

  it('estimates client ports, handed out in sequence or at random, within half of their number up to 100', () => {
    const random = fc.uniqueArray(fc.integer({ min: 32_768, max: 65_535 }), { minLength: 1, maxLength: 100 });
    const sequence = fc
      .tuple(fc.integer({ min: 32_768, max: 60_000 }), fc.integer({ min: 1, max: 100 }), fc.constantFrom(1, 2))
      .map(([first, count, step]) => Array.from({ length: count }, (_, index) => first + index * step));
    fc.assert(
      fc.property(fc.oneof(random, sequence), (ports) => {
        const lines = ports.map((port) => `a 10.0.0.1:${port} > 8.8.8.8:443 tcp`);
        const { clientPorts } = subjectOf(lines.join('\n'));
        expect(Math.abs(clientPorts - ports.length)).toBeLessThanOrEqual(3 + ports.length / 2);
      }),
      { seed: 7 },
    );
  });
});
