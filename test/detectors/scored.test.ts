import { describe, expect, it } from 'vitest';
import { ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { isVictims, score, wordOf } from '../../lib/detectors/scored.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import { scoreRowsMax } from '../../lib/limits.ts';
import { OURS } from '../features/describe.ts';
import { always, scene } from '../findings/scenes.ts';
import { build, stubClassifier } from '../records.ts';

describe('scoring', () => {
  it('gives every settled conversation its probabilities, also past a chunk', async () => {
    const count = scoreRowsMax + 3;
    const lines = Array.from(
      { length: count },
      (_, i) => `a 10.0.0.1:40000 > 10.1.${i >> 8}.${i & 255}:22 tcp packets=${i + 1}`,
    );
    const chunks: number[] = [];
    const stub = stubClassifier(({ forward_packets }) => ({ scan: forward_packets / 60 }));
    const scored = await score(
      build(lines.join('\n')),
      {
        ...stub,
        probabilities(matrix) {
          chunks.push(matrix.length / FEATURES.length);
          return stub.probabilities(matrix);
        },
      },
      OURS,
    );
    expect(chunks).toEqual([scoreRowsMax, 3]);
    const scan = stub.manifest.classes.indexOf('scan');
    const probability = (position: number) => scored.probabilities[position * stub.manifest.classes.length + scan];
    for (const position of [0, scoreRowsMax - 1, scoreRowsMax, count - 1]) {
      expect(Math.abs(probability(position) * 60 - Math.log2(position + 2))).toBeLessThan(0.1);
    }
  });

  it('scores nothing as nothing', async () => {
    const scored = await scene('', always('scan'));
    expect([scored.rows.length, scored.probabilities.length, scored.context.windows]).toEqual([0, 0, 0]);
  });

  it('finds the first word of the row at a position', async () => {
    const scored = await scene('b 10.0.0.1:1 > 10.0.0.2:22 tcp\na 10.0.0.1:1 > 10.0.0.2:22 tcp', always('scan'));
    expect(scored.rows).toHaveLength(1);
    expect(wordOf(scored, 0)).toBe(scored.rows[0] * ROW_WORDS);
    expect(scored.conversations.words[wordOf(scored, 0) + W.service]).toBe((6 << 16) | 22);
  });
});

describe('a service with many clients', () => {
  const crowd = (count: number, server: string) =>
    Array.from({ length: count }, (_, i) => `a 9.9.9.${i}:40000 > ${server}:443 tcp`).join('\n');

  it.each([
    ['five clients of a host of ours', crowd(5, '10.0.0.1'), true],
    ['four clients of a host of ours', crowd(4, '10.0.0.1'), false],
    ['five clients of a stranger', crowd(5, '8.8.8.8'), false],
  ])('of %s is the victim of a flood: %#', async (_, lines, expected) => {
    expect(isVictims(await scene(lines, always('benign')), 0)).toBe(expected);
  });
});
