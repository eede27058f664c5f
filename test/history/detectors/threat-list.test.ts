import { describe, expect, it } from 'vitest';
import { AddressList } from '../../../lib/history/detectors/address-list.ts';
import { type ListKind, threatLists } from '../../../lib/history/detectors/threat-list.ts';
import { host, hostHistory, track } from '../describe.ts';
import { heard, told } from './scenes.ts';

const detector = (kind: ListKind = 'bad') =>
  threatLists([{ kind, list: new AddressList('mine', '203.0.113.0/24\n2001:db8::/32') }]);
const us = { server: host('10.0.0.1'), client: host('203.0.113.5') };

describe('the threat lists', () => {
  it.each([
    ['bad', 'threat-list-contact'],
    ['tor', 'tor-contact'],
    ['mining', 'mining'],
  ] as const)('of kind %s tell a call to a listed place as %s', (kind, type) => {
    const hosts = [hostHistory({ asClient: [track({ flows: 3 })] })];
    expect(told(detector(kind), hosts)).toEqual([`${type} by 10.0.0.1 at 203.0.113.1`]);
  });

  it('tell a call that nobody answered, and places by IPv6', () => {
    const tracks = [track({ answered: false }), track({ server: { address: '2001:db8::1', isOurs: false } })];
    expect(told(detector(), [hostHistory({ asClient: tracks })])).toEqual([
      'threat-list-contact by 10.0.0.1 at 203.0.113.1',
      'threat-list-contact by 10.0.0.1 at 2001:db8::1',
    ]);
  });

  it('tell listed strangers that we answered, for the digest', () => {
    const [signal] = heard(detector(), [hostHistory({ asServer: [track(us)] })]);
    expect(signal).toMatchObject({ actorIsVictim: true, severity: 'low', scope: '203.0.113.5' });
  });

  it('tell every service of one place together', () => {
    const tracks = [track({ port: 80 }), track({ port: 443 })];
    const [signal, ...more] = heard(detector(), [hostHistory({ asClient: tracks })]);
    expect(more).toEqual([]);
    expect(signal.tracks).toHaveLength(2);
    expect(signal.severity).toBeUndefined();
  });

  it.each([
    ['other places', hostHistory({ asClient: [track({ server: host('8.8.8.8') })] })],
    ['listed strangers that we do not answer', hostHistory({ asServer: [track({ ...us, answered: false })] })],
    ['strangers who only spoke to us', hostHistory({ asClient: [track({ flows: 0 })] })],
  ])('say nothing of %s', (_, one) => {
    expect(told(detector(), [one])).toEqual([]);
  });

  it('say nothing without a list', () => {
    expect(told(threatLists([]), [hostHistory({ asClient: [track()] })])).toEqual([]);
  });
});
