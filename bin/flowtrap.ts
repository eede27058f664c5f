#!/usr/bin/env node
/**
 * The command line: finds the command, runs it, and turns what comes back into an exit code.
 *
 * 0 done, also with findings; 1 failed; 2 with --fail-on when there is such a finding; 64 wrong usage; 130 interrupted.
 */
import { type Command, helpRow, helpText, parseInvocation } from './command.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { convertCommand } from './commands/convert.ts';
import { detectCommand } from './commands/detect.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { featuresCommand } from './commands/features.ts';
import { redriveCommand } from './commands/redrive.ts';
import { scoreCommand } from './commands/score.ts';
import { simulateCommand } from './commands/simulate.ts';
import { suppressCommand } from './commands/suppress.ts';
import { print } from './output.ts';
import { discardUnfinished } from './output-file.ts';
import { visible, widthOf } from './terminal.ts';
import { suggestion, UsageError } from './usage-error.ts';
import { version } from './version.ts';

const COMMANDS: readonly Command[] = [
  detectCommand,
  explainCommand,
  suppressCommand,
  scoreCommand,
  featuresCommand,
  evaluateCommand,
  calibrateCommand,
  convertCommand,
  simulateCommand,
  redriveCommand,
];

const WRONG_USAGE = 64;
const INTERRUPTED = 130;

/** Errors that only a mistake of ours can raise; all others are about input, files or the network. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError];

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    await print(`${overview()}\n`);
    return name === undefined ? WRONG_USAGE : 0;
  }
  if (name === '--version') {
    await print(`flowtrap ${version()}\n`);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const kind = name.startsWith('-') ? 'option' : 'command';
    const known = kind === 'option' ? ['--help', '--version'] : COMMANDS.map((candidate) => candidate.name);
    throw new UsageError(`unknown ${kind} ${name}${suggestion(name, known)}`);
  }
  return runCommand(command, rest);
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  const invocation = parseInvocation(command, args);
  if (invocation.values.help) {
    await print(`${helpText(command, helpWidth())}\n`);
    return 0;
  }
  return command.run(invocation);
}

function overview(): string {
  const width = helpWidth();
  const rows = COMMANDS.map(({ name, summary }) => helpRow(`  ${name}`, summary, width));
  return [
    'flowtrap finds attacks in AWS VPC Flow Logs.',
    'Usage: flowtrap COMMAND [ARGUMENTS] [OPTIONS]',
    `Commands:\n${rows.join('\n')}`,
    `Options:\n${helpRow('  --help', 'show this help, or that of a command', width)}\n${helpRow('  --version', 'show the version', width)}`,
    'Exit codes: 0 done, 1 failed, 2 a finding reached --fail-on, 64 wrong usage, 130 interrupted.',
  ].join('\n\n');
}

function helpWidth(): number {
  return Math.min(widthOf(process.stdout), 100);
}

function failure(error: unknown, name: string | undefined): number {
  const { message, stack } = error as Error;
  if (error instanceof UsageError) {
    const command = COMMANDS.some((candidate) => candidate.name === name) ? `${name} ` : '';
    process.stderr.write(`flowtrap: ${visible(message)}\ntry: flowtrap ${command}--help\n`);
    return WRONG_USAGE;
  }
  const isBug = !(error instanceof Error) || BUGS.some((kind) => error.constructor === kind);
  process.stderr.write(isBug ? `flowtrap: ${stack ?? error}\n` : `flowtrap: ${visible(message)}\n`);
  return 1;
}

process.on('SIGINT', () => {
  discardUnfinished();
  process.exit(INTERRUPTED);
});

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  discardUnfinished();
  // The reader has seen enough, as head does.
  if (error.code !== 'EPIPE') process.stderr.write(`flowtrap: cannot write the output: ${error.message}\n`);
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const args = process.argv.slice(2);
try {
  process.exitCode = await main(args);
} catch (error) {
  discardUnfinished();
  process.exitCode = failure(error, args[0]);
}
