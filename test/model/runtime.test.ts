import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('is loaded without a trace of its telemetry: no identity of the machine, no queue of reports', () => {
  const home = mkdtempSync(join(tmpdir(), 'flowtrap-home-'));
  const model = fileURLToPath(new URL('../../bin/model.ts', import.meta.url));
  const program = `const { openModel } = await import(${JSON.stringify(model)}); await (await openModel()).close();`;
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, '.cache') };
  delete env.ORT_DISABLE_TELEMETRY;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { env, encoding: 'utf8' });
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
  expect(readdirSync(home, { recursive: true })).toEqual([]);
  rmSync(home, { recursive: true });
});
