import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLASSES } from '../../lib/model/manifest.ts';
import { thresholdsFault, withThresholds } from '../../lib/model/thresholds.ts';
import { stubClassifier } from '../records.ts';

const classifier = stubClassifier(() => ({}));
const shipped = classifier.manifest.thresholds;

describe('withThresholds', () => {
  it('raises what stands above the thresholds of the model and keeps the rest', () => {
    const { thresholds } = withThresholds(classifier, { scan: 0.97 }).manifest;
    expect(thresholds).toEqual({ ...shipped, scan: 0.97 });
  });

  it('never goes below the thresholds of the model', () => {
    const probability = fc.double({ min: 0.01, max: 1, noNaN: true });
    const attacks = CLASSES.filter((name) => name !== 'benign');
    const own = fc.dictionary(fc.constantFrom(...attacks), probability);
    fc.assert(
      fc.property(own, (given) => {
        const { thresholds } = withThresholds(classifier, given).manifest;
        for (const name of attacks) expect(thresholds[name]).toBe(Math.max(shipped[name]!, given[name] ?? 0));
      }),
    );
  });

  it('leaves the classifier it was given as it was, and scores alike', async () => {
    const before = JSON.stringify(classifier.manifest);
    const raised = withThresholds(classifier, { scan: 1 });
    expect(JSON.stringify(classifier.manifest)).toBe(before);
    expect(raised.probabilities).toBe(classifier.probabilities);
  });
});

describe('thresholdsFault', () => {
  it.each([[{}], [{ scan: 0.5 }], [{ scan: 1, exfiltration: 0.001 }]])('takes %j', (value) => {
    expect(thresholdsFault(value)).toBeUndefined();
  });

  it.each([
    ['a number', 0.5, 'expected probabilities by class'],
    ['null', null, 'expected probabilities by class'],
    ['a list', [0.5], 'expected probabilities by class'],
    ['an unknown class', { worm: 0.5 }, 'unknown class "worm", expected one of: scan'],
    ['benign', { benign: 0.5 }, 'unknown class "benign"'],
    ['0', { scan: 0 }, '"scan" is 0, expected a probability above 0 and up to 1'],
    ['more than 1', { scan: 1.01 }, '"scan" is 1.01'],
    ['a text', { 'brute-force': '0.9' }, '"brute-force" is "0.9"'],
  ])('refuses %s', (_, value, message) => {
    expect(thresholdsFault(value)).toContain(message);
  });
});
