/**
 * Sets of networks, asked by address code.
 */
import { BlockList, isIP } from 'node:net';
import { type AddressBook, BOOK_BASE, canonicalIPv6, parseIPv4, parseIPv6 } from './address.ts';

/**
 * Networks that belong to nobody on the internet: private use (RFC 1918, RFC 4193), shared (RFC 6598), link-local (RFC 3927,
 * RFC 4291) and loopback.
 */
export const PRIVATE_NETWORKS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
];

export class NetworkSet {
  readonly #masks: Uint32Array;
  readonly #bases: Uint32Array;
  /** The IPv4 networks for IPv4 addresses, and all networks for IPv6 ones, among which are mapped IPv4 addresses. */
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  /** Answers for addresses that are not their own code: 0 not asked yet, 1 outside, 2 inside. */
  readonly #answers = new WeakMap<AddressBook, number[]>();

  /** Throws when an entry is not an address or a network in CIDR notation. */
  constructor(networks: readonly string[]) {
    const ranges = networks.map(parseNetwork);
    for (const { address, prefixBits, family } of ranges) {
      if (family === 'ipv4') this.#lists.ipv4.addSubnet(address, prefixBits, family);
      this.#lists.ipv6.addSubnet(address, prefixBits, family);
    }
    const v4 = ranges.filter((range) => range.family === 'ipv4');
    this.#masks = Uint32Array.from(v4, ({ prefixBits }) => (prefixBits === 0 ? 0 : -1 << (32 - prefixBits)));
    this.#bases = Uint32Array.from(v4, ({ address, prefixBits }) => {
      const mask = prefixBits === 0 ? 0 : -1 << (32 - prefixBits);
      return parseIPv4(address) & mask;
    });
  }

  has(code: number, book: AddressBook): boolean {
    if (code >= BOOK_BASE) return this.#hasBooked(code, book);
    const masks = this.#masks;
    for (let i = 0; i < masks.length; i++) if ((code & masks[i]) >>> 0 === this.#bases[i]) return true;
    return false;
  }

  #hasBooked(code: number, book: AddressBook): boolean {
    let answers = this.#answers.get(book);
    if (answers === undefined) {
      answers = [];
      this.#answers.set(book, answers);
    }
    const index = code - BOOK_BASE;
    // The first entry stands for all addresses that the book had no room for.
    if (index === 0 || index >= book.size) return false;
    if (answers[index] === undefined) {
      const text = book.format(code);
      const family = text.includes(':') ? 'ipv6' : 'ipv4';
      answers[index] = this.#lists[family].check(text, family) ? 2 : 1;
    }
    return answers[index] === 2;
  }
}

/** The network that an address in the middle of one stands in, such as 10.0.0.0/8 for 10.1.2.3/8; `undefined` for a network or an address alone. */
export function enclosingNetwork(text: string): string | undefined {
  const { address, prefixBits, family } = parseNetwork(text);
  const bits = family === 'ipv4' ? 32 : 128;
  const groups = family === 'ipv4' ? address.split('.').map(Number) : parseIPv6(address)!;
  const width = bits / groups.length;
  const masked = groups.map((group, i) => {
    const free = Math.min(width, Math.max(0, (i + 1) * width - prefixBits));
    return (group >>> free) << free;
  });
  if (masked.every((group, i) => group === groups[i])) return undefined;
  const base = family === 'ipv4' ? masked.join('.') : masked.map((group) => group.toString(16)).join(':');
  return `${canonicalIPv6(base) ?? base}/${prefixBits}`;
}

interface NetworkRange {
  readonly address: string;
  readonly prefixBits: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parseNetwork(text: string): NetworkRange {
  const [address, prefix, ...rest] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const widest = family === 'ipv6' ? 128 : 32;
  const prefixBits = prefix === undefined ? widest : Number(prefix);
  const fits = /^\d{1,3}$/.test(prefix ?? '0') && prefixBits <= widest && rest.length === 0;
  // A zone such as fe80::1%eth0 names an interface of one machine, which no log can.
  if (!fits || isIP(address) === 0 || address.includes('%')) {
    throw new Error(
      `"${text}" is not a network, expected an address with a prefix length such as 10.0.0.0/8 or fd00::/8`,
    );
  }
  return { address, prefixBits, family };
}
