/** The package as others install it: packed from a clean tree, unpacked into an app that has the CDK, and used there. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ASSET_BYTES_MAX = 35e6;

// The compiler, npm and the CDK, one after another.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const folder = mkdtempSync(join(tmpdir(), 'package-'));
const [clone, app] = ['clone', 'app'].map((name) => join(folder, name));
const installed = join(app, 'node_modules', 'flowtrap');
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const { PATH } = process.env;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { PATH, HOME: folder, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** What a clone has that goes into the package or builds it; dependencies are those that are installed. */
function makeClone(): void {
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  const sources = ['lib', 'bin', 'lambdas', 'flowtrap.config.ts', 'tsconfig.json', 'tsconfig.build.json'];
  const described = ['package.json', 'README.md', 'LICENSE', '.npmrc'];
  const packed = files.filter((path) => path !== 'dist');
  for (const path of [...sources, ...described, ...packed]) {
    cpSync(join(ROOT, path), join(clone, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
}

/** Puts the package among the modules of an app, beside everything else that is installed here. */
function install(tarball: string): void {
  mkdirSync(installed, { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== 'flowtrap') symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  }
  run('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1'], folder);
  writeFileSync(join(app, 'package.json'), '{"type":"module"}');
}

const APP = `
import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { FlowLogDetector, type FlowLogDetectorProps } from 'flowtrap/infra';

const stack = new Stack(new App(), 'Mine');
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
const props: FlowLogDetectorProps = {
  flowLogResources: [ec2.FlowLogResourceType.fromVpc(vpc)],
  settings: { quietMinutes: 60 },
};
const detector: FlowLogDetector = new FlowLogDetector(stack, 'Flowtrap', props);
if (detector.detect.function.handler.stack !== stack) throw new Error('there are two CDKs');
`;

interface Resource {
  readonly Type: string;
  readonly Properties: { readonly Handler?: string; readonly Code?: { readonly S3Key?: string } };
}

describe('the package', () => {
  let files: string[];

  beforeAll(() => {
    makeClone();
    // As npm publishes it: the script that builds it runs first.
    run('npm', ['pack', '--offline', '--pack-destination', folder], clone);
    const [tarball, ...others] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    expect(others).toEqual([]);
    install(join(folder, tarball));
    files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  });

  it('holds what its exports and its command name, and no sources or data besides the samples', () => {
    const { exports, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const named = [...Object.values(exports).flatMap((target) => Object.values(target as object)), bin.flowtrap];
    for (const path of named.filter((path) => path.length > 1))
      expect([path, existsSync(join(installed, path))]).toEqual([path, true]);
    expect(files.filter((path) => /(?<!\.d)\.ts$|^(test|bench|docs)\b/.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith('models/')).sort()).toEqual([
      'models/random-forest.json',
      'models/random-forest.onnx',
    ]);
  });

  describe('in an app of somebody else', () => {
    const out = join(app, 'cdk.out');
    let assets: string[];

    beforeAll(() => {
      writeFileSync(join(app, 'app.ts'), APP);
      run(process.execPath, ['app.ts'], app, { CDK_OUTDIR: out });
      const { Resources } = JSON.parse(readFileSync(join(out, 'Mine.template.json'), 'utf8'));
      assets = Object.values(Resources as Record<string, Resource>)
        .filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties.Code?.S3Key !== undefined)
        .map(({ Properties }) => join(out, `asset.${Properties.Code!.S3Key!.replace('.zip', '')}`));
    });

    it('has types that hold', () => {
      const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true, types: ['node'] };
      writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
      expect(run(join(ROOT, 'node_modules/.bin/tsc'), [], app)).toBe('');
    });

    it('builds the code of all functions, each at most 35 MB, from what was packed', () => {
      const bytesOf = (asset: string) =>
        readdirSync(asset, { recursive: true, encoding: 'utf8' })
          .map((path) => statSync(join(asset, path)))
          .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
      expect(new Set(assets).size).toBe(4);
      for (const asset of assets) expect(bytesOf(asset)).toBeLessThan(ASSET_BYTES_MAX);
      const scoring = assets.filter((asset) => existsSync(join(asset, 'random-forest.onnx')));
      expect(scoring).toHaveLength(2);
      for (const asset of scoring) {
        const { quietMinutes } = JSON.parse(readFileSync(join(asset, 'settings.json'), 'utf8'));
        expect(quietMinutes).toBe(60);
        const arm64 = 'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node';
        expect(existsSync(join(asset, arm64))).toBe(true);
      }
    });

    it('gives handlers that load', () => {
      const script = "import('./index.mjs').then(({ handler }) => console.log(typeof handler))";
      // What scores loads the runtime of the model for arm64, which this machine may not be able to.
      for (const asset of assets.filter((asset) => !existsSync(join(asset, 'random-forest.onnx')))) {
        expect(run(process.execPath, ['-e', script], asset).trim()).toBe('function');
      }
    });

    it('can be had by require too, as apps in the older format do', () => {
      const script = "console.log(typeof require('flowtrap/infra').FlowLogDetector)";
      expect(run(process.execPath, ['--input-type=commonjs', '-e', script], app).trim()).toBe('function');
    });
  });
});
