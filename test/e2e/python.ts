/** Programs from PyPI, each installed into a folder of its own from a list of pinned versions. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const INSTALL_SECONDS = 300;

/** Why they cannot be had here, `undefined` when they can. */
export function missing(): string | undefined {
  if (process.platform === 'win32') return 'MiniStack runs functions on Linux and macOS only';
  if (runs('uv', ['--version'])) return undefined;
  const isNewEnough = 'import sys, venv; sys.exit(sys.version_info < (3, 10))';
  return runs('python3', ['-c', isNewEnough]) ? undefined : 'neither uv nor Python 3.10 or later is installed';
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** Installs what a list beside this file names, and returns the folder of its programs. */
export function installed(list: string, folder: string): string {
  const [venv, requirements] = [join(folder, 'venv'), join(import.meta.dirname, list)];
  const options = { stdio: 'pipe', timeout: INSTALL_SECONDS * 1_000 } as const;
  if (runs('uv', ['--version'])) {
    execFileSync('uv', ['venv', '--quiet', '--python', '>=3.10', venv], options);
    execFileSync('uv', ['pip', 'install', '--quiet', '--python', venv, '--requirement', requirements], options);
  } else {
    execFileSync('python3', ['-m', 'venv', venv], options);
    execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', '--requirement', requirements], options);
  }
  return join(venv, 'bin');
}
