/**
 * The code of a function as an asset: one bundled file, the settings, and for functions that score the model and just those files of
 * its runtime that the chosen architecture loads. Built at synth by esbuild, with neither Docker nor a registry.
 */
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Architecture, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { MODEL_FILES, SETTINGS_FILE } from '../environment.ts';
import type { Settings } from '../settings.ts';

/** Functions by the file of theirs in `lambdas/`. */
export type FunctionName = 'detect' | 'correlate' | 'notify' | 'canary';

export interface AssetProps {
  readonly name: FunctionName;
  readonly architecture: Architecture;
  readonly settings: Settings;
  /** Whether the function scores, and so needs the model and its runtime. */
  readonly scores: boolean;
}

/** Where functions lie, as sources in the project and compiled in its package. */
const FUNCTIONS = fileURLToPath(new URL('../../lambdas', import.meta.url));
const ENDING = extname(fileURLToPath(import.meta.url));

/** Modules in the older format find Node's own through `require`, which a bundled module does not have by itself. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Of the functions' runtime. */
const NODE_VERSION = 24;

const RUNTIME = 'onnxruntime-node';

/** The asset of a function. It is built only when its stack is, and named by what is in it: the same code is not deployed twice. */
export function functionCode(props: AssetProps): Code {
  const tryBundle = (folder: string) => {
    buildAsset(folder, props, join(FUNCTIONS, `${props.name}${ENDING}`));
    return true;
  };
  // The image stands in the type only: what is built here never falls back on Docker. The command is not run either, but the CDK
  // builds what has the same source and command only once, and all functions have the same source.
  const command = [props.name, props.architecture.name, JSON.stringify(props.settings)];
  const bundling = { image: DockerImage.fromRegistry('unused'), command, local: { tryBundle } };
  return Code.fromAsset(FUNCTIONS, { assetHashType: AssetHashType.OUTPUT, bundling });
}

/** Builds the asset of a function, whose handler is in the file `entry`, into a folder that exists. */
export function buildAsset(folder: string, props: Omit<AssetProps, 'name'>, entry: string): void {
  buildSync({
    entryPoints: [entry],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: `node${NODE_VERSION}`,
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    // An awaiting module cannot be loaded by every runtime, and a failure while loading would come without a log line of ours.
    supported: { 'top-level-await': false },
    external: [RUNTIME],
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay, so that stack traces and names of errors in the logs can be read; they cost little beside the runtime's 25 MB.
    minifyIdentifiers: false,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, SETTINGS_FILE), JSON.stringify(props.settings, undefined, 2));
  if (props.scores) copyModel(folder, props.architecture);
}

function copyModel(folder: string, architecture: Architecture): void {
  for (const file of Object.values(MODEL_FILES)) {
    copyFileSync(fileURLToPath(import.meta.resolve(`#models/${file}`)), join(folder, file));
  }
  const resolver = createRequire(import.meta.url);
  const runtime = dirname(resolver.resolve(`${RUNTIME}/package.json`));
  const binaries = join('bin', 'napi-v6', 'linux', binariesFor(architecture));
  for (const part of ['package.json', 'dist', binaries])
    copyRunnable(runtime, part, join(folder, 'node_modules', RUNTIME));
  const commonEntry = createRequire(join(runtime, 'package.json')).resolve('onnxruntime-common');
  const common = join(dirname(commonEntry), '..', '..');
  for (const part of ['package.json', join('dist', 'cjs')]) {
    copyRunnable(common, part, join(folder, 'node_modules', 'onnxruntime-common'));
  }
}

/** Folder of the runtime with the binaries for an architecture. */
function binariesFor({ name }: Architecture): string {
  if (name === Architecture.ARM_64.name) return 'arm64';
  if (name === Architecture.X86_64.name) return 'x64';
  throw new Error(`architecture is ${name}, expected arm64 or x86_64, for which the model's runtime is made`);
}

/** Copies a file or folder without what only tools read: maps and type declarations. */
function copyRunnable(from: string, part: string, to: string): void {
  mkdirSync(dirname(join(to, part)), { recursive: true });
  const isRunnable = (path: string) => !path.endsWith('.map') && !path.endsWith('.d.ts');
  cpSync(join(from, part), join(to, part), { recursive: true, filter: isRunnable });
}
