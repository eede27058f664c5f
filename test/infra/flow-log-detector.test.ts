import { Stack } from 'aws-cdk-lib';
import { Annotations, Capture, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { METRICS, METRICS_NAMESPACE } from '../../lib/environment.ts';
import { ALARMS } from '../../lib/infra/alarms.ts';
import { FlowLogDetector, type FlowLogDetectorProps } from '../../lib/infra/flow-log-detector.ts';
import { claimSeconds } from '../../lib/limits.ts';
import { ACCOUNT, detectorIn, largest, newApp, type PropsOf, REGION, SMALLEST, templateOf } from './stacks.ts';
import { shown } from './statements.ts';

/** Properties of the resources of a type, in the order of the template. */
function propertiesOf(template: Template, type: string): Record<string, never>[] {
  return Object.values(template.findResources(type)).map(({ Properties }) => Properties);
}

describe('a queue', () => {
  it('gives a finding back only when the claim of a run that died is stale, and no run is taken for dead that lives', () => {
    const template = templateOf(SMALLEST);
    const one = (type: string, id: string) =>
      Object.entries(template.findResources(type)).find(([name]) => name.startsWith(id))![1].Properties;
    const { Timeout } = one('AWS::Lambda::Function', 'NotifyStageNotifyFunction');
    const { VisibilityTimeout } = one('AWS::SQS::Queue', 'NotifyStageInputQueue');
    expect(claimSeconds).toBeGreaterThan(Timeout);
    expect(claimSeconds).toBeLessThan(VisibilityTimeout);
  });

  it.each([
    ['detect', 300],
    ['notify', 60],
  ])('before %s waits six times its %i seconds, and puts aside after five tries', (stage, seconds) => {
    const template = templateOf(SMALLEST);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: seconds,
      Environment: { Variables: Match.objectLike({ FLOWTRAP_FINDINGS_BUCKET: Match.anyValue() }) },
    });
    const queues = Object.entries(template.findResources('AWS::SQS::Queue'));
    const [, queue] = queues.find(([id]) => new RegExp(`^${stage}StageInputQueue`, 'i').test(id))!;
    expect(queue.Properties).toMatchObject({
      VisibilityTimeout: seconds * 6,
      MessageRetentionPeriod: 7 * 86_400,
      RedrivePolicy: { maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
    });
    const [, dead] = queues.find(([id]) => new RegExp(`^${stage}StageInputDeadLetters`, 'i').test(id))!;
    expect(dead.Properties).toMatchObject({ MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true });
  });

  it('is worked off in batches whose failed messages alone come back', () => {
    const mappings = propertiesOf(
      templateOf({ ...SMALLEST, detectConcurrency: 50 }),
      'AWS::Lambda::EventSourceMapping',
    );
    expect(mappings).toMatchObject([
      { BatchSize: 5, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 50 } },
      { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 2 } },
    ]);
  });
});

