/**
 * MiniStack (https://pypi.org/project/ministack/), which acts as AWS on a loopback port and runs functions as processes of this
 * machine. It is installed into a temporary folder from `ministack.txt` and is gone afterwards, with every process it started.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { installed } from './python.ts';

export const REGION = 'eu-central-1';

/** The account of MiniStack for credentials that are no account number. */
export const ACCOUNT = '000000000000';

const READY_SECONDS = 60;

export interface Emulator {
  readonly endpoint: string;
  readonly folder: string;
  /** Environment of programs that should take the emulator for AWS, and of nothing else. */
  readonly environment: NodeJS.ProcessEnv;
  /** What it printed last. */
  log(): string;
  /** Ids of the processes that run functions whose names have this in them. */
  processesOf(functionName: string): number[];
  stop(): Promise<void>;
}

/** `functionEndpoint` is what functions take for AWS, unless they should ask the emulator itself. */
export async function startEmulator(functionEndpoint?: string): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), 'flowtrap-e2e-'));
  try {
    const program = join(installed('ministack.txt', folder), 'ministack');
    const port = await freePort();
    return await start(program, folder, port, functionEndpoint);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function start(program: string, folder: string, port: number, functionEndpoint?: string): Promise<Emulator> {
  const endpoint = `http://127.0.0.1:${port}`;
  const [home, temporary] = ['home', 'tmp'].map((name) => join(folder, name));
  for (const made of [home, temporary]) mkdirSync(made);
  const environment = environmentFor(endpoint, home, temporary);
  const logFile = join(folder, 'emulator.log');
  const log = openSync(logFile, 'w');
  const emulator = spawn(program, [], {
    env: {
      ...environment,
      ...LOCAL_ONLY,
      GATEWAY_PORT: String(port),
      // Handed on to the functions.
      AWS_ENDPOINT_URL: functionEndpoint ?? endpoint,
    },
    stdio: ['ignore', log, log],
    // A group of its own, so that the processes of the functions end with it.
    detached: true,
  });
  closeSync(log);
  const tail = () => readFileSync(logFile, 'utf8').slice(-8_000);
  const killGroup = () => kill(emulator);
  process.once('exit', killGroup);
  const stop = async () => {
    process.off('exit', killGroup);
    await ended(emulator);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ready(endpoint, emulator);
  } catch (error) {
    const said = tail();
    await stop();
    throw new Error(`MiniStack did not start: ${(error as Error).message}\n${said}`, { cause: error });
  }
  const processesOf = (functionName: string) => {
    const variable = new RegExp(`AWS_LAMBDA_FUNCTION_NAME=\\S*${functionName}`);
    return descendants(emulator.pid!).filter((pid) => variable.test(commandOf(pid)));
  };
  return { endpoint, folder, environment, log: tail, processesOf, stop };
}

/** Loopback only, no Docker, and no port besides the one. */
const LOCAL_ONLY = { BIND_HOST: '127.0.0.1', LAMBDA_EXECUTOR: 'local', IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0' };

function environmentFor(endpoint: string, home: string, temporary: string): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  // The project's own Node first, since functions run by what is found under this name.
  const path = `${join(import.meta.dirname, '../../node_modules/.bin')}:${PATH}`;
  return {
    PATH: path,
    HOME: home,
    TMPDIR: temporary,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    MINISTACK_REGION: REGION,
    CI: 'true',
    NO_COLOR: '1',
  };
}

async function ready(endpoint: string, emulator: ChildProcess): Promise<void> {
  for (let tries = 0; tries < READY_SECONDS * 4; tries++) {
    if (emulator.exitCode !== null) throw new Error(`it ended with ${emulator.exitCode}`);
    const answer = await fetch(`${endpoint}/_ministack/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (answer?.ok) return;
    await setTimeout(250);
  }
  throw new Error(`it was not ready after ${READY_SECONDS} s`);
}

function kill(emulator: ChildProcess): void {
  for (const pid of descendants(emulator.pid!)) tryKill(pid);
  tryKill(-emulator.pid!);
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function ended(emulator: ChildProcess): Promise<void> {
  const exit = new Promise<void>((resolve) => emulator.once('exit', () => resolve()));
  const isRunning = emulator.exitCode === null && emulator.signalCode === null;
  kill(emulator);
  if (isRunning) await exit;
}

/** Processes below a process, by `ps`. */
function descendants(pid: number): number[] {
  const rows = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const children = parents.filter(([, parent]) => parent === next).map(([child]) => child);
    found.push(...children);
    queue.push(...children);
  }
  return found;
}

/** Command and environment of a process. */
function commandOf(pid: number): string {
  return spawnSync('ps', ['eww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}
