/**
 * Options of every command that reads logs.
 */
import { readFile } from 'node:fs/promises';
import { formatLayout, type Layout } from '../lib/flowlog/layout.ts';
import { DEFAULT_SETTINGS, parseSettings, type Settings } from '../lib/settings.ts';
import { UsageError } from './usage-error.ts';

export const LOG_OPTIONS = {
  'log-format': {
    type: 'string',
    value: '"FIELD …"',
    meaning:
      'order of fields in logs without a header line, as the flow log was configured, such as "srcaddr dstaddr srcport"',
  },
  settings: { type: 'string', value: 'FILE', meaning: 'JSON settings, such as {"ourNetworks": ["10.0.0.0/8"]}' },
} as const;

export interface LogOptionValues {
  readonly 'log-format'?: string;
  readonly settings?: string;
}

/** The layout of `--log-format`, `undefined` when it is not given. */
export function layoutOption(values: LogOptionValues): Layout | undefined {
  const format = values['log-format'];
  if (format === undefined) return undefined;
  try {
    return formatLayout(format);
  } catch (error) {
    throw new UsageError(`--log-format: ${(error as Error).message}`);
  }
}

/** The settings of `--settings`, or the defaults. */
export async function settingsOption({ settings }: LogOptionValues): Promise<Settings> {
  if (settings === undefined) return DEFAULT_SETTINGS;
  const text = await readText(settings, 'settings');
  try {
    return parseSettings(text);
  } catch (error) {
    throw new Error(`${settings}: ${(error as Error).message}`, { cause: error });
  }
}

/** The text of a file that an option names. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the ${what} ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The paths of logs, of which there must be one. */
export function logPaths(positionals: readonly string[]): readonly string[] {
  if (positionals.length > 0) return positionals;
  throw new UsageError('no PATH is given, expected files, folders, s3:// addresses or - for standard input');
}
