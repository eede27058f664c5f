/**
 * The store that a findings bucket is.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Store, StoredEntry, WriteCondition } from '../history/store.ts';
import { conflictsMax } from '../limits.ts';
import { explained } from './errors.ts';
import { sharedS3 } from './s3.ts';

export interface BucketStoreOptions {
  /** Beginning of all keys, such as `canary/`; the store's own keys go without it. */
  readonly prefix?: string;
  readonly client?: S3Client;
}

/** Milliseconds before a conflicting write is tried again, times the number of tries so far. */
const CONFLICT_PAUSE_MILLISECONDS = 50;

export function bucketStore(bucket: string, { prefix = '', client = sharedS3() }: BucketStoreOptions = {}): Store {
  return new BucketStore(bucket, prefix, client);
}

class BucketStore implements Store {
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;

  constructor(bucket: string, prefix: string, client: S3Client) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = client;
  }

  async *list(prefix: string): AsyncGenerator<StoredEntry> {
    let token: string | undefined;
    do {
      const page = await this.#listPage(prefix, token);
      for (const { Key, Size = 0, ETag = '' } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key.slice(this.#prefix.length), sizeBytes: Size, tag: ETag };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async read(key: string) {
    try {
      const { Body, ETag = '' } = await this.#client.send(new GetObjectCommand(this.#at(key)));
      return { bytes: await Body!.transformToByteArray(), tag: ETag };
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw this.#explained(error, 'read', 's3:GetObject', key);
    }
  }

  async write(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<boolean> {
    const input = { ...this.#at(key), Body: bytes, ContentType: contentType(key), ...conditionOf(condition) };
    for (let tries = 1; ; tries++) {
      try {
        await this.#client.send(new PutObjectCommand(input));
        return true;
      } catch (error) {
        const { name } = error as Error;
        if (name === 'PreconditionFailed') return this.#wasOwnWrite(error, key, bytes);
        // What was to be replaced has been removed meanwhile.
        if (name === 'NoSuchKey' && typeof condition === 'object') return false;
        const conflicts = name === 'ConditionalRequestConflict' || name === 'OperationAborted';
        if (!conflicts || tries >= conflictsMax) throw this.#explained(error, 'write', 's3:PutObject', key);
        await pause(tries * CONFLICT_PAUSE_MILLISECONDS);
      }
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand(this.#at(key)));
    } catch (error) {
      throw this.#explained(error, 'remove', 's3:DeleteObject', key);
    }
  }

  /** A write whose answer was lost is repeated by the client and then fails its own condition. */
  async #wasOwnWrite(error: unknown, key: string, bytes: Uint8Array): Promise<boolean> {
    const { $metadata } = error as { $metadata?: { attempts?: number } };
    if (($metadata?.attempts ?? 1) < 2) return false;
    const stored = await this.read(key);
    return stored !== undefined && Buffer.compare(stored.bytes, bytes) === 0;
  }

  async #listPage(prefix: string, token: string | undefined) {
    const Prefix = this.#prefix + prefix;
    try {
      const input = { Bucket: this.#bucket, Prefix, ContinuationToken: token };
      return await this.#client.send(new ListObjectsV2Command(input));
    } catch (error) {
      const resource = `arn:aws:s3:::${this.#bucket}`;
      throw explained(error, { do: `list s3://${this.#bucket}/${Prefix}`, permission: 's3:ListBucket', resource });
    }
  }

  #at(key: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  #explained(error: unknown, verb: string, permission: string, key: string): Error {
    const resource = `arn:aws:s3:::${this.#bucket}/*`;
    return explained(error, { do: `${verb} s3://${this.#bucket}/${this.#prefix}${key}`, permission, resource });
  }
}

function conditionOf(condition: WriteCondition | undefined) {
  if (condition === undefined) return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.tag };
}

function contentType(key: string): string {
  if (key.endsWith('.json')) return 'application/json';
  return key.endsWith('.parquet') ? 'application/vnd.apache.parquet' : 'application/octet-stream';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
