/**
 * The delivery bucket, and flow logs that are written into it.
 */
import { type Duration, Stack } from 'aws-cdk-lib';
import {
  CfnFlowLog,
  FlowLogFileFormat,
  FlowLogMaxAggregationInterval,
  type FlowLogResourceType,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { TRANSIT_GATEWAY_DELIVERY_FORMAT, VPC_DELIVERY_FORMAT } from '../environment.ts';
import { acknowledge } from './acknowledged.ts';
import { idFrom } from './identity.ts';
import { expiry, privateBucket } from './storage.ts';

export interface FlowLogsProps {
  readonly resources: readonly FlowLogResourceType[];
  /** Accounts that may deliver besides the stack's own. */
  readonly accounts: readonly string[];
  readonly fileFormat: FlowLogFileFormat;
  readonly maxAggregationInterval: FlowLogMaxAggregationInterval;
  readonly retention: Duration;
  readonly encryptionKey?: IKey;
}

export class FlowLogs extends Construct {
  readonly bucket: Bucket;
  /** Ids of the flow logs, known on deployment, by what they are of. */
  readonly ids: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const lifecycleRules = [expiry(undefined, props.retention)];
    this.bucket = new Bucket(this, 'Delivery', { ...privateBucket(props.encryptionKey), lifecycleRules });
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'AWS delivers the logs and one function reads them; CloudTrail data events tell who did',
    );
    this.#letDeliver([Stack.of(this).account, ...props.accounts]);
    this.ids = new Map(props.resources.map((resource) => [resource.resourceId, this.#flowLog(resource, props).attrId]));
  }

  /** Source: Amazon VPC User Guide, "Publish flow logs to Amazon S3", the policy that it asks for. */
  #letDeliver(accounts: string[]): void {
    const { partition } = Stack.of(this);
    const conditions = {
      StringEquals: { 'aws:SourceAccount': accounts },
      ArnLike: { 'aws:SourceArn': accounts.map((account) => `arn:${partition}:logs:*:${account}:*`) },
    };
    const principals = [new ServicePrincipal('delivery.logs.amazonaws.com')];
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions: {
          ...conditions,
          StringEquals: { ...conditions.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ['s3:GetBucketAcl', 's3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions,
      }),
    );
  }

  #flowLog({ resourceType, resourceId }: FlowLogResourceType, props: FlowLogsProps): CfnFlowLog {
    const isTransit = resourceType.startsWith('TransitGateway');
    const log = new CfnFlowLog(this, `FlowLog${idFrom(this, resourceId)}`, {
      resourceType,
      resourceId,
      // Transit gateways have no accepted or rejected traffic, and only the shorter interval.
      trafficType: isTransit ? undefined : 'ALL',
      maxAggregationInterval: isTransit ? FlowLogMaxAggregationInterval.ONE_MINUTE : props.maxAggregationInterval,
      logFormat: logFormat(isTransit ? TRANSIT_GATEWAY_DELIVERY_FORMAT : VPC_DELIVERY_FORMAT),
      logDestinationType: 's3',
      logDestination: this.bucket.bucketArn,
      destinationOptions: {
        FileFormat: props.fileFormat,
        HiveCompatiblePartitions: props.fileFormat === FlowLogFileFormat.PARQUET,
        PerHourPartition: props.fileFormat === FlowLogFileFormat.PARQUET,
      },
    });
    // Delivery is tried when the flow log is made, and the policy must be there by then.
    if (this.bucket.policy !== undefined) log.node.addDependency(this.bucket.policy);
    return log;
  }
}

/** Fields as the EC2 API takes them. */
export function logFormat(fields: readonly string[]): string {
  return fields.map((field) => `\${${field}}`).join(' ');
}
