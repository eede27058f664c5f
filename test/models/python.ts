/** Runs a script of this folder as training runs: with uv and the pinned packages. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The JSON that the script prints. */
export function python(script: string, folder: string): unknown {
  const command = ['run', '--no-project', '--with-requirements', 'models/requirements.txt', 'python'];
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const { status, stdout, stderr, error } = spawnSync('uv', [...command, `test/models/${script}`, folder], options);
  expect(error?.message, 'uv, which training needs too').toBeUndefined();
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}
