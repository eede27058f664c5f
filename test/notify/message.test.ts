import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { chatCharactersMax, emailCharactersMax, findingListMax, machineBytesMax } from '../../lib/limits.ts';
import type { News } from '../../lib/notify/incident-state.ts';
import { findingMessage, type Message } from '../../lib/notify/message.ts';
import { FINDING, finding } from '../findings/finding.ts';

const golden = (name: string) => `../golden/notify/${name}`;

/** JSON as a person reads it in review. */
const pretty = (json: string) => `${JSON.stringify(JSON.parse(json), null, 2)}\n`;

/** All bodies of an SNS message, as they are sent. */
function snsBytes({ subject, email, machine, attributes }: Message): number {
  const bodies = { default: email, email, sqs: machine, lambda: machine, http: machine, https: machine };
  return Buffer.byteLength(JSON.stringify(bodies)) + Buffer.byteLength(subject + JSON.stringify(attributes));
}

const NO_THRESHOLD = { score: 0, daysLearned: 0, incidentsPerDay: 0 };

const messageFor = (one: Finding, news: News) => findingMessage(one, news, NO_THRESHOLD);

const SNS_BYTES_MAX = 262_144;

const HOSTILE =
  '<!channel> <http://evil.example|click> & *bold* `code` \x1b[2J\r\nBcc: x\u202e\u2028 www.evil.example 🙂';

const hostile = (text: string, count = 1): Finding => {
  const hosts = Array.from({ length: Math.min(count, findingListMax) }, () => ({ address: text, isOurs: true }));
  const texts = Array.from({ length: count }, () => text);
  return finding({
    type: `x${text}`,
    title: text,
    account: text,
    actors: hosts,
    actorCount: count,
    targets: { hosts, hostCount: count, services: texts, serviceCount: count },
    observed: Object.fromEntries(texts.map((name, i) => [`${name}${i}`, i])),
    witnesses: texts,
    reasons: texts.map((meaning) => ({ feature: text, meaning, unit: text, value: 1, benign: 0, effect: 0.5 })),
    evidence: texts.map((record) => ({ source: text, ordinal: 1, record, tags: [text] })),
    sources: texts,
    nextSteps: texts,
    technique: { id: text, name: text },
    softened: { network: text, name: text, reason: text, severityBefore: 'high' },
    parts: texts.map((title) => ({ id: text, type: text, title, severity: 'high', firstSeen: '2026-01-05T09:00:00Z' })),
  });
};

describe('the message of a finding', () => {
  const message = messageFor(FINDING, 'new');

  it('is as reviewed, for each receiver', async () => {
    await expect(`Subject: ${message.subject}\n\n${message.email}`).toMatchFileSnapshot(golden('finding.email.txt'));
    await expect(pretty(message.machine)).toMatchFileSnapshot(golden('finding.machine.json'));
    await expect(pretty(message.slack)).toMatchFileSnapshot(golden('finding.slack.json'));
    await expect(pretty(message.chat)).toMatchFileSnapshot(golden('finding.chat.json'));
    expect(message.attributes).toEqual({ type: 'internal-sweep', severity: 'high', account: '123456789012' });
  });

  it('is as reviewed when its words are hostile', async () => {
    const evil = messageFor(hostile(HOSTILE), 'worse');
    await expect(`Subject: ${evil.subject}\n\n${evil.email}`).toMatchFileSnapshot(golden('hostile.email.txt'));
    await expect(pretty(evil.slack)).toMatchFileSnapshot(golden('hostile.slack.json'));
    await expect(pretty(evil.chat)).toMatchFileSnapshot(golden('hostile.chat.json'));
    expect(evil.attributes.account).toBe('unknown');
  });

  it('says nothing of an other end where there is none', () => {
    const targets = { hosts: [], hostCount: 0, services: [], serviceCount: 0 };
    const { email } = messageFor(finding({ actors: [{ address: 'eni-1', isOurs: true }], targets }), 'new');
    expect(email).toMatch(/^Who +eni-1 \(yours\), account \d{12}$/m);
  });

  it('lists the parts of a chain in their order, the first of many', () => {
    const part = (i: number) => ({
      ...{ id: String(i), type: 'vertical-scan', severity: 'medium' as const },
      ...{ title: `part number ${i}`, firstSeen: '2026-01-05T09:00:00Z' },
    });
    const told = (count: number) =>
      messageFor(finding({ parts: Array.from({ length: count }, (_, i) => part(i)) }), 'new').email;
    expect(told(2)).toMatch(/part number 0 \(medium\).*part number 1 \(medium\)/s);
    expect(told(2)).not.toContain(' more');
    expect(told(11)).toContain('and 3 more');
  });

  it('says that trust has softened it, and how', () => {
    const softened = { network: '10.0.0.1', name: 'scanner', reason: 'weekly scan', severityBefore: 'high' } as const;
    const { email } = messageFor(finding({ softened }), 'new');
    expect(email).toContain('Trusted    scanner (10.0.0.1) is trusted: weekly scan. Without that it would be high.');
  });

  it('says what the alert budget asks for, once it has learned', () => {
    const threshold = { score: 1.5, daysLearned: 7, incidentsPerDay: 12 };
    const { email, machine } = findingMessage(FINDING, 'new', threshold);
    expect(email).toMatch(/Budget +It scores high 0\.9\d+; here alerts begin at medium 0\.501, learned over 7 days\./);
    expect(JSON.parse(machine).budget).toMatchObject({ threshold: 1.5, daysLearned: 7 });
  });

  it.each<[News, string]>([
    ['new', 'first message'],
    ['again', 'has come back'],
    ['worse', 'more severe'],
    ['more', 'tenfold'],
  ])('says why it comes now when it is %s', (news, words) => {
    expect(messageFor(FINDING, news).email).toContain(words);
    expect(JSON.parse(messageFor(FINDING, news).machine)).toMatchObject({ why: news });
  });

  it('counts what it does not list', () => {
    const hosts = Array.from({ length: 50 }, (_, i) => ({ address: `10.0.1.${i}`, isOurs: true }));
    const { email } = messageFor(finding({ targets: { ...FINDING.targets, hosts, hostCount: 300 } }), 'new');
    expect(email).toContain('300 hosts: 10.0.1.0 (yours), 10.0.1.1 (yours)');
    expect(email).toContain('and 295 more');
  });

  it('names the incident as the thread of the chat, and where the whole finding lies', () => {
    expect(JSON.parse(message.chat).metadata.threadId).toBe(FINDING.incident);
    expect(JSON.parse(message.machine).key).toBe(`findings/day=2026-01-05/${FINDING.id}.json`);
  });

  it('tells the core of a finding whose parts of a later version are too large', () => {
    const later = { ...FINDING, novelty: 'x'.repeat(machineBytesMax) };
    const { finding: told, key } = JSON.parse(messageFor(later, 'new').machine);
    expect(told).toEqual({
      id: FINDING.id,
      incident: FINDING.incident,
      severity: 'high',
      type: 'internal-sweep',
      title: FINDING.title,
    });
    expect(key).toContain(FINDING.id);
  });
});

