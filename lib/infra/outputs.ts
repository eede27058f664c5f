/**
 * What the deployment prints: what to do next, in the order of these names, and where things are. The CDK prints names and values only,
 * so the names say what to do.
 */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { VPC_DELIVERY_FORMAT } from '../environment.ts';
import type { FlowLogDetector } from './flow-log-detector.ts';
import { logFormat } from './flow-logs.ts';

export function addOutputs(detector: FlowLogDetector, emails: readonly string[]): void {
  const { region } = Stack.of(detector);
  const output = (id: string, value: string, description: string) =>
    new CfnOutput(detector, id, { value, description });
  const console = `https://${region}.console.aws.amazon.com/`;
  if (emails.length > 0) {
    const addresses = [...new Set(emails)].join(', ');
    output('NextConfirmEmail', addresses, 'Open the message from AWS Notifications at each address and confirm');
  }
  if (detector.deliveryBucket !== undefined) {
    const command = `aws ec2 create-flow-logs --resource-type VPC --traffic-type ALL --log-destination-type s3 --log-destination ${detector.deliveryBucket.bucketArn} --destination-options FileFormat=parquet,HiveCompatiblePartitions=true,PerHourPartition=true --log-format '${logFormat(VPC_DELIVERY_FORMAT)}' --resource-ids VPC_ID`;
    output('NextCreateFlowLogs', command, 'Run this with the id of a VPC put in, for every VPC to be watched');
    output('DeliveryBucket', detector.deliveryBucket.bucketName, 'Flow logs delivered here are judged');
  }
  const dashboard = `${console}cloudwatch/home?region=${region}#dashboards/dashboard/${detector.dashboard.dashboardName}`;
  output('NextOpenDashboard', dashboard, 'The dashboard');
  output('FindingsBucket', detector.findingsBucket.bucketName, 'Findings lie here under findings/');
  output('FindingsTopic', detector.topic.topicArn, 'Subscribe queues, functions and people here');
  output('OperationsTopic', detector.operationsTopic.topicArn, 'Alarms about the detector itself go here');
  if (detector.notify.chat !== undefined) {
    output(
      'ChatTopic',
      detector.notify.chat.topic.topicArn,
      'Findings for Amazon Q Developer in chat applications go here',
    );
  }
  output(
    'DetectRole',
    detector.detect.function.role.roleArn,
    'Let this role read source buckets and keys of other accounts',
  );
  const stages = { Detect: detector.detect, Notify: detector.notify };
  for (const [name, { queue }] of Object.entries(stages)) {
    output(`${name}Queue`, queue.queue.queueUrl, 'Work waits here; flowtrap redrive takes this address');
    output(
      `${name}DeadLetters`,
      queue.deadLetterQueue.queueUrl,
      'What failed too often; flowtrap redrive puts it back',
    );
  }
  if (detector.athena !== undefined) {
    const { workGroup, database } = detector.athena;
    const editor = `${console}athena/home?region=${region}#/query-editor`;
    output('NextOpenQueries', editor, `Choose the work group ${workGroup} and open its saved queries on ${database}`);
  }
}
