/**
 * The store that a folder is: keys are paths in it, hidden files are none of them. A value appears whole or not at all. That nobody has written
 * a key yet is made sure of by the file system; that nobody has changed it since, only among those who do not write at the same moment.
 */
import { link, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Store, StoredEntry, WriteCondition } from '../lib/history/store.ts';
import { writeWhole } from './output-file.ts';

export function folderStore(directory: string): Store {
  return new FolderStore(directory);
}

class FolderStore implements Store {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async *list(prefix: string): AsyncGenerator<StoredEntry> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    yield* this.#entries(folder, prefix);
  }

  async *#entries(folder: string, prefix: string): AsyncGenerator<StoredEntry> {
    for (const { name, isFolder } of await entriesOf(join(this.#directory, folder))) {
      const key = `${folder}${name}`;
      if (isFolder) {
        if (key.startsWith(prefix) || prefix.startsWith(`${key}/`)) yield* this.#entries(`${key}/`, prefix);
      } else if (key.startsWith(prefix)) {
        const found = await stat(this.#path(key), { bigint: true }).catch(unlessGone);
        if (found?.isFile()) yield { key, sizeBytes: Number(found.size), tag: tagOf(found) };
      }
    }
  }

  async read(key: string) {
    const file = await open(this.#path(key)).catch(unlessGone);
    if (file === undefined) return undefined;
    try {
      const tag = tagOf(await file.stat({ bigint: true }));
      return { bytes: await file.readFile(), tag };
    } finally {
      await file.close();
    }
  }

  async write(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<boolean> {
    const path = this.#path(key);
    if (condition === undefined) {
      await writeWhole(path, [bytes]);
      return true;
    }
    const found = await stat(path, { bigint: true }).catch(unlessGone);
    if (condition === 'absent') return found === undefined && (await writeNew(path, bytes));
    if (found === undefined || tagOf(found) !== condition.tag) return false;
    await writeWhole(path, [bytes]);
    return true;
  }

  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  #path(key: string): string {
    const parts = key.split('/');
    if (
      parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\\') || part.includes('\0'))
    ) {
      throw new Error(`got the key ${JSON.stringify(key)}, expected parts between slashes, none of them . or ..`);
    }
    return join(this.#directory, ...parts);
  }
}

/** Numbers what this process writes at the same time. */
let writes = 0;

/** A hard link is made only where no file of that name is. */
async function writeNew(path: string, bytes: Uint8Array): Promise<boolean> {
  const fresh = join(dirname(path), `.${basename(path)}.${process.pid}.${writes++}.new`);
  try {
    await writeWhole(fresh, [bytes]);
    await link(fresh, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Names in a folder in the order of the keys that they begin; none where there is no such folder. */
async function entriesOf(path: string): Promise<{ name: string; isFolder: boolean }[]> {
  const found = (await readdir(path, { withFileTypes: true }).catch(unlessGone)) ?? [];
  const entries = found
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  const keyOf = ({ name, isFolder }: (typeof entries)[number]) => (isFolder ? `${name}/` : name);
  return entries.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A file that is written anew is another file, even where size and time are the same. */
function tagOf({ ino, size, mtimeNs }: { ino: bigint; size: bigint; mtimeNs: bigint }): string {
  return `${ino}-${size}-${mtimeNs}`;
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw new Error(`cannot reach ${error.path}: ${error.message}`, { cause: error });
}