describe('the functions', () => {
  const named = (template: Template) =>
    propertiesOf(template, 'AWS::Lambda::Function').filter(({ Runtime }) =>
      String(Runtime).startsWith('nodejs'),
    ) as unknown as {
      Architectures: string[];
      MemorySize: number;
      Environment: { Variables: Record<string, unknown> };
      LoggingConfig: unknown;
      Role: unknown;
      Runtime: string;
    }[];

  it('run on Node 24 and arm64, with a log group and a role of their own each', () => {
    const functions = named(templateOf(SMALLEST));
    expect(functions).toHaveLength(4);
    for (const one of functions) expect(one).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' });
    expect(new Set(functions.map(({ Role }) => shown(Role))).size).toBe(4);
    expect(new Set(functions.map(({ LoggingConfig }) => shown(LoggingConfig))).size).toBe(4);
    templateOf(SMALLEST).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  it('run on x64 where asked to', () => {
    const functions = named(templateOf({ ...SMALLEST, architecture: Architecture.X86_64 }));
    expect(functions.map(({ Architectures }) => Architectures)).toEqual(Array(4).fill(['x86_64']));
  });

  it('know the bucket, their installation and only what their stage needs', () => {
    const variables = named(templateOf(largest)).map(({ Environment }) => Object.keys(Environment.Variables).sort());
    const common = ['FLOWTRAP_FINDINGS_BUCKET', 'POWERTOOLS_SERVICE_NAME'];
    const detect = ['FLOWTRAP_FINDINGS_BUCKET', 'FLOWTRAP_SOURCES', 'POWERTOOLS_SERVICE_NAME'];
    const notify = [
      'FLOWTRAP_CHAT_TOPIC_ARN',
      'FLOWTRAP_FINDINGS_BUCKET',
      'FLOWTRAP_SLACK_SECRET_ARN',
      'FLOWTRAP_TOPIC_ARN',
    ];
    expect(variables).toEqual([detect, common, [...notify, 'POWERTOOLS_SERVICE_NAME'], common]);
  });

  it('are told their tasks by the clock', () => {
    const rules = propertiesOf(templateOf(SMALLEST), 'AWS::Events::Rule') as unknown as {
      ScheduleExpression: string;
      Targets: { Input: string }[];
    }[];
    const tasks = rules.map(({ ScheduleExpression, Targets }) => [ScheduleExpression, JSON.parse(Targets[0].Input)]);
    expect(tasks).toEqual([
      ['rate(15 minutes)', { task: 'correlate' }],
      ['cron(0 6 * * ? *)', { task: 'digest' }],
      ['rate(1 hour)', { task: 'canary' }],
    ]);
  });

  it('leave the canary out where it is switched off, and its alarms', () => {
    const template = templateOf({ ...SMALLEST, canary: false });
    expect(named(template)).toHaveLength(3);
    expect(JSON.stringify(template.toJSON())).not.toContain('canary-');
  });
});

describe('the buckets', () => {
  it('are versioned, encrypted, closed, and kept when the stack goes', () => {
    const buckets = Object.values(templateOf(SMALLEST).findResources('AWS::S3::Bucket'));
    expect(buckets).toHaveLength(2);
    for (const bucket of buckets) {
      expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(bucket.Properties).toMatchObject({
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    }
  });

  it('expire by prefix', () => {
    const [findings, delivery] = propertiesOf(templateOf(SMALLEST), 'AWS::S3::Bucket') as unknown as {
      LifecycleConfiguration: { Rules: { Prefix?: string; ExpirationInDays: number }[] };
    }[];
    const days = (bucket: typeof findings) =>
      Object.fromEntries(bucket.LifecycleConfiguration.Rules.map((rule) => [rule.Prefix ?? '', rule.ExpirationInDays]));
    expect(days(findings)).toEqual({
      'summaries/': 35,
      'tracks/': 35,
      'baselines/': 35,
      'findings/': 400,
      'incidents/': 400,
      'failed/': 30,
      'canary/': 2,
      'athena/': 7,
    });
    expect(days(delivery)).toEqual({ '': 90 });
  });

  it('tell the queues of new logs, of canary logs and of findings, each by its prefix', () => {
    const told = propertiesOf(templateOf(SMALLEST), 'Custom::S3BucketNotifications').map((properties) => {
      const { BucketName, NotificationConfiguration } = properties as unknown as {
        BucketName: unknown;
        NotificationConfiguration: {
          QueueConfigurations: { QueueArn: unknown; Filter?: { Key: { FilterRules: unknown[] } } }[];
        };
      };
      return [
        shown(BucketName),
        NotificationConfiguration.QueueConfigurations.map(({ QueueArn, Filter }) => [
          shown(QueueArn),
          Filter?.Key.FilterRules,
        ]),
      ];
    });
    const prefix = (Value: string) => [{ Name: 'prefix', Value }];
    expect(told).toEqual([
      [
        '<StorageFindings>',
        [
          ['<DetectStageInputQueue.Arn>', prefix('canary/logs/')],
          ['<NotifyStageInputQueue.Arn>', prefix('findings/')],
        ],
      ],
      ['<FlowLogsDelivery>', [['<DetectStageInputQueue.Arn>', undefined]]],
    ]);
  });

  it('may be given', () => {
    const { stack, detector } = detectorIn((scope) => ({
      ...SMALLEST,
      findingsBucket: Bucket.fromBucketName(scope, 'Given', 'given-findings'),
    }));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    expect(detector.findingsBucket.bucketName).toBe('given-findings');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ FLOWTRAP_FINDINGS_BUCKET: 'given-findings' }) },
    });
  });
});

