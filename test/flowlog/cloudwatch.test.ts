import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloudWatchReader, isPackedPayload } from '../../lib/flowlog/cloudwatch.ts';
import { payloadBytesMax } from '../../lib/limits.ts';
import { bytesOf, countsOf, line, objectOf, readAll } from './reading.ts';

function payload(messages: unknown[], extra: object = {}): object {
  const logEvents = messages.map((message, index) => ({ id: String(index), timestamp: 1_600_000_000_000, message }));
  return {
    messageType: 'DATA_MESSAGE',
    owner: '123456789010',
    logGroup: 'flow',
    logStream: 'eni-1-all',
    logEvents,
    ...extra,
  };
}

function base64(value: object): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}

function read(text: string, pieceBytes = 1_000_000) {
  const parts: string[] = [];
  const reader = new CloudWatchReader(
    (part) => parts.push(Buffer.from(part).toString()) > 0,
    isPackedPayload(bytesOf(text)),
  );
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) if (!reader.push(bytes.subarray(at, at + pieceBytes))) break;
  reader.finish();
  return { text: parts.join(''), failure: reader.failure };
}

const TWO = { text: `${line(1)}\n${line(2)}\n`, failure: undefined };

describe('CloudWatchReader', () => {
  const events = payload([line(1), line(2)]);

  it.each([
    ['decoded', JSON.stringify(events)],
    ['printed over many lines', `\n${JSON.stringify(events, null, 4)}\n`],
    ['as base64 of gzip', base64(events)],
    ['as base64 with a newline at its end', `${base64(events)}\n`],
    ['in a Lambda event', JSON.stringify({ awslogs: { data: base64(events) } })],
    ['one after another', JSON.stringify(payload([line(1)])) + JSON.stringify(payload([line(2)]))],
    ['one a line', `${JSON.stringify(payload([line(1)]))}\n${JSON.stringify(payload([line(2)]))}\n`],
    ['as Firehose records', JSON.stringify({ message: line(1) }) + JSON.stringify({ message: line(2) })],
    ['with messages that end in a newline', JSON.stringify(payload([`${line(1)}\n`, `${line(2)}\r\n`]))],
    ['with extracted fields', JSON.stringify({ ...events, extractedFields: { srcaddr: '{"}' } })],
    [
      'between control messages',
      JSON.stringify(payload(['CWL CONTROL MESSAGE'], { messageType: 'CONTROL_MESSAGE' })) + JSON.stringify(events),
    ],
  ])('reads payloads %s, in pieces of any size', (_, text) => {
    for (const pieceBytes of [1_000_000, 100, 7, 1]) expect(read(text, pieceBytes)).toEqual(TWO);
  });

  it('makes one line of every message, so that lines count events', () => {
    expect(read(JSON.stringify(payload(['a\nb\r\nc', '', 'd'])))).toEqual({
      text: 'a b  c\n\nd\n',
      failure: undefined,
    });
  });

  it('is not confused by braces and quotes in text', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 50 }), (messages, pieceBytes) => {
        const expected = messages.map((message) => `${message.trim().replace(/[\r\n]/g, ' ')}\n`).join('');
        expect(read(JSON.stringify(payload(messages)), pieceBytes)).toEqual({ text: expected, failure: undefined });
      }),
    );
  });

  it.each([
    ['another object', '{"Records":[]}'],
    ['events without messages', JSON.stringify(payload([1]))],
    ['broken JSON', '{"logEvents":[}'],
    ['text in braces', '{not json}'],
    ['unmatched braces', '}}}'],
    ['an event in an event', JSON.stringify({ awslogs: { data: base64({ awslogs: { data: base64(events) } }) } })],
  ])('refuses %s', (_, text) => {
    expect(read(text).failure).toMatch(/^looks like JSON that is no CloudWatch Logs payload, expected/);
  });

  it('refuses base64 that does not unpack', () => {
    expect(read('H4sIAAAAnonsense').failure).toMatch(/^the base64 payload does not unpack: /);
  });

  it('refuses an unclosed object, after using those before it', () => {
    const { text, failure } = read(`${JSON.stringify(events)}{"logEvents":[`);
    expect(text).toBe(TWO.text);
    expect(failure).toMatch(/^the JSON is truncated/);
  });

  it('refuses a payload larger than its limit, packed or not', () => {
    const reader = new CloudWatchReader(() => true, false);
    reader.push(bytesOf('{"a":"'));
    const block = new Uint8Array(1_048_576).fill(120);
    let pushed = 0;
    while (reader.push(block)) pushed += block.length;
    expect(pushed).toBeLessThanOrEqual(payloadBytesMax);
    expect(reader.failure).toMatch(/payload is larger than/);
    const bomb = gzipSync(Buffer.alloc(payloadBytesMax + 1)).toString('base64');
    expect(read(bomb).failure).toMatch(/^the base64 payload does not unpack: /);
  });

  it('tells base64 of gzip by how it begins', () => {
    expect(isPackedPayload(bytesOf(base64(events)))).toBe(true);
    expect(isPackedPayload(bytesOf('H4s'))).toBe(false);
  });
});

describe('an object of CloudWatch payloads', () => {
  const noData = '2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA';
  const text = JSON.stringify(payload([line(1), noData, 'bogus', line(2)]));

  it.each([
    ['plain', Buffer.from(text)],
    ['packed', gzipSync(text)],
    ['as base64', Buffer.from(base64(JSON.parse(text)))],
    ['packed one after another, as Firehose stores them', Buffer.concat([gzipSync(text), gzipSync('')])],
  ])('is read %s, with event numbers as ordinals', async (_, bytes) => {
    const { report, records, ordinals, rejected } = await readAll(objectOf(bytes));
    expect(countsOf(report)).toEqual({ records: 2, noData: 1, skipData: 0, malformed: { 'field-count': 1 } });
    expect(records.map((record) => record.srcport)).toEqual(['1', '2']);
    expect(ordinals).toEqual([1, 4]);
    expect(rejected).toEqual([[3, 'field-count', 'bogus']]);
    expect(report.failure).toBeUndefined();
  });

  it('goes on counting through its payloads', async () => {
    const { ordinals } = await readAll(objectOf(gzipSync(text + text)));
    expect(ordinals).toEqual([1, 4, 5, 8]);
  });
});
