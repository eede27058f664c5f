/**
 * The one S3 client of a process.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { TIMEOUTS } from './timeouts.ts';

let shared: S3Client | undefined;

/** Made when first needed: commands that read local files must not ask for credentials. */
export function sharedS3(): S3Client {
  shared ??= new S3Client({ followRegionRedirects: true, requestHandler: TIMEOUTS });
  return shared;
}
