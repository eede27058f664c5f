import { describe, expect, it } from 'vitest';
import { EVERYDAY, everydayOf, keep, learned, runOf, START_SECONDS, withFlows } from '../../bench/lives.ts';
import { openModel } from '../../bin/model.ts';
import { dayPath } from '../../lib/history/hours.ts';
import { scenarioByName } from '../../lib/simulate/catalog.ts';
import { MemoryStore } from '../memory-store.ts';

const SEED = 99_300;

describe('everyday life', () => {
  it('is of benign behaviours and noise', () => {
    for (const name of EVERYDAY) expect(['benign', 'unlabelled']).toContain(scenarioByName(name).label);
  });

  it('is kept hour by hour', async () => {
    const store = new MemoryStore();
    const run = runOf(SEED, ['time-service'], START_SECONDS, 150, 1);
    const slots = [...withFlows(run.slots())];
    expect(slots.every(({ records }) => records.every(({ flow }) => flow !== undefined))).toBe(true);
    await keep(store, 'some', slots);
    const hours = store.keys('summaries/').map((key) => key.split('/').slice(1, 3).join('/'));
    const day = dayPath(START_SECONDS);
    expect([...new Set(hours)]).toEqual([`${day}/hour=00`, `${day}/hour=01`, `${day}/hour=02`]);
  });

  it('is the same network every day', () => {
    const addresses = (day: number) => everydayOf(SEED, day, []).network.hosts.map(({ address }) => address);
    expect(addresses(4)).toEqual(addresses(0));
  });

  it('is learned, with usual days for every host that is seen', async () => {
    const classifier = await openModel();
    const { store, known } = await learned(SEED, ['time-service'], classifier);
    await classifier.close();
    expect(store.keys('baselines/')).toHaveLength(5);
    expect(known.size).toBe(0);
  }, 120_000);
});
