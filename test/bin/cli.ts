import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const FLOWTRAP = join(import.meta.dirname, '../../bin/flowtrap.ts');

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `flowtrap` with these arguments in a process of its own, as a pipe. */
export function flowtrap(args: readonly string[], { cwd, input, env }: RunOptions = {}): Run {
  const result = spawnSync(process.execPath, [FLOWTRAP, ...args], {
    cwd,
    input,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    encoding: 'utf8',
    maxBuffer: 268_435_456,
    // A run that never ends should fail its own test and not stop all others.
    timeout: 60_000,
  });
  if (result.error !== undefined) throw result.error;
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** Starts `flowtrap` without waiting for it. */
export function startFlowtrap(args: readonly string[], cwd: string) {
  return spawn(process.execPath, [FLOWTRAP, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowtrap-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Words of a shell line with double quotes, as the examples of the help have them. */
export function shellWords(line: string): string[] {
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare);
}

/** The examples in the help of a command, run in a folder; there is at least one. */
export function runExamples(command: string, cwd: string): { readonly line: string; readonly run: Run }[] {
  const prefix = '    $ flowtrap ';
  const { stdout } = flowtrap([command, '--help']);
  const lines = stdout.split('\n').filter((line) => line.startsWith(prefix));
  if (lines.length === 0) throw new Error(`the help of ${command} has no example:\n${stdout}`);
  return lines.map((line) => ({ line, run: flowtrap(shellWords(line.slice(prefix.length)), { cwd }) }));
}
