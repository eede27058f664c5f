/**
 * Findings that an earlier run has kept: in the folder of `detect --out`, or in one file.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../lib/findings/finding.ts';
import { ocsfOf } from '../lib/findings/ocsf.ts';
import { findingOf, parseFinding } from '../lib/findings/stored.ts';
import { folderStore } from './folder-store.ts';
import { visible } from './terminal.ts';
import { version } from './version.ts';

const FINDING_KEY = /^findings\/day=\d{4}-\d\d-\d\d\/[0-9a-f]{32}\.json$/;

/**
 * The findings of a folder (its findings/day=…/<id>.json) or of a file ({"findings": […]}). A file of the folder that is no finding is named
 * on standard error and passed over; without any finding it throws.
 */
export async function readFindings(path: string): Promise<Finding[]> {
  const found = await stat(path).catch((error: Error) => {
    throw new Error(`cannot read the findings ${path}: ${error.message}`, { cause: error });
  });
  return found.isDirectory() ? readFolder(path) : readList(path);
}

async function readFolder(path: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const store = folderStore(path);
  for await (const { key } of store.list('findings/')) {
    const found = FINDING_KEY.test(key) ? await store.read(key) : undefined;
    if (found === undefined) continue;
    try {
      findings.push(parseFinding(Buffer.from(found.bytes).toString('utf8')));
    } catch (error) {
      process.stderr.write(`flowtrap: warning: ${visible(`${join(path, key)}: ${(error as Error).message}`)}\n`);
    }
  }
  if (findings.length > 0) return findings;
  throw new Error(`no findings in ${join(path, 'findings')}, expected a folder that flowtrap detect --out has written`);
}

async function readList(path: string): Promise<Finding[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`the findings ${path} are not JSON: ${(error as Error).message}`, { cause: error });
  }
  const list = (value as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(list)) {
    throw new Error(`${path} has no list "findings", expected the output of flowtrap detect --format json`);
  }
  return list.map((entry, i) => {
    try {
      return findingOf(entry);
    } catch (error) {
      throw new Error(`${path}: findings[${i}]: ${(error as Error).message}`, { cause: error });
    }
  });
}

/** Findings as a JSON list of OCSF Detection Findings, one a line. */
export function ocsfText(findings: readonly Finding[]): string {
  const lines = findings.map((finding) => JSON.stringify(ocsfOf(finding, version())));
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}
