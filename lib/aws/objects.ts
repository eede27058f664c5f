/**
 * S3 objects as log objects: listed page by page, streamed, and read in ranges. Content is taken as it is stored.
 */
import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { LogObject } from '../flowlog/object.ts';

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
export async function* listObjects(uri: string, client: S3Client = sharedClient()): AsyncGenerator<LogObject> {
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
  client: S3Client = sharedClient(),
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

let shared: S3Client | undefined;

/** Made when first needed: commands that read local files must not ask for credentials. */
function sharedClient(): S3Client {
  shared ??= new S3Client({ followRegionRedirects: true });
  return shared;
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
    throw explained(error, `list s3://${bucket}/${prefix}`, 's3:ListBucket', `arn:aws:s3:::${bucket}`);
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
    throw explained(error, `read s3://${bucket}/${key}`, 's3:GetObject', `arn:aws:s3:::${bucket}/*`);
  }
}

/** What to do about each error of S3 that people meet, by its name. */
function explained(error: unknown, action: string, permission: string, resource: string): Error {
  const { name, message } = error as Error;
  const advice: Record<string, string> = {
    NoSuchBucket: 'the bucket does not exist; check its name and the account of the credentials',
    NoSuchKey: 'the object does not exist any more; list again',
    AccessDenied: `access denied; allow ${permission} on ${resource} (and kms:Decrypt where the objects have a KMS key)`,
    PermanentRedirect: 'the bucket is in another region; set AWS_REGION to that of the bucket',
    AuthorizationHeaderMalformed: 'the bucket is in another region; set AWS_REGION to that of the bucket',
    CredentialsProviderError: 'no credentials found; run aws sso login, or set AWS_PROFILE or AWS_ACCESS_KEY_ID',
    ExpiredToken: 'the credentials have expired; run aws sso login or renew them',
    InvalidAccessKeyId: 'AWS does not know these credentials; check AWS_PROFILE or AWS_ACCESS_KEY_ID',
    InvalidObjectState: 'the object is archived; restore it from S3 Glacier first',
  };
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const key = advice[name] === undefined && status === 403 ? 'AccessDenied' : name;
  const region = message === 'Region is missing' ? 'no region is set; set AWS_REGION to that of the bucket' : message;
  return new Error(`cannot ${action}: ${advice[key] ?? region}`, { cause: error });
}
