import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTracks, type Part, TRACKS_VERSION, writeTracks } from '../../lib/history/track-file.ts';
import { BITS, N, NUMBERS, TEXTS, TrackRows } from '../../lib/history/track-rows.ts';
import { trackGroupRows } from '../../lib/limits.ts';
import { ParquetFile } from '../../lib/parquet-file.ts';
import { readTable } from '../bin/parquet-tables.ts';
import { anyLog } from '../conversations/traffic.ts';
import { rowsFrom } from './describe.ts';

const ALL: Part = { index: 0, count: 1 };

async function readBack(bytes: Uint8Array, part = ALL): Promise<TrackRows> {
  const into = new TrackRows();
  await (await openTracks('test', bytes)).read(part, into);
  return into;
}

/** All that rows know, in a fixed order. */
function contentOf({ length, texts, textNumbers, numbers, bits, bitsFrom }: TrackRows): string[] {
  return Array.from({ length }, (_, row) =>
    JSON.stringify([
      Array.from(textNumbers.subarray(row * TEXTS, (row + 1) * TEXTS), (text) => texts[text]),
      [...numbers.subarray(row * NUMBERS, (row + 1) * NUMBERS)],
      [...bits.subarray(bitsFrom[row], bitsFrom[row + 1])],
    ]),
  ).sort();
}

/** Rows of one host each, with nothing but their host and hour. */
function plainRows(count: number, hosts = count): TrackRows {
  const rows = new TrackRows();
  for (let i = 0; i < count; i++) {
    const row = rows.append(0);
    rows.numbers[row * NUMBERS + N.port] = i % 65_536;
    rows.numbers[row * NUMBERS + N.protocol] = 6;
    for (let text = 0; text < TEXTS; text++) rows.textNumbers[row * TEXTS + text] = rows.text('-');
    rows.textNumbers[row * TEXTS] = rows.text(`10.0.${(i % hosts) >> 8}.${(i % hosts) & 255}`);
  }
  return rows;
}

describe('files of tracks', () => {
  it('give back every row', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, async (log) => {
        const rows = await rowsFrom(log.map(({ fields }) => fields));
        expect(contentOf(await readBack(writeTracks(rows)))).toEqual(contentOf(rows));
      }),
      { numRuns: 40 },
    );
  });

  it('are the same bytes whatever the order of the rows', async () => {
    const rows = await rowsFrom(
      'a 10.0.0.1:40000 > 10.0.0.2:22 tcp\na 10.0.0.1:40001 > 8.8.8.8:53 udp\nb 10.0.0.3:1 > 9.9.9.9:443 tcp at=400',
    );
    const turned = new TrackRows();
    for (let row = rows.length - 1; row >= 0; row--) turned.copy(rows, row);
    expect(Buffer.compare(writeTracks(turned), writeTracks(rows))).toBe(0);
  });

  it('hold none where there are none', async () => {
    expect((await readBack(writeTracks(new TrackRows()))).length).toBe(0);
  });

  it.each([1, 2, 4, 64, 256])('fall into %i parts, each host into one, all rows into all', async (count) => {
    const rows = plainRows(trackGroupRows * 3, 40);
    const bytes = writeTracks(rows);
    const parts = await Promise.all(Array.from({ length: count }, (_, index) => readBack(bytes, { index, count })));
    const hosts = parts.map((part) => new Set(Array.from({ length: part.length }, (_, row) => part.host(row))));
    expect(hosts.reduce((sum, { size }) => sum + size, 0)).toBe(40);
    expect(parts.flatMap(contentOf).sort()).toEqual(contentOf(rows));
  });

  it('say how many rows they have without being read', async () => {
    expect((await openTracks('test', writeTracks(plainRows(5_000)))).rows).toBe(5_000);
  });

  it('can be queried by name', async () => {
    const rows = await rowsFrom(
      'a 10.0.0.1:40000 > 8.8.8.8:53 udp packets=3 bytes=300 at=7\na 8.8.8.8:53 > 10.0.0.1:40000 udp packets=2 at=7',
    );
    const [row] = (await readTable(writeTracks(rows))).rows;
    expect(row).toMatchObject({
      client: '10.0.0.1',
      server: '8.8.8.8',
      interface_id: 'a',
      account_id: '123456789012',
      source: 'log',
      port: 53,
      protocol: 17,
      host_is_server: 0,
      bytes_sent: 300,
      packets_received: 2,
      windows: 8,
      answered_windows: 8,
      p_command_and_control: 0,
    });
  });

  it('refuses what is no Parquet, naming it', async () => {
    await expect(openTracks('tracks/x', Buffer.from('nothing at all'))).rejects.toThrow(
      'tracks/x is no file of tracks',
    );
  });

  it('refuses another version, naming both', async () => {
    const file = new ParquetFile({ columns: [{ name: 'a', type: 'INT32' }], metadata: { 'flowtrap.tracks': '9' } });
    const bytes = Buffer.concat([file.rowGroup([[1]]), file.finish()]);
    await expect(openTracks('tracks/x', bytes)).rejects.toThrow(
      `tracks/x is a file of tracks of version 9, this build reads version ${TRACKS_VERSION}`,
    );
  });

  it('refuses damage in the middle', async () => {
    const bytes = Buffer.from(writeTracks(plainRows(500)));
    bytes.fill(0xff, 4, 400);
    await expect(readBack(bytes)).rejects.toThrow('test: ');
  });

  it('refuses what was cut off', async () => {
    const bytes = writeTracks(plainRows(500));
    await expect(readBack(bytes.subarray(0, bytes.length - 20))).rejects.toThrow('test is no file of tracks');
  });
});

describe('rows of tracks', () => {
  it('grow with what is added', () => {
    const rows = new TrackRows();
    for (let i = 0; i < 5_000; i++) {
      const row = rows.append(i % 3);
      rows.numbers[row * NUMBERS + N.first] = i;
    }
    expect(rows.length).toBe(5_000);
    expect(rows.numbers[4_321 * NUMBERS + N.first]).toBe(4_321);
    expect(rows.bitsFrom[5_000]).toBe(BITS * Array.from({ length: 5_000 }, (_, i) => i % 3).reduce((a, b) => a + b));
  });
});
