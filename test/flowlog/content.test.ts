import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentReader } from '../../lib/flowlog/content.ts';
import { bytesOf, line, lines } from './reading.ts';

function content(bytes: Uint8Array | string, pieceBytes = 1_000_000) {
  const all = typeof bytes === 'string' ? bytesOf(bytes) : bytes;
  const parts: Buffer[] = [];
  const reader = new ContentReader((part) => parts.push(Buffer.from(part)) > 0);
  for (let at = 0; at < all.length; at += pieceBytes) if (!reader.push(all.subarray(at, at + pieceBytes))) break;
  reader.finish();
  return { text: Buffer.concat(parts).toString(), failure: reader.failure };
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

describe('ContentReader', () => {
  it('hands text on as it is, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 3_000 }), (count, pieceBytes) => {
        expect(content(lines(count), pieceBytes)).toEqual({ text: lines(count), failure: undefined });
      }),
    );
  });

  it('takes off a byte order mark', () => {
    expect(content(`\ufeff${line(1)}`, 1)).toEqual({ text: line(1), failure: undefined });
  });

  it('hands on the messages of CloudWatch payloads, whatever precedes the brace', () => {
    expect(content(` \n{"messageType":"DATA_MESSAGE","logEvents":[{"message":"a b"}]}`).text).toBe('a b\n');
  });

  it('may be empty', () => {
    expect(content('')).toEqual({ text: '', failure: undefined });
  });

  it('stops when no more is wanted', () => {
    const reader = new ContentReader(() => false);
    expect(reader.push(bytesOf(lines(10)))).toBe(false);
    expect(reader.failure).toBeUndefined();
  });

  it.each([
    ['gzip inside gzip', '\x1f\x8b\x08'],
    ['Parquet inside gzip', 'PAR1\x15'],
    ['Zstandard', '\x28\xb5\x2f\xfd\x24'],
    ['bzip2', 'BZh91AY'],
    ['xz', '\xfd7zXZ\x00\x00'],
    ['LZ4', '\x04\x22\x4d\x18'],
    ['framed Snappy', '\xff\x06\x00\x00sNaPpY'],
    ['a 7-Zip archive', '7z\xbc\xaf\x27\x1c'],
    ['a ZIP archive', 'PK\x03\x04'],
    ['an ORC file', 'ORC\x11'],
    ['an Avro file', 'Obj\x01'],
    ['an Arrow file', 'ARROW1\x00'],
    ['a packet capture', '\xd4\xc3\xb2\xa1\x02\x00'],
    ['a packet capture', '\x0a\x0d\x0d\x0a'],
    ['text in UTF-16', '\xff\xfe2\x00 \x00'],
    ['a PDF document', '%PDF-1.7'],
    ['a program', '\x7fELF\x02'],
    ['an HTML or XML page', '\n<!DOCTYPE html>'],
    ['an HTML or XML page', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ['a JSON array', '[{"a":1}]'],
    ['binary data of an unknown kind', 'abc\x00\x01\x02'],
  ])('refuses %s', (what, begin) => {
    for (const pieceBytes of [1, 1_000]) {
      const { text, failure } = content(latin1(begin), pieceBytes);
      expect(failure).toContain(`looks like ${what}`);
      expect(failure).toContain('expected flow-log text, gzip, Parquet or a CloudWatch Logs payload');
      expect(text).toBe('');
    }
  });
});
