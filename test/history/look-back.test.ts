import { expect, it } from 'vitest';
import { readBaseline } from '../../lib/history/baseline-file.ts';
import { type Hour, tracksKey } from '../../lib/history/hour.ts';
import { DAY_SECONDS, dayOf } from '../../lib/history/hours.ts';
import { lookBack } from '../../lib/history/look-back.ts';
import { writeTracks } from '../../lib/history/track-file.ts';
import { N, NUMBERS, T, TEXTS, TrackRows } from '../../lib/history/track-rows.ts';
import { baselineHostsMax } from '../../lib/limits.ts';
import { MemoryStore } from '../memory-store.ts';
import { HOUR } from './describe.ts';
import { classifier, settings } from './networks.ts';

/** Tracks of an hour in which 10.0.0.66 tries so many other addresses of ours in vain: each of them is a host of ours with a track. */
function sweepOf(count: number): TrackRows {
  const rows = new TrackRows();
  for (let i = 0; i < count; i++) {
    const row = rows.append(1);
    const at = row * NUMBERS;
    rows.numbers[at + N.hour] = HOUR;
    rows.numbers[at + N.hostIsServer] = 1;
    rows.numbers[at + N.port] = 445;
    rows.numbers[at + N.protocol] = 6;
    for (const number of [N.windows, N.failedWindows, N.flows, N.failedFlows]) rows.numbers[at + number] = 1;
    rows.numbers[at + N.first] = HOUR;
    rows.numbers[at + N.last] = HOUR + 1;
    for (let text = 0; text < TEXTS; text++) rows.textNumbers[row * TEXTS + text] = rows.text('-');
    rows.textNumbers[row * TEXTS + T.client] = rows.text('10.0.0.66');
    rows.textNumbers[row * TEXTS + T.server] = rows.text(`10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`);
  }
  return rows;
}

it('looks back on more hosts than a call may have arguments', async () => {
  const count = 140_000;
  const store = new MemoryStore();
  await store.write(tracksKey(HOUR), writeTracks(sweepOf(count)));
  const hour = { start: HOUR, trackRows: count, conversations: count, interfaces: [], skipData: 0 } as unknown as Hour;
  const nowSeconds = dayOf(HOUR) + DAY_SECONDS + 900;
  const { hosts, skipped } = await lookBack(store, [hour], { classifier, settings, nowSeconds, detectors: [] });
  expect([hosts, skipped]).toEqual([count, []]);
  expect((await readBaseline(store, dayOf(HOUR)))!.days).toHaveLength(Math.min(count, baselineHostsMax));
}, 60_000);
