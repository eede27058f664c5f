/** The bundled functions as processes of this machine, with a small S3 beside them, and what they take. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { VARIABLES } from '../lib/environment.ts';
import { buildAsset, type FunctionName } from '../lib/infra/assets.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { serveS3 } from '../test/aws/fake-s3.ts';

/** What S3 is asked for, by what it charges for: a listing costs as much as a write. */
export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

export interface Result {
  readonly importMilliseconds: number;
  readonly runs: readonly { readonly milliseconds: number; readonly cpuSeconds: number }[];
  /** Peak of the process. */
  readonly memoryBytes: number;
  readonly logBytes: number;
  readonly requests: Requests;
}

/** Contents by key of the buckets `logs` and `results`; the function changes the second. */
export interface Buckets {
  readonly logs?: Record<string, Uint8Array>;
  readonly results?: Record<string, Uint8Array>;
}

const folder = mkdtempSync(join(tmpdir(), 'flowtrap-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const assets = new Map<FunctionName, string>();

/** Folder with the code of a function, as it is deployed for the architecture of this machine. */
export function assetOf(name: FunctionName): string {
  const known = assets.get(name);
  if (known !== undefined) return known;
  const asset = join(folder, name);
  mkdirSync(asset);
  const architecture = process.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64;
  const scores = name === 'detect' || name === 'correlate';
  const entry = join(import.meta.dirname, `../lambdas/${name}.ts`);
  buildAsset(asset, { architecture, settings: DEFAULT_SETTINGS, scores }, entry);
  assets.set(name, asset);
  return asset;
}

export const bundleBytes = (name: FunctionName) => statSync(join(assetOf(name), 'index.mjs')).size;

/** A fresh process of a function that is given these events, one after another. */
export async function invoke(name: FunctionName, events: readonly unknown[], buckets: Buckets = {}): Promise<Result> {
  const { logs = {}, results = {} } = buckets;
  const server = await serveS3({ logs, results }, 1_000);
  const [eventsPath, resultPath] = ['events.json', 'result.json'].map((file) => join(folder, file));
  writeFileSync(eventsPath, JSON.stringify(events));
  const args = [join(import.meta.dirname, 'cloud-invoke.ts'), assetOf(name), eventsPath, resultPath];
  const log = await printedBy(args, {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    [VARIABLES.findingsBucket]: 'results',
  });
  await server.close();
  const isWrite = (request: string) => !request.startsWith('GET') || request.includes('list-type=2');
  const writes = server.requests.filter(isWrite).length;
  const requests = { reads: server.requests.length - writes, writes };
  return { ...JSON.parse(readFileSync(resultPath, 'utf8')), logBytes: Buffer.byteLength(log), requests };
}

/** Milliseconds to load the runtime, the model and its session in a fresh process. */
export async function sessionMilliseconds(): Promise<number> {
  return Number(await printedBy([join(import.meta.dirname, 'cloud-session.ts')]));
}

/** What a fresh process of Node prints; throws when it fails. */
async function printedBy(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 600_000,
  });
  const printed: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => printed.push(piece));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0)
    throw new Error(`${args.join(' ')} ended with ${code}: ${Buffer.concat(printed).toString('utf8').slice(-2_000)}`);
  return Buffer.concat(printed).toString('utf8');
}
