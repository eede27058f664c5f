import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { inputs } from '../../bin/inputs.ts';
import { listObjects, parseS3Uri, s3Object } from '../../lib/aws/objects.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { countsOf, lines, readAll } from '../flowlog/reading.ts';
import { flowColumns, parquetOf } from '../flowlog/tables.ts';
import { type FakeS3, serveS3 } from './fake-s3.ts';

async function all(objects: AsyncIterable<LogObject>): Promise<LogObject[]> {
  const listed: LogObject[] = [];
  for await (const object of objects) listed.push(object);
  return listed;
}

function named(name: string, message = 'as the server says', extra: object = {}): Error {
  return Object.assign(new Error(message), { name, ...extra });
}

describe('parseS3Uri', () => {
  it('splits bucket and prefix', () => {
    expect(parseS3Uri('s3://logs')).toEqual({ bucket: 'logs', prefix: '' });
    expect(parseS3Uri('s3://logs/')).toEqual({ bucket: 'logs', prefix: '' });
    expect(parseS3Uri('s3://my.logs-1/AWSLogs/1/year=2026/')).toEqual({
      bucket: 'my.logs-1',
      prefix: 'AWSLogs/1/year=2026/',
    });
  });

  it.each(['', 's3://', 's3:///key', 'logs/key', 's3://UPPER/key', 's3://a b/key', 'https://bucket/key'])(
    'refuses %j',
    (uri) => {
      expect(() => parseS3Uri(uri)).toThrow(`got "${uri}", expected s3://bucket or s3://bucket/prefix`);
    },
  );
});

describe('listObjects', () => {
  const s3 = mockClient(S3Client);
  const client = new S3Client({ region: 'eu-west-1' });
  afterEach(() => s3.reset());
  afterAll(() => s3.restore());

  it('lists page after page, one request at a time, without folders', async () => {
    s3.on(ListObjectsV2Command, { Bucket: 'logs', Prefix: 'a/', ContinuationToken: undefined }).resolves({
      Contents: [
        { Key: 'a/', Size: 0 },
        { Key: 'a/1', Size: 5 },
        { Key: 'a/empty', Size: 0 },
      ],
      IsTruncated: true,
      NextContinuationToken: 't',
    });
    s3.on(ListObjectsV2Command, { Bucket: 'logs', Prefix: 'a/', ContinuationToken: 't' }).resolves({
      Contents: [{ Key: 'a/2', Size: 7 }],
    });
    const listing = listObjects('s3://logs/a/', client);
    expect((await listing.next()).value).toMatchObject({ name: 's3://logs/a/1', sizeBytes: 5 });
    expect(s3.commandCalls(ListObjectsV2Command)).toHaveLength(1);
    expect((await all(listing)).map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['s3://logs/a/empty', 0],
      ['s3://logs/a/2', 7],
    ]);
  });

  it('is empty where nothing is', async () => {
    s3.on(ListObjectsV2Command).resolves({});
    expect(await all(listObjects('s3://logs', client))).toEqual([]);
  });

  it.each([
    ['NoSuchBucket', 'the bucket does not exist; check its name'],
    ['AccessDenied', 'access denied; allow s3:ListBucket on arn:aws:s3:::logs'],
    ['PermanentRedirect', 'the bucket is in another region; set AWS_REGION'],
    ['CredentialsProviderError', 'no credentials found; run aws sso login'],
    ['ExpiredToken', 'the credentials have expired'],
    ['SlowDown', 'as the server says'],
  ])('says what to do about %s', async (name, advice) => {
    const cause = named(name);
    s3.on(ListObjectsV2Command).rejects(cause);
    const error: Error = await all(listObjects('s3://logs/a', client)).then(
      () => new Error('it did not fail'),
      (thrown) => thrown,
    );
    expect(error.message).toContain('cannot list s3://logs/a: ');
    expect(error.message).toContain(advice);
    expect(error.cause).toBe(cause);
  });

  it('says so where no region is set, and takes any 403 as access denied', async () => {
    s3.on(ListObjectsV2Command).rejects(new Error('Region is missing'));
    await expect(all(listObjects('s3://logs', client))).rejects.toThrow('no region is set; set AWS_REGION');
    s3.on(ListObjectsV2Command).rejects(named('403', 'UnknownError', { $metadata: { httpStatusCode: 403 } }));
    await expect(all(listObjects('s3://logs', client))).rejects.toThrow('allow s3:ListBucket on arn:aws:s3:::logs');
  });

  it('says which permission reading needs', async () => {
    s3.on(GetObjectCommand).rejects(named('AccessDenied'));
    await expect(readAll(s3Object('logs', 'a/1', 5, client))).rejects.toThrow(
      'cannot open s3://logs/a/1: cannot read s3://logs/a/1: access denied; allow s3:GetObject on arn:aws:s3:::logs/*',
    );
  });

  it('closes the stream of an object that is read in part', async () => {
    const body = Readable.from([Buffer.from('<html>'.repeat(1_000)), Buffer.from('more')]);
    s3.on(GetObjectCommand).resolves({ Body: body as never });
    const { report } = await readAll(s3Object('logs', 'a/1', undefined, client));
    expect(report.failure).toMatch(/^looks like an HTML/);
    expect(body.destroyed).toBe(true);
  });
});

