import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../lib/flowlog/address.ts';
import { NetworkSet } from '../../../lib/flowlog/network.ts';
import { AddressList } from '../../../lib/history/detectors/address-list.ts';

const TEXT = `# bad places
192.0.2.1
198.51.100.0/24   ; a network
2001:db8::/32
2001:DB8:1::1 # the same in capitals

`;

describe('a list of addresses', () => {
  const list = new AddressList('bad', TEXT);

  it.each(['192.0.2.1', '198.51.100.0', '198.51.100.255', '2001:db8::7', '2001:db8:1::1'])('holds %s', (address) => {
    expect(list.has(address)).toBe(true);
  });

  it.each(['192.0.2.2', '198.51.101.0', '2001:db9::1', '::', '-', 'nonsense'])('does not hold %s', (address) => {
    expect(list.has(address)).toBe(false);
  });

  it('counts its entries, and is empty without any', () => {
    expect(list.size).toBe(4);
    expect(new AddressList('none', '\n# nothing\n').size).toBe(0);
  });

  it.each([
    ['a name', '192.0.2.1\nexample.com\n', 'list x, line 2: "example.com" is no network, expected an address'],
    ['a prefix that is too long', '10.0.0.0/33', 'list x, line 1: "10.0.0.0/33" is no network'],
    ['a prefix that is none', '10.0.0.0/ab', 'line 1: "10.0.0.0/ab"'],
    ['an address that is none', '10.0.0.256', 'line 1: "10.0.0.256"'],
    ['two prefixes', '10.0.0.0/8/8', 'line 1: "10.0.0.0/8/8"'],
  ])('refuses %s with its line', (_, text, message) => {
    expect(() => new AddressList('x', text)).toThrow(message);
  });

  it('agrees with a set of networks', () => {
    const octets = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.nat(3), fc.nat(3), fc.nat(255))
      .map((all) => all.join('.'));
    const network = fc.tuple(octets, fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`);
    fc.assert(
      fc.property(fc.array(network, { minLength: 1, maxLength: 8 }), octets, (networks, address) => {
        const book = new AddressBook();
        const expected = new NetworkSet(networks).has(book.parse(address), book);
        expect(new AddressList('any', networks.join('\n')).has(address)).toBe(expected);
      }),
    );
  });
});
