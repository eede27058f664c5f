import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SOURCE_FORMATS } from '../../lib/datasets/convert.ts';
import { DROP_REASONS } from '../../lib/datasets/report.ts';
import { formatRecord } from '../../lib/flowlog/record.ts';
import { countMax, malformedExamplesMax, timeSecondsMax, unknownLabelsMax } from '../../lib/limits.ts';
import { ethernet, ipv4, ipv6, pcap, pcapng } from '../datasets/captures.ts';
import { type Converted, converted, FIELDS } from '../datasets/converting.ts';
import { fileText, PUBLISHED, type Published, rowText } from '../datasets/published.ts';
import { DEFAULT_HEADER, readText } from '../flowlog/reading.ts';

const EVERYTHING = { vpc: ['0.0.0.0/0', '::/0'] } as const;

/** What holds of every conversion, whatever it was of. */
function checkSound({ report, records }: Converted): void {
  const dropped = Object.entries(report.dropped);
  expect(report.flows + dropped.reduce((sum, [, count]) => sum + count, 0)).toBe(report.rows);
  for (const [reason] of dropped) expect(Object.keys(DROP_REASONS)).toContain(reason);
  expect(report.examples.length).toBeLessThanOrEqual(malformedExamplesMax);
  for (const { value, line } of report.examples) {
    expect(value.length).toBeLessThanOrEqual(80);
    expect(line).toBeGreaterThan(0);
  }
  expect(Object.keys(report.unknownLabels).length).toBeLessThanOrEqual(unknownLabelsMax + 1);
  expect(report.records).toBe(records.length);
  for (const { start, end, packets, bytes, tcpFlags } of records) {
    expect(start >= 0 && start <= end).toBe(true);
    expect(Number.isInteger(packets) && packets > 0).toBe(true);
    expect(Number.isInteger(bytes) && bytes >= 0).toBe(true);
    expect((tcpFlags ?? 0) & ~23).toBe(0);
  }
}

/** The log that is written of it, read by the reader of flow logs. */
function checkReadable({ records }: Converted): void {
  const fitting = records.filter(
    ({ end, bytes, packets }) => end <= timeSecondsMax && bytes <= countMax && packets <= countMax,
  );
  const lines = fitting.map((record) => formatRecord(record, FIELDS));
  const { report } = readText([`${DEFAULT_HEADER} tcp-flags`, ...lines].join('\n'));
  expect(report).toMatchObject({ records: fitting.length, malformed: {} });
}

/** Values that somebody might write into a column, right and wrong. */
const anyValue = fc.oneof(
  fc.constantFrom(
    '',
    '-',
    '0',
    '1',
    '-1',
    '65535',
    '65536',
    '1e9',
    '0x50',
    '0b1',
    'NaN',
    'Infinity',
    '9007199254740991',
  ),
  fc.constantFrom(
    'tcp',
    'udp',
    'icmp',
    '6',
    '17',
    '58',
    'arp',
    'FSPA_FSPA',
    '.AP.SF',
    'ShADadFf',
    '27',
    '2.1 M',
    '1e-7',
  ),
  fc.constantFrom(
    '10.0.0.1',
    '::1',
    'fd00::5',
    '10008_113',
    'DNS',
    '2026-09-21 14:20:00',
    '21/9/2026 2:20',
    '1790000400',
  ),
  fc.constantFrom(
    '604800',
    '604801',
    '604800000',
    'constructor',
    '__proto__',
    '"',
    '""',
    '"a,b"',
    '{',
    '\u0000',
    '\ufeff',
  ),
  fc.nat(4_102_444_800).map(String),
  fc.double({ min: 0, max: 1e6, noNaN: true }).map(String),
  fc.string({ maxLength: 8 }),
);

