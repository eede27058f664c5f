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
const NINE = 57;

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

export function readAddress(
  buffer: Uint8Array,
  pos: number,
  delimiter: number,
  book: AddressBook,
  column: Uint32Array,
  row: number,
): number {
  const start = pos;
  let value = 0;
  let octet = 0;
  let excess = 0;
  let dots = 0;
  let octetStart = pos;
  let c = buffer[pos];
  for (;;) {
    if (c >= ZERO && c <= NINE) {
      octet = octet * 10 + (c - ZERO);
    } else if (c === DOT) {
      if (pos === octetStart || pos - octetStart > 3) break;
      octetStart = pos + 1;
      excess |= octet & ~255;
      value = (value << 8) | octet;
      octet = 0;
      dots++;
    } else break;
    c = buffer[++pos];
  }
  excess |= octet & ~255;
  const code = ((value << 8) | octet) >>> 0;
  const ended = (c <= BLANK || c === delimiter) && pos > octetStart && pos - octetStart <= 3;
  if (dots === 3 && excess === 0 && ended && code < BOOK_BASE) {
    column[row] = code;
    return pos;
  }
  return readBookedAddress(buffer, start, delimiter, book, column, row);
}

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

export function readText(
  buffer: Uint8Array,
  pos: number,
  delimiter: number,
  dictionary: TextDictionary,
  column: Uint32Array,
  row: number,
): number {
  // Neighbouring records mostly come from one account and interface: try the value of the row before.
  const previous = row === 0 ? ABSENT_TEXT : column[row - 1];
  const same = pos + dictionary.matchLength(previous, buffer, pos);
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
