import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { DAY_SECONDS } from '../../lib/history/hours.ts';
import { replay } from '../../lib/history/replay.ts';
import type { HistoryDetector } from '../../lib/history/signal.ts';
import { MemoryStore } from '../memory-store.ts';
import { START } from '../records.ts';
import { HOUR } from './describe.ts';
import { call, classifier, everyPlace, feed, settings, sweep } from './networks.ts';

/** Notes the moments that history is looked at from. */
function clock(): HistoryDetector & { readonly moments: number[] } {
  const moments: number[] = [];
  return {
    name: 'clock',
    source: 'a test',
    alone: 'never',
    moments,
    detectNetwork({ nowSeconds }) {
      moments.push(nowSeconds - HOUR);
      return [];
    },
  };
}

const run = (store: MemoryStore, hours: readonly number[], detectors: readonly HistoryDetector[] = [everyPlace]) =>
  replay(store, new Set(hours), { classifier, settings, detectors });

const names = (findings: readonly Finding[]) =>
  findings.map(({ type, actors }) => `${type} ${actors[0].address}`).sort();

describe('replay', () => {
  it('looks at each day of the new hours from its end', async () => {
    const store = new MemoryStore();
    const hours = await feed(store, [...call(0), ...call(3_600), ...call(DAY_SECONDS), ...call(3 * DAY_SECONDS)]);
    const seen = clock();
    await run(store, hours, [seen]);
    expect(seen.moments).toEqual([7_200, DAY_SECONDS + 3_600, 3 * DAY_SECONDS + 3_600]);
  });

  it('looks again at the days after new ones, as far as those look back', async () => {
    const store = new MemoryStore();
    for (const day of [0, 2, 7, 9]) await feed(store, call(day * DAY_SECONDS), `day ${day}`);
    const seen = clock();
    await run(store, await feed(store, call(DAY_SECONDS), 'late'), [seen]);
    expect(seen.moments.map((at) => Math.floor(at / DAY_SECONDS))).toEqual([1, 2, 7]);
  });

  it('finds what was new on a day, though it is old by now', async () => {
    const store = new MemoryStore();
    const hours: number[] = [];
    for (let day = 0; day < 8; day++) hours.push(...(await feed(store, call(day * DAY_SECONDS), `day ${day}`)));
    hours.push(...(await feed(store, call(5 * DAY_SECONDS + 60, '10.0.0.5', '7.7.7.7'), 'once')));
    const newPlaces: HistoryDetector = {
      ...everyPlace,
      detect: (hosts, context) =>
        everyPlace.detect!(
          hosts.filter(({ baseline }) => baseline !== undefined),
          context,
        ).filter(({ scope, tracks: [{ firstSeconds }] }) => {
          const [baseline] = hosts.flatMap((host) => host.baseline ?? []);
          return firstSeconds >= baseline.endSeconds && !baseline.knows(...(scope.split(' ') as [string, string]));
        }),
    };
    const { findings } = await run(store, hours, [newPlaces]);
    expect(findings.map(({ targets }) => targets.hosts[0].address)).toEqual(['7.7.7.7']);
  });

  it('is not moved by a clock that jumped', async () => {
    const store = new MemoryStore();
    const lines = [...sweep(0), ...call(0), ...call(DAY_SECONDS)];
    const honest = await run(store, await feed(store, lines));
    const jumped = new MemoryStore();
    const hours = await feed(jumped, [
      ...lines,
      ...call(20 * 365 * DAY_SECONDS, '10.0.0.77'),
      ...call(-3_000 * DAY_SECONDS, '10.0.0.78'),
    ]);
    const { findings } = await run(jumped, hours);
    const own = findings.filter(({ actors }) => !actors[0].address.startsWith('10.0.0.7'));
    expect(names(own)).toEqual(names(honest.findings));
    expect(findings).toHaveLength(own.length + 2);
  });

  it('tells only what touches the new hours', async () => {
    const store = new MemoryStore();
    await feed(store, [...sweep(0), ...call(0)], 'before');
    const { findings, summary } = await run(store, await feed(store, sweep(DAY_SECONDS, '10.0.0.2'), 'now'));
    expect(names(findings)).toEqual(['internal-sweep 10.0.0.2']);
    expect(summary).toMatchObject({ hours: 1, conversations: 6, windows: 1, findings: 1, summaries: 1 });
  });

  it('does nothing without new hours', async () => {
    const store = new MemoryStore();
    await feed(store, sweep(0));
    expect(await run(store, [])).toMatchObject({ findings: [], summary: { hours: 0, hoursJudged: 0 } });
  });

  it('names what it had to leave out', async () => {
    const store = new MemoryStore();
    const hours = await feed(store, sweep(0));
    const damaged = 'summaries/day=2026-09-21/hour=14/00000000000000000000000000000000.parquet';
    store.values.set(damaged, Buffer.from('?'));
    store.values.set('baselines/day=2026-09-01.parquet', Buffer.from('?'));
    const { summary } = await run(store, hours);
    expect(summary.skipped.map(({ source }) => source)).toEqual([damaged, 'baselines/day=2026-09-01.parquet']);
    expect(summary.skippedCount).toBe(2);
    expect(START).toBeGreaterThan(HOUR);
  });
});
