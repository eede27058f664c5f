/**
 * The order of fields in a text log: from its header line, from a format string, or the default format.
 */
import { DEFAULT_FORMAT, type FieldName, fieldByName } from './fields.ts';

export interface Layout {
  /** Field at each position; `undefined` where the name is unknown and the value is passed over. */
  readonly fields: readonly (FieldName | undefined)[];
  readonly unknown: readonly string[];
  /** Byte between values: blank or comma. */
  readonly delimiter: 32 | 44;
}

export const DEFAULT_LAYOUT: Layout = { fields: DEFAULT_FORMAT, unknown: [], delimiter: 32 };

/**
 * The layout that a line of field names declares, `undefined` when the line is not one. A line is a header when it has
 * words only and at least half of them are fields we know: AWS adds fields every few months, nobody else's words match.
 */
export function headerLayout(line: string): Layout | undefined {
  const words = splitNames(line);
  if (words.length === 0 || words.some((word) => !/^[A-Za-z][A-Za-z0-9_-]*$/.test(word))) return undefined;
  const layout = layoutOf(words, line.includes(',') ? 44 : 32);
  return layout.unknown.length * 2 <= words.length ? layout : undefined;
}

/**
 * The layout of a format string as flow logs are configured with, `${srcaddr} ${dstaddr}` or `srcaddr dstaddr`.
 * Throws when a name is unknown or given twice: a wrong format misreads every line.
 */
export function formatLayout(format: string): Layout {
  const words = splitNames(format);
  const layout = layoutOf(words, 32);
  if (words.length === 0) throw new Error('the format has no fields, expected names such as "srcaddr dstaddr srcport"');
  if (layout.unknown.length > 0) {
    throw new Error(
      `unknown field "${layout.unknown[0]}" in the format, expected flow-log field names such as srcaddr`,
    );
  }
  const repeated = words[layout.fields.indexOf(undefined)];
  if (repeated !== undefined) throw new Error(`field "${repeated}" stands twice in the format`);
  return layout;
}

function splitNames(line: string): string[] {
  return line
    .split(line.includes(',') ? ',' : /\s+/)
    .map((word) =>
      word
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replace(/^\$\{(.*)\}$/, '$1'),
    )
    .filter((word) => word !== '');
}

function layoutOf(words: readonly string[], delimiter: 32 | 44): Layout {
  const seen = new Set<FieldName>();
  const unknown: string[] = [];
  const fields = words.map((word) => {
    const name = fieldByName(word)?.name;
    if (name === undefined) unknown.push(word);
    // A repeated column says nothing new; the first one counts.
    if (name === undefined || seen.has(name)) return undefined;
    seen.add(name);
    return name;
  });
  return { fields, unknown, delimiter };
}

/** The header line of a layout; a field that is not known is a dash. */
export function formatOf({ fields, delimiter }: Layout): string {
  return fields.map((name) => name ?? '-').join(String.fromCharCode(delimiter));
}
