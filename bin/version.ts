/** Version of this flowtrap. */
import { readFileSync } from 'node:fs';

export function version(): string {
  // From the sources, and from dist/, the package's own file is found by its name.
  const file = new URL(import.meta.resolve('flowtrap/package.json'));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
