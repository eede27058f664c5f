/**
 * Standard output: results and nothing else. A person at a terminal gets a table, a pipe gets JSON, unless told otherwise.
 */
import { once } from 'node:events';

export const FORMAT_OPTION = {
  type: 'string',
  value: 'table|json',
  meaning: 'how the result is printed; a terminal gets a table, a pipe JSON',
} as const;

export const FORMATS = ['table', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export function defaultFormat(): Format {
  return process.stdout.isTTY ? 'table' : 'json';
}

/** Formats of findings: beside those, Detection Findings of OCSF for SIEMs. */
export const FINDING_FORMAT_OPTION = {
  type: 'string',
  value: 'table|json|ocsf',
  meaning:
    'how findings are printed; a terminal gets a table, a pipe JSON; ocsf is a list of OCSF 1.5 Detection Findings',
} as const;

export const FINDING_FORMATS = [...FORMATS, 'ocsf'] as const;

/** Prints text and waits while the reader is slower than we are. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** One JSON object and a line end. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value, null, 2)}\n`);
}
