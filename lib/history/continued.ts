/**
 * What has gone on for longer than the days looked back on: its beginning slides out of them day by day, and must not make it look new.
 */

import { isoTime } from '../findings/explain.ts';
import type { Finding } from '../findings/finding.ts';
import { parseFinding } from '../findings/stored.ts';
import { DAY_SECONDS, dayOf, weekOf } from './hours.ts';
import { findingKey } from './kept-findings.ts';
import type { Store } from './store.ts';

/**
 * The finding with the first packet and the count that it was last told with, where its beginning lies in the first of the days looked back on.
 * Its name holds for a week, so an earlier form of it lies on one of the days since Monday.
 */
export async function continued(store: Store, finding: Finding, fromSeconds: number): Promise<Finding> {
  const first = Date.parse(finding.firstSeen) / 1000;
  if (first >= fromSeconds + DAY_SECONDS) return finding;
  for (let day = weekOf(first); day <= dayOf(first); day += DAY_SECONDS) {
    const known = await store.read(findingKey({ ...finding, firstSeen: isoTime(day) }));
    const earlier = known === undefined ? undefined : earlierForm(known.bytes);
    if (earlier === undefined) continue;
    return { ...finding, firstSeen: earlier.firstSeen, count: Math.max(finding.count, earlier.count) };
  }
  return finding;
}

function earlierForm(bytes: Uint8Array): Finding | undefined {
  try {
    return parseFinding(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Damaged: it is told as if it were new, and written over it.
    return undefined;
  }
}
