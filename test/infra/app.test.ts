import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// Four functions are bundled in a process that loads the CDK.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** What the app makes, as the CDK's command line runs it: by the command in cdk.json, without credentials. */
function synthesised(context: object = {}) {
  const out = mkdtempSync(join(tmpdir(), 'app-'));
  folders.push(out);
  const cdk = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const [command, ...args] = cdk.app.split(' ');
  expect(command).toBe('node');
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: out,
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, ...context }),
  };
  return { out, run: spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' }) };
}

interface Lambda {
  readonly Type: string;
  readonly Properties: { Handler: string; Architectures?: string[]; Code: { S3Key?: string } };
}

describe('the app of the project', () => {
  let out: string;
  let functions: Record<string, Lambda['Properties']>;

  beforeAll(() => {
    const made = synthesised({ architecture: 'x64' });
    expect(made.run.stderr).not.toMatch(/error/i);
    expect(made.run.status).toBe(0);
    out = made.out;
    const { Resources } = JSON.parse(readFileSync(join(out, 'Flowtrap.template.json'), 'utf8'));
    const entries = Object.entries(Resources as Record<string, Lambda>)
      .filter(([, { Type, Properties }]) => Type === 'AWS::Lambda::Function' && Properties.Code.S3Key !== undefined)
      .map(([id, { Properties }]) => [/^([A-Z][a-z]+)Stage/.exec(id)![1].toLowerCase(), Properties]);
    functions = Object.fromEntries(entries);
  });

  const assetOf = (name: string) => join(out, `asset.${functions[name].Code.S3Key!.replace('.zip', '')}`);

  it('gives every function its own code', () => {
    expect(Object.keys(functions).sort()).toEqual(['canary', 'correlate', 'detect', 'notify']);
    expect(new Set(Object.keys(functions).map(assetOf)).size).toBe(4);
    // Each names the task or event that it takes.
    const context = { invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:any' };
    const script = `import('./index.mjs')
      .then(({ handler }) => handler({ task: 'nothing' }, ${JSON.stringify(context)}))
      .catch(({ message }) => console.log('REFUSED', message))`;
    const refusal = (name: string) => {
      const env = { PATH: process.env.PATH, FLOWTRAP_FINDINGS_BUCKET: 'none', FLOWTRAP_TOPIC_ARN: 'none' };
      const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: assetOf(name), env, encoding: 'utf8' });
      return /REFUSED (.*)/.exec(stdout)?.[1];
    };
    expect(refusal('correlate')).toContain('expected {"task":"correlate"}');
    expect(refusal('canary')).toContain('expected {"task":"canary"}');
    expect(refusal('detect')).toContain('expected messages of an SQS queue');
    expect(refusal('notify')).toContain('digest');
  });

  it('gives the model to those that score, for the architecture of the context', () => {
    const binary = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node';
    const scoring = Object.keys(functions).filter((name) => existsSync(join(assetOf(name), binary)));
    expect(scoring.sort()).toEqual(['correlate', 'detect']);
    for (const { Architectures } of Object.values(functions)) expect(Architectures).toEqual(['x86_64']);
  });

  it('needs neither account nor region to be known', () => {
    const { artifacts } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(artifacts.Flowtrap.environment).toBe('aws://unknown-account/unknown-region');
  });

  it('refuses an architecture that is none, and says which there are', () => {
    const { run } = synthesised({ architecture: 'sparc' });
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain('architecture is sparc, expected one of: arm64, x64');
  });
});
