import type { Random } from './random.ts';

/** A block of IPv4 addresses: first address as a number and prefix length. */
export interface Block {
  readonly base: number;
  readonly prefix: number;
}

export function parseIpv4(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}

export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

export function blockSize(block: Block): number {
  return 2 ** (32 - block.prefix);
}

/** `10.0.0.0/16` as a block. */
export function parseBlock(text: string): Block {
  const [base, prefix] = text.split('/') as [string, string];
  return { base: parseIpv4(base), prefix: Number(prefix) };
}

/** Blocks that are not public, by the IANA special-purpose registries (RFC 6890) and multicast (RFC 5771). */
const NOT_PUBLIC: readonly Block[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
].map(parseBlock);

export function isPublicIpv4(value: number): boolean {
  return !NOT_PUBLIC.some((block) => value >= block.base && value < block.base + blockSize(block));
}

export function publicIpv4(random: Random): number {
  for (;;) {
    const value = random.integer(0x01000000, 0xdfffffff);
    if (isPublicIpv4(value)) return value;
  }
}

/** A global unicast IPv6 address under the 12-bit prefixes that the regional registries hold (RFC 4291, IANA). */
export function publicIpv6(random: Random): string {
  const head = random.choice(['2001', '2400', '2600', '2800', '2a00', '2c0f']);
  const group = () => random.integer(1, 0xffff).toString(16);
  return random.chance(0.5)
    ? `${head}:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`
    : `${head}:${group()}:${group()}::${group()}`;
}
