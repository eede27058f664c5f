import { describe, expect, it } from 'vitest';
import { ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { DETECTORS } from '../../lib/detectors/index.ts';
import { always, scene } from '../findings/scenes.ts';

describe('the detectors', () => {
  it('have a name each, a source, and say when they are enough', () => {
    const names = DETECTORS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, source, alone } of DETECTORS) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(source).not.toBe('');
      expect(alone).not.toBe('');
    }
  });

  it.each(DETECTORS.map((detector) => [detector.name, detector] as const))(
    '%s is pure, and silent on nothing',
    async (_, detector) => {
      expect(detector.detect(await scene('', always('benign')))).toEqual([]);
      const scored = await scene(
        Array.from({ length: 40 }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp packets=9 flags=2`).join('\n'),
        always('brute-force'),
      );
      expect(detector.detect(scored)).toEqual(detector.detect(scored));
    },
  );

  it.each(DETECTORS.map((detector) => [detector.name, detector] as const))(
    '%s points at conversations of the window it names',
    async (_, detector) => {
      const lines = [0, 300].flatMap((at) => [
        ...Array.from({ length: 40 }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp flags=2 at=${at}`),
        ...Array.from(
          { length: 12 },
          (_, i) => `a 10.0.0.2:${41_000 + i} > 10.0.2.1:22 tcp packets=16 flags=3 at=${at}`,
        ),
        `a 10.0.2.1:22 > 10.0.0.2:41000 tcp packets=200 bytes=40000 flags=19 at=${at}`,
        `a 10.0.0.3:40000 > 9.9.9.9:80 udp packets=900000 at=${at}`,
      ]);
      const scored = await scene(lines.join('\n'), always('scan'));
      for (const { window, positions } of detector.detect(scored)) {
        expect(positions.length).toBeGreaterThan(0);
        const windows = positions.map(
          (position) => scored.conversations.words[scored.rows[position] * ROW_WORDS + W.window],
        );
        expect(new Set(windows)).toEqual(new Set([window]));
      }
    },
  );
});
