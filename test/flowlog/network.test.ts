import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressBook, BOOK_BASE } from '../../lib/flowlog/address.ts';
import { enclosingNetwork, NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';

const octet = fc.oneof(fc.constantFrom(0, 10, 127, 128, 172, 192, 240, 255), fc.nat({ max: 255 }));
const anyIPv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const group = fc.oneof(fc.constantFrom(0, 0xfc00, 0xfe80, 0xffff, 0x2001), fc.nat({ max: 0xffff }));
const anyIPv6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((word) => word.toString(16)).join(':'));

const anyNetwork = fc.oneof(
  fc.record({ address: anyIPv4, bits: fc.nat({ max: 32 }), family: fc.constant('ipv4' as const) }),
  fc.record({ address: anyIPv6, bits: fc.nat({ max: 128 }), family: fc.constant('ipv6' as const) }),
);

describe('a set of networks', () => {
  it('has the same members as the list of node:net, for IPv4 and IPv6', () => {
    fc.assert(
      fc.property(
        fc.array(anyNetwork, { maxLength: 5 }),
        fc.array(fc.oneof(anyIPv4, anyIPv6)),
        (networks, addresses) => {
          // An IPv6 network of node:net has the IPv4 addresses that it could map; ours has IPv6 addresses only.
          const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
          for (const { address, bits, family } of networks) {
            if (family === 'ipv4') lists.ipv4.addSubnet(address, bits, family);
            lists.ipv6.addSubnet(address, bits, family);
          }
          const set = new NetworkSet(networks.map(({ address, bits }) => `${address}/${bits}`));
          const book = new AddressBook();
          // The edges of each network are more telling than addresses at random.
          for (const address of [...addresses, ...networks.map((network) => network.address)]) {
            const family = address.includes(':') ? 'ipv6' : 'ipv4';
            const expected = lists[family].check(address, family);
            expect([address, set.has(book.parse(address), book)]).toEqual([address, expected]);
          }
        },
      ),
    );
  });

  it.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['9.255.255.255', false],
    ['172.15.255.255', false],
    ['172.16.0.0', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['192.168.0.1', true],
    ['192.169.0.0', false],
    ['100.64.0.1', true],
    ['100.128.0.0', false],
    ['169.254.169.254', true],
    ['127.0.0.1', true],
    ['8.8.8.8', false],
    ['250.1.2.3', false],
    ['255.255.255.255', false],
    ['::1', true],
    ['::2', false],
    ['fd12:3456::1', true],
    ['fe80::1', true],
    ['fec0::1', false],
    ['2001:db8::1', false],
  ])('of private use: %s is a member: %s', (address, expected) => {
    const book = new AddressBook();
    expect(new NetworkSet(PRIVATE_NETWORKS).has(book.parse(address), book)).toBe(expected);
  });

  it('takes a bare address for a network of one', () => {
    const book = new AddressBook();
    const set = new NetworkSet(['8.8.8.8', '2001:db8::1']);
    const members = ['8.8.8.8', '8.8.8.9', '2001:db8::1', '2001:db8::2'].map((text) => set.has(book.parse(text), book));
    expect(members).toEqual([true, false, true, false]);
  });

  it('takes an address within a network for the network', () => {
    const book = new AddressBook();
    expect(new NetworkSet(['10.1.2.3/8']).has(book.parse('10.99.0.1'), book)).toBe(true);
  });

  it('of everything has everything, of nothing nothing', () => {
    const book = new AddressBook();
    for (const address of ['0.0.0.0', '10.0.0.1', '255.255.255.255', '::', '2001:db8::1']) {
      expect(new NetworkSet(['0.0.0.0/0', '::/0']).has(book.parse(address), book)).toBe(true);
      expect(new NetworkSet([]).has(book.parse(address), book)).toBe(false);
    }
  });

  it('keeps the answers for different books apart', () => {
    const set = new NetworkSet(['fd00::/8']);
    const [one, other] = [new AddressBook(), new AddressBook()];
    expect(set.has(one.parse('fd00::1'), one)).toBe(true);
    expect(set.has(other.parse('2001:db8::1'), other)).toBe(false);
  });

  it('never has what stands for no address, or for all those that no longer fit the book', () => {
    const book = new AddressBook();
    const set = new NetworkSet(['0.0.0.0/0', '::/0']);
    expect([book.parse('-'), BOOK_BASE, BOOK_BASE + 5].map((code) => set.has(code, book))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('the network that an address stands in', () => {
  it.each([
    ['10.205.16.214/8', '10.0.0.0/8'],
    ['10.205.16.214/13', '10.200.0.0/13'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['2001:db8:7::1/47', '2001:db8:6::/47'],
    ['fd00::1/8', 'fd00::/8'],
  ])('of %s is %s', (text, network) => {
    expect(enclosingNetwork(text)).toBe(network);
  });

  it.each(['10.0.0.0/8', '10.1.2.3', '10.1.2.3/32', '0.0.0.0/0', 'fd00::/8', '2001:db8::1', '2001:db8::1/128'])(
    'is not asked for of %s',
    (text) => {
      expect(enclosingNetwork(text)).toBeUndefined();
    },
  );
});

describe('refuses', () => {
  it.each([
    '',
    'ten',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/8.0',
    '10.0.0.0/1e1',
    '10.0.0.0/0x8',
    '10.0.0.0/ 8',
    '10.0.0/8',
    '10.0.0.256/8',
    '010.0.0.1',
    'fd00::/129',
    'fd00:::/8',
    'fe80::1%eth0/10',
    '/8',
  ])('"%s" as a network, and says what one looks like', (text) => {
    expect(() => new NetworkSet([text])).toThrow(
      `"${text}" is not a network, expected an address with a prefix length`,
    );
  });
});
