import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newObjects } from '../../lib/aws/events.ts';
import { eventBytesMax, eventObjectsMax } from '../../lib/limits.ts';
import { bridgeEvent, encodedKey, s3Event, s3Record, throughTopic } from './events.ts';

const TIME = '2026-11-22T10:00:00.000Z';

describe('the objects of an event', () => {
  const expected = [{ bucket: 'logs', key: 'a/b.log.gz', sizeBytes: 7, storedMilliseconds: Date.parse(TIME) }];

  it.each([
    ['S3', s3Event('logs', 'a/b.log.gz', 7, TIME)],
    ['S3 by way of a topic', throughTopic(s3Event('logs', 'a/b.log.gz', 7, TIME))],
    ['EventBridge', bridgeEvent('logs', 'a/b.log.gz', 7, TIME)],
    ['EventBridge by way of a topic', throughTopic(bridgeEvent('logs', 'a/b.log.gz', 7, TIME))],
  ])('are read from %s', (_, body) => {
    expect(newObjects(body)).toEqual(expected);
  });

  it('are all those that an event has', () => {
    const records = [s3Record('logs', 'a', 1, TIME), s3Record('logs', 'b', 2, TIME)];
    expect(newObjects(JSON.stringify({ Records: records })).map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it.each([
    ['the trial that S3 sends first', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'logs' })],
    ['the same trial by way of a topic', throughTopic(JSON.stringify({ Event: 's3:TestEvent' }))],
    [
      'a removal',
      JSON.stringify({ Records: [{ ...s3Record('logs', 'a', 1, TIME), eventName: 'ObjectRemoved:Delete' }] }),
    ],
    ['a removal by EventBridge', JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Deleted', detail: {} })],
    ['the mark of a folder', s3Event('logs', 'AWSLogs/', 0, TIME)],
    ['an event about nothing', JSON.stringify({ Records: [] })],
  ])('are none in %s', (_, body) => {
    expect(newObjects(body)).toEqual([]);
  });

  it('have keys that are decoded once from S3 and not at all from EventBridge', () => {
    const key = 'year=2026/a b+c%2F%25ü.log';
    expect(newObjects(s3Event('logs', key, 1, TIME))[0].key).toBe(key);
    expect(newObjects(bridgeEvent('logs', key, 1, TIME))[0].key).toBe(key);
  });

  it('have any key that a bucket can have', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (key) => {
        fc.pre(key.isWellFormed());
        expect(newObjects(s3Event('logs', key, 1, TIME))).toHaveLength(1);
        expect(newObjects(s3Event('logs', key, 1, TIME))[0].key).toBe(key);
      }),
    );
  });

  it('may lack size and time', () => {
    const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' };
    const s3 = { bucket: { name: 'logs' }, object: { key: encodedKey('a') } };
    expect(newObjects(JSON.stringify({ Records: [{ ...record, s3 }] }))).toEqual([{ bucket: 'logs', key: 'a' }]);
  });
});

describe('what is no such event', () => {
  it.each([
    ['text', 'hello', 'got text that is not JSON'],
    ['a list', '[]', 'got a list'],
    ['a number', '7', 'got 7,'],
    ['null', 'null', 'got null,'],
    ['another service', '{"source":"aws.ec2","detail":{}}', 'got an object with source, detail'],
    ['an empty object', '{}', 'got an object with nothing in it'],
    ['a record of another service', '{"Records":[{"eventSource":"aws:dynamodb"}]}', 'got a record of "aws:dynamodb"'],
    ['a record that is none', '{"Records":[null]}', 'got a record of "undefined"'],
    ['an object without a bucket', JSON.stringify({ Records: [s3Record('', 'a', 1, TIME)] }), 'without a bucket'],
    ['an object without a key', JSON.stringify({ Records: [s3Record('logs', '', 1, TIME)] }), 'without a key'],
    ['a key cut in the middle', JSON.stringify({ Records: [brokenKey('%C3')] }), 'a key that cannot be decoded, "%C3"'],
    ['a topic in a topic', throughTopic(throughTopic(s3Event('logs', 'a', 1, TIME))), 'got an object with Type'],
  ])('is refused: %s', (_, body, message) => {
    expect(() => newObjects(body)).toThrow(message);
    expect(() => newObjects(body)).toThrow('unknown event');
  });

  it('refuses events beyond their limits', () => {
    const records = Array.from({ length: eventObjectsMax + 1 }, () => s3Record('logs', 'a', 1, TIME));
    expect(() => newObjects(JSON.stringify({ Records: records }))).toThrow(`at most ${eventObjectsMax}`);
    expect(() => newObjects(' '.repeat(eventBytesMax + 1))).toThrow(`at most ${eventBytesMax}`);
  });

  it('names what was got without its values', () => {
    expect(() => newObjects(JSON.stringify({ password: 'hunter2' }))).toThrow(/^(?!.*hunter2).*password/);
  });

  it('never does more than throw an error', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        try {
          expect(Array.isArray(newObjects(body))).toBe(true);
        } catch (error) {
          expect((error as Error).message).toMatch(/^unknown event: got /);
        }
      }),
    );
  });
});

function brokenKey(key: string) {
  const record = s3Record('logs', 'a', 1, TIME);
  return { ...record, s3: { ...record.s3, object: { key } } };
}
