/**
 * A list of addresses and networks as threat feeds publish them: one a line, IPv4 or IPv6, in CIDR notation or bare, with comments behind `#`
 * or `;`. Looked up by prefix length, so that a list of a million costs no more than one of ten.
 */
import { NOT_AN_ADDRESS, parseIPv4, parseIPv6 } from '../../flowlog/address.ts';
import { listEntriesMax } from '../../limits.ts';

/** An address as a number, and how many bits it has. */
interface Value {
  readonly value: bigint;
  readonly width: 32 | 128;
}

export class AddressList {
  readonly name: string;
  readonly size: number;
  /** Networks by width and prefix length: their first bits. */
  readonly #networks = new Map<32 | 128, Map<number, Set<bigint>>>([
    [32, new Map()],
    [128, new Map()],
  ]);

  /** Throws, naming the list, the line and what is wrong with it, when a line is no network or there are too many. */
  constructor(name: string, text: string) {
    this.name = name;
    let size = 0;
    for (const [index, line] of text.split('\n').entries()) {
      const entry = line.replace(/[#;].*/, '').trim();
      if (entry === '') continue;
      if (++size > listEntriesMax)
        throw new Error(`list ${name} has more than ${listEntriesMax} entries: split it or shorten it`);
      this.#add(entry, index + 1);
    }
    this.size = size;
  }

  has(address: string): boolean {
    const parsed = numberOf(address);
    if (parsed === undefined) return false;
    for (const [prefixBits, firsts] of this.#networks.get(parsed.width)!) {
      if (firsts.has(parsed.value >> BigInt(parsed.width - prefixBits))) return true;
    }
    return false;
  }

  #add(entry: string, line: number): void {
    const [address, prefix, ...rest] = entry.split('/');
    const parsed = numberOf(address);
    const prefixBits = prefix === undefined ? parsed?.width : Number(prefix);
    const fits = parsed !== undefined && /^\d{1,3}$/.test(prefix ?? '0') && rest.length === 0;
    if (!fits || prefixBits! > parsed.width) {
      const expected = 'expected an address or a network such as 192.0.2.0/24 or 2001:db8::/32';
      throw new Error(`list ${this.name}, line ${line}: "${entry.slice(0, 60)}" is no network, ${expected}`);
    }
    const byPrefix = this.#networks.get(parsed.width)!;
    const firsts = byPrefix.get(prefixBits!) ?? new Set();
    byPrefix.set(prefixBits!, firsts);
    firsts.add(parsed.value >> BigInt(parsed.width - prefixBits!));
  }
}

function numberOf(address: string): Value | undefined {
  const octets = parseIPv4(address);
  if (octets !== NOT_AN_ADDRESS) return { value: BigInt(octets), width: 32 };
  const groups = parseIPv6(address);
  return groups && { value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n), width: 128 };
}