describe('the sources', () => {
  it('are heard by notification with encoded prefixes, by EventBridge with plain ones and by a topic', () => {
    const template = templateOf(largest);
    template.hasResourceProperties('Custom::S3BucketNotifications', {
      BucketName: 'notified-logs',
      Managed: false,
      NotificationConfiguration: {
        QueueConfigurations: [
          Match.objectLike({
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'AWSLogs/aws-account-id%3D444455556666/' }] } },
          }),
        ],
      },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['bridged-logs'] }, object: { key: [{ prefix: 'logs=1/' }] } },
      },
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DetectStageInputQueue'), 'Arn'] } })],
    });
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: {
        Records: { s3: { bucket: { name: ['announced-logs'] }, object: { key: [{ prefix: 'logs%3D2/' }] } } },
      },
    });
  });

  it('have an alarm about silence each: buckets by prefix, and the flow logs of the stack', () => {
    const { stack } = detectorIn((scope) => {
      const bucket = Bucket.fromBucketName(scope, 'Logs', 'logs');
      return {
        flowLogResources: ['vpc-1', 'vpc-2'].map((resourceId) => ({ resourceType: 'VPC', resourceId })),
        sourceBuckets: ['a/', 'b=1/'].map((prefix) => ({ bucket, prefix })),
      };
    });
    const template = Template.fromStack(stack);
    const silent = propertiesOf(template, 'AWS::CloudWatch::Alarm')
      .filter(({ AlarmName }) => /source-silent/.test(JSON.stringify(AlarmName)))
      .map(({ AlarmName, Dimensions, Period, TreatMissingData }) => {
        expect({ Period, TreatMissingData }).toEqual({ Period: 7_200, TreatMissingData: 'breaching' });
        const [{ Value: service }, { Name, Value: source }] = Dimensions as { Name: string; Value: unknown }[];
        expect([service, Name]).toEqual(['Test', 'source']);
        return [AlarmName, shown(source)];
      });
    const flowLog = (id: string) => expect.stringMatching(new RegExp(`^<FlowLogsFlowLog${id}\\.Id>$`));
    expect(silent).toEqual([
      ['Test-logs/a/-source-silent', 'logs/a/'],
      ['Test-logs/b=1/-source-silent', 'logs/b=1/'],
      ['Test-vpc-1-source-silent', flowLog('vpc1')],
      ['Test-vpc-2-source-silent', flowLog('vpc2')],
    ]);
    // The function counts by the same names.
    const [detect] = propertiesOf(template, 'AWS::Lambda::Function').map(({ Environment }) => Environment as unknown);
    const { Variables } = detect as { Variables: Record<string, unknown> };
    expect(shown(Variables.FLOWTRAP_SOURCES).split('\n')).toEqual(silent.map(([, source]) => source));
  });

  it('count the delivery bucket among them where others may deliver to it', () => {
    const flowLogResources = [{ resourceType: 'VPC', resourceId: 'vpc-1' }];
    const silent = (props: FlowLogDetectorProps) =>
      propertiesOf(templateOf(props), 'AWS::CloudWatch::Alarm')
        .map(({ AlarmName }) => shown(AlarmName))
        .filter((name) => name.endsWith('-source-silent'));
    const ofBucket = 'Test-<FlowLogsDelivery>-source-silent';
    const ofVpc = 'Test-vpc-1-source-silent';
    expect(silent({ flowLogResources })).toEqual([ofVpc]);
    expect(silent({ flowLogResources, deliveryBucket: true })).toEqual([ofBucket, ofVpc]);
    expect(silent({ flowLogResources, deliveryAccounts: ['444455556666'] })).toEqual([ofBucket, ofVpc]);
  });

  it('keep their resources when another is taken out before them', () => {
    const of = (...names: string[]) => {
      const { stack } = detectorIn((scope) => ({
        sourceBuckets: names.map((name) => ({ bucket: Bucket.fromBucketName(scope, name, name), eventBridge: true })),
        flowLogResources: names.map((name) => ({ resourceType: 'VPC', resourceId: `vpc-${name}` })),
      }));
      const template = Template.fromStack(stack);
      const types = ['AWS::CloudWatch::Alarm', 'AWS::Events::Rule', 'AWS::EC2::FlowLog'];
      return Object.assign({}, ...types.map((type) => template.findResources(type))) as Record<string, unknown>;
    };
    const [both, one] = [of('first', 'second'), of('second')];
    expect(Object.keys(both)).toHaveLength(Object.keys(one).length + 4);
    expect(both).toMatchObject(one);
  });

  it('need no bucket of the stack', () => {
    const { stack, detector } = detectorIn((scope) => ({
      sourceBuckets: [{ bucket: Bucket.fromBucketName(scope, 'Logs', 'logs') }],
    }));
    expect(detector.deliveryBucket).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
  });
});

