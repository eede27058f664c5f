/**
 * Findings in a store. Objects come twice, in any order and several at once, and each may show only a part of what a finding rests on:
 * of two forms of one finding the one that rests on more is kept, so that all orders of writing end in the same.
 */
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import { conflictsMax, findingWritesMax } from '../limits.ts';
import type { Store } from './store.ts';

/** `known`: what is stored rests on as much or more. */
export type Kept = 'new' | 'fuller' | 'known';

export function findingKey({ id, firstSeen }: Finding): string {
  return `findings/day=${firstSeen.slice(0, 10)}/${id}.json`;
}

/** Writes a finding unless a form of it that rests on as much is stored. Throws when others keep writing the same one. */
export async function keepFinding(store: Store, finding: Finding): Promise<Kept> {
  const key = findingKey(finding);
  const bytes = Buffer.from(`${JSON.stringify(finding, null, 2)}\n`);
  if (await store.write(key, bytes, 'absent')) return 'new';
  for (let tries = 0; tries < conflictsMax; tries++) {
    const stored = await store.read(key);
    if (stored !== undefined && !isFuller(bytes, stored.bytes)) return 'known';
    if (await store.write(key, bytes, stored === undefined ? 'absent' : { tag: stored.tag })) return 'fuller';
  }
  throw new Error(`${key} changed ${conflictsMax} times while it was written; try again later`);
}

/** What became of each of the findings, in their order; some are written at once. */
export async function keepFindings(store: Store, findings: readonly Finding[]): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (let from = 0; from < findings.length; from += findingWritesMax) {
    const part = findings.slice(from, from + findingWritesMax);
    kept.push(...(await Promise.all(part.map((finding) => keepFinding(store, finding)))));
  }
  return kept;
}

/** A total order, so that it does not matter which comes first. What cannot be read yields to anything. */
function isFuller(bytes: Uint8Array, than: Uint8Array): boolean {
  const [one, other] = [weightOf(bytes), weightOf(than)];
  const difference = one.map((weight, i) => weight - other[i]).find((weight) => weight !== 0);
  return (difference ?? Buffer.compare(bytes, than)) > 0;
}

/** Conversations, objects and witnesses that a finding rests on, how late it ends, then how severe it is. */
function weightOf(bytes: Uint8Array): number[] {
  try {
    const finding = JSON.parse(Buffer.from(bytes).toString('utf8')) as Finding;
    const { count, sources, witnesses, lastSeen, severity } = finding;
    return [count, sources.length, witnesses.length, Date.parse(lastSeen), SEVERITIES.indexOf(severity)];
  } catch {
    return [-1, 0, 0, 0, 0];
  }
}
