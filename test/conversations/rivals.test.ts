import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, type Row, totals } from '../records.ts';
import { seenBy, settled, settledLog } from './settled.ts';
import { anyLog } from './traffic.ts';

describe('two observers of one conversation', () => {
  const there = '10.0.0.1:40000 > 10.0.0.2:443 tcp flags=3';
  const back = '10.0.0.2:443 > 10.0.0.1:40000 tcp flags=19';

  it.each([
    ['who sees both directions', `eni-a ${there} packets=9\neni-b ${there} packets=2\neni-b ${back}`, 'eni-b', 3],
    ['who sees more packets', `eni-a ${there} packets=2\neni-b ${there} packets=3`, 'eni-b', 3],
    ['who saw rejects', `eni-a ${there}\neni-b ${there} reject`, 'eni-b', 1],
    ['whose name comes first, all else equal', `eni-b ${there}\neni-a ${there}`, 'eni-a', 1],
  ])('count once: the one %s', (_, lines, observer, packets) => {
    for (const order of [lines, lines.split('\n').reverse().join('\n')]) {
      const [row, ...others] = settled(build(order));
      expect(others).toEqual([]);
      expect(row.observer).toBe(observer);
      expect(row.forwardPackets + row.backwardPackets).toBe(packets);
    }
  });

  it('count once when the far end rejects what the near end let out', () => {
    const rows = settled(build(`eni-a ${there} packets=3\neni-b ${there} packets=3 reject`));
    expect(rows).toMatchObject([{ observer: 'eni-b', forwardPackets: 3, rejects: [1, 0] }]);
  });

  it('are never added up', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const single = (name: string) => seenBy(log, name);
        const rows = settledLog([...single('eni-a'), ...single('eni-b')]);
        expect(totals(rows)).toEqual(totals(settledLog(single('eni-a'))));
        expect(new Set(rows.map(({ observer }) => observer))).toEqual(new Set(['eni-a']));
      }),
    );
  });

  it('both keep their rest rows, which stand for different conversations', () => {
    const lines = ['eni-a', 'eni-b'].flatMap((observer) =>
      [1, 2, 3, 4].map((port) => `${observer} 10.0.0.1:40000 > 8.8.8.8:${port} udp`),
    );
    const conversations = build(lines.join('\n'), { rowsMax: 6 });
    const rest = settled(conversations).filter(({ members }) => members > 0);
    expect(rest.reduce((sum, { members }) => sum + members, 0)).toBe(conversations.folded);
  });
});

/** Seconds between the packets of the long conversations below, one of 40 bytes each way. */
const STEP_SECONDS = 10;

/** What an interface that cuts its records at `phase` and every `interval` seconds after it writes of a conversation from `from` to `until`. */
function cut(observer: string, phase: number, interval: number, { from = 0, until = 3_000 } = {}): string {
  const lines: string[] = [];
  for (let begin = phase - interval; begin < until; begin += interval) {
    const steps: number[] = [];
    for (let at = from; at < until; at += STEP_SECONDS) if (at >= begin && at < begin + interval) steps.push(at);
    if (steps.length === 0) continue;
    const rest = `packets=${steps.length} at=${steps[0]} for=${steps.at(-1)! - steps[0]}`;
    lines.push(`${observer} 10.0.0.1:40000 > 10.0.0.2:443 tcp flags=3 ${rest}`);
    lines.push(`${observer} 10.0.0.2:443 > 10.0.0.1:40000 tcp flags=19 ${rest}`);
  }
  return lines.join('\n');
}

const packetsOf = (rows: readonly Row[]) =>
  rows.reduce((sum, { forwardPackets, backwardPackets }) => sum + forwardPackets + backwardPackets, 0);

describe('two observers that cut their records at different moments', () => {
  it.each([0, 60, 150, 299, 300, 301, 420, 599])('count a conversation of 50 minutes once: %i s apart', (phase) => {
    const rows = settled(build(`${cut('eni-a', 0, 600)}\n${cut('eni-b', phase, 600)}`));
    expect(packetsOf(rows)).toBe(600);
    expect(new Set(rows.map(({ observer }) => observer)).size).toBe(1);
  });

  it('count it once when one of them cuts every minute', () => {
    expect(packetsOf(settled(build(`${cut('eni-a', 0, 60)}\n${cut('eni-b', 300, 600)}`)))).toBe(600);
  });

  it('count it once whatever its beginning, its end and their phases, but for a moment where one begins or ends', () => {
    const phase = fc.integer({ min: 0, max: 599 });
    const times = fc
      .tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 1, max: 2_000 }))
      .map(([from, seconds]) => ({ from, until: from + seconds }));
    fc.assert(
      fc.property(phase, phase, times, (a, b, span) => {
        const rows = settled(build(`${cut('eni-a', a, 600, span)}\n${cut('eni-b', b, 600, span)}`));
        const packets = 2 * Math.ceil((span.until - span.from) / STEP_SECONDS);
        expect(packetsOf(rows)).toBeGreaterThanOrEqual(packets);
        // A row of two moments between which the other observer cut, at the beginning or the end, is in neither of its records for half of the time.
        expect(packetsOf(rows)).toBeLessThanOrEqual(packets + 8);
      }),
    );
  });

  it('keep what one saw while the other was blind', () => {
    const lines = `${cut('eni-a', 0, 600, { until: 1_200 })}\n${cut('eni-b', 300, 600, { from: 600 })}`;
    const rows = settled(build(lines));
    expect(packetsOf(rows)).toBe(600);
    expect(new Set(rows.map(({ observer }) => observer))).toEqual(new Set(['eni-a', 'eni-b']));
  });

  it('choose anew after a pause, in which no record reaches from one part to the other', () => {
    const first = `${cut('eni-a', 0, 60, { until: 100 })}\n${cut('eni-b', 0, 60, { until: 90 })}`;
    const second = `${cut('eni-a', 0, 60, { from: 1_500, until: 1_590 })}\n${cut('eni-b', 0, 60, { from: 1_500, until: 1_600 })}`;
    expect(settled(build(`${first}\n${second}`)).map(({ observer }) => observer)).toEqual(['eni-a', 'eni-b']);
  });
});