describe.each(PUBLISHED.map((one) => [one.name, one] as const))('%s', (_, published: Published) => {
  it('with anything in its columns is sound, and the log of it can be read', async () => {
    const read = Object.keys(published.values);
    const changes = fc.array(fc.tuple(fc.constantFrom(...read), anyValue), { maxLength: 4 }).map(Object.fromEntries);
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 6 }), async (rows) => {
        const clean = rows.map((row) => rowText(published, row).replaceAll('\n', ' '));
        const conversion = await converted(published.from, [fileText(published, clean)], EVERYTHING);
        checkSound(conversion);
        checkReadable(conversion);
      }),
      { numRuns: 60 },
    );
  });

  it('packed, cut and damaged gives what comes before the damage, and says so', async () => {
    const text = fileText(
      published,
      Array.from({ length: 300 }, () => rowText(published)),
    );
    const whole = gzipSync(text);
    const damage = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255), cut: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom(100, 4_096), async ({ at, value, cut }, pieceBytes) => {
        const packed = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) packed[at] = value;
        const conversion = await converted(published.from, [packed], EVERYTHING, pieceBytes);
        checkSound(conversion);
        if (conversion.report.failures.length === 0 && conversion.report.rows > 0) {
          expect(conversion.report).toMatchObject({ rows: 300, flows: 300 });
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('any bytes', () => {
  const begins = [
    '',
    '#fields\t',
    '{"ts":',
    'StartTime,',
    'IPV4_SRC_ADDR,',
    '\x1f\x8b\x08',
    '\xd4\xc3\xb2\xa1',
    '\x0a\x0d\x0d\x0a',
  ];

  it('are counted or refused in every format, and never throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SOURCE_FORMATS),
        fc.constantFrom(...begins),
        fc.uint8Array({ maxLength: 600 }),
        fc.integer({ min: 1, max: 300 }),
        async (from, begin, rest, pieceBytes) => {
          const content = Buffer.concat([Buffer.from(begin, 'latin1'), rest]);
          const conversion = await converted(from, [content], EVERYTHING, pieceBytes);
          checkSound(conversion);
          expect(conversion.report.bytes).toBeLessThanOrEqual(content.length);
          if (conversion.report.failures.length === 0) expect(conversion.report.bytes).toBe(content.length);
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('a damaged capture', () => {
  const seconds = 1_790_000_400;
  const packets = [
    ethernet(ipv4({ flags: 2 })),
    ethernet(ipv4({ protocol: 17, payloadBytes: 40 }), [0x8100]),
    ethernet(ipv6({ extensions: [0, 44], fragment: { id: 5, offset: 0, more: true }, protocol: 17 })),
    ethernet(ipv4({ protocol: 1, fragment: { id: 6, offset: 9, more: false } })),
  ];
  const frames = packets.map((frame, i) => ({ seconds: seconds + i, frame }));
  const files = [
    pcap(frames),
    pcap(frames, { bigEndian: true, nanoseconds: true }),
    pcapng(frames),
    pcapng(frames, { bigEndian: true, resolution: 9 }),
  ];

  it('is sound, and the log of it can be read', async () => {
    const change = fc.tuple(fc.nat(2_000), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 500 }),
        async (file, changes, pieceBytes) => {
          const content = Buffer.from(file);
          for (const [at, value] of changes) content[at % content.length] = value;
          const conversion = await converted('pcap', [content], EVERYTHING, pieceBytes);
          checkSound(conversion);
          checkReadable(conversion);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same in pieces of any size', async () => {
    const change = fc.tuple(fc.nat(2_000), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 3 }),
        fc.integer({ min: 1, max: 60 }),
        async (file, changes, pieceBytes) => {
          const content = Buffer.from(file);
          for (const [at, value] of changes) content[at % content.length] = value;
          const [whole, cut] = [
            await converted('pcap', [content], EVERYTHING),
            await converted('pcap', [content], EVERYTHING, pieceBytes),
          ];
          expect(cut.records).toEqual(whole.records);
          // How much is read before a refusal follows the pieces.
          expect({ ...cut.report, bytes: 0 }).toEqual({ ...whole.report, bytes: 0 });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of many small blocks is read once through, not once for each piece', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => ({ seconds, frame: packets[i % 2] }));
    const { report } = await converted('pcap', [pcapng(many)], EVERYTHING, 1_000);
    expect(report).toMatchObject({ rows: 3_000, flows: 3_000, failures: [] });
  });
});
