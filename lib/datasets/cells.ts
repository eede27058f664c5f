/**
 * Values of a row: found by their column's published name, checked, and refused with that name.
 */
import { countMax, flowSecondsMax, timeSecondsMax } from '../limits.ts';
import { Unreadable, WrongFormat } from './report.ts';

/** What a header says: where each wanted column stands, -1 when an optional one is missing, and how the file calls it. */
export interface Header<K extends string> {
  readonly index: Readonly<Record<K, number>>;
  readonly title: Readonly<Record<K, string>>;
  /** Values that a row must have. */
  readonly width: number;
}

/** Spellings of a column in published files, the first is shown; `optional` columns may be absent. */
export interface WantedColumn {
  readonly names: readonly string[];
  readonly optional?: boolean;
}

/** Names compared without case, blanks and punctuation: the same set is published with several spellings. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Finds columns by name. Throws `WrongFormat` when one is missing. */
export function readHeader<K extends string>(
  names: readonly string[],
  wanted: Readonly<Record<K, WantedColumn>>,
  format: string,
): Header<K> {
  const bareNames = names.map(bare);
  const index = {} as Record<K, number>;
  const title = {} as Record<K, string>;
  for (const key of Object.keys(wanted) as K[]) {
    const { names: spellings, optional } = wanted[key];
    index[key] = spellings.map((name) => bareNames.indexOf(bare(name))).find((at) => at >= 0) ?? -1;
    title[key] = names[index[key]] ?? spellings[0];
    if (index[key] >= 0 || optional) continue;
    throw new WrongFormat(`no column "${spellings[0]}" in the header, expected that of ${format}`);
  }
  return { index, title, width: names.length };
}

/** The header of a file that has none: columns by position. */
export function fixedHeader<K extends string>(index: Readonly<Record<K, number>>, width: number): Header<K> {
  const title = Object.fromEntries(Object.keys(index).map((name) => [name, name])) as Record<K, string>;
  return { index, title, width };
}

const QUOTED_CELL = /"((?:[^"]|"")*)"(?:,|$)|([^,]*)(?:,|$)/y;

/** Values of a comma-separated line (RFC 4180, no line ends inside quotes), without blanks around them. */
export function splitCells(line: string): string[] {
  const cells = line.includes('"') ? splitQuoted(line) : line.split(',');
  for (let i = 0; i < cells.length; i++) cells[i] = cells[i].trim();
  return cells;
}

function splitQuoted(line: string): string[] {
  const cells: string[] = [];
  QUOTED_CELL.lastIndex = 0;
  for (;;) {
    const [whole, quoted, plain] = QUOTED_CELL.exec(line)!;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    if (!whole.endsWith(',') || whole === '') return cells;
  }
}

/** One row: the cells, and what they mean by column. */
export class Row<K extends string> {
  readonly #cells: readonly string[];
  readonly #header: Header<K>;

  constructor(cells: readonly string[], header: Header<K>) {
    if (cells.length < header.width) throw new Unreadable('columns', `column ${cells.length + 1}`, cells.join(','));
    this.#cells = cells;
    this.#header = header;
  }

  has(column: K): boolean {
    return this.text(column) !== '';
  }

  text(column: K): string {
    return this.#cells[this.#header.index[column]] ?? '';
  }

  /** The column as the file calls it. */
  title(column: K): string {
    return this.#header.title[column];
  }

  /** A whole number from 0; a fraction of zeros, as spreadsheets leave it, does not count. */
  count(column: K): number {
    return this.#number(column, 'count', countMax, true);
  }

  port(column: K): number {
    return this.#number(column, 'port', 65_535, true);
  }

  /** TCP flags as the byte of the header. */
  flags(column: K): number {
    return this.#number(column, 'flags', 255, true);
  }

  duration(column: K, unitsPerSecond: number): number {
    return this.#number(column, 'duration', flowSecondsMax * unitsPerSecond, false) / unitsPerSecond;
  }

  /** Unix time in the given units. */
  epoch(column: K, unitsPerSecond: number): number {
    return this.#number(column, 'time', timeSecondsMax * unitsPerSecond, false) / unitsPerSecond;
  }

  #number(column: K, reason: 'count' | 'port' | 'flags' | 'duration' | 'time', most: number, whole: boolean): number {
    const text = this.text(column);
    const value = text === '' ? Number.NaN : Number(text);
    if (value >= 0 && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new Unreadable(reason, this.title(column), text);
  }
}

const YEAR_FIRST = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?$/;
const DAY_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?(?: ([AP])M)?$/;

/** Unix seconds of a written time, year first, taken as UTC: the sets do not say their zone in the file. */
export function writtenTime(text: string, column: string): number {
  const [, year, month, day, hour, minute, second] = YEAR_FIRST.exec(text) ?? refuseTime(text, column);
  return inRange(utc(+year, +month, +day, +hour, +minute, second), text, column);
}

/**
 * Unix seconds of a time written day first, as CICFlowMeter does. The 2017 and 2018 files have a clock of 12 hours and mostly no AM or
 * PM; they were recorded in office hours, so an hour before 8 means the afternoon.
 */
export function officeTime(text: string, column: string): number {
  const [, day, month, year, hour, minute, second, half] = DAY_FIRST.exec(text) ?? refuseTime(text, column);
  const isAfternoon = half === undefined ? +hour < 8 : half === 'P' && +hour < 12;
  const hours = half === 'A' && +hour === 12 ? 0 : +hour + (isAfternoon ? 12 : 0);
  return inRange(utc(+year, +month, +day, hours, +minute, second), text, column);
}

export function isDayFirst(text: string): boolean {
  return DAY_FIRST.test(text);
}

function utc(year: number, month: number, day: number, hour: number, minute: number, second = '0'): number {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || Number(second) >= 61)
    return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, minute) / 1_000 + Number(second);
}

function inRange(seconds: number, text: string, column: string): number {
  return seconds >= 0 && seconds <= timeSecondsMax ? seconds : refuseTime(text, column);
}

function refuseTime(text: string, column: string): never {
  throw new Unreadable('time', column, text);
}
