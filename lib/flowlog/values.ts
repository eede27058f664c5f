/**
 * One function per kind of value: reads it at `pos` of a byte buffer and writes it into row `row` of its column.
 *
 * Every function returns the offset just past the value, or, negated, the number of the reason why it cannot be used. A value
 * ends at the delimiter or at any byte up to the blank (newline, carriage return, blank), so the newline that closes the
 * buffer stops every scan. Separate functions keep each one's column of a single array type, which is what makes it fast.
 */
import { timeSecondsMax } from '../limits.ts';
import { ABSENT_ADDRESS, type AddressBook, BOOK_BASE, NOT_AN_ADDRESS } from './address.ts';
import { ABSENT_TEXT, HASH_SEED, hashByte, type TextDictionary } from './dictionary.ts';
import { KEYWORD, KEYWORDS } from './fields.ts';
import type { MalformedReason } from './report.ts';

export const BLANK = 32;
const DASH = 45;
const DOT = 46;
const ZERO = 48;

/** Digits that always fit a 32-bit integer; sums in integers are several times faster than in doubles. */
const INT_DIGITS = 9;

/** Reasons by the number that the readers return negated. */
export const REASONS: readonly (MalformedReason | undefined)[] = [
  undefined,
  'field-count',
  'address',
  'number',
  'range',
  'keyword',
  'line-too-long',
];
export const FAILED = { fieldCount: -1, address: -2, number: -3, range: -4, keyword: -5, lineTooLong: -6 } as const;

/** Offset past an absent number at `pos`, a lone dash or (between commas) nothing; the reason when it is something. */
function pastAbsent(buffer: Uint8Array, pos: number, delimiter: number): number {
  const end = buffer[pos] === DASH ? pos + 1 : pos;
  return buffer[end] <= BLANK || buffer[end] === delimiter ? end : FAILED.number;
}

/** Offset past a value that nobody uses; between commas it may hold blanks. */
export function passOver(buffer: Uint8Array, pos: number, delimiter: number): number {
  let c = buffer[pos];
  while (c >= BLANK && c !== delimiter) c = buffer[++pos];
  return pos;
}

export function skipValue(buffer: Uint8Array, pos: number, delimiter: number): number {
  let c = buffer[pos];
  while (c > BLANK && c !== delimiter) c = buffer[++pos];
  return pos;
}

export function readInteger(
  buffer: Uint8Array,
  pos: number,
  delimiter: number,
  maximum: number,
  column: Int32Array,
  row: number,
): number {
  const start = pos;
  let value = 0;
  let digit = buffer[pos] - ZERO;
  while (digit >>> 0 <= 9) {
    value = (Math.imul(value, 10) + digit) | 0;
    digit = buffer[++pos] - ZERO;
  }
  const c = digit + ZERO;
  if (pos === start || (c > BLANK && c !== delimiter)) {
    column[row] = -1;
    return pastAbsent(buffer, start, delimiter);
  }
  if (value > maximum || pos - start > INT_DIGITS) return FAILED.range;
  column[row] = value;
  return pos;
}

export function readCount(
  buffer: Uint8Array,
  pos: number,
  delimiter: number,
  maximum: number,
  column: Float64Array,
  row: number,
): number {
  const start = pos;
  let value = 0;
  let before = 0;
  let digit = buffer[pos] - ZERO;
  while (digit >>> 0 <= 9) {
    before = value;
    value = (Math.imul(value, 10) + digit) | 0;
    digit = buffer[++pos] - ZERO;
  }
  const c = digit + ZERO;
  if (pos === start || (c > BLANK && c !== delimiter)) {
    column[row] = -1;
    return pastAbsent(buffer, start, delimiter);
  }
  let whole = value;
  if (pos - start > INT_DIGITS) {
    // Ten digits are a time stamp: the first nine are exact.
    whole = pos - start === INT_DIGITS + 1 ? before * 10 + (buffer[pos - 1] - ZERO) : longCount(buffer, start, pos);
  }
  if (whole > maximum) {
    whole = secondsOf(whole, maximum);
    if (whole < 0) return FAILED.range;
  }
  column[row] = whole;
  return pos;
}

function longCount(buffer: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let pos = from; pos < to; pos++) value = value * 10 + (buffer[pos] - ZERO);
  return value;
}

/** Some exporters write milliseconds, against the documentation: a time past its maximum is tried as one. */
export function secondsOf(value: number, maximum: number): number {
  if (maximum !== timeSecondsMax || value > timeSecondsMax * 1000) return FAILED.range;
  return Math.floor(value / 1000);
}

