import { describe, expect, it } from 'vitest';
import { chatOf } from '../../lib/notify/chat.ts';
import { emailOf, subjectOf } from '../../lib/notify/email.ts';
import type { Letter } from '../../lib/notify/letter.ts';
import { slackOf } from '../../lib/notify/slack.ts';

const LETTER: Letter = {
  mark: 'HIGH',
  title: 'something happened',
  thread: 'incident-1',
  sections: [
    { name: 'Who', lines: ['10.0.0.1'] },
    { name: 'Why', lines: ['one reason', 'another reason'] },
    { name: 'None', lines: [] },
    { name: 'Record', lines: ['2 123456789012 eni-1'], isFromLog: true },
  ],
  nextSteps: ['look', 'act'],
  keywords: ['high', 'beacon'],
};

const letter = (changes: Partial<Letter>): Letter => ({ ...LETTER, ...changes });

describe('an e-mail', () => {
  it('has a line for each of a section, its name before the first', () => {
    expect(emailOf(LETTER)).toBe(
      [
        'HIGH  something happened',
        '',
        'Who        10.0.0.1',
        'Why        one reason',
        '           another reason',
        'Record     2 123456789012 eni-1',
        '',
        'Next steps',
        '1. look',
        '2. act',
        '',
        'Incident incident-1',
        '',
      ].join('\n'),
    );
  });

  it('speaks of no steps where there are none', () => {
    expect(emailOf(letter({ nextSteps: [] }))).not.toContain('Next steps');
  });

  it('has a subject of at most 99 characters that says when it is cut', () => {
    expect(subjectOf(LETTER)).toBe('flowtrap HIGH: something happened');
    const long = subjectOf(letter({ title: 'x'.repeat(200) }));
    expect(long).toHaveLength(99);
    expect(long).toMatch(/x\.\.\.$/);
  });
});

describe('a Slack message', () => {
  const message = (changes: Partial<Letter> = {}) => JSON.parse(slackOf(letter(changes)));

  it('has header, sections, steps and context', () => {
    const { text, blocks } = message();
    expect(text).toBe('HIGH: something happened');
    expect(blocks.map(({ type }: { type: string }) => type)).toEqual(['header', 'section', 'section', 'context']);
    expect(blocks[1].text.text).toBe('*Who*  10.0.0.1\n*Why*  one reason\nanother reason');
    expect(blocks[2].text.text).toBe('• look\n• act');
  });

  it('leaves out the words of the log, and empty sections', () => {
    expect(slackOf(LETTER)).not.toMatch(/eni-1|None/);
  });

  it('leaves out what has no room rather than growing', () => {
    const sections = Array.from({ length: 40 }, (_, i) => ({ name: `S${i}`, lines: ['x'.repeat(1_000)] }));
    const { blocks } = message({ sections });
    expect(blocks.length).toBeLessThan(10);
    expect(slackOf(letter({ sections })).length).toBeLessThan(12_000);
  });

  it('has no block without text, which Slack refuses', () => {
    const { blocks } = message({ sections: [], nextSteps: [] });
    expect(blocks.map(({ type }: { type: string }) => type)).toEqual(['header', 'context']);
  });
});

describe('a chat notification', () => {
  const notification = (changes: Partial<Letter> = {}) => JSON.parse(chatOf(letter(changes)));

  it('is of the schema that Amazon Q Developer takes, with the incident as its thread', () => {
    expect(notification()).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: 'HIGH: something happened',
        description: '*Who*  10.0.0.1\n*Why*  one reason\nanother reason',
        nextSteps: ['look', 'act'],
        keywords: ['high', 'beacon'],
      },
      metadata: { threadId: 'incident-1', summary: 'something happened', eventType: 'flowtrap' },
    });
  });

  it('keeps title, description and lists within bounds', () => {
    const { content } = notification({
      title: 'x'.repeat(999),
      sections: Array.from({ length: 40 }, () => ({ name: 'S', lines: ['<'.repeat(1_000)] })),
      nextSteps: Array.from({ length: 40 }, () => 'y'.repeat(999)),
      keywords: Array.from({ length: 40 }, () => 'z'),
    });
    expect(content.title.length).toBeLessThanOrEqual(250);
    expect(content.description.length).toBeLessThanOrEqual(4_000);
    expect([content.nextSteps.length, content.keywords.length]).toEqual([10, 10]);
  });
});
