import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../lib/history/baseline.ts';
import { baselineEnd, baselineOf, type LearnedDay, learnDay } from '../../lib/history/baseline.ts';
import { BASELINE_VERSION, baselineKey, readBaseline, writeBaseline } from '../../lib/history/baseline-file.ts';
import { correlate } from '../../lib/history/correlate.ts';
import { DAY_SECONDS, dayOf, HOUR_SECONDS } from '../../lib/history/hours.ts';
import type { HistoryDetector } from '../../lib/history/signal.ts';
import { baselineDaysMax, baselineLearningDays, baselineServicesMax } from '../../lib/limits.ts';
import { ParquetFile } from '../../lib/parquet-file.ts';
import { MemoryStore } from '../memory-store.ts';
import { START } from '../records.ts';
import { hostsFrom } from './describe.ts';
import { call, classifier, feed, settings } from './networks.ts';

const DAY = dayOf(START);

const learned = async (lines: readonly string[], day = DAY) =>
  (await hostsFrom(lines.join('\n'))).map((host) => learnDay(host, day)).filter((one) => one !== undefined);

describe('a learned day', () => {
  it('holds what the host did on that day alone', async () => {
    const lines = [
      ...call(0),
      ...call(4_000, '10.0.0.5', '8.8.8.8', 70_000),
      ...call(DAY_SECONDS),
      ...call(60, '10.0.0.5', '10.0.0.6'),
    ];
    const [one] = await learned(lines);
    expect(one).toMatchObject({
      host: '10.0.0.5',
      start: DAY,
      // START is 14:15.
      hours: (1 << 14) | (1 << 15),
      bytesOut: 70_900,
      bytesOutHourMost: 70_000,
      bytesOutPlaceHourMost: 70_000,
      peers: 2,
      services: ['443/tcp'],
    });
  });

  it('knows the most that went to one place in an hour, whoever called and over whatever service', async () => {
    const toOne = [...call(0, '10.0.0.5', '8.8.8.8', 500), ...call(9, '10.0.0.5', '8.8.8.8', 500)];
    const served = call(20, '8.8.8.8', '10.0.0.5').join('\n').replaceAll(':443', ':80');
    const [one] = await learned([...call(0, '10.0.0.5', '7.7.7.7', 5_000), ...toOne, served]);
    // 9,000 answered to 8.8.8.8, and 1,000 sent to it.
    expect(one).toMatchObject({ bytesOutHourMost: 15_000, bytesOutPlaceHourMost: 10_000 });
    const [inside] = await learned(call(0, '10.0.0.5', '10.0.0.6', 5_000));
    expect(inside.bytesOutPlaceHourMost).toBe(0);
  });

  it('is none where the host was not seen', async () => {
    expect(await learned(call(0), DAY + 5 * DAY_SECONDS)).toEqual([]);
  });

  it('does not hold strangers that never answered', async () => {
    const [one] = await learned(['eni-a 10.0.0.5:1 > 9.9.9.9:443 tcp flags=2']);
    expect(one).toMatchObject({ peers: 0, services: [] });
  });

  it('gives up on services where they are too many', async () => {
    const lines = Array.from({ length: baselineServicesMax + 1 }, (_, i) =>
      call(i)
        .join('\n')
        .replaceAll(':443', `:${1_000 + i}`),
    );
    expect((await learned(lines))[0].services).toBeUndefined();
  });
});

