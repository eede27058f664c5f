/** Objects as they might lie in a bucket: sound ones of every kind, damaged in every way. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../lib/flowlog/fields.ts';
import { headerLayout } from '../../lib/flowlog/layout.ts';
import { MALFORMED_REASONS } from '../../lib/flowlog/report.ts';
import { malformedExamplesMax, unknownFieldsMax } from '../../lib/limits.ts';
import { bytesOf, DEFAULT_HEADER, line, lines, objectOf, type Reading, readAll, readText } from '../flowlog/reading.ts';
import { type Codec, flowColumns, parquetOf } from '../flowlog/tables.ts';

/** What holds of every reading, whatever was read. */
function checkSound({ report, records, rejected, ordinals }: Reading): void {
  expect(records).toHaveLength(report.records);
  expect(rejected).toHaveLength(report.malformedCount);
  expect(report.examples.length).toBeLessThanOrEqual(malformedExamplesMax);
  for (const { text } of report.examples) expect(text.length).toBeLessThanOrEqual(200);
  for (const reason of Object.keys(report.malformed)) expect(Object.keys(MALFORMED_REASONS)).toContain(reason);
  expect(report.unknownFields.size).toBeLessThanOrEqual(unknownFieldsMax);
  expect(new Set(ordinals).size).toBe(ordinals.length);
  expect(report.failure ?? 'none').toMatch(/^[^\n]{1,400}$/);
}

/** Changes of a sound object: bytes put over it, taken out, put in, and its end cut off. */
const anyDamage = fc.record({
  over: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255))), { maxLength: 5 }),
  out: fc.option(fc.tuple(fc.nat(), fc.nat(40)), { nil: undefined }),
  into: fc.option(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 40 })), { nil: undefined }),
  cut: fc.option(fc.nat(), { nil: undefined, freq: 3 }),
});

type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

function damaged(sound: Uint8Array, { over, out, into, cut }: Damage): Uint8Array {
  let bytes = Buffer.from(sound);
  for (const [at, value] of over) bytes[at % bytes.length] = value;
  if (out !== undefined) {
    const at = out[0] % bytes.length;
    bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + out[1])]);
  }
  if (into !== undefined) {
    const at = into[0] % (bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, at), into[1], bytes.subarray(at)]);
  }
  return cut === undefined ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
}

/** Lines that differ, so that what was read tells where it came from. */
const LOG = `${DEFAULT_HEADER}\n${lines(120)}`;

const payload = (messages: readonly string[]) =>
  JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logEvents: messages.map((message, id) => ({ id, message })),
  });
const MESSAGES = Array.from({ length: 20 }, (_, i) => line(i));

