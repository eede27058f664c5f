/**
 * Addresses as 32-bit codes. An IPv4 address below 240.0.0.0 is its own code. Everything else (IPv6, and the reserved
 * block 240.0.0.0/4, where the codes of the others live) is entered in an address book and coded 0xF0000000 + index.
 */
import { addressesHeldMax } from '../limits.ts';
import { ABSENT_TEXT, OTHER_TEXT, TextDictionary } from './dictionary.ts';

/** No address: the field was `-` or is not in the log. */
export const ABSENT_ADDRESS = 0xffff_ffff;

/** First code that is an index into the address book. */
export const BOOK_BASE = 0xf000_0000;

/** Result of parsing something that is not an address. */
export const NOT_AN_ADDRESS = -1;

const decoder = new TextDecoder();

/** The addresses of one run that are not their own code. */
export class AddressBook {
  /** Spellings seen, so that each spelling is parsed once; a spelling's id indexes `#codeOfSpelling`. */
  #spellings = new TextDictionary();
  #codeOfSpelling: number[] = [];
  #indexOfAddress = new Map<string, number>();
  #addresses: string[] = ['(other)'];

  /** Number of addresses entered. */
  get size(): number {
    return this.#addresses.length;
  }

  /** Code of a written address, `ABSENT_ADDRESS` for `-`, `NOT_AN_ADDRESS` for anything else. */
  parse(text: string): number {
    if (text === '-') return ABSENT_ADDRESS;
    const octets = parseIPv4(text);
    if (octets !== NOT_AN_ADDRESS && octets < BOOK_BASE) return octets;
    const canonical = octets === NOT_AN_ADDRESS ? canonicalIPv6(text) : text;
    return canonical === undefined ? NOT_AN_ADDRESS : this.#enter(canonical);
  }

  /** As `parse`, for `bytes[from, to)`; repeated spellings cost one hash. */
  parseBytes(bytes: Uint8Array, from: number, to: number): number {
    const spelling = this.#spellings.internBytes(bytes, from, to);
    if (spelling === ABSENT_TEXT) return ABSENT_ADDRESS;
    if (spelling === OTHER_TEXT) return this.parse(decoder.decode(bytes.subarray(from, to)));
    const known = this.#codeOfSpelling[spelling];
    if (known !== undefined) return known;
    const code = this.parse(decoder.decode(bytes.subarray(from, to)));
    this.#codeOfSpelling[spelling] = code;
    return code;
  }

  /** The address in its canonical notation (RFC 5952 for IPv6), `-` for no address. */
  format(code: number): string {
    if (code === ABSENT_ADDRESS) return '-';
    if (code >= BOOK_BASE) return this.#addresses[code - BOOK_BASE];
    return formatIPv4(code);
  }

  #enter(canonical: string): number {
    const known = this.#indexOfAddress.get(canonical);
    if (known !== undefined) return BOOK_BASE + known;
    if (this.#addresses.length >= addressesHeldMax) return BOOK_BASE;
    this.#indexOfAddress.set(canonical, this.#addresses.length);
    this.#addresses.push(canonical);
    return BOOK_BASE + this.#addresses.length - 1;
  }
}

export function formatIPv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** The 32-bit value of a dotted quad, `NOT_AN_ADDRESS` otherwise. Octets are decimal whatever their leading zeros. */
export function parseIPv4(text: string): number {
  const parts = text.split('.');
  if (parts.length !== 4) return NOT_AN_ADDRESS;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return NOT_AN_ADDRESS;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The eight 16-bit groups of an IPv6 address in any notation, `undefined` when it is none. */
export function parseIPv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const head = groupsOf(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1], true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return undefined;
  return [...head, ...new Array<number>(gap).fill(0), ...tail];
}

function groupsOf(text: string, mayEndInIPv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (mayEndInIPv4 && index === parts.length - 1 && part.includes('.')) {
      const value = parseIPv4(part);
      if (value === NOT_AN_ADDRESS) return undefined;
      groups.push(value >>> 16, value & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
export function canonicalIPv6(text: string): string | undefined {
  const groups = parseIPv6(text);
  if (groups === undefined) return undefined;
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}
