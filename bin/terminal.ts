/**
 * What a terminal is shown: colours, columns that fit, a line of progress. Text from logs never reaches it raw: control characters
 * and escape sequences could move the cursor, rename the window or hide a line.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export type Paint = (style: Style, text: string) => string;

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colours for a stream: those of NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR, else only for a terminal. */
export function painter(stream: NodeJS.WritableStream & Stream): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true });
}

/** Columns of a stream; what is not a terminal has 100. */
export function widthOf(stream: Stream): number {
  return Math.max(40, stream.columns || 100);
}

/**
 * C0 and C1 control characters, DEL, line and paragraph separators, and what turns or hides letters (bidirectional controls of
 * Unicode Standard Annex 9, zero-width characters, tags).
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Text with every invisible character written out, `\x1b` or `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** East Asian wide letters and pictographs take two columns (Unicode Standard Annex 11, the blocks in common use). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const COMBINING = /\p{M}/u;

/** Columns that text takes on a terminal; colours take none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  if (character < '\u0300') return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Text cut to a width, the last column being `…` where something is missing. Without colours. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Lines of at most `width` columns, broken at blanks; a longer word is cut into pieces. Without colours. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => pieces(part, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}

const NO_BREAK = '\u00a0';

/** Items with dots between them, in lines that break between items and not within. Without colours. */
export function wrapItems(items: readonly string[], width: number): string[] {
  const whole = items.map((item) => (textWidth(item) <= width - 2 ? item.replaceAll(' ', NO_BREAK) : item));
  return wrap(whole.join(`${NO_BREAK}· `), width).map((line) => line.replaceAll(NO_BREAK, ' '));
}

function pieces(word: string, width: number): string[] {
  if (textWidth(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && textWidth(piece + character) > width) {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const GAP = 2;

/**
 * Rows under titles, within `width`: columns shrink from the widest, and what does not fit ends in `…`. Cells are made visible.
 */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(visible))];
  const widths = fittingWidths(
    columns.map((_, i) => Math.max(...cells.map((row) => textWidth(row[i])))),
    width - GAP * (columns.length - 1),
  );
  return cells.map((row) =>
    row
      .map((cell, i) => aligned(cell, widths[i], columns[i].align))
      .join('  ')
      .trimEnd(),
  );
}

function aligned(cell: string, width: number, align: TableColumn['align']): string {
  const text = truncate(cell, width);
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Widths that fit together: the widest give first, none falls under 4. */
function fittingWidths(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest] <= 4) break;
    widths[widest]--;
    excess--;
  }
  return widths;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in decimal units, as AWS bills and drives are sold: `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1_000 ** power;
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[power]}`;
}

/** A whole number with its thousands grouped by commas. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Seconds as `42 s`, `3 min 5 s` or `2 h 7 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min${whole % 60 > 0 ? ` ${whole % 60} s` : ''}`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ''}`;
}

export interface ProgressNumbers {
  readonly objects: number;
  readonly bytes: number;
  readonly records: number;
}

export interface ProgressLine {
  show(numbers: ProgressNumbers): void;
  /** Takes the line away. */
  clear(): void;
}

const SILENT: ProgressLine = { show() {}, clear() {} };

/** Milliseconds between two drawings: often enough to look alive, seldom enough to cost nothing. */
const REDRAW_MILLISECONDS = 100;

/** A line on standard error that says how far reading is; nothing where that is not a terminal. */
export function progressLine(stream: NodeJS.WriteStream, now: () => number): ProgressLine {
  if (!stream.isTTY) return SILENT;
  const begun = now();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    show(numbers) {
      if (now() - drawn < REDRAW_MILLISECONDS) return;
      drawn = now();
      stream.write(`\r${truncate(progressText(numbers, drawn - begun), widthOf(stream) - 1)}\x1b[K`);
    },
    clear: () => void stream.write('\r\x1b[K'),
  };
}

export function progressText({ objects, bytes, records }: ProgressNumbers, milliseconds: number): string {
  const perSecond = milliseconds > 0 ? (records / milliseconds) * 1_000 : 0;
  const parts = [
    `${formatCount(objects)} ${objects === 1 ? 'object' : 'objects'}`,
    formatBytes(bytes),
    `${formatCount(records)} records`,
    `${formatCount(perSecond)} records/s`,
    formatSeconds(milliseconds / 1_000),
  ];
  return parts.join(' · ');
}
