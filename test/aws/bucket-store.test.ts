import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketStore } from '../../lib/aws/bucket-store.ts';
import type { Store } from '../../lib/history/store.ts';
import { conflictsMax } from '../../lib/limits.ts';
import { type FakeS3, serveS3 } from './fake-s3.ts';

const text = (value: string) => Buffer.from(value);
const named = (name: string, more: object = {}) =>
  Object.assign(new Error(`${name} says the server`), { name, ...more });

async function keysOf(store: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

describe('a bucket as a store', () => {
  let server: FakeS3;
  let client: S3Client;
  let objects: Record<string, Uint8Array>;

  beforeAll(async () => {
    objects = {};
    server = await serveS3({ results: objects }, 2);
    client = new S3Client({
      endpoint: server.endpoint,
      forcePathStyle: true,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  });

  afterAll(() => server.close());

  beforeEach(() => {
    for (const key of Object.keys(objects)) delete objects[key];
    server.requests.length = 0;
  });

  it('gives back what was written', async () => {
    const store = bucketStore('results', { client });
    expect(await store.read('a/b c=ü.json')).toBeUndefined();
    expect(await store.write('a/b c=ü.json', text('one'))).toBe(true);
    const stored = await store.read('a/b c=ü.json');
    expect(Buffer.from(stored!.bytes).toString()).toBe('one');
    expect(stored!.tag).not.toBe('');
  });

  it('writes what is absent once', async () => {
    const store = bucketStore('results', { client });
    expect(await store.write('a', text('one'), 'absent')).toBe(true);
    expect(await store.write('a', text('two'), 'absent')).toBe(false);
    expect(Buffer.from(objects.a).toString()).toBe('one');
  });

  it('replaces only what was read', async () => {
    const store = bucketStore('results', { client });
    await store.write('a', text('one'));
    const { tag } = (await store.read('a'))!;
    expect(await store.write('a', text('two'), { tag })).toBe(true);
    expect(await store.write('a', text('three'), { tag })).toBe(false);
    expect(Buffer.from(objects.a).toString()).toBe('two');
  });

  it('does not replace what has been removed', async () => {
    const store = bucketStore('results', { client });
    await store.write('a', text('one'));
    const { tag } = (await store.read('a'))!;
    await store.remove('a');
    expect(await store.write('a', text('two'), { tag })).toBe(false);
    expect(objects).toEqual({});
  });

  it('lists page after page, with the tags that reading gives', async () => {
    const store = bucketStore('results', { client });
    for (const key of ['b/3', 'a/2', 'a/1', 'a/3', 'a/4', 'a/5']) await store.write(key, text(key));
    expect(await keysOf(store, 'a/')).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5']);
    expect(await keysOf(store, 'nothing')).toEqual([]);
    for await (const { key, sizeBytes, tag } of store.list('b/')) {
      expect({ key, sizeBytes, tag }).toEqual({ key: 'b/3', sizeBytes: 3, tag: (await store.read('b/3'))!.tag });
    }
    expect(server.requests.filter((request) => request.includes('list-type=2'))).toHaveLength(5);
  });

  it('keeps all its keys below its prefix', async () => {
    const store = bucketStore('results', { client, prefix: 'canary/' });
    await store.write('findings/a.json', text('one'));
    objects['findings/b.json'] = text('outside');
    expect(Object.keys(objects)).toEqual(['canary/findings/a.json', 'findings/b.json']);
    expect(await keysOf(store, 'findings/')).toEqual(['findings/a.json']);
    expect(await store.read('findings/b.json')).toBeUndefined();
    await store.remove('findings/a.json');
    expect(Object.keys(objects)).toEqual(['findings/b.json']);
  });

  it('removes what is not there without an error', async () => {
    await expect(bucketStore('results', { client }).remove('nothing')).resolves.toBeUndefined();
  });

  it('goes on when others write the same key at that moment', async () => {
    server.troubles.push([409, 'ConditionalRequestConflict'], [409, 'ConditionalRequestConflict']);
    expect(await bucketStore('results', { client }).write('a', text('one'), 'absent')).toBe(true);
    expect(server.requests).toHaveLength(3);
  });

  it('goes on when S3 is busy or fails for a moment', async () => {
    server.troubles.push([503, 'SlowDown'], [500, 'InternalError']);
    expect(await bucketStore('results', { client }).write('a', text('one'), 'absent')).toBe(true);
    server.troubles.push([503, 'SlowDown']);
    expect((await bucketStore('results', { client }).read('a'))?.bytes).toHaveLength(3);
  });

  it('throws when S3 stays busy', async () => {
    server.troubles.push([503, 'SlowDown'], [503, 'SlowDown'], [503, 'SlowDown']);
    await expect(bucketStore('results', { client }).read('a')).rejects.toThrow('cannot read s3://results/a: SlowDown');
    expect(server.troubles).toEqual([]);
  });

  it('says what is missing', async () => {
    await expect(bucketStore('nowhere', { client }).read('a')).rejects.toThrow(
      'cannot read s3://nowhere/a: the bucket does not exist',
    );
    await expect(bucketStore('forbidden', { client }).write('a', text('a'))).rejects.toThrow(
      'allow s3:PutObject on arn:aws:s3:::forbidden/*',
    );
    await expect(bucketStore('forbidden', { client }).remove('a')).rejects.toThrow('allow s3:DeleteObject');
    await expect(keysOf(bucketStore('forbidden', { client }), 'a')).rejects.toThrow(
      '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::forbidden"}',
    );
  });
});

describe('a conditional write', () => {
  const client = new S3Client({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const s3 = mockClient(client);
  const store = bucketStore('results', { client });

  afterEach(() => s3.reset());

  it('is done when its answer was lost and the client tried it again', async () => {
    const again = named('PreconditionFailed', { $metadata: { attempts: 2 } });
    s3.on(PutObjectCommand).rejects(again).onAnyCommand().resolves(bodyOf('mine'));
    s3.on(PutObjectCommand).rejects(again);
    expect(await store.write('a', text('mine'), 'absent')).toBe(true);
    expect(await store.write('a', text('other'), 'absent')).toBe(false);
  });

  it('gives up when it conflicts without end', async () => {
    s3.on(PutObjectCommand).rejects(named('ConditionalRequestConflict'));
    await expect(store.write('a', text('a'), 'absent')).rejects.toThrow('cannot write s3://results/a');
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(conflictsMax);
  });

  it('carries its condition and the type of its content', async () => {
    s3.on(PutObjectCommand).resolves({});
    await store.write('a.json', text('{}'), 'absent');
    await store.write('b.parquet', text(''), { tag: '"x"' });
    const inputs = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    expect(inputs[0]).toMatchObject({ IfNoneMatch: '*', ContentType: 'application/json' });
    expect(inputs[1]).toMatchObject({ IfMatch: '"x"', ContentType: 'application/vnd.apache.parquet' });
  });
});

function bodyOf(content: string) {
  return { Body: { transformToByteArray: async () => text(content) }, ETag: '"x"' } as never;
}
