/**
 * What a command sums up for people: names and values in two columns.
 */
import { formatCount } from './terminal.ts';

export type SummaryEntry = readonly [name: string, value: unknown];

/** A line for each entry; values of a list stand side by side, other objects as JSON. */
export function summaryLines(entries: readonly SummaryEntry[]): string {
  const width = Math.max(...entries.map(([name]) => name.length)) + 2;
  return entries.map(([name, value]) => `${name.padEnd(width)}${valueText(value)}\n`).join('');
}

/** An entry for each count of a table, such as `labels: scan`. */
export function countEntries(title: string, counts: Readonly<Record<string, number>>): SummaryEntry[] {
  return Object.entries(counts).map(([name, count]) => [`${title}: ${name}`, formatCount(count)]);
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