describe('a bucket behind the real client', () => {
  const parquet = parquetOf(flowColumns(1_500), { rowGroupSize: 500 });
  const buckets = {
    logs: {
      'a/': new Uint8Array(0),
      'a/1.log.gz': gzipSync(lines(300)),
      'a/2.log': Buffer.from(lines(20)),
      'a/b c=ü.parquet': parquet,
      'b/4.log': Buffer.from(lines(1)),
    },
  };
  let server: FakeS3;

  beforeAll(async () => {
    server = await serveS3(buckets, 2);
    vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  function client(): S3Client {
    return new S3Client({ forcePathStyle: true, maxAttempts: 1 });
  }

  it('is listed over its pages', async () => {
    const listed = await all(listObjects('s3://logs/a/', client()));
    expect(listed.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['s3://logs/a/1.log.gz', buckets.logs['a/1.log.gz'].length],
      ['s3://logs/a/2.log', buckets.logs['a/2.log'].length],
      ['s3://logs/a/b c=ü.parquet', parquet.length],
    ]);
    expect(server.requests.filter((request) => request.includes('list-type=2'))).toHaveLength(2);
  });

  it('is read: gzip and text streamed, Parquet in ranges', async () => {
    const [packed, text, table] = await all(listObjects('s3://logs/a/', client()));
    expect(countsOf((await readAll(packed)).report)).toMatchObject({ records: 300, malformed: {} });
    expect(countsOf((await readAll(text)).report)).toMatchObject({ records: 20, malformed: {} });
    expect(countsOf((await readAll(table)).report)).toMatchObject({ records: 1_500, malformed: {} });
    expect(server.requests.filter((request) => request.includes('bytes=')).length).toBeGreaterThan(3);
  });

  it('gives ranges as asked for', async () => {
    const object = s3Object('logs', 'a/2.log', buckets.logs['a/2.log'].length, client());
    const whole = Buffer.from(lines(20));
    expect(Buffer.from(await object.slice!(5, 25))).toEqual(whole.subarray(5, 25));
    expect(Buffer.from(await object.slice!(whole.length - 5))).toEqual(whole.subarray(-5));
    expect((await object.slice!(5, 5)).byteLength).toBe(0);
  });

  it('says what is wrong', async () => {
    await expect(all(listObjects('s3://nowhere/a', client()))).rejects.toThrow('the bucket does not exist');
    await expect(all(listObjects('s3://forbidden/a', client()))).rejects.toThrow(
      'allow s3:ListBucket on arn:aws:s3:::forbidden',
    );
    await expect(readAll(s3Object('logs', 'gone', 1, client()))).rejects.toThrow('the object does not exist any more');
  });

  it('is reached as a path on the command line', async () => {
    const objects = await all(inputs(['s3://logs/b', 's3://logs/a/2']));
    expect(objects.map(({ name }) => name)).toEqual(['s3://logs/b/4.log', 's3://logs/a/2.log']);
    expect((await readAll(objects[1])).report.records).toBe(20);
    await expect(all(inputs(['s3://UPPER']))).rejects.toThrow('expected s3://bucket');
  });
});
