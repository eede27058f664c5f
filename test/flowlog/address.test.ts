import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ABSENT_ADDRESS,
  AddressBook,
  BOOK_BASE,
  canonicalIPv6,
  formatIPv4,
  NOT_AN_ADDRESS,
  parseIPv4,
  parseIPv6,
} from '../../lib/flowlog/address.ts';
import { bytesOf } from './reading.ts';

describe('IPv4', () => {
  it('is its own 32-bit value', () => {
    expect(parseIPv4('0.0.0.0')).toBe(0);
    expect(parseIPv4('10.1.2.3')).toBe(0x0a010203);
    expect(parseIPv4('255.255.255.255')).toBe(0xffffffff);
    expect(formatIPv4(0xc0a80001)).toBe('192.168.0.1');
  });

  it.each([
    '',
    '10',
    '10.0.0',
    '10.0.0.0.0',
    '256.0.0.1',
    '10..0.1',
    '.10.0.0',
    '10.0.0.',
    '0x0a.0.0.1',
    '10.0.0.1 ',
    '-1.0.0.0',
    '1e1.0.0.0',
    '0010.0.0.1',
  ])('refuses %j', (text) => {
    expect(parseIPv4(text)).toBe(NOT_AN_ADDRESS);
  });

  it('survives the way to text and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        expect(parseIPv4(formatIPv4(value))).toBe(value);
      }),
    );
  });
});

describe('IPv6', () => {
  // The examples of RFC 5952, sections 1, 2 and 4.
  it.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:aAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalIPv6(text)).toBe(canonical);
  });

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '::g',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7::8',
    '192.0.2.1::',
    '::192.0.2',
    ':1:2:3:4:5:6:7',
    '[::1]',
  ])('refuses %j', (text) => {
    expect(parseIPv6(text)).toBeUndefined();
    expect(canonicalIPv6(text)).toBeUndefined();
  });

  it('has one notation per address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalIPv6(text)!;
        expect(canonicalIPv6(canonical)).toBe(canonical);
        expect(parseIPv6(canonical)).toEqual(parseIPv6(text));
      }),
    );
  });
});

describe('AddressBook', () => {
  it('formats what it has parsed', () => {
    const book = new AddressBook();
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const code = book.parse(text);
        expect(code).toBeGreaterThanOrEqual(0);
        expect(book.format(code)).toBe(text.includes(':') ? canonicalIPv6(text) : text);
        expect(book.parse(book.format(code))).toBe(code);
      }),
    );
  });

  it('gives all notations of an address one code', () => {
    const book = new AddressBook();
    expect(book.parse('2001:DB8::1')).toBe(book.parse('2001:db8:0:0:0:0:0:1'));
    expect(book.size).toBe(2);
  });

  it('enters the reserved block 240.0.0.0/4, whose values are its codes', () => {
    const book = new AddressBook();
    const code = book.parse('255.255.255.255');
    expect(code).toBe(BOOK_BASE + 1);
    expect(book.format(code)).toBe('255.255.255.255');
    expect(book.parse('239.255.255.255')).toBe(0xefffffff);
  });

  it('knows a dash as no address', () => {
    const book = new AddressBook();
    expect(book.parse('-')).toBe(ABSENT_ADDRESS);
    expect(book.format(ABSENT_ADDRESS)).toBe('-');
  });

  it('reads bytes as it reads text, each time', () => {
    const book = new AddressBook();
    for (const text of ['::1', '-', 'nonsense', '10.0.0.1', '250.1.1.1', '(other)', '::1', 'nonsense']) {
      const bytes = bytesOf(`x${text}y`);
      expect(book.parseBytes(bytes, 1, bytes.length - 1)).toBe(book.parse(text));
    }
  });
});
