/** What every command's help promises, checked against the command itself. */
import { describe, expect, it } from 'vitest';
import { type Command, helpText, parseInvocation } from '../../bin/command.ts';
import { convertCommand } from '../../bin/commands/convert.ts';
import { detectCommand } from '../../bin/commands/detect.ts';
import { evaluateCommand } from '../../bin/commands/evaluate.ts';
import { featuresCommand } from '../../bin/commands/features.ts';
import { scoreCommand } from '../../bin/commands/score.ts';
import { simulateCommand } from '../../bin/commands/simulate.ts';
import { UsageError } from '../../bin/usage-error.ts';
import { SOURCE_FORMATS } from '../../lib/datasets/convert.ts';
import { SCENARIOS } from '../../lib/simulate/catalog.ts';
import { shellWords } from './cli.ts';

const COMMANDS: readonly (readonly [string, Command])[] = [
  detectCommand,
  scoreCommand,
  featuresCommand,
  evaluateCommand,
  convertCommand,
  simulateCommand,
].map((command) => [command.name, command]);

const optionNames = ({ options }: Command) => [...Object.keys(options), 'help'];

/** Arguments that give every option of a command once. */
const everything = ({ options }: Command) =>
  Object.entries(options).flatMap(([name, { type }]) => (type === 'boolean' ? [`--${name}`] : [`--${name}`, '1']));

describe.each(COMMANDS)('the help of %s', (_, command) => {
  it('explains every option in words of its own', () => {
    const help = helpText(command, 100);
    const meanings = Object.entries(command.options).map(([name, { meaning }]) => {
      expect(help).toContain(`  --${name}`);
      return meaning;
    });
    expect(new Set(meanings).size).toBe(meanings.length);
    for (const meaning of meanings) expect(meaning).toMatch(/^\S.*[^.\s]$/s);
  });

  it('shows a value for every option that takes one, and for no other', () => {
    for (const [name, { type, value }] of Object.entries(command.options)) {
      expect([name, value !== undefined]).toEqual([name, type === 'string']);
    }
  });

  it('speaks of no option that there is not', () => {
    const known = optionNames(command);
    const spoken = [...helpText(command, 1_000).matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name]) => name);
    expect(spoken.filter((name) => !known.includes(name))).toEqual([]);
    expect(spoken.length).toBeGreaterThanOrEqual(known.length);
  });

  it('has examples whose arguments the command takes', () => {
    for (const { line } of command.examples) {
      const [program, name, ...args] = shellWords(line);
      expect([program, name]).toEqual(['flowtrap', command.name]);
      expect(() => parseInvocation(command, args)).not.toThrow();
    }
  });

  it('keeps within the width, but for lines to be typed', () => {
    for (const width of [80, 100]) {
      const lines = helpText(command, width).split('\n');
      const long = lines.filter((line) => line.length > width && !/^ {4}\$|\$ flowtrap|^Usage:|\S{40}/.test(line));
      expect(long).toEqual([]);
    }
  });
});

describe.each(COMMANDS)('%s', (_, command) => {
  it('takes every option once, and refuses each a second time', () => {
    const args = everything(command);
    expect(Object.keys(parseInvocation(command, args).values).toSorted()).toEqual(
      Object.keys(command.options).toSorted(),
    );
    for (const [name, { type }] of Object.entries(command.options)) {
      const again = type === 'boolean' ? [`--${name}`] : [`--${name}=2`];
      expect(() => parseInvocation(command, [...args, ...again])).toThrow(`option --${name} stands twice`);
    }
  });

  it('refuses an option with a letter too many and says which was meant', () => {
    for (const name of optionNames(command)) {
      const parse = () => parseInvocation(command, [`--${name}x`]);
      expect(parse).toThrow(UsageError);
      expect(parse).toThrow(`unknown option --${name}x (did you mean "--${name}"?)`);
    }
  });

  it('leaves what stands behind -- alone', () => {
    const args = ['--', '--help', '--out', '-'];
    expect(parseInvocation(command, args)).toEqual({ positionals: ['--help', '--out', '-'], values: {} });
  });
});

describe('lists in a help', () => {
  it('of convert are those of the formats', () => {
    const help = helpText(convertCommand, 1_000);
    for (const format of SOURCE_FORMATS) expect(help).toContain(`${format}: `);
    expect(help).toContain(SOURCE_FORMATS.join(', '));
  });

  it('of simulate name scenarios that there are', () => {
    const names = new Set([...SCENARIOS.map(({ name }) => name), 'benign']);
    for (const { line } of simulateCommand.examples) {
      const { positionals } = parseInvocation(simulateCommand, shellWords(line).slice(2));
      expect(positionals.filter((name) => !names.has(name))).toEqual([]);
    }
  });
});
