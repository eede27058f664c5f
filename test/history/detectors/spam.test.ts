import { describe, expect, it } from 'vitest';
import { spamHistory } from '../../../lib/history/detectors/spam.ts';
import type { Track } from '../../../lib/history/track.ts';
import { host, track } from '../describe.ts';
import { caller, fresh, LATER, told, usual } from './scenes.ts';

const mails = (count: number, given: Partial<Track> = {}, gap = 600) =>
  Array.from({ length: count }, (_, i) => {
    const times = { firstSeconds: LATER + i * gap, lastSeconds: LATER + i * gap };
    return fresh({ server: host(`9.9.9.${i}`), port: 25, service: '25/tcp', ...times, ...given });
  });

describe('the test of new mail delivery', () => {
  it.each([
    ['answered', {}],
    ['refused', { answered: false }],
  ])('sees port 25 of ten strangers within a day, %s', (_, given) => {
    expect(told(spamHistory, [caller(mails(10, given))])).toEqual(['spam-bot by 10.0.0.1 at -']);
  });

  it('sees it while the host is still learning', () => {
    expect(told(spamHistory, [caller(mails(10), { baseline: undefined })])).toHaveLength(1);
  });

  it.each([
    ['a few strangers', caller(mails(9))],
    ['strangers of many days', caller(mails(20, {}, 20_000))],
    ['a host that has always sent mail', caller(mails(20), { baseline: usual({ services: new Set(['25/tcp']) }) })],
    ['a host that sent mail at the beginning', caller([...mails(20), track({ port: 25, service: '25/tcp' })])],
    ['a mail server', caller(mails(20), { asServer: [track({ server: host('10.0.0.1'), port: 587 })] })],
    ['mail to a relay inside', caller(mails(20, { server: host('10.0.0.9') }))],
    ['another service', caller(mails(20, { port: 443, service: '443/tcp' }))],
  ])('sees nothing in %s', (_, one) => {
    expect(told(spamHistory, [one])).toEqual([]);
  });
});
