import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { findingKey, keepFinding, keepFindings } from '../../lib/history/kept-findings.ts';
import { conflictsMax, findingWritesMax } from '../../lib/limits.ts';
import { FINDING } from '../findings/finding.ts';
import { MemoryStore } from '../memory-store.ts';

const fuller: Finding = { ...FINDING, count: FINDING.count + 1 };

describe('a finding in a store', () => {
  it('lies under its day and its id', async () => {
    const bucket = new MemoryStore();
    expect(await keepFinding(bucket.at(''), FINDING)).toBe('new');
    expect(bucket.keys()).toEqual([`findings/day=2026-01-05/${FINDING.id}.json`]);
    expect(bucket.json(findingKey(FINDING))).toEqual(FINDING);
  });

  it('is replaced by a form of it that rests on more, and by no other', async () => {
    const bucket = new MemoryStore();
    const outcomes = [];
    for (const one of [FINDING, FINDING, fuller, FINDING, fuller]) outcomes.push(await keepFinding(bucket.at(''), one));
    expect(outcomes).toEqual(['new', 'known', 'fuller', 'known', 'known']);
    expect(bucket.json(findingKey(FINDING))).toEqual(fuller);
  });

  it('is told from others that are kept with it, in their order, of which some are written at once', async () => {
    const bucket = new MemoryStore();
    const many = Array.from({ length: 2 * findingWritesMax + 1 }, (_, i) => ({ ...FINDING, id: String(i) }));
    await keepFinding(bucket, many[3]);
    let [now, most] = [0, 0];
    bucket.before = async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
    };
    const kept = await keepFindings(bucket, many);
    expect(kept.map((form, i) => [i, form]).filter(([, form]) => form !== 'new')).toEqual([[3, 'known']]);
    expect(bucket.keys('findings/')).toHaveLength(many.length);
    expect(most).toBe(findingWritesMax);
  });

  it('is kept as the more severe of two forms that rest on as much', async () => {
    const low = { ...FINDING, type: 'zzz', severity: 'low' as const };
    for (const forms of [
      [FINDING, low],
      [low, FINDING],
    ]) {
      const bucket = new MemoryStore();
      for (const one of forms) await keepFinding(bucket.at(''), one);
      expect(bucket.json(findingKey(FINDING))).toEqual(FINDING);
    }
  });

  it('ends the same in whatever order its forms come', async () => {
    const form = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      sources: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      probability: fc.constantFrom(0.5, 0.9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(form, { minLength: 1, maxLength: 5 }), async (forms) => {
        const [one, other] = [new MemoryStore(), new MemoryStore()];
        for (const more of forms) await keepFinding(one.at(''), { ...FINDING, ...more });
        await Promise.all(forms.toReversed().map((more) => keepFinding(other.at(''), { ...FINDING, ...more })));
        expect(one.content()).toEqual(other.content());
      }),
    );
  });

  it('replaces what cannot be read', async () => {
    const bucket = new MemoryStore();
    bucket.values.set(findingKey(FINDING), Buffer.from('no finding'));
    expect(await keepFinding(bucket.at(''), FINDING)).toBe('fuller');
    expect(bucket.json(findingKey(FINDING))).toEqual(FINDING);
  });

  it('is written when it was removed between two requests', async () => {
    const bucket = new MemoryStore();
    await keepFinding(bucket.at(''), FINDING);
    bucket.before = ({ kind, key }) => {
      if (kind === 'read') bucket.values.delete(key);
    };
    expect(await keepFinding(bucket.at(''), fuller)).toBe('fuller');
    expect(bucket.json(findingKey(FINDING))).toEqual(fuller);
  });

  it('gives up when others change it without end', async () => {
    const bucket = new MemoryStore();
    let changes = 0;
    bucket.before = ({ kind, key }) => {
      if (kind === 'write') bucket.values.set(key, Buffer.from(`change ${changes++}`));
    };
    await expect(keepFinding(bucket.at(''), FINDING)).rejects.toThrow(`changed ${conflictsMax} times`);
  });
});
