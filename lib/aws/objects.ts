/**
 * S3 objects as log objects: listed page by page, streamed, and read in ranges. Content is taken as it is stored.
 */
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LogObject } from '../flowlog/object.ts';
import { explained } from './errors.ts';
import { sharedS3 } from './s3.ts';

/** Where objects are: a bucket and how their keys begin. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
}

/** Splits `s3://bucket/prefix`; throws when it is none. */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(uri);
  if (match === null) throw new Error(`got "${uri}", expected s3://bucket or s3://bucket/prefix`);
  return { bucket: match[1], prefix: match[2] ?? '' };
}

/**
 * The objects whose keys begin with the prefix, in key order; the keys that stand for folders are left out. Region and
 * credentials are found as the AWS SDK finds them. Throws with what to do when listing is refused.
 */
export async function* listObjects(uri: string, client: S3Client = sharedS3()): AsyncGenerator<LogObject> {
  const { bucket, prefix } = parseS3Uri(uri);
  let token: string | undefined;
  do {
    const page = await listPage(client, bucket, prefix, token);
    for (const { Key: key, Size: size = 0 } of page.Contents ?? []) {
      if (key !== undefined && !(size === 0 && key.endsWith('/'))) yield s3Object(bucket, key, size, client);
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** One object; `sizeBytes` as a listing or an event notification has it, without it there are no ranged reads. */
export function s3Object(
  bucket: string,
  key: string,
  sizeBytes: number | undefined,
  client: S3Client = sharedS3(),
): LogObject {
  const name = `s3://${bucket}/${key}`;
  return {
    name,
    sizeBytes,
    open: () => stream(client, bucket, key),
    slice: async (start, end = sizeBytes) => {
      if (end === start) return new ArrayBuffer(0);
      const range = `bytes=${start}-${end === undefined ? '' : end - 1}`;
      const body = await getObject(client, bucket, key, range);
      const bytes = Buffer.concat(await body.toArray());
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    },
  };
}

async function listPage(
  client: S3Client,
  bucket: string,
  prefix: string,
  token: string | undefined,
): Promise<ListObjectsV2CommandOutput> {
  try {
    return await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
  } catch (error) {
    const attempt = {
      do: `list s3://${bucket}/${prefix}`,
      permission: 's3:ListBucket',
      resource: `arn:aws:s3:::${bucket}`,
    };
    throw explained(error, attempt);
  }
}

async function* stream(client: S3Client, bucket: string, key: string): AsyncGenerator<Uint8Array> {
  const body = await getObject(client, bucket, key);
  try {
    yield* body;
  } finally {
    body.destroy();
  }
}

async function getObject(client: S3Client, bucket: string, key: string, range?: string): Promise<Readable> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
    return Body as Readable;
  } catch (error) {
    const attempt = {
      do: `read s3://${bucket}/${key}`,
      permission: 's3:GetObject',
      resource: `arn:aws:s3:::${bucket}/*`,
    };
    throw explained(error, attempt);
  }
}
