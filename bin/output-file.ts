/**
 * Files appear whole or not at all: bytes go to a hidden neighbour, which takes the name when the last byte is in.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

export type Pieces = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

const unfinished = new Set<string>();

/** Removes what is half written; for when the process is told to end. */
export function discardUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true });
    } catch {
      // Where nothing may be written nothing is half written.
    }
  }
}

/** Has a half-written file removed, should the process be told to end; for files that `writeWhole` does not write. */
export function discardLater(partial: string): void {
  unfinished.add(partial);
}

/** The hidden neighbour that a file is written under. */
export function partialOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
}

/** Writes a file from its pieces, making its folders, and returns its size in bytes. */
export async function writeWhole(path: string, pieces: Pieces): Promise<number> {
  try {
    await makeFolder(dirname(resolve(path)));
    const target = await targetOf(path);
    // A device or a named pipe must be written to, not replaced.
    if (!target.replaceable) return await writePieces(target.path, pieces, 'w');
    return await writeThenRename(target.path, pieces);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || code === 'EPIPE') throw error;
    throw new Error(`cannot write ${path}: ${message}`, { cause: error });
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` tries for ever where a file system takes no folders, such as /proc; a second try is for
 * somebody else who has made the folder above meanwhile.
 */
async function makeFolder(path: string, tries = 2): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((await stat(path).catch(() => undefined))?.isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path || tries === 0) throw error;
    await makeFolder(above, tries);
    await makeFolder(path, tries - 1);
  }
}

async function writeThenRename(path: string, pieces: Pieces): Promise<number> {
  const partial = partialOf(path);
  unfinished.add(partial);
  try {
    // Made at once and only opened after: an opening under way when the process is told to end would make it again behind the tidying up.
    closeSync(openSync(partial, 'w'));
    const bytes = await writePieces(partial, pieces, 'r+');
    await rename(partial, path);
    return bytes;
  } finally {
    await rm(partial, { force: true });
    unfinished.delete(partial);
  }
}

async function writePieces(path: string, pieces: Pieces, flags: 'w' | 'r+'): Promise<number> {
  const file = await open(path, flags);
  try {
    let bytes = 0;
    for await (const piece of pieces) {
      const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece;
      await file.writeFile(buffer);
      bytes += buffer.length;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** The file behind symbolic links, and whether it may be replaced by another. */
async function targetOf(path: string): Promise<{ path: string; replaceable: boolean }> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return { path, replaceable: true };
  if (found.isDirectory()) throw new Error(`${path} is a folder, expected the name of a file to write`);
  return { path: await realpath(path), replaceable: found.isFile() };
}
