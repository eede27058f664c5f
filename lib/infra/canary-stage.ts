/**
 * Simulated attacks that go in by the clock and must come out as findings.
 */
import { Duration, Size } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import { metricOf } from './metrics.ts';
import { encrypt, listBucket, readObjects, writeObjects } from './permissions.ts';
import { onSchedule } from './scheduled.ts';
import { StageFunction } from './stage-function.ts';
import { PREFIX } from './storage.ts';

const TIMEOUT = Duration.minutes(2);
const MEMORY = Size.mebibytes(512);

/** Runs without a finding after which the canary counts as stopped. */
const RUNS_MISSED = 3;

export interface CanaryStageProps {
  readonly installation: Installation;
  readonly every: Duration;
}

export class CanaryStage extends Construct {
  readonly function: StageFunction;

  constructor(scope: Construct, id: string, { installation, every }: CanaryStageProps) {
    super(scope, id);
    const { storage, alarms, service } = installation;
    const { bucket } = storage;
    this.function = new StageFunction(this, 'Canary', {
      installation,
      name: 'canary',
      description: 'Checks that known attacks are found',
      memory: MEMORY,
      timeout: TIMEOUT,
      scores: false,
      variables: { findingsBucket: bucket.bucketName },
      statements: [
        readObjects(bucket, PREFIX.canary),
        writeObjects(bucket, PREFIX.canary),
        listBucket(bucket),
        ...encrypt(bucket.encryptionKey),
      ],
    });
    const schedule = Schedule.rate(every);
    onSchedule(this, this.function.handler, { task: 'canary', description: 'Sends simulated attacks', schedule });
    const stopped = Duration.seconds(every.toSeconds() * RUNS_MISSED);
    alarms.watch('canary-missed', 'canary', metricOf(service, 'canaryMissed'));
    alarms.watch('canary-stopped', 'canary', metricOf(service, 'canaryFound', { period: stopped }));
  }
}
