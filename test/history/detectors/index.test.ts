import { describe, expect, it } from 'vitest';
import { typeNamed } from '../../../lib/findings/catalog.ts';
import { HISTORY_DETECTORS } from '../../../lib/history/detectors/index.ts';
import { threatLists } from '../../../lib/history/detectors/threat-list.ts';
import { historyContext } from '../describe.ts';

const ALL = [...HISTORY_DETECTORS, threatLists([])];

describe('the history detectors', () => {
  it('have a name each, a source, and say when they are enough', () => {
    const names = ALL.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, source, alone } of ALL) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(source).not.toBe('');
      expect(alone).not.toBe('');
    }
  });

  it.each(ALL.map((detector) => [detector.name, detector] as const))('%s is silent on nothing', (_, detector) => {
    expect(detector.detect?.([], historyContext()) ?? []).toEqual([]);
    expect(detector.detectNetwork?.(historyContext()) ?? []).toEqual([]);
  });

  it('raise types of the catalog', () => {
    for (const type of ['slow-scan', 'distributed-scan', 'beacon', 'strobe', 'long-connection', 'unusual-upload']) {
      expect(typeNamed(type).type).toBe(type);
    }
  });
});