describe('a baseline', () => {
  const days = async (count: number) =>
    (
      await Promise.all(Array.from({ length: count }, (_, i) => learned(call(i * DAY_SECONDS), DAY + i * DAY_SECONDS)))
    ).flat();

  it('is silent while it learns', async () => {
    expect(baselineOf(await days(baselineLearningDays - 1), 0)).toBeUndefined();
    expect(baselineOf(await days(baselineLearningDays), 0)?.days).toHaveLength(baselineLearningDays);
  });

  it('knows the places and services of its days', async () => {
    const baseline = baselineOf(await days(3), 9)!;
    expect(baseline.knows('9.9.9.9', '443/tcp')).toBe(true);
    expect(baseline.knows('9.9.9.9', '444/tcp')).toBe(false);
    expect(baseline.services).toEqual(new Set(['443/tcp']));
    expect(baseline.endSeconds).toBe(9);
  });

  it('never forgets a place it knows, and mistakes few others for known', async () => {
    const servers = Array.from({ length: 100 }, (_, i) => `9.9.${i}.1`);
    const [one] = await learned(servers.flatMap((server, i) => call(i, '10.0.0.5', server)));
    const baseline = baselineOf([one, one, one], 0)!;
    expect(servers.every((server) => baseline.knows(server, '443/tcp'))).toBe(true);
    const mistaken = Array.from({ length: 1_000 }, (_, i) => `7.7.${i >> 8}.${i & 255}`).filter((server) =>
      baseline.knows(server, '443/tcp'),
    );
    expect(mistaken.length).toBeLessThan(60);
  });

  it('keeps knowing few by mistake after a month of many new places a day', async () => {
    const days = await Promise.all(
      Array.from({ length: 30 }, (_, day) =>
        learned(Array.from({ length: 60 }, (_, i) => call(i, '10.0.0.5', `9.${day}.${i}.1`)).flat()),
      ),
    );
    const baseline = baselineOf(days.flat(), 0)!;
    for (let day = 0; day < 30; day++) expect(baseline.knows(`9.${day}.7.1`, '443/tcp')).toBe(true);
    const strangers = Array.from({ length: 1_000 }, (_, i) => `7.7.${i >> 8}.${i & 255}`);
    expect(strangers.filter((server) => baseline.knows(server, '443/tcp')).length).toBeLessThan(40);
  });

  it('has a filter as large as its places need, up to a limit', async () => {
    const bytesOf = async (count: number) => {
      const places = Array.from({ length: count }, (_, i) => call(i, '10.0.0.5', `9.${i >> 8}.${i & 255}.1`)).flat();
      return (await learned(places))[0].places.length;
    };
    expect(await bytesOf(32)).toBe(128);
    expect(await bytesOf(33)).toBe(256);
    expect(await bytesOf(3_000)).toBe(8_192);
  });

  it('does not know services where one day had too many', async () => {
    const [a, b, c] = await days(3);
    expect(baselineOf([a, b, { ...c, services: undefined }], 0)!.services).toBeUndefined();
  });

  it('ends with a day that ended a day ago', () => {
    expect(baselineEnd(DAY + 10)).toBe(DAY - DAY_SECONDS);
    expect(baselineEnd(DAY + DAY_SECONDS - 1)).toBe(DAY - DAY_SECONDS);
    expect(baselineEnd(DAY + DAY_SECONDS)).toBe(DAY);
    expect(baselineEnd(5)).toBe(0);
  });
});

describe('files of baselines', () => {
  const any = async (): Promise<LearnedDay[]> => [
    ...(await learned(call(0))),
    { ...(await learned(call(0, '10.0.0.4')))[0], services: undefined },
  ];

  it('give back their days, by host', async () => {
    const store = new MemoryStore();
    const days = await any();
    await store.write(baselineKey(DAY), writeBaseline({ conversations: 12, days }));
    const read = (await readBaseline(store, DAY))!;
    expect(read.conversations).toBe(12);
    expect(read.days.map(({ places, ...rest }) => ({ ...rest, places: [...places] }))).toEqual(
      [days[1], days[0]].map(({ places, ...rest }) => ({ ...rest, places: [...places] })),
    );
  });

  it('are none where none is, and hold none where no host was seen', async () => {
    const store = new MemoryStore();
    expect(await readBaseline(store, DAY)).toBeUndefined();
    await store.write(baselineKey(DAY), writeBaseline({ conversations: 0, days: [] }));
    expect(await readBaseline(store, DAY)).toEqual({ conversations: 0, days: [] });
  });

  it('of the first version are read without what it did not know', async () => {
    const store = new MemoryStore();
    const names = ['host', 'hours', 'bytes_out', 'bytes_out_hour_most', 'peers', 'services', 'places'];
    const types = ['STRING', 'INT32', 'DOUBLE', 'DOUBLE', 'DOUBLE', 'STRING', 'STRING'] as const;
    const columns = names.map((name, i) => ({ name, type: types[i], nullable: name === 'services' }));
    const file = new ParquetFile({ columns, metadata: { 'flowtrap.baseline': '1', 'flowtrap.conversations': '9' } });
    const row = [
      ['10.0.0.5'],
      Int32Array.of(3),
      Float64Array.of(70),
      Float64Array.of(50),
      Float64Array.of(2),
      ['443/tcp'],
      ['AAAA'],
    ];
    await store.write(baselineKey(DAY), Buffer.concat([file.rowGroup(row), file.finish()]));
    const { conversations, days } = (await readBaseline(store, DAY))!;
    expect(conversations).toBe(9);
    expect(days).toMatchObject([{ host: '10.0.0.5', hours: 3, bytesOutHourMost: 50, services: ['443/tcp'] }]);
    expect(days[0].bytesOutPlaceHourMost).toBeUndefined();
  });

  it('refuses another version, naming both', async () => {
    const store = new MemoryStore();
    const file = new ParquetFile({
      columns: [{ name: 'host', type: 'STRING' }],
      metadata: { 'flowtrap.baseline': '7' },
    });
    await store.write(baselineKey(DAY), Buffer.concat([file.rowGroup([['a']]), file.finish()]));
    await expect(readBaseline(store, DAY)).rejects.toThrow(
      `is a baseline of version 7, this build reads versions 1 and ${BASELINE_VERSION}`,
    );
  });

  it('refuses what is no Parquet, naming it', async () => {
    const store = new MemoryStore();
    await store.write(baselineKey(DAY), Buffer.from('?'));
    await expect(readBaseline(store, DAY)).rejects.toThrow('baselines/day=2026-09-21.parquet is no baseline');
  });
});

