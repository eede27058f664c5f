/**
 * The findings bucket: all that the functions keep, by prefix.
 */
import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CANARY_PREFIX } from '../environment.ts';
import { baselineDaysMax } from '../limits.ts';
import { acknowledge } from './acknowledged.ts';

/** Beginnings of keys in the findings bucket. */
export const PREFIX = {
  summaries: 'summaries/',
  findings: 'findings/',
  tracks: 'tracks/',
  baselines: 'baselines/',
  lists: 'lists/',
  incidents: 'incidents/',
  failed: 'failed/',
  canary: CANARY_PREFIX,
  canaryLogs: `${CANARY_PREFIX}logs/`,
  canaryFailed: `${CANARY_PREFIX}failed/`,
  queries: 'athena/',
} as const;

/** Days after which versions that were overwritten go: long enough to notice and undo a mistake. */
const OLD_VERSIONS = Duration.days(7);

/** Baselines outlive the summaries that they were learned from; a few days more let a correlator that stood still catch up. */
const BASELINES = Duration.days(baselineDaysMax + 5);

export interface FindingsStorageProps {
  readonly bucket?: IBucket;
  readonly encryptionKey?: IKey;
  readonly summaryRetention: Duration;
  readonly findingRetention: Duration;
}

export class FindingsStorage extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: FindingsStorageProps) {
    super(scope, id);
    this.bucket =
      props.bucket ??
      new Bucket(this, 'Findings', { ...privateBucket(props.encryptionKey), lifecycleRules: lifecycle(props) });
    if (props.bucket === undefined) {
      acknowledge(
        this.bucket,
        'AwsSolutions-S1',
        'only the functions of this stack and its owners read it; CloudTrail data events tell who did',
      );
    }
  }
}

/** What every bucket made here is: versioned, encrypted, closed to the public and to plain HTTP, and kept when the stack goes. */
export function privateBucket(encryptionKey: IKey | undefined): BucketProps {
  return {
    versioned: true,
    encryption: encryptionKey === undefined ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS,
    encryptionKey,
    // Without a bucket key every object would cost a request to KMS.
    bucketKeyEnabled: encryptionKey === undefined ? undefined : true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
  };
}

export function expiry(prefix: string | undefined, expiration: Duration): LifecycleRule {
  return {
    prefix,
    expiration,
    noncurrentVersionExpiration: OLD_VERSIONS,
    abortIncompleteMultipartUploadAfter: Duration.days(1),
  };
}

function lifecycle({ summaryRetention, findingRetention }: FindingsStorageProps): LifecycleRule[] {
  const month = Duration.days(30);
  return [
    expiry(PREFIX.summaries, summaryRetention),
    expiry(PREFIX.tracks, summaryRetention),
    expiry(PREFIX.baselines, BASELINES),
    expiry(PREFIX.findings, findingRetention),
    expiry(PREFIX.incidents, findingRetention),
    expiry(PREFIX.failed, month),
    expiry(PREFIX.canary, Duration.days(2)),
    expiry(PREFIX.queries, Duration.days(7)),
  ];
}
