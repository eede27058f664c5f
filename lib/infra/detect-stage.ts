/**
 * New objects of the sources, and the canary's, judged one by one.
 */
import type { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import { metricOf } from './metrics.ts';
import { consume, decrypt, encrypt, listBucket, readObjects, removeObjects, writeObjects } from './permissions.ts';
import type { Source, Watch } from './sources.ts';
import { StageFunction } from './stage-function.ts';
import { StageQueue } from './stage-queue.ts';
import { PREFIX } from './storage.ts';

/** Objects of one invocation: few enough that even the largest, of 75 MB, are done well within the timeout. */
const BATCH = 5;

export interface DetectStageProps {
  readonly installation: Installation;
  readonly sources: readonly Source[];
  readonly watches: readonly Watch[];
  readonly memory: Size;
  readonly timeout: Duration;
  readonly concurrency: number;
}

export class DetectStage extends Construct {
  readonly queue: StageQueue;
  readonly function: StageFunction;

  constructor(scope: Construct, id: string, props: DetectStageProps) {
    super(scope, id);
    const { installation, timeout } = props;
    const { storage, alarms, service, encryptionKey } = installation;
    const { bucket } = storage;
    this.queue = new StageQueue(this, 'Input', { installation, stage: 'detect', functionTimeout: timeout });
    const outputs = [PREFIX.summaries, PREFIX.findings, PREFIX.failed, PREFIX.canary];
    this.function = new StageFunction(this, 'Detect', {
      installation,
      name: 'detect',
      description: 'Judges new flow-log objects',
      memory: props.memory,
      timeout,
      scores: true,
      variables: {
        findingsBucket: bucket.bucketName,
        sources: props.watches.map(({ source }) => source).join('\n'),
      },
      statements: [
        consume(this.queue.queue),
        ...props.sources.map((source) => readObjects(source.bucket, source.prefix)),
        ...props.sources.map((source) => listBucket(source.bucket)),
        // What is usual for a host, before the forest's word about it goes out.
        readObjects(bucket, ...outputs, PREFIX.baselines),
        writeObjects(bucket, ...outputs),
        removeObjects(bucket, PREFIX.failed, PREFIX.canaryFailed),
        listBucket(bucket),
        ...decrypt(...props.sources.map((source) => source.encryptionKey).filter((key) => key !== encryptionKey)),
        ...encrypt(bucket.encryptionKey, encryptionKey),
      ],
    });
    this.queue.workedOffBy(this.function.handler, { batchSize: BATCH, maxConcurrency: props.concurrency });
    this.queue.toldBy(bucket, PREFIX.canaryLogs);
    alarms.watch('skip-data', 'detect', metricOf(service, 'skipData'));
  }
}
