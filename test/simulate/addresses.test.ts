import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockSize,
  formatIpv4,
  isPublicIpv4,
  parseBlock,
  parseIpv4,
  publicIpv4,
  publicIpv6,
} from '../../lib/simulate/addresses.ts';
import { Random } from '../../lib/simulate/random.ts';

describe('addresses', () => {
  it('reads what it writes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => parseIpv4(formatIpv4(value)) === value));
  });

  it('reads blocks', () => {
    expect(parseBlock('172.16.0.0/12')).toEqual({ base: 0xac100000, prefix: 12 });
    expect(blockSize(parseBlock('10.0.0.0/24'))).toBe(256);
  });

  it.each([
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.251',
    '203.0.113.9',
  ])('does not take %s for public', (text) => expect(isPublicIpv4(parseIpv4(text))).toBe(false));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.167.255.255'])('takes %s for public', (text) =>
    expect(isPublicIpv4(parseIpv4(text))).toBe(true),
  );

  it('draws public addresses only', () => {
    const random = new Random('public');
    for (let i = 0; i < 2_000; i++) expect(isPublicIpv4(publicIpv4(random))).toBe(true);
  });

  it('draws well-formed IPv6 addresses in lower case', () => {
    const random = new Random('six');
    for (let i = 0; i < 500; i++) {
      const address = publicIpv6(random);
      expect(isIP(address)).toBe(6);
      expect(address).toBe(address.toLowerCase());
    }
  });
});