describe('learning', () => {
  /** What detectors are told of 10.0.0.5, run by run. */
  async function told(store: MemoryStore, nowSeconds: number): Promise<Baseline | undefined> {
    let baseline: Baseline | undefined;
    const spy: HistoryDetector = {
      name: 'spy',
      source: 'a test',
      alone: 'never',
      detect(hosts) {
        baseline = hosts.find(({ host }) => host.address === '10.0.0.5')?.baseline ?? baseline;
        return [];
      },
    };
    await correlate(store, { classifier, settings, nowSeconds, detectors: [spy] });
    return baseline;
  }
  const endOf = (day: number) => DAY + (day + 1) * DAY_SECONDS;

  it('takes its days, and then speaks of the days before the one that is looked at', async () => {
    const store = new MemoryStore();
    const days: (number | undefined)[] = [];
    for (let day = 0; day < 6; day++) {
      await feed(store, call(day * DAY_SECONDS), `day ${day}`);
      days.push((await told(store, endOf(day)))?.days.length);
    }
    expect(days).toEqual([undefined, undefined, undefined, 3, 4, 5]);
  });

  it('remembers for longer than summaries are kept, and forgets in the end', async () => {
    const store = new MemoryStore();
    for (let day = 0; day < 5; day++) {
      await feed(store, call(day * DAY_SECONDS), `day ${day}`);
      await told(store, endOf(day));
    }
    for (const key of store.keys().filter((key) => !key.startsWith('baselines/'))) store.values.delete(key);
    await feed(store, call(20 * DAY_SECONDS), 'much later');
    expect((await told(store, endOf(20)))?.knows('9.9.9.9', '443/tcp')).toBe(true);
    const forgotten = baselineDaysMax + 6;
    await feed(store, call(forgotten * DAY_SECONDS), 'too late');
    expect(await told(store, endOf(forgotten))).toBeUndefined();
  });

  it('does not learn a day anew from less than it was learned from', async () => {
    const store = new MemoryStore();
    await feed(store, call(0), 'one');
    await feed(store, call(60, '10.0.0.6'), 'two');
    await told(store, endOf(0));
    const before = store.text(baselineKey(DAY));
    for (const key of store.keys('summaries/').slice(1)) store.values.delete(key);
    await told(store, endOf(1));
    expect(store.text(baselineKey(DAY))).toBe(before);
    await feed(store, [...call(90, '10.0.0.7'), ...call(95, '10.0.0.8')], 'more');
    await told(store, endOf(1));
    expect((await readBaseline(store, DAY))!.days.length).toBeGreaterThan(2);
  });

  it('is not moved by clocks that jump', async () => {
    const store = new MemoryStore();
    for (let day = 0; day < 5; day++) {
      await feed(store, call(day * DAY_SECONDS), `day ${day}`);
      await feed(store, call((day + 500) * DAY_SECONDS, '10.0.0.5', '6.6.6.6', 9e9), `future ${day}`);
      await feed(store, call((day - 500) * DAY_SECONDS, '10.0.0.5', '6.6.6.6', 9e9), `past ${day}`);
      await told(store, endOf(day));
    }
    const baseline = (await told(store, endOf(4)))!;
    expect(baseline.knows('6.6.6.6', '443/tcp')).toBe(false);
    expect(baseline.days.map(({ bytesOut }) => bytesOut)).toEqual([900, 900, 900, 900]);
    expect(store.keys('baselines/')).toHaveLength(5);
  });

  it('waits with a day of which an hour cannot be read', async () => {
    const store = new MemoryStore();
    await feed(store, [...call(0), ...call(3_600)], 'day 0');
    let fails = true;
    store.before = ({ kind, key }) => {
      if (fails && kind === 'read' && key.startsWith('tracks/') && key.endsWith('hour=14.parquet'))
        throw new Error('out of reach');
    };
    await told(store, endOf(0));
    expect(store.keys('baselines/')).toEqual([]);
    fails = false;
    await told(store, endOf(0));
    expect(store.keys('baselines/')).toHaveLength(1);
  });

  it('goes on without a day whose file is damaged, naming it', async () => {
    const store = new MemoryStore();
    for (let day = 0; day < 6; day++) {
      await feed(store, call(day * DAY_SECONDS), `day ${day}`);
      await told(store, endOf(day));
    }
    store.values.set(baselineKey(DAY - 20 * DAY_SECONDS), Buffer.from('?'));
    const { summary } = await correlate(store, { classifier, settings, nowSeconds: endOf(5), detectors: [] });
    expect(summary.skipped).toEqual([
      { source: baselineKey(DAY - 20 * DAY_SECONDS), failure: expect.stringContaining('is no baseline') },
    ]);
    expect((await told(store, endOf(5) + HOUR_SECONDS))?.days).toHaveLength(5);
  });
});
