import { describe, expect, it } from 'vitest';
import { command, helpRow, helpText, numberOption, parseInvocation, required, wordOption } from '../../bin/command.ts';
import { textWidth } from '../../bin/terminal.ts';
import { UsageError } from '../../bin/usage-error.ts';

const greet = command({
  name: 'greet',
  summary: 'says hello to whom it is told',
  usage: 'NAME... [--times N] [--loud]',
  details: ['A paragraph that is long enough to be broken into several lines when the terminal is narrow.'],
  options: {
    times: { type: 'string', value: 'N', meaning: 'how often' },
    loud: { type: 'boolean', meaning: 'in capitals' },
    'a-very-long-option-name': { type: 'string', value: 'SOMETHING', meaning: 'has a line of its own' },
  },
  examples: [{ meaning: 'Twice', line: 'flowtrap greet Ann --times 2' }],
  run: async () => 0,
});

const parse = (...args: string[]) => parseInvocation(greet, args);

describe('arguments', () => {
  it.each([
    [[], { positionals: [], values: {} }],
    [['Ann', '--times', '2', 'Bob'], { positionals: ['Ann', 'Bob'], values: { times: '2' } }],
    [['--times=-2', '--loud'], { positionals: [], values: { times: '-2', loud: true } }],
    [['--times', '-'], { positionals: [], values: { times: '-' } }],
    [['-'], { positionals: ['-'], values: {} }],
    [['--loud', '--', '--times'], { positionals: ['--times'], values: { loud: true } }],
    [['-h'], { positionals: [], values: { help: true } }],
  ])('%j are read', (args, invocation) => {
    expect(parse(...args)).toEqual(invocation);
  });

  it.each([
    [['--tims', '2'], 'unknown option --tims (did you mean "--times"?)'],
    [['-x'], 'unknown option -x'],
    [['--no-loud'], 'unknown option --no-loud'],
    [['--times'], 'option --times needs a value: --times N'],
    [['--times='], 'option --times is empty, expected N'],
    [['--times', ''], 'option --times is empty, expected N'],
    [['--times', '-2'], 'option --times needs a value: --times N'],
    [['--times', '1', '--times=1'], 'option --times stands twice'],
    [['--loud', '--loud'], 'option --loud stands twice'],
    [['--loud=no'], 'option --loud takes no value, got "no"'],
    [['--toString'], 'unknown option --toString'],
    [['--__proto__', 'x'], 'unknown option --__proto__'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});

describe('values of options', () => {
  const range = { least: 1, most: 10, whole: true };

  it('are numbers in a range', () => {
    expect(numberOption(undefined, 'times', 3, range)).toBe(3);
    expect(numberOption('10', 'times', 3, range)).toBe(10);
    expect(numberOption('2.5', 'times', 3, { ...range, whole: false })).toBe(2.5);
  });

  it.each(['', ' ', '0', '11', '1.5', 'NaN', 'Infinity', 'two', '1,5'])('refuses %j as a number', (text) => {
    expect(() => numberOption(text, 'times', 3, range)).toThrow(
      `--times is "${text}", expected a whole number from 1 to 10`,
    );
  });

  it('are words of a list, of which the first is the default', () => {
    expect(wordOption(undefined, 'size', ['small', 'large'])).toBe('small');
    expect(wordOption('large', 'size', ['small', 'large'])).toBe('large');
    expect(() => wordOption('lrage', 'size', ['small', 'large'])).toThrow(
      '--size is "lrage", expected small or large (did you mean "large"?)',
    );
  });

  it('may have to be there', () => {
    expect(required('x', 'out', 'where to')).toBe('x');
    for (const missing of [undefined, '']) {
      expect(() => required(missing, 'out', 'where to')).toThrow('--out is missing: where to');
    }
  });
});

describe('help', () => {
  it('is made from the command', () => {
    expect(helpText(greet, 80)).toBe(`\
says hello to whom it is told

Usage: flowtrap greet NAME... [--times N] [--loud]

A paragraph that is long enough to be broken into several lines when the
terminal is narrow.

Options:
  --times N                   how often
  --loud                      in capitals
  --a-very-long-option-name SOMETHING
                              has a line of its own
  --help                      show this help

Examples:
  Twice:
    $ flowtrap greet Ann --times 2`);
  });

  it.each([60, 80, 120])('keeps within %i columns', (width) => {
    const row = helpRow('  --option VALUE', 'words '.repeat(40).trim(), width);
    expect(row.split('\n').filter((line) => textWidth(line) > width)).toEqual([]);
    expect(
      row
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith(' '.repeat(30))),
    ).toBe(true);
  });
});
