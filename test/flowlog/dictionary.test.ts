import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSENT_TEXT, HASH_SEED, hashByte, OTHER_TEXT, TextDictionary } from '../../lib/flowlog/dictionary.ts';
import { dictionaryEntriesMax } from '../../lib/limits.ts';
import { bytesOf } from './reading.ts';

function viewOf(text: string): DataView {
  const bytes = bytesOf(text);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

describe('hashByte', () => {
  // Test vectors of the FNV reference code, 32-bit FNV-1a.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('is FNV-1a for %j', (text, expected) => {
    let hash = HASH_SEED;
    for (const byte of bytesOf(text)) hash = hashByte(hash, byte);
    expect(hash >>> 0).toBe(expected);
  });
});

describe('TextDictionary', () => {
  it('starts with absent and other', () => {
    const dictionary = new TextDictionary();
    expect(dictionary.intern('-')).toBe(ABSENT_TEXT);
    expect(dictionary.intern('(other)')).toBe(OTHER_TEXT);
    expect(dictionary.size).toBe(2);
  });

  it('gives each text one id in order of first sight and the text back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 2_000 }), (texts) => {
        const dictionary = new TextDictionary();
        const ids = texts.map((text) => dictionary.intern(text));
        expect(ids.map((id) => dictionary.text(id))).toEqual(texts);
        expect(dictionary.size).toBe(new Set(['-', '(other)', ...texts]).size);
      }),
      { numRuns: 30 },
    );
  });

  it('grows past its first tables', () => {
    const dictionary = new TextDictionary();
    const texts = Array.from({ length: 20_000 }, (_, index) => `eni-${index.toString(16)}`);
    const ids = texts.map((text) => dictionary.intern(text));
    expect(ids).toEqual(texts.map((_, index) => index + 2));
    expect(texts.map((text) => dictionary.intern(text))).toEqual(ids);
    expect(ids.map((id) => dictionary.text(id))).toEqual(texts);
  });

  it('reads bytes in place', () => {
    const dictionary = new TextDictionary();
    const id = dictionary.internBytes(bytesOf('..eni-1..'), 2, 7);
    expect(dictionary.text(id)).toBe('eni-1');
    expect(dictionary.intern('eni-1')).toBe(id);
  });

  it('tells whether bytes go on with a text', () => {
    const dictionary = new TextDictionary();
    const [id, longer] = ['eni-1', 'eni-12345'].map((text) => dictionary.intern(text));
    expect(dictionary.matchLength(id, viewOf('x eni-12'), 2)).toBe(5);
    expect(dictionary.matchLength(id, viewOf('x eni-2'), 2)).toBe(0);
    expect(dictionary.matchLength(id, viewOf('eni-'), 0)).toBe(0);
    expect(dictionary.matchLength(longer, viewOf('eni-12345'), 0)).toBe(9);
    expect(dictionary.matchLength(longer, viewOf('eni-12346'), 0)).toBe(0);
    expect(dictionary.matchLength(longer, viewOf('eni-02345'), 0)).toBe(0);
    expect(dictionary.matchLength(longer, viewOf('x eni-12345'), 3)).toBe(0);
  });

  it('gives what comes after it is full the id of other', () => {
    const dictionary = new TextDictionary();
    for (let index = 2; index < dictionaryEntriesMax; index++) dictionary.intern(String(index));
    expect(dictionary.size).toBe(dictionaryEntriesMax);
    expect(dictionary.intern('one more')).toBe(OTHER_TEXT);
    expect(dictionary.intern('2')).toBe(2);
    expect(dictionary.text(OTHER_TEXT)).toBe('(other)');
  });

  it('refuses an id it has not given out', () => {
    expect(() => new TextDictionary().text(2)).toThrow('unknown text id 2, the dictionary holds 2');
  });
});
