/**
 * What a command is, how its arguments are read, and its help: all three from one object.
 */
import { parseArgs } from 'node:util';
import { wrap } from './terminal.ts';
import { suggestion, UsageError } from './usage-error.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in help, such as FILE. */
  readonly value?: string;
  readonly meaning: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

export type Values<T extends OptionTable> = {
  readonly [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string;
};

export interface Invocation<T extends OptionTable> {
  readonly positionals: readonly string[];
  readonly values: Values<T>;
}

export interface Example {
  readonly meaning: string;
  /** As typed, `flowtrap` first; it runs beside a folder `logs` of flow logs with labels. */
  readonly line: string;
}

export interface Command<T extends OptionTable = OptionTable> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows `flowtrap NAME`. */
  readonly usage: string;
  /** Paragraphs between usage and options. */
  readonly details: readonly string[];
  readonly options: T;
  readonly examples: readonly Example[];
  /** Returns the exit code. */
  run(invocation: Invocation<T>): Promise<number>;
}

/** A command with its options' types known inside `run`, and forgotten outside. */
export function command<const T extends OptionTable>(definition: Command<T>): Command {
  return definition as unknown as Command;
}

const HELP = { type: 'boolean', meaning: 'show this help' } as const;

/** The command's options and `--help`, which every command has. */
function optionsOf(definition: Command): OptionTable {
  return { ...definition.options, help: HELP };
}

/** Reads arguments after the command's name. Throws a `UsageError` for what the command does not take. */
export function parseInvocation(definition: Command, args: readonly string[]): Invocation<OptionTable> {
  const options = optionsOf(definition);
  const config = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  const short = { help: { type: 'boolean' as const, short: 'h' } };
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: { ...config, ...short },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const value = checkedValue(options, token);
    if (values[token.name] !== undefined) throw new UsageError(`option ${token.rawName} stands twice`);
    values[token.name] = value;
  }
  return { positionals, values: values as Values<OptionTable> };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkedValue(options: OptionTable, { name, rawName, value, inlineValue }: OptionToken): string | boolean {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const hint = suggestion(
      rawName,
      Object.keys(options).map((known) => `--${known}`),
    );
    throw new UsageError(`unknown option ${rawName}${hint}`);
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`option ${rawName} takes no value, got "${value}"`);
    return true;
  }
  const looksLikeOption = value?.startsWith('-') && value !== '-' && !inlineValue;
  if (value === undefined || looksLikeOption) {
    throw new UsageError(`option ${rawName} needs a value: ${rawName} ${option.value ?? 'VALUE'}`);
  }
  // As a variable of the shell that is not set.
  if (value === '') throw new UsageError(`option ${rawName} is empty, expected ${option.value ?? 'a value'}`);
  return value;
}

/** The value of an option that must be given. */
export function required(value: string | undefined, name: string, meaning: string): string {
  if (value === undefined || value === '') throw new UsageError(`--${name} is missing: ${meaning}`);
  return value;
}

/** The value of an option as a number; throws a `UsageError` when it is none or outside the range. */
export function numberOption(text: string | undefined, name: string, fallback: number, range: NumberRange): number {
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const { least, most, whole } = range;
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    const kind = whole ? 'a whole number' : 'a number';
    throw new UsageError(`--${name} is "${text}", expected ${kind} from ${least} to ${most}`);
  }
  return value;
}

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/** The value of an option as one of the words; the first is the default. */
export function wordOption<const W extends string>(text: string | undefined, name: string, words: readonly W[]): W {
  if (text === undefined) return words[0];
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new UsageError(`--${name} is "${text}", expected ${words.join(' or ')}${suggestion(text, words)}`);
}

/** Width of the first column of help. */
const HELP_INDENT = 30;

export function helpText(definition: Command, width: number): string {
  const options = Object.entries(optionsOf(definition)).map(([name, { value, meaning }]) =>
    helpRow(`  --${name}${value ? ` ${value}` : ''}`, meaning, width),
  );
  const examples = definition.examples.map(({ meaning, line }) => `  ${meaning}:\n    $ ${line}`);
  return [
    wrap(definition.summary, width).join('\n'),
    `Usage: flowtrap ${definition.name} ${definition.usage}`,
    ...definition.details.map((paragraph) => wrap(paragraph, width).join('\n')),
    `Options:\n${options.join('\n')}`,
    `Examples:\n${examples.join('\n')}`,
  ].join('\n\n');
}

/** A term and its meaning in two columns; a long term has a line of its own. */
export function helpRow(term: string, meaning: string, width: number): string {
  const [first, ...rest] = wrap(meaning, Math.max(20, width - HELP_INDENT));
  const indent = ' '.repeat(HELP_INDENT);
  const opening = term.length < HELP_INDENT - 1 ? term.padEnd(HELP_INDENT) : `${term}\n${indent}`;
  return [opening + first, ...rest.map((line) => indent + line)].join('\n');
}