/** Octets are read without a branch on their length, which nothing foretells: the wrong guesses would take longer than the digits. */
export function readAddress(
  buffer: Uint8Array,
  pos: number,
  delimiter: number,
  book: AddressBook,
  column: Uint32Array,
  row: number,
): number {
  let value = 0;
  let at = pos;
  let octets = 0;
  let faults = 0;
  let c = DOT;
  while (c === DOT && octets < 4) {
    const first = buffer[at] - ZERO;
    const second = buffer[at + 1] - ZERO;
    const third = buffer[at + 2] - ZERO;
    const two = isDigit(second);
    const more = two + (two & isDigit(third));
    const octet =
      (Math.imul(first, TENS[more + 2]) + Math.imul(second, TENS[more + 1]) + Math.imul(third, TENS[more])) | 0;
    faults |= first | (9 - first) | (255 - octet);
    value = (value << 8) | octet;
    octets++;
    at += more + 2;
    c = buffer[at - 1];
  }
  const code = value >>> 0;
  if (octets === 4 && faults >= 0 && (c <= BLANK || c === delimiter) && code < BOOK_BASE) {
    column[row] = code;
    return at - 1;
  }
  return readBookedAddress(buffer, pos, delimiter, book, column, row);
}

/** 1 for a value from 0 to 9, else 0. */
function isDigit(value: number): number {
  return ((value - 10) & ~value) >>> 31;
}

/** Weights of the digits of a number: the first of one with n digits is at n + 1, the second at n, the third at n - 1. */
const TENS = Int32Array.of(0, 0, 1, 10, 100);

/** Everything that is not a plain dotted quad: absent, IPv6, reserved IPv4, or no address. */
function readBookedAddress(
  buffer: Uint8Array,
  start: number,
  delimiter: number,
  book: AddressBook,
  column: Uint32Array,
  row: number,
): number {
  const end = skipValue(buffer, start, delimiter);
  const code = end === start ? ABSENT_ADDRESS : book.parseBytes(buffer, start, end);
  if (code === NOT_AN_ADDRESS) return FAILED.address;
  column[row] = code;
  return end;
}

/** `view` is of the same bytes: texts are compared four bytes at a time. */
export function readText(
  buffer: Uint8Array,
  view: DataView,
  pos: number,
  delimiter: number,
  dictionary: TextDictionary,
  column: Uint32Array,
  row: number,
): number {
  // Neighbouring records mostly come from one account and interface: try the value of the row before.
  const previous = row === 0 ? ABSENT_TEXT : column[row - 1];
  const same = pos + dictionary.matchLength(previous, view, pos);
  if (same > pos && (buffer[same] <= BLANK || buffer[same] === delimiter)) {
    column[row] = previous;
    return same;
  }
  const start = pos;
  let hash = HASH_SEED;
  let c = buffer[pos];
  while (c > BLANK && c !== delimiter) {
    hash = hashByte(hash, c);
    c = buffer[++pos];
  }
  column[row] = pos === start ? ABSENT_TEXT : dictionary.internHashed(buffer, start, pos, hash);
  return pos;
}

const KEYWORD_BYTES = KEYWORDS.map((word) => new TextEncoder().encode(word));

export function readKeyword(
  buffer: Uint8Array,
  pos: number,
  delimiter: number,
  column: Uint8Array,
  row: number,
): number {
  // Nearly every record says what the one before said.
  const previous = row === 0 ? KEYWORD.accept : column[row - 1];
  const bytes = KEYWORD_BYTES[previous];
  let i = 0;
  while (i < bytes.length && bytes[i] === buffer[pos + i]) i++;
  if (i === bytes.length && (buffer[pos + i] <= BLANK || buffer[pos + i] === delimiter)) {
    column[row] = previous;
    return pos + i;
  }
  const end = skipValue(buffer, pos, delimiter);
  const keyword = keywordOf(buffer, pos, end);
  if (keyword === NO_KEYWORD) return FAILED.keyword;
  column[row] = keyword;
  return end;
}

const NO_KEYWORD = 255;

function keywordOf(buffer: Uint8Array, from: number, to: number): number {
  if (from === to) return KEYWORD.absent;
  for (let keyword = 0; keyword < KEYWORD_BYTES.length; keyword++) {
    const bytes = KEYWORD_BYTES[keyword];
    if (bytes.length !== to - from || bytes[0] !== buffer[from]) continue;
    let i = 1;
    while (i < bytes.length && bytes[i] === buffer[from + i]) i++;
    if (i === bytes.length) return keyword;
  }
  return NO_KEYWORD;
}