describe('whatever a log says', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constant(HOSTILE),
    fc.string({ maxLength: 300 }),
  );
  const messages = fc
    .tuple(word, fc.integer({ min: 1, max: 60 }))
    .map(([text, count]) => messageFor(hostile(text, count), 'new'));

  it('subjects are printable ASCII of 1 to 99 characters that begin with a letter', () => {
    fc.assert(
      fc.property(messages, ({ subject }) => {
        expect(subject).toMatch(/^[A-Za-z][\x20-\x7e]{0,98}$/);
      }),
    );
  });

  it('nothing invisible, no link and no line of their own reach a person', () => {
    fc.assert(
      fc.property(messages, ({ email }) => {
        expect(email.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(email).not.toMatch(/:\/\//);
        expect(email).not.toMatch(/\bwww\.\w/i);
        expect(email).not.toMatch(/^Bcc/m);
      }),
    );
  });

  it('no chat makes a mention, a link or a format of them', () => {
    fc.assert(
      fc.property(messages, ({ slack, chat }) => {
        for (const text of [...wordsOf(JSON.parse(slack)), ...wordsOf(JSON.parse(chat))]) {
          expect(text).not.toMatch(/[<>]/);
          expect(text.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
          // Names of sections are the only format.
          expect(text.replace(/^\*[A-Z][A-Za-z ]*\* /gm, '')).not.toMatch(/[*_~`](?!\u200b)/);
        }
      }),
    );
  });

  it('every message keeps its limits', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(message.email.length).toBeLessThanOrEqual(emailCharactersMax);
        expect(message.machine).toMatch(/^[\x20-\x7e]+$/);
        expect(message.machine.length).toBeLessThanOrEqual(machineBytesMax);
        expect(message.chat.length).toBeLessThanOrEqual(chatCharactersMax);
        expect(message.slack.length).toBeLessThanOrEqual(chatCharactersMax);
        expect(snsBytes(message)).toBeLessThan(SNS_BYTES_MAX);
        for (const value of Object.values(message.attributes)) expect(value.length).toBeGreaterThan(0);
      }),
    );
  });

  it('blocks of Slack keep theirs', () => {
    fc.assert(
      fc.property(messages, ({ slack }) => {
        const { text, blocks } = JSON.parse(slack);
        expect(text.length).toBeLessThanOrEqual(3_000);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
          if (block.type === 'section') expect(block.text.text.length).toBeLessThanOrEqual(3_000);
          if (block.type === 'context') expect(block.elements.length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});

/** All strings of a JSON value but the words of its schema. */
function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return value === 'plain_text' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : [];
}