describe('the flow logs', () => {
  it('hold all useful fields, in the form and the interval that were asked for', () => {
    const logs = propertiesOf(templateOf(largest), 'AWS::EC2::FlowLog') as unknown as Record<string, unknown>[];
    expect(logs).toHaveLength(2);
    expect(logs[0]).toMatchObject({
      ResourceType: 'VPC',
      ResourceId: 'vpc-1',
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
      LogDestinationType: 's3',
      DestinationOptions: { FileFormat: 'plain-text', HiveCompatiblePartitions: false, PerHourPartition: false },
    });
    expect(logs[0].LogFormat).toMatch(
      /^\$\{version} \$\{account-id} .*\$\{tcp-flags}.*\$\{pkt-srcaddr}.*\$\{flow-direction}/,
    );
    expect(logs[0].LogFormat).not.toContain('tgw-');
    expect(logs[1]).toMatchObject({ ResourceType: 'TransitGateway', ResourceId: 'tgw-1', MaxAggregationInterval: 60 });
    expect(logs[1]).not.toHaveProperty('TrafficType');
    expect(logs[1].LogFormat).toMatch(/ \$\{tgw-attachment-id} /);
  });

  it('are Parquet in partitions by hour unless asked otherwise, and made after the policy of their bucket', () => {
    const template = templateOf({ flowLogResources: [{ resourceType: 'Subnet', resourceId: 'subnet-1' }] });
    template.hasResource('AWS::EC2::FlowLog', {
      Properties: {
        ResourceType: 'Subnet',
        MaxAggregationInterval: 600,
        DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
      },
      DependsOn: [Match.stringLikeRegexp('^FlowLogsDeliveryPolicy')],
    });
  });
});

