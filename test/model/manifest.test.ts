import { describe, expect, it } from 'vitest';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { CLASSES, parseManifest } from '../../lib/model/manifest.ts';

/** A manifest that fits, with some parts replaced; `undefined` takes a part away. */
function manifestText(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    magic: 'flowtrap-model',
    version: 1,
    algorithm: 'random forest',
    onnxSha256: 'a'.repeat(64),
    featureHash: featureHash(),
    features: FEATURES.map(({ name }) => name),
    classes: CLASSES,
    input: 'X',
    output: 'probabilities',
    thresholds: Object.fromEntries(CLASSES.slice(1).map((name) => [name, 0.5])),
    benignMedians: FEATURES.map(() => 0),
    data: {},
    metrics: {},
    libraries: {},
    ...changes,
  });
}

const NOVELTY = {
  centre: FEATURES.map(() => 0),
  whitening: FEATURES.map(() => FEATURES.map(() => 0)),
  beyond: 3,
};

const thresholds = (changes: Record<string, unknown>) => ({
  thresholds: { ...JSON.parse(manifestText()).thresholds, ...changes },
});

describe('parseManifest', () => {
  it('reads a manifest that fits', () => {
    const manifest = parseManifest(manifestText());
    expect(manifest.classes).toEqual(CLASSES);
    expect(manifest.thresholds.scan).toBe(0.5);
    expect(manifest.benignMedians).toHaveLength(FEATURES.length);
  });

  it('takes a model with fewer classes, and a threshold of exactly 1', () => {
    const text = manifestText({ classes: ['scan', 'benign'], thresholds: { scan: 1 } });
    expect(parseManifest(text).classes).toEqual(['scan', 'benign']);
  });

  it.each([
    ['text that is not JSON', '{"magic":', 'not a model manifest: '],
    ['an empty text', '', 'not a model manifest: '],
    ['null', 'null', 'got null, expected a JSON object'],
    ['an array', '[1]', 'got [1], expected a JSON object'],
    ['another kind of file', manifestText({ magic: 'other' }), 'magic is "other", expected "flowtrap-model"'],
    ['another version', manifestText({ version: 2 }), 'has version 2, this build reads version 1'],
    ['no input name', manifestText({ input: undefined }), 'input of the model manifest is undefined, expected a text'],
    ['an empty output name', manifestText({ output: '' }), 'output of the model manifest is "", expected a text'],
    ['a missing SHA-256', manifestText({ onnxSha256: null }), 'onnxSha256 of the model manifest is null'],
    ['an unknown class', manifestText({ classes: ['benign', 'worm'] }), 'unknown class "worm"'],
    ['a class twice', manifestText({ classes: ['benign', 'scan', 'scan'] }), 'expected different ones'],
    ['no benign class', manifestText({ classes: ['scan'] }), 'with benign among them'],
    ['no classes', manifestText({ classes: undefined }), 'classes of the model manifest are undefined'],
    ['no thresholds', manifestText({ thresholds: undefined }), 'threshold of class "scan" is undefined'],
    ['a threshold of 0', manifestText(thresholds({ scan: 0 })), 'threshold of class "scan" is 0'],
    [
      'a threshold above 1',
      manifestText(thresholds({ exfiltration: 1.01 })),
      'threshold of class "exfiltration" is 1.01',
    ],
    ['a threshold that is a text', manifestText(thresholds({ scan: '0.5' })), 'threshold of class "scan" is 0.5'],
    ['a missing threshold', manifestText(thresholds({ 'brute-force': undefined })), '"brute-force" is undefined'],
    ['too few medians', manifestText({ benignMedians: [1] }), 'has 1 numbers as benign medians'],
    ['no medians', manifestText({ benignMedians: undefined }), 'has 0 numbers as benign medians'],
    [
      'a median that is no number',
      manifestText({ benignMedians: FEATURES.map((_, i) => (i === 0 ? null : 0)) }),
      `has ${FEATURES.length - 1} numbers as benign medians, expected one for each of ${FEATURES.length} features`,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseManifest(text)).toThrow(message);
  });

  it('takes a model that tells novelty, and one that does not', () => {
    expect(parseManifest(manifestText()).novelty).toBeUndefined();
    expect(parseManifest(manifestText({ novelty: NOVELTY })).novelty).toEqual(NOVELTY);
  });

  it.each([
    ['null', null, 'centre is not one number for each of'],
    ['a centre of fewer features', { ...NOVELTY, centre: [0] }, 'centre is not one number for each of'],
    ['a row that is short', { ...NOVELTY, whitening: NOVELTY.whitening.with(3, [1]) }, 'whitening is not'],
    ['no whitening', { ...NOVELTY, whitening: undefined }, 'whitening is not'],
    ['no distance', { ...NOVELTY, beyond: 0 }, 'beyond is 0, expected a distance above 0'],
  ])('refuses a novelty of %s', (_, novelty, message) => {
    expect(() => parseManifest(manifestText({ novelty }))).toThrow(`novelty of the model manifest: ${message}`);
  });

  it('refuses a model of another feature table and says both hashes and what to do', () => {
    const other = 'b'.repeat(64);
    expect(() => parseManifest(manifestText({ featureHash: other }))).toThrow(
      `the model was trained on feature table ${other}, this build has ${featureHash()}; retrain it or use the build it came with`,
    );
  });
});
