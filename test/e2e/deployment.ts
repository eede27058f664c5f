/** The stack of `bin/app.ts`, deployed to an emulator as a user deploys it to AWS. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT, type Emulator, REGION } from './emulator.ts';

const ROOT = join(import.meta.dirname, '../..');
const STACK = 'Flowtrap';

/** What the stack says about itself, by the names of its outputs. */
export type Outputs = Readonly<Record<string, string>>;

export async function deploy(emulator: Emulator): Promise<Outputs> {
  const outputs = join(emulator.folder, 'outputs.json');
  await cdk(emulator, ['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
  await cdk(emulator, ['deploy', STACK, '--require-approval', 'never', '--outputs-file', outputs]);
  return (JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, Outputs>)[STACK];
}

async function cdk(emulator: Emulator, args: readonly string[]): Promise<void> {
  const cloudAssembly = join(emulator.folder, 'cdk.out');
  const context = `architecture=${process.arch}`;
  await run(emulator, 'cdk', [...args, '--output', cloudAssembly, '--context', context, '--no-notices']);
}

/** Runs a program with the emulator for AWS, in the project's folder; gives what it printed. */
export async function run(
  emulator: Emulator,
  program: string,
  args: readonly string[],
  seconds = 300,
): Promise<string> {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: emulator.environment,
    timeout: seconds * 1_000,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0) return printed;
  const tail = `${printed}${complaints}`.slice(-6_000);
  throw new Error(`${program} ${args[0]} ended with ${code}:\n${tail}\nthe emulator said:\n${emulator.log()}`);
}