describe('damaged gzip', () => {
  const half = gzipSync(lines(60));
  const kinds = [
    gzipSync(LOG),
    gzipSync(LOG, { level: 0 }),
    gzipSync(LOG, { level: 9 }),
    Buffer.concat([gzipSync(`${DEFAULT_HEADER}\n`), half, half]),
  ];

  it('is sound, and the same whether it can be had once or again, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        anyDamage,
        fc.integer({ min: 1, max: 900 }),
        async (kind, damage, pieceBytes) => {
          const bytes = damaged(kind, damage);
          const whole = await readAll(objectOf(bytes));
          checkSound(whole);
          const pieces = await readAll(objectOf(bytes, pieceBytes));
          // How much is read before a failure follows the pieces; what comes of it does not.
          const unread = { bytes: 0, unpackedBytes: 0 };
          expect({ ...pieces.report, ...unread }).toEqual({ ...whole.report, ...unread });
          expect(pieces.records).toEqual(whole.records);
          const once = await readAll({ ...objectOf(bytes, pieceBytes), once: true });
          checkSound(once);
          // What can be had once loses at most what zlib had not yet given out.
          expect(once.report.records).toBeLessThanOrEqual(whole.report.records);
          expect(whole.records.slice(0, once.records.length)).toEqual(once.records);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('that still unpacks is read to its end, and otherwise says why it is not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), anyDamage, async (kind, damage) => {
        const bytes = damaged(kind, damage);
        if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return;
        const { report } = await readAll(objectOf(bytes));
        let unpacked: Buffer | undefined;
        try {
          unpacked = gunzipSync(bytes);
        } catch {
          expect(report.failure).toMatch(/^the gzip data is (truncated|damaged)|^looks like/);
          return;
        }
        expect(report.unpackedBytes).toBe(unpacked.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe('damaged Parquet', () => {
  const table = flowColumns(40);
  const kinds = (['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD'] as readonly Codec[]).map((codec) =>
    parquetOf(table, { codec, rowGroupSize: 25 }),
  );

  it('is sound, and gives no more rows than it says it has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), anyDamage, async (kind, damage) => {
        const reading = await readAll(objectOf(damaged(kind, damage)));
        checkSound(reading);
        const { records, noData, skipData, malformedCount } = reading.report;
        expect(records + noData + skipData + malformedCount).toBeLessThanOrEqual(2_000);
      }),
      { numRuns: 400 },
    );
  });

  it('is sound where its footer is damaged, which tells everything else', async () => {
    const footers = kinds.map((bytes) => [bytes, Buffer.from(bytes).readUInt32LE(bytes.length - 8)] as const);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...footers),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async ([sound, footerBytes], changes) => {
          const bytes = Buffer.from(sound);
          for (const [at, value] of changes) bytes[bytes.length - 8 - footerBytes + (at % footerBytes)] = value;
          checkSound(await readAll(objectOf(bytes)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('that is sound after all asks for no bytes outside the object', async () => {
    for (const kind of kinds) {
      const object = objectOf(kind);
      const slice = (start: number, end: number = kind.length) => {
        expect(start >= 0 && start <= end && end <= kind.length).toBe(true);
        return object.slice!(start, end);
      };
      expect((await readAll({ ...object, slice })).report).toMatchObject({ records: 40, failure: undefined });
    }
  });

  it('with JSON in its columns counts what is no value, though it has no text of its own', async () => {
    const json = ['{"toString":1}', '[[1]]', '"10.0.0.1"', '{"ip":"10.0.0.1"}'];
    const columnData = [
      { name: 'srcaddr', data: json.map((text) => JSON.parse(text) as unknown), type: 'JSON' as const },
      { name: 'dstaddr', data: json.map(() => '10.0.0.2'), type: 'STRING' as const },
    ];
    const reading = await readAll(objectOf(new Uint8Array(parquetWriteBuffer({ columnData }))));
    checkSound(reading);
    expect(reading.report).toMatchObject({ records: 1, malformed: { address: 3 }, failure: undefined });
  });
});

describe('damaged CloudWatch Logs payloads', () => {
  const text = payload(MESSAGES);
  const packed = gzipSync(text).toString('base64');
  const kinds = [text, text + text, packed, JSON.stringify({ awslogs: { data: packed } }), gzipSync(text)].map((kind) =>
    Buffer.from(kind),
  );

  it('are sound, and the same in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        anyDamage,
        fc.integer({ min: 1, max: 700 }),
        async (kind, damage, pieceBytes) => {
          const bytes = damaged(kind, damage);
          const whole = await readAll(objectOf(bytes));
          checkSound(whole);
          const pieces = await readAll(objectOf(bytes, pieceBytes));
          checkSound(pieces);
          expect(pieces.records).toEqual(whole.records);
          expect(pieces.report.failure).toBe(whole.report.failure);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('with JSON of any kind are read or refused, and never throw', async () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const member = fc.constantFrom('logEvents', 'message', 'messageType', 'awslogs', 'data', 'toString', '__proto__');
    const anyObject = fc.array(fc.tuple(member, value), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyObject, { minLength: 1, maxLength: 3 }), async (objects) => {
        const all = objects.map((members) => `{${members.map(([name, held]) => `"${name}":${JSON.stringify(held)}`)}}`);
        checkSound(await readAll(objectOf(all.join('\n'))));
      }),
      { numRuns: 200 },
    );
  });

  it('nested as deep as they like are refused like any other JSON', async () => {
    for (const nested of [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, `{"logEvents":${'['.repeat(100_000)}`]) {
      const { report } = await readAll(objectOf(nested));
      expect(report.failure).toMatch(/^looks like JSON that is no CloudWatch Logs payload|^the JSON is truncated/);
    }
  });
});

describe('a mutated header', () => {
  const names = FIELDS.map(({ name }) => name);
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom(
      'new-field',
      'constructor',
      '__proto__',
      'SRCADDR',
      'srcaddr ',
      '$' + '{srcaddr}',
      '10.0.0.1',
      '-',
      '"',
      '#',
    ),
    fc.string({ maxLength: 6 }),
  );

  it('never throws; every line below it is counted once', () => {
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 20 }),
        fc.constantFrom(' ', ',', '  ', ', '),
        fc.array(fc.nat(65_535).map(line), { maxLength: 5 }),
        (words, separator, rows) => {
          const header = words.join(separator).replaceAll(/[\r\n]/g, ' ');
          const reading = readText([header, ...rows].join('\n'));
          checkSound(reading);
          const { records, noData, skipData, malformedCount } = reading.report;
          const isData = headerLayout(header) === undefined && !/^[\s"]*(#|$)/.test(header);
          const counted = records + noData + skipData + malformedCount;
          expect(counted === rows.length || (isData && counted === rows.length + 1)).toBe(true);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('in any order of its fields gives the same records', () => {
    const order = fc.shuffledSubarray(DEFAULT_HEADER.split(' '), { minLength: 14 });
    const expected = readText([DEFAULT_HEADER, line(1), line(2)].join('\n')).records;
    fc.assert(
      fc.property(order, (fields) => {
        const values = (row: string) => {
          const of = row.split(' ');
          return fields.map((name) => of[DEFAULT_HEADER.split(' ').indexOf(name)]).join(' ');
        };
        const { records } = readText([fields.join(' '), values(line(1)), values(line(2))].join('\n'));
        expect(records).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('of a million names is one line', () => {
    const { report } = readText(bytesOf(`${'srcaddr '.repeat(1_000_000)}\n${line(1)}\n`));
    expect(report).toMatchObject({ records: 1, malformed: { 'line-too-long': 1 } });
  });
});
