import { describe, expect, it } from 'vitest';
import { END_SECONDS, everydayOf, type Life, runOf, START_SECONDS, withFlows } from '../../bench/lives.ts';
import { hostOfFewPlaces, relocated, relocatedLabel } from '../../bench/relocation.ts';
import { baselineKey, writeBaseline } from '../../lib/history/baseline-file.ts';
import { DAY_SECONDS } from '../../lib/history/hours.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { MemoryStore } from '../memory-store.ts';

const SEED = 99_200;
const { network } = everydayOf(SEED, 0, []);

/** A life of which only the last usual day is known: how many places each of the first hosts calls. */
async function lifeOf(peers: readonly number[]): Promise<Life> {
  const store = new MemoryStore();
  const start = END_SECONDS - 2 * DAY_SECONDS;
  const days = peers.map((count, i) => ({
    ...{ host: network.hosts[i].address, start, hours: 1, bytesOut: 0, bytesOutHourMost: 0 },
    ...{ peers: count, services: [], places: new Uint8Array(128) },
  }));
  await store.write(baselineKey(start), writeBaseline({ conversations: 1, days }));
  return { seed: SEED, everyday: [], store, settings: DEFAULT_SETTINGS, known: new Set() };
}

describe('an attack from another host', () => {
  it('is from one that calls one to five places', async () => {
    expect(await hostOfFewPlaces(await lifeOf([0, 6, 5]), network)).toBe(network.hosts[2]);
    const [first, second] = network.hosts;
    const byAddress = first.address < second.address ? first : second;
    expect(await hostOfFewPlaces(await lifeOf([1, 1]), network)).toBe(byAddress);
  });

  it('refuses a life in which no host does', async () => {
    await expect(hostOfFewPlaces(await lifeOf([0, 6]), network)).rejects.toThrow(
      /^no host of seed 99200 calls one to 5/,
    );
  });

  it('has the records and labels of the other host, and is the same otherwise', () => {
    const simulation = runOf(SEED, ['listed-contact'], START_SECONDS, 60, 1);
    const slots = [...withFlows(simulation.slots())];
    const [row] = [...simulation.labels()];
    const from = network.at(row.srcaddr!)!;
    const to = network.hosts.find((host) => host !== from)!;
    const moved = [...relocated(slots, from, to)];
    const text = (value: unknown) => JSON.stringify(value);
    expect(text(slots)).toContain(`"${from.address}"`);
    expect(text(moved)).not.toContain(`"${from.address}"`);
    expect(moved.flatMap(({ records }) => records.map(({ observer }) => observer))).toContain(to.interface);
    expect(text([...relocated(moved, to, from)])).toBe(text(slots));
    expect(relocatedLabel(row, from, to)).toEqual({ ...row, srcaddr: to.address });
    expect(relocatedLabel(row, to, from)).toEqual(row);
  });
});
