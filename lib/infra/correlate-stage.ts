/**
 * What no single object shows, judged by the clock from the summaries.
 */
import { Duration, type Size } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import { encrypt, listBucket, readObjects, writeObjects } from './permissions.ts';
import { onSchedule } from './scheduled.ts';
import { StageFunction } from './stage-function.ts';
import { PREFIX } from './storage.ts';

/** A run ends before the next begins, and by Lambda's own limit of 15 minutes. */
const LEEWAY_SECONDS = 30;
const TIMEOUT_MAX = Duration.minutes(15);

export interface CorrelateStageProps {
  readonly installation: Installation;
  readonly memory: Size;
  readonly every: Duration;
}

export class CorrelateStage extends Construct {
  readonly function: StageFunction;

  constructor(scope: Construct, id: string, { installation, memory, every }: CorrelateStageProps) {
    super(scope, id);
    const { bucket } = installation.storage;
    const folded = [PREFIX.tracks, PREFIX.baselines];
    this.function = new StageFunction(this, 'Correlate', {
      installation,
      name: 'correlate',
      description: 'Judges whole windows and the history from the summaries',
      memory,
      timeout: Duration.seconds(Math.min(TIMEOUT_MAX.toSeconds(), every.toSeconds() - LEEWAY_SECONDS)),
      scores: true,
      variables: { findingsBucket: bucket.bucketName },
      statements: [
        readObjects(bucket, PREFIX.summaries, PREFIX.findings, PREFIX.lists, ...folded),
        writeObjects(bucket, PREFIX.findings, ...folded),
        listBucket(bucket),
        ...encrypt(bucket.encryptionKey),
      ],
    });
    const schedule = Schedule.rate(every);
    onSchedule(this, this.function.handler, { task: 'correlate', description: 'Correlates summaries', schedule });
    const period = Duration.seconds(Math.max(Duration.hours(1).toSeconds(), every.toSeconds() * 2));
    const runs = this.function.handler.metricInvocations({ statistic: 'Sum', period });
    installation.alarms.watch('correlate-stopped', 'correlate', runs);
  }
}
