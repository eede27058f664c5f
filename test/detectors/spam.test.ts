import { describe, expect, it } from 'vitest';
import { spam } from '../../lib/detectors/spam.ts';
import { EARLIER, exchange, many, told } from './telling.ts';

const mails = (strangers: number, at = 600, client = '10.0.0.1') =>
  many(strangers, (i) => exchange(`${client}:${40_000 + i}`, `9.9.9.${i}:25`, { at: at + 60 * i }));

describe('the mail test', () => {
  it('sees a host that delivers to many strangers, refused or not', async () => {
    expect(await told(spam, `${EARLIER}\n${mails(10)}`)).toEqual(['spam-bot by 10.0.0.1']);
    const refused = `${EARLIER}\n${many(10, (i) => `a 10.0.0.1:40000 > 9.9.9.${i}:25 tcp flags=2 at=900`)}`;
    expect(await told(spam, refused)).toEqual(['spam-bot by 10.0.0.1']);
  });

  it('sees it over IPv6', async () => {
    const lines = many(10, (i) => exchange('[fd00::1]:40000', `[2001:db8::${i + 1}]:25`, { at: 600 }));
    expect(await told(spam, `${EARLIER}\n${lines}`)).toEqual(['spam-bot by fd00::1']);
  });

  it.each([
    ['a host that reports to its owner', `${EARLIER}\n${mails(9)}`],
    ['a sender that has always been there', mails(20, 0)],
    ['a mail server', `${EARLIER}\n${mails(20)}\n${exchange('8.8.8.8:40000', '10.0.0.1:25', { at: 900 })}`],
    [
      'a relay for hosts of ours',
      `${EARLIER}\n${mails(20)}\n${exchange('10.0.0.7:40000', '10.0.0.1:587', { at: 900 })}`,
    ],
    ['a client of the own relay', `${EARLIER}\n${mails(20)}`.replaceAll('9.9.9.', '10.0.1.')],
    ['a stranger that delivers to us', `${EARLIER}\n${mails(20, 600, '8.8.8.8')}`.replaceAll('9.9.9.', '10.0.1.')],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(spam, lines)).toEqual([]);
  });
});
