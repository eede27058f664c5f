/**
 * Records as the objects that AWS would deliver to S3, by its names, layouts and types.
 *
 * Source: Amazon VPC User Guide, "Publish flow logs to Amazon S3": a file holds the records whose end lies in the five minutes that
 * its name begins with, gzip text has a header line, Parquet columns have underscores and gzip compression.
 */
import { createHash } from 'node:crypto';
import { type FieldName, fieldByName } from '../lib/flowlog/fields.ts';
import { type FlowRecord, formatRecord, recordValues, SLOT_SECONDS, type Slot } from '../lib/flowlog/record.ts';
import { gzipFixed, ParquetFile } from '../lib/parquet-file.ts';

export interface ObjectFormat {
  readonly fields: readonly FieldName[];
  readonly parquet: boolean;
}

export interface DeliveredObject {
  /** Path under the bucket's root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The objects of one slot: one for each account and region. */
export function* objectsOf(slot: Slot, flowLogId: string, format: ObjectFormat): Generator<DeliveredObject> {
  const places = Map.groupBy(slot.records, ({ observer }) => `${observer.account}/${observer.region}`);
  for (const records of places.values()) {
    const { account, region } = records[0].observer;
    const bytes = format.parquet ? parquetObject(records, format.fields) : textObject(records, format.fields);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    const path = objectPath({ account, region, flowLogId, beginSeconds: slot.endSeconds - SLOT_SECONDS, hash, format });
    yield { path, bytes };
  }
}

interface PathParts {
  readonly account: string;
  readonly region: string;
  readonly flowLogId: string;
  readonly beginSeconds: number;
  readonly hash: string;
  readonly format: ObjectFormat;
}

export function objectPath({ account, region, flowLogId, beginSeconds, hash, format }: PathParts): string {
  const time = new Date(beginSeconds * 1_000).toISOString();
  const day = time.slice(0, 10).replaceAll('-', '/');
  const stamp = `${time.slice(0, 16).replace(/[-:]/g, '')}Z`;
  const ending = format.parquet ? 'log.parquet' : 'log.gz';
  const name = `${account}_vpcflowlogs_${region}_${flowLogId}_${stamp}_${hash}.${ending}`;
  return `AWSLogs/${account}/vpcflowlogs/${region}/${day}/${name}`;
}

/** The identifier of the seed's flow log, `fl-` and 17 hexadecimal digits. */
export function flowLogIdOf(seed: number): string {
  return `fl-${createHash('sha256').update(`flow log ${seed}`).digest('hex').slice(0, 17)}`;
}

function textObject(records: readonly FlowRecord[], fields: readonly FieldName[]): Uint8Array {
  const pieces = [Buffer.from(`${fields.join(' ')}\n`)];
  for (const record of records) pieces.push(Buffer.from(`${formatRecord(record, fields)}\n`));
  return gzipFixed(Buffer.concat(pieces));
}

const PARQUET_TYPE = { STRING: 'STRING', INT_32: 'INT32', INT_64: 'INT64' } as const;

function parquetObject(records: readonly FlowRecord[], fields: readonly FieldName[]): Uint8Array {
  const columns = fields.map((name) => ({
    name: name.replaceAll('-', '_'),
    type: PARQUET_TYPE[fieldByName(name)!.parquet],
    nullable: true,
  }));
  const file = new ParquetFile({ columns, codec: 'GZIP' });
  const data: (string | number | undefined)[][] = fields.map(() => []);
  for (const record of records) {
    const values = recordValues(record, fields);
    for (let i = 0; i < values.length; i++) data[i].push(values[i]);
  }
  return Buffer.concat([file.rowGroup(data), file.finish()]);
}
