/**
 * What the paths on the command line stand for: files, folders, `-` for standard input, `s3://bucket/prefix`.
 *
 * A file named directly is always read. Inside folders, entries are taken in the order of their names, and a file is
 * taken when its name ends in .log, .gz, .parquet, .txt, .csv or .json; hidden entries and labels.csv are passed over. An entry that cannot be read is
 * an object that cannot be opened, so that it is counted and the others are read.
 */
import { createReadStream } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { LogObject } from '../lib/flowlog/object.ts';
import { UsageError } from './usage-error.ts';

/** Bytes asked of the file system at once: Node's 64 KiB costs a tenth of the time of reading a log. */
const PIECE_BYTES = 262_144;

const TAKEN = /\.(log|gz|parquet|txt|csv|json)$/i;
const PASSED_OVER = /^(\.|labels\.csv$)/;

/**
 * The objects behind the paths, one after another, but for what lies below `passOver`, such as earlier results. Throws when a path does not exist or
 * cannot be read.
 */
export async function* inputs(
  paths: readonly string[],
  passOver: readonly (string | undefined)[] = [],
): AsyncGenerator<LogObject> {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new Error('- stands twice among the paths, standard input can be read only once');
  }
  const own = new Set<string>();
  for (const path of passOver) if (path !== undefined) own.add(await realpath(path).catch(() => resolve(path)));
  for (const path of paths) {
    if (path === '-') yield standardInput();
    else if (path.startsWith('s3://')) yield* s3Objects(path);
    else yield* localObjects(path, own);
  }
}

/** Throws when writing `out` would replace one of the logs that the paths stand for. */
export async function refuseToReplace(paths: readonly string[], out: string): Promise<void> {
  const target = await realpath(out).catch(() => undefined);
  if (target === undefined || !(await stat(target)).isFile()) return;
  for (const path of paths) {
    const input = await realpath(path).catch(() => undefined);
    if (input === undefined) continue;
    const isInside = target.startsWith(`${input}${sep}`) && TAKEN.test(target);
    if (target === input || isInside)
      throw new UsageError(`--out ${out} is among the logs to read, expected another file`);
  }
}

/** Loaded when needed: the SDK is a third of the start-up time. */
async function* s3Objects(uri: string): AsyncGenerator<LogObject> {
  const { listObjects } = await import('../lib/aws/objects.ts');
  yield* listObjects(uri);
}

function standardInput(): LogObject {
  let opened = false;
  return {
    name: 'standard input',
    once: true,
    open() {
      if (opened) throw new Error('standard input can be read only once; store it as a file first');
      opened = true;
      return process.stdin;
    },
  };
}

async function* localObjects(path: string, own: ReadonlySet<string>): AsyncGenerator<LogObject> {
  const found = await statOf(path);
  if (!found.isDirectory()) yield localFile(path, found.isFile() ? found.size : undefined);
  else if (own.has(await realpath(path)))
    throw new UsageError(`${path} is read and written to, expected another folder`);
  else yield* folder(path, await readdirOf(path), { above: [], own });
}

/** Real paths of the folders that a folder lies in, and of those that are not read. */
interface Surroundings {
  readonly above: readonly string[];
  readonly own: ReadonlySet<string>;
}

async function* folder(
  path: string,
  names: readonly string[],
  { above, own }: Surroundings,
): AsyncGenerator<LogObject> {
  const real = await realpath(path);
  if (above.includes(real))
    throw new Error(`${path} leads back to ${real}, which contains it; remove the symbolic link`);
  if (own.has(real)) return;
  for (const name of names) {
    if (PASSED_OVER.test(name)) continue;
    const entry = join(path, name);
    const found = await statOf(entry).catch((error: Error) => error);
    if (found instanceof Error) {
      yield unreadable(entry, found);
    } else if (found.isDirectory()) {
      const inside = await readdirOf(entry).catch((error: Error) => error);
      if (inside instanceof Error) yield unreadable(entry, inside);
      else yield* folder(entry, inside, { above: [...above, real], own });
    } else if (found.isFile() && TAKEN.test(name)) yield localFile(entry, found.size);
  }
}

/** What cannot be opened, and why. */
function unreadable(name: string, error: Error): LogObject {
  return {
    name,
    open() {
      throw error;
    },
  };
}

async function readdirOf(path: string): Promise<string[]> {
  const names = await readdir(path).catch((cause: Error) => {
    throw new Error(`cannot list the folder ${path}: ${cause.message}`, { cause });
  });
  return names.sort();
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === 'ENOENT') throw new Error(`no file or folder ${path}, expected a flow log`, { cause });
    if (cause.code === 'ELOOP') throw new Error(`${path} is a symbolic link that leads back to itself`, { cause });
    throw new Error(`cannot read ${path}: ${cause.message}`, { cause });
  }
}

/** A file; without `sizeBytes` it is something that only streams, such as a named pipe. */
function localFile(path: string, sizeBytes: number | undefined): LogObject {
  const open = () => createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (sizeBytes === undefined) return { name: path, open, once: true };
  return { name: path, sizeBytes, open, slice: (start, end = sizeBytes) => sliceOf(path, start, end) };
}

async function sliceOf(path: string, start: number, end: number): Promise<ArrayBuffer> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(end - start);
    let held = 0;
    while (held < bytes.length) {
      const { bytesRead } = await file.read(bytes, held, bytes.length - held, start + held);
      if (bytesRead === 0) break;
      held += bytesRead;
    }
    return bytes.buffer.slice(0, held);
  } finally {
    await file.close();
  }
}
