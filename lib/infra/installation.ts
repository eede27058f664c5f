/**
 * What all stages of one detector share.
 */
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../settings.ts';
import type { Alarms } from './alarms.ts';
import type { FindingsStorage } from './storage.ts';

export interface Installation {
  /** Name in logs and metrics, different for every detector of an account and region. */
  readonly service: string;
  readonly architecture: Architecture;
  readonly encryptionKey?: IKey;
  readonly logRetention: RetentionDays;
  readonly settings: Settings;
  readonly alarms: Alarms;
  readonly storage: FindingsStorage;
}
