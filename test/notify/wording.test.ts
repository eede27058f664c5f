import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountText, ascii, cut, figureTexts, hostText, listText, plain } from '../../lib/notify/wording.ts';
import { finding } from '../findings/finding.ts';

describe('plain text', () => {
  it.each([
    ['a word', 'a word'],
    ['two\nlines\r', 'two\\x0alines\\x0d'],
    ['\x1b[2J', '\\x1b[2J'],
    ['a\u202eb\u200bc', 'a\\u{202e}b\\u{200b}c'],
    ['\u2028', '\\u{2028}'],
    ['\ud800', '\\u{d800}'],
    ['http://x.example', 'http[:]//x.example'],
    ['WWW.x.example', 'www[.]x.example'],
    ['Grüße 東京 🙂', 'Grüße 東京 🙂'],
  ])('of %j is %j', (text, expected) => {
    expect(plain(text, 100)).toBe(expected);
  });

  it('is never longer than allowed, nor invisible, nor half a character', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, charactersMax) => {
        const shown = plain(text, charactersMax);
        expect(shown.length).toBeLessThanOrEqual(charactersMax);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  it('of an endless text costs no more than what is shown', () => {
    expect(plain('\u0000'.repeat(10_000_000), 50)).toHaveLength(50);
  });
});

describe('words', () => {
  it('are cut with an ellipsis, between characters', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('ab🙂cd', 4)).toBe('ab…');
  });

  it('in ASCII have a mark for every other character', () => {
    expect(ascii('a → b … ü🙂')).toBe('a -> b ... ??');
  });

  it('list names up to a number and count the others', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(listText(names.slice(0, 2), 2, 'host')).toBe('a, b');
    expect(listText(names, 6, 'host')).toBe('6 hosts: a, b, c, d, e and 1 more');
    expect(listText(names, 3_000, 'host')).toBe('3,000 hosts: a, b, c, d, e and 2,995 more');
    expect(listText(['a'], 4, 'service')).toBe('4 services: a and 3 more');
  });

  it('say whose a host is', () => {
    expect(hostText({ address: '10.0.0.1', isOurs: true })).toBe('10.0.0.1 (yours)');
    expect(hostText({ address: '192.0.2.1', isOurs: false })).toBe('192.0.2.1');
  });

  it.each([
    ['123456789012', '123456789012'],
    ['-', 'unknown'],
    ['http://evil.example', 'unknown'],
    ['1234567890123', 'unknown'],
  ])('have for the account %s the words %s', (account, expected) => {
    expect(accountText(account)).toBe(expected);
  });

  it('tell figures with their usual values', () => {
    const one = finding({
      observed: { failedShare: 0.954, bytesPerSecond: 12_345.6, hosts: 3 },
      expected: { failedShare: 0.2 },
    });
    expect(figureTexts(one)).toEqual(['failed share 95.4% (usual 20%)', 'bytes per second 12,346', 'hosts 3']);
    const scored = figureTexts(finding({ observed: {}, expected: { probability: 0.6 }, probability: 0.98 }));
    expect(scored).toEqual(['probability 98% (threshold 60%)']);
  });
});
