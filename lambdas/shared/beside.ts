/**
 * Files beside a function's code. They are read once, when first needed: nothing is awaited while the code is loaded.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A bundled function is one file, so everything lies in its folder. */
export const FOLDER = import.meta.dirname;

export async function readBeside(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new Error(`${name} is not beside the code (${(cause as Error).message}); deploy the stack again`, { cause });
  }
}

/** The result of the first call that works; a failure is tried again with the next event. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