describe('the alarms', () => {
  const alarmsOf = (props: PropsOf) =>
    propertiesOf(templateOf(props), 'AWS::CloudWatch::Alarm') as unknown as {
      AlarmName: unknown;
      AlarmDescription: unknown;
      TreatMissingData: string;
      AlarmActions: unknown[];
      Namespace?: string;
      MetricName?: string;
      Period: number;
      EvaluationPeriods: number;
    }[];

  it('are these', () => {
    expect(alarmsOf(SMALLEST).map(({ AlarmName }) => shown(AlarmName))).toEqual([
      'Test-detect-dead-letters',
      'Test-detect-queue-age',
      'Test-detect-queue-depth',
      'Test-detect-errors',
      'Test-detect-throttles',
      'Test-detect-skip-data',
      'Test-<FlowLogsDelivery>-source-silent',
      'Test-correlate-errors',
      'Test-correlate-throttles',
      'Test-correlate-correlate-stopped',
      'Test-notify-dead-letters',
      'Test-notify-queue-age',
      'Test-notify-queue-depth',
      'Test-notify-errors',
      'Test-notify-throttles',
      'Test-canary-errors',
      'Test-canary-throttles',
      'Test-canary-canary-missed',
      'Test-canary-canary-stopped',
    ]);
  });

  it('say what to do, decide about missing data, tell the operations topic and look back a day at most', () => {
    for (const alarm of alarmsOf(SMALLEST)) {
      const [, kind] = Object.entries(ALARMS).find(([name]) => shown(alarm.AlarmName).endsWith(`-${name}`))!;
      expect(shown(alarm.AlarmDescription)).toContain(`${kind.means} ${kind.toDo}`);
      expect(alarm.TreatMissingData).toBe(kind.missing);
      expect(alarm.AlarmActions.map(shown)).toEqual(['<AlarmsTopic>']);
      expect(alarm.Period * alarm.EvaluationPeriods).toBeLessThanOrEqual(86_400);
    }
  });

  it('are all in use where everything is', () => {
    const names = alarmsOf(largest).map(({ AlarmName }) => shown(AlarmName));
    for (const name of Object.keys(ALARMS)) expect(names.filter((one) => one.endsWith(`-${name}`))).not.toEqual([]);
  });

  it('about what is counted use metrics that the functions send, under the name of the installation', () => {
    const counted = alarmsOf(SMALLEST).filter(({ Namespace }) => Namespace === METRICS_NAMESPACE);
    const sent: string[] = Object.values(METRICS).map(({ name }) => name);
    expect(counted).toHaveLength(4);
    for (const { MetricName } of counted) expect(sent).toContain(MetricName);
    const service = new Capture();
    templateOf(SMALLEST).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: service }) },
    });
    expect(service.asString()).toBe('Test');
  });

  it('keep two detectors of one stack apart', () => {
    const stack = new Stack(newApp(), 'Test');
    for (const id of ['One', 'Other']) new FlowLogDetector(stack, id, { deliveryBucket: true });
    const names = propertiesOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm').map(({ AlarmName }) =>
      JSON.stringify(AlarmName),
    );
    expect(new Set(names).size).toBe(38);
  });
});

describe('messages', () => {
  it('go to people who confirm, and alarms to others where asked to', () => {
    const template = templateOf(largest);
    const mail = (Endpoint: string, topic: string) =>
      template.hasResourceProperties('AWS::SNS::Subscription', {
        Protocol: 'email',
        Endpoint,
        TopicArn: { Ref: Match.stringLikeRegexp(`^${topic}`) },
      });
    mail('security@example.com', 'NotifyStageTopic');
    mail('operations@example.com', 'AlarmsTopic');
  });

  it('about alarms go to the same people unless asked otherwise', () => {
    const template = templateOf({ ...SMALLEST, emails: ['a@example.com'] });
    const topics = propertiesOf(template, 'AWS::SNS::Subscription').map(({ TopicArn }) => shown(TopicArn));
    expect(topics.sort()).toEqual(['<AlarmsTopic>', '<NotifyStageTopic>']);
  });

  it('go to Slack by a topic of their own, in a channel that may run nothing', () => {
    templateOf(largest).hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SlackWorkspaceId: 'T0123ABCD',
      SlackChannelId: 'C0123ABCD',
      SnsTopicArns: [
        { Ref: Match.stringLikeRegexp('^NotifyStageChatTopic') },
        { Ref: Match.stringLikeRegexp('^AlarmsTopic') },
      ],
      GuardrailPolicies: [{ 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('AWSDenyAll')])] }],
    });
    templateOf(SMALLEST).resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
  });

  it('go to given topics', () => {
    const given = (scope: Stack): FlowLogDetectorProps => ({
      ...SMALLEST,
      topic: Topic.fromTopicArn(scope, 'Findings', 'arn:aws:sns:eu-central-1:111122223333:findings'),
      operationsTopic: Topic.fromTopicArn(scope, 'Operations', 'arn:aws:sns:eu-central-1:111122223333:operations'),
    });
    const template = templateOf(given);
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ FLOWTRAP_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:findings' }),
      },
    });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: ['arn:aws:sns:eu-central-1:111122223333:operations'],
    });
  });
});

