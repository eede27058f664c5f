import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerLayout } from '../../lib/flowlog/layout.ts';
import { lineBytesMax } from '../../lib/limits.ts';
import {
  bytesOf,
  countsOf,
  DEFAULT_HEADER,
  line,
  objectOf,
  type Reading,
  readAll,
  readText,
} from '../flowlog/reading.ts';

const NO_DATA = '2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA';

/** Lines as they come: good ones, nearly good ones, and anything. */
const anyLine = fc.oneof(
  { weight: 4, arbitrary: fc.nat(65_535).map(line) },
  fc.constantFrom(NO_DATA, NO_DATA.replace('NODATA', 'SKIPDATA'), DEFAULT_HEADER, '', '# comment', 'srcaddr,dstaddr'),
  fc.constantFrom('"10.0.0.1","10.0.0.2"', '::1,::2', `${DEFAULT_HEADER}\r`, '  ', '\t', '\0', '"', ',,,'),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
  fc.tuple(fc.nat(65_535), fc.nat(100), fc.string({ maxLength: 3 })).map(([port, at, noise]) => {
    const text = line(port);
    return (text.slice(0, at) + noise + text.slice(at + 1)).replaceAll('\n', ' ');
  }),
  fc.integer({ min: lineBytesMax - 2, max: lineBytesMax + 2 }).map((length) => 'x'.repeat(length)),
);

const anyText = fc.array(anyLine, { maxLength: 60 }).map((all) => all.join('\n'));

/** Data lines, told apart without the reader: what is neither blank nor comment nor header. */
function dataLines(text: string): number {
  const all = new TextDecoder().decode(bytesOf(text)).split('\n');
  return all.filter((one) => {
    const bare = one.replace(/\r$/, '');
    const overlong = bytesOf(one).length > lineBytesMax;
    if (overlong) return true;
    return !/^[\s"]*(#|$)/.test(bare) && headerLayout(bare.replaceAll('"', '')) === undefined;
  }).length;
}

function total({ report }: Reading): number {
  return report.records + report.noData + report.skipData + report.malformedCount;
}

function essence({ report, records, ordinals, rejected }: Reading) {
  return {
    counts: countsOf(report),
    missing: [...report.missingFields],
    unknown: [...report.unknownFields],
    records,
    ordinals,
    rejected,
  };
}

describe('reading any text', () => {
  it('counts every data line exactly once', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const reading = readText(text);
        expect(total(reading)).toBe(dataLines(text));
        expect(reading.records).toHaveLength(reading.report.records);
        expect(reading.rejected).toHaveLength(reading.report.malformedCount);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(), { maxLength: 30 }), (text, cuts) => {
        expect(essence(readText(text, {}, cuts))).toEqual(essence(readText(text)));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same byte by byte', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 5 }), (all) => {
        const text = all.filter((one) => one.length < 1_000).join('\n');
        const cuts = Array.from({ length: bytesOf(text).length }, (_, index) => index);
        expect(essence(readText(text, {}, cuts))).toEqual(essence(readText(text)));
      }),
      { numRuns: 100 },
    );
  });

  it('numbers records and rejected lines in the order of the text, each line once', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ordinals, rejected } = readText(text);
        const all = [...ordinals, ...rejected.map(([ordinal]) => ordinal)];
        expect(new Set(all).size).toBe(all.length);
        expect(ordinals).toEqual([...ordinals].sort((a, b) => a - b));
        expect(Math.max(0, ...all)).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
  });
});

describe('reading any bytes', () => {
  const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 2_000 }), anyText.map(bytesOf));
  const begins = [
    '',
    '\x1f\x8b',
    '\x1f\x8b\x08',
    'PAR1',
    '{',
    '{"',
    '{"logEvents":[',
    'H4sI',
    'H4sIAAAA',
    '"',
    '<',
    DEFAULT_HEADER,
  ];

  it('never throws, and says what it counted or why it stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...begins),
        anyBytes,
        fc.integer({ min: 1, max: 3_000 }),
        async (begin, rest, pieceBytes) => {
          const bytes = Buffer.concat([Buffer.from(begin, 'latin1'), rest]);
          const reading = await readAll(objectOf(bytes, pieceBytes));
          expect(reading.records).toHaveLength(reading.report.records);
          expect(reading.rejected).toHaveLength(reading.report.malformedCount);
          if (reading.report.failure === undefined) expect(reading.report.bytes).toBe(bytes.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives the same packed, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 3_000 }), async (text, pieceBytes) => {
        const plain = await readAll(objectOf(`${DEFAULT_HEADER}\n${text}`));
        const packed = await readAll(objectOf(gzipSync(`${DEFAULT_HEADER}\n${text}`), pieceBytes));
        expect({ ...essence(packed), failure: packed.report.failure }).toEqual({
          ...essence(plain),
          failure: plain.report.failure,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same in one payload of CloudWatch Logs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(65_535).map(line), fc.constant(NO_DATA), fc.constant('bogus'))),
        async (all) => {
          const payload = JSON.stringify({
            messageType: 'DATA_MESSAGE',
            logEvents: all.map((message) => ({ message })),
          });
          expect(essence(await readAll(objectOf(payload, 100)))).toEqual(essence(readText(all.join('\n'))));
        },
      ),
      { numRuns: 200 },
    );
  });
});
