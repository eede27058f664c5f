import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escaped, escapedCut } from '../../lib/notify/chat-text.ts';

describe('text for chats', () => {
  it.each([
    ['plain', 'plain'],
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U1|x> & y', '&lt;@U1|x&gt; &amp; y'],
    ['&lt;', '&amp;lt;'],
    ['*b*', '*\u200bb*\u200b'],
    ['_i_ ~s~ `c`', '_\u200bi_\u200b ~\u200bs~\u200b `\u200bc`\u200b'],
  ])('escapes %j as %j', (text, expected) => {
    expect(escaped(text)).toBe(expected);
  });

  it('is cut within its limit, where no entity is torn', () => {
    expect(escapedCut('<<<<', 8)).toBe('&lt;…');
    expect(escapedCut('<<', 8)).toBe('&lt;&lt;');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 1, max: 60 }), (text, most) => {
        const shown = escapedCut(text, most);
        expect(shown.length).toBeLessThanOrEqual(most);
        expect(shown.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[&<>]/);
        if (!shown.endsWith('…')) expect(shown).toBe(escaped(text));
      }),
    );
  });
});