describe('encryption', () => {
  it('uses the given key for buckets, queues, topics and logs', () => {
    const template = templateOf(largest);
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key };
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }],
      },
    });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: key });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: key });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
  });

  it('by a key that was made elsewhere warns with the statements that it lacks', () => {
    const { stack } = detectorIn((scope) => ({
      ...SMALLEST,
      encryptionKey: Key.fromKeyArn(
        scope,
        'Key',
        'arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef',
      ),
    }));
    const [{ entry }] = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('given encryption key'));
    for (const service of ['delivery.logs', 'cloudwatch', 's3', 'events']) {
      expect(JSON.stringify(entry.data)).toContain(`${service}.amazonaws.com`);
    }
    expect(JSON.stringify(entry.data)).not.toContain('sns.amazonaws.com');
  });

  it('by such a key warns of the topics too that announce objects', () => {
    const announcements = `arn:aws:sns:${REGION}:${ACCOUNT}:announcements`;
    const { stack } = detectorIn((scope) => ({
      sourceBuckets: [
        {
          bucket: Bucket.fromBucketName(scope, 'Logs', 'logs'),
          topic: Topic.fromTopicArn(scope, 'Topic', announcements),
        },
      ],
      encryptionKey: Key.fromKeyArn(
        scope,
        'Key',
        `arn:aws:kms:${REGION}:${ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`,
      ),
    }));
    const [{ entry }] = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('given encryption key'));
    const [, statements] = /it must contain (\[\{.*\}\])/.exec(String(entry.data))!;
    expect(JSON.parse(statements)).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { ArnEquals: { 'aws:SourceArn': [announcements] } },
    });
    expect(JSON.parse(statements)[0].Condition.StringEquals).toEqual({ 'aws:SourceAccount': ['<AWS::AccountId>'] });
  });

  it('by a key that was made in the same app warns of nothing', () => {
    const { stack } = detectorIn(largest);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  it('of the findings topic is by the key that AWS manages where none is given', () => {
    const topics = propertiesOf(templateOf(SMALLEST), 'AWS::SNS::Topic').map(({ KmsMasterKeyId }) =>
      shown(KmsMasterKeyId ?? ''),
    );
    expect(topics).toEqual(
      ['""', 'arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:alias/aws/sns'].map((t) => t.replace('""', '')),
    );
  });
});

describe('the dashboard', () => {
  /** Metrics that have a better place: the alarm of their source. */
  const ELSEWHERE = ['SourceObjects'];

  it('shows every metric that the functions send, and what it costs', () => {
    const [{ DashboardBody }] = propertiesOf(templateOf(SMALLEST), 'AWS::CloudWatch::Dashboard');
    const body = shown(DashboardBody);
    const shownNames = Object.values(METRICS).filter(
      ({ name }) => body.includes(`"${name}"`) || body.includes(`\\"${name}\\"`),
    );
    expect(
      Object.values(METRICS)
        .filter((metric) => !shownNames.includes(metric))
        .map(({ name }) => name),
    ).toEqual(ELSEWHERE);
    expect(body).toContain('Estimated cost in US dollars per day');
    expect(body).not.toMatch(/\*\d[\d.]*e-/);
  });
});

describe('the outputs', () => {
  it('say what to do next and where things are', () => {
    expect(Object.keys(templateOf(SMALLEST).findOutputs('*')).sort()).toEqual([
      'DeliveryBucket',
      'DetectDeadLetters',
      'DetectQueue',
      'DetectRole',
      'FindingsBucket',
      'FindingsTopic',
      'NextCreateFlowLogs',
      'NextOpenDashboard',
      'NotifyDeadLetters',
      'NotifyQueue',
      'OperationsTopic',
    ]);
    const more = Object.keys(templateOf(largest).findOutputs('*'));
    expect(more).toEqual(expect.arrayContaining(['ChatTopic', 'NextConfirmEmail', 'NextOpenQueries']));
    const [confirm] = Object.values(templateOf(largest).findOutputs('NextConfirmEmail'));
    expect(confirm.Value).toBe('security@example.com, operations@example.com');
    const [{ Value }] = Object.values(templateOf(SMALLEST).findOutputs('NextCreateFlowLogs'));
    expect(shown(Value)).toMatch(
      /^aws ec2 create-flow-logs .*--log-destination <FlowLogsDelivery\.Arn> .* --resource-ids VPC_ID$/,
    );
  });
});
