import { describe, expect, it } from 'vitest';
import { hostsBefore, mayBeOlder } from '../../lib/detectors/news.ts';
import { always, scene } from '../findings/scenes.ts';

const MINUTE = 60;
const RUN = `a 10.0.0.8:40000 > 10.0.0.9:53 udp at=0
  a 10.0.0.8:40001 > 10.0.0.9:53 udp at=3000`;

describe('what comes back', () => {
  it.each([
    ['every quarter of an hour, first after ten minutes', [10, 25, 40], true],
    ['every quarter of an hour, first after a quarter', [15, 30, 45], false],
    ['twice', [10, 40], false],
    ['without a pause', [5, 10, 15, 20, 25], false],
    ['with the run', [0, 15, 30], true],
    ['for two windows each time', [5, 10, 20, 25, 35, 40], true],
    ['in any order, and twice in a window', [40, 10, 25, 10], true],
    ['within an hour', [10, 40, 69], true],
    ['within more than an hour', [10, 40, 70], false],
    ['never', [], false],
  ])('may be older than the run: %s', async (_, minutes, expected) => {
    const scored = await scene(RUN, always('benign'));
    const windows = minutes.map((minute) => scored.context.firstWindow + minute * MINUTE);
    expect(mayBeOlder(scored, windows)).toBe(expected);
  });
});

describe('whether a host was there before what it began with', () => {
  const OURS = 0x0a00_0001;
  const STRANGER = 0x0909_0909;
  const call = (from: string, to: string, at: number) => `a ${from}:40000 > ${to}:443 tcp at=${at}`;

  it.each([
    ['it called somebody before', call('10.0.0.1', '9.9.9.9', 100), true],
    ['somebody called it before', call('9.9.9.9', '10.0.0.1', 100), true],
    ['it is as new as that', call('10.0.0.1', '8.8.8.8', 600), false],
  ])('is told of a host of ours: %s', async (_, other, expected) => {
    const scored = await scene(`${RUN}\n${other}\n${call('10.0.0.1', '9.9.9.9', 700)}`, always('benign'));
    const wasThere = hostsBefore(scored, [...scored.rows.keys()]);
    expect(wasThere(OURS, scored.context.firstWindow + 600)).toBe(expected);
  });

  it('is not asked of strangers, who come and go', async () => {
    const scored = await scene(`${RUN}\n${call('9.9.9.9', '10.0.0.1', 700)}`, always('benign'));
    expect(hostsBefore(scored, [...scored.rows.keys()])(STRANGER, scored.context.firstWindow + 600)).toBe(true);
  });
});
