import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { F, NEVER, ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { readSummary, SUMMARY_VERSION, summaryFiles, writeSummary } from '../../lib/conversations/summary.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { ParquetFile } from '../../lib/parquet-file.ts';
import { readTable } from '../bin/parquet-tables.ts';
import { conversationsOf, type TestRecord } from './records.ts';

function asFile(bytes: Uint8Array) {
  return {
    byteLength: bytes.length,
    slice: async (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}

async function readBack(...files: readonly Uint8Array[]): Promise<Conversations> {
  const into = new Conversations(createNames());
  for (const file of files) await readSummary('test', asFile(file), into);
  return into;
}

/** Everything a store knows, by name and in a fixed order, so that two stores can be compared whatever their numbers. */
function contentOf(conversations: Conversations) {
  const { words, floats, names, accounts, translators, sources } = conversations;
  const text = (id: number) => names.text.text(id);
  const address = (code: number) => names.addresses.format(code);
  const rows = Array.from({ length: conversations.size }, (_, row) => {
    const at = row * ROW_WORDS;
    const numbers = Object.entries(W)
      .filter(([name]) => !/^(hash|observer|client|server|.*Source)$/.test(name))
      .map(([name, word]) => [name, words[at + word]]);
    const sums = Object.entries(F).map(([name, float]) => [name, floats[(at >> 1) + float]]);
    const source = (first: number, index: number) => (words[at + first] === NEVER ? '' : sources[words[at + index]]);
    return JSON.stringify([
      text(words[at + W.observer]),
      address(words[at + W.client]),
      address(words[at + W.server]),
      source(W.forwardFirst, W.forwardSource),
      source(W.backwardFirst, W.backwardSource),
      ...numbers,
      ...sums,
    ]);
  });
  return {
    rows: rows.sort(),
    accounts: [...accounts].map(([observer, account]) => `${text(observer)} ${text(account)}`).sort(),
    translators: [...translators].map(([observer, set]) => `${text(observer)} ${[...set].map(address).sort()}`).sort(),
    folded: conversations.folded,
    unaddressed: conversations.unaddressed,
  };
}

const address = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.2',
  '8.8.8.8',
  '203.0.113.9',
  '2001:db8::1',
  'fd00::2',
  '250.1.2.3',
);
const port = fc.constantFrom(0, 22, 443, 40_000, 65_535);
const record: fc.Arbitrary<TestRecord> = fc
  .record({
    interfaceId: fc.constantFrom('eni-1', 'eni-2', '-'),
    source: address,
    destination: address,
    packetSource: fc.oneof(fc.constant('-'), address),
    sourcePort: port,
    destinationPort: port,
    protocol: fc.constantFrom(1, 6, 17),
    packets: fc.integer({ min: 0, max: 2 ** 40 }),
    bytes: fc.integer({ min: 0, max: 2 ** 50 }),
    start: fc.integer({ min: 0, max: 20_000 }),
    length: fc.integer({ min: 0, max: 700 }),
    action: fc.constantFrom('ACCEPT', 'REJECT'),
    flags: fc.constantFrom(0, 1, 2, 3, 4, 18, 19, '-' as const),
  })
  .map(({ length, ...rest }) => ({ ...rest, end: rest.start + length }));

describe('summaries', () => {
  it('give back every conversation', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), async (records) => {
        const original = await conversationsOf(records);
        expect(contentOf(await readBack(writeSummary(original)))).toEqual(contentOf(original));
      }),
      { numRuns: 60 },
    );
  });

  it('merge to the same as the logs they came from, whole or by the hour', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 30 }),
        fc.array(record, { maxLength: 30 }),
        async (first, second) => {
          const a = await conversationsOf(first, { source: 'a' });
          const b = await conversationsOf(second, { source: 'b' });
          const hours = [...summaryFiles(b)].map(({ bytes }) => bytes);
          const merged = await readBack(...hours, writeSummary(a));
          a.merge(b);
          expect(contentOf(merged)).toEqual(contentOf(a));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keep rest rows and what they stand for', async () => {
    const records = Array.from({ length: 60 }, (_, i) => ({
      destinationPort: 1_000 + i,
      packets: i + 1,
      flags: 2 as const,
    }));
    const original = await conversationsOf(records, { rowsMax: 16 });
    expect(original.folded).toBeGreaterThan(0);
    expect(contentOf(await readBack(writeSummary(original)))).toEqual(contentOf(original));
  });

  it('keep the number of records without addresses, once', async () => {
    const original = await conversationsOf([{ start: 100 }, { start: 90_000 }]);
    original.unaddressed = 7;
    const files = [...summaryFiles(original)].map(({ bytes }) => bytes);
    expect(files).toHaveLength(2);
    expect((await readBack(...files)).unaddressed).toBe(7);
    expect((await readBack(writeSummary(original))).unaddressed).toBe(7);
  });

  it('are filed by day and hour under a digest of their content', async () => {
    const original = await conversationsOf([
      { start: 1_767_605_400 },
      { start: 1_767_650_000 },
      { start: 1_767_605_500 },
    ]);
    const paths = [...summaryFiles(original)].map(({ path }) => path);
    expect(paths[0]).toMatch(/^day=2026-01-05\/hour=09\/[0-9a-f]{32}\.parquet$/);
    expect(paths[1]).toMatch(/^day=2026-01-05\/hour=21\/[0-9a-f]{32}\.parquet$/);
    expect([...summaryFiles(original)].map(({ path }) => path)).toEqual(paths);
  });

  it('have the same paths for the same records, whatever their objects are called', async () => {
    const records = [{ start: 1_767_605_400 }, { start: 1_767_605_500, destinationPort: 80 }];
    const paths = async (source: string) =>
      [...summaryFiles(await conversationsOf(records, { source }))].map(({ path }) => path);
    expect(await paths('s3://bucket/copy')).toEqual(await paths('s3://bucket/original'));
  });

  it('have other paths for other records, or the same at another place', async () => {
    const record = { start: 1_767_605_400 };
    const all = [[record], [record, record], [{ ...record, flags: 2 as const }], [{ ...record, account: '2' }]];
    const paths = await Promise.all(
      all.map(async (records) => [...summaryFiles(await conversationsOf(records))][0].path),
    );
    expect(new Set(paths).size).toBe(4);
  });

  it('carry the number of records that could not be captured, once', async () => {
    const original = await conversationsOf([{ start: 100 }, { start: 90_000 }]);
    const counts: number[] = [];
    for (const { bytes } of summaryFiles(original, 3)) {
      counts.push(await readSummary('test', asFile(bytes), new Conversations(createNames())));
    }
    expect(counts).toEqual([3, 0]);
  });

  it('can be queried by name', async () => {
    const [row] = (
      await readTable(writeSummary(await conversationsOf([{ start: 1_000, packets: 5, bytes: 600, flags: 2 }])))
    ).rows;
    expect(row).toMatchObject({
      interface_id: 'eni-1',
      account_id: '123456789012',
      client: '10.0.0.1',
      server: '10.0.0.2',
      server_port: 443,
      protocol: 6,
      window_start: 900n,
      forward_flows: 1n,
      forward_packets: 5,
      forward_bytes: 600,
      forward_flags: 2,
      forward_first: 1_000n,
      backward_first: null,
      last: 1_010n,
      forward_source: 'memory',
      backward_source: null,
      translated_addresses: null,
    });
  });

  it('refuses another version, naming both', async () => {
    const bytes = new ParquetFile({ columns: [], metadata: { 'flowtrap.summary': '99' } }).finish();
    await expect(readBack(bytes)).rejects.toThrow(
      `test is a summary of version 99, this build reads version ${SUMMARY_VERSION}`,
    );
  });

  it('refuses Parquet of something else, and what is no Parquet', async () => {
    const other = new ParquetFile({ columns: [{ name: 'x', type: 'INT32' }] }).finish();
    await expect(readBack(other)).rejects.toThrow('test is Parquet, but no summary of conversations');
    await expect(readBack(Buffer.from('no parquet at all'))).rejects.toThrow('test is no summary of conversations');
  });

  it('refuses a file that lacks a column', async () => {
    const columns = [{ name: 'client', type: 'STRING' }] as const;
    const bytes = new ParquetFile({ columns, metadata: { 'flowtrap.summary': SUMMARY_VERSION } }).finish();
    await expect(readBack(bytes)).rejects.toThrow('test lacks the column interface_id of a summary');
  });

  it('refuses a damaged file', async () => {
    const bytes = writeSummary(await conversationsOf([{}, { destinationPort: 80 }]));
    bytes.fill(0xff, 4, 60);
    await expect(readBack(bytes)).rejects.toThrow('test: the Parquet data');
  });
});
