/**
 * The variables that the stack sets and the functions read: names and places, never secrets.
 */

import { FIELDS, TRANSIT_GATEWAY_FORMAT } from './flowlog/fields.ts';

/** Beginning of all keys of the canary in the findings bucket; what lies there never reaches people. */
export const CANARY_PREFIX = 'canary/';

/** File beside a function's code with the settings that the stack was deployed with. */
export const SETTINGS_FILE = 'settings.json';

/** Variables by what they hold. */
export const VARIABLES = {
  findingsBucket: 'FLOWTRAP_FINDINGS_BUCKET',
  /** Sources that are watched for silence, one a line: `bucket/prefix`, or the id of a flow log. */
  sources: 'FLOWTRAP_SOURCES',
  /** Topic for e-mail and machines. */
  topic: 'FLOWTRAP_TOPIC_ARN',
  /** Topic for Amazon Q Developer in chat applications; unset without it. */
  chatTopic: 'FLOWTRAP_CHAT_TOPIC_ARN',
  /** Secret with the address of a Slack webhook; unset without it. */
  slackSecret: 'FLOWTRAP_SLACK_SECRET_ARN',
} as const;

export type Variables = typeof VARIABLES;

/** Value of a variable; throws with its name where it is not set. */
export function required(variable: keyof Variables): string {
  const value = optional(variable);
  if (value === undefined)
    throw new Error(`the variable ${VARIABLES[variable]} is not set; the stack sets it on deployment`);
  return value;
}

export function optional(variable: keyof Variables): string | undefined {
  return process.env[VARIABLES[variable]] || undefined;
}

/** Files beside a function's code with the model that scores and its manifest. */
export const MODEL_FILES = { onnx: 'random-forest.onnx', manifest: 'random-forest.json' } as const;

/**
 * Name of this installation in logs and in the dimension `service` of every metric, so that several in one account stay apart. Both
 * variables are those that Powertools for AWS Lambda reads.
 */
export const SERVICE_VARIABLE = 'POWERTOOLS_SERVICE_NAME';
export const LOG_LEVEL_VARIABLE = 'POWERTOOLS_LOG_LEVEL';

/** Service of an installation whose stack gave no other name. */
export const SERVICE_DEFAULT = 'flowtrap';

/** CloudWatch namespace of all metrics. */
export const METRICS_NAMESPACE = 'Flowtrap';

export interface Metric {
  readonly name: string;
  readonly unit: 'Count' | 'Bytes' | 'Seconds' | 'None';
  /** Dimensions besides `service`, which all metrics have. */
  readonly dimensions: readonly string[];
  readonly meaning: string;
}

/**
 * Every metric that the functions send; dashboard and alarms are made from this table. Objects of the canary count in its own metrics
 * and in no other.
 */
export const METRICS = {
  objects: metric('Objects', 'Count', 'log objects read to their end'),
  sourceObjects: metric('SourceObjects', 'Count', 'the same by the source that they came from', ['source']),
  objectsFailed: metric('ObjectsFailed', 'Count', 'attempts at objects that failed; the message is tried again'),
  records: metric('Records', 'Count', 'flow records read'),
  bytes: metric('Bytes', 'Bytes', 'bytes of logs as stored'),
  malformed: metric('Malformed', 'Count', 'lines or rows that are no records'),
  skipData: metric('SkipData', 'Count', 'capture windows in which AWS left out records'),
  conversations: metric('Conversations', 'Count', 'conversations judged'),
  conversationsFolded: metric(
    'ConversationsFolded',
    'Count',
    'conversations folded together because there were too many',
  ),
  topScore: metric('TopScore', 'None', 'highest probability of an attack in an object, 0 to 1; one value per object'),
  findings: metric('Findings', 'Count', 'new findings by type and severity', ['type', 'severity']),
  deliveryToFindingSeconds: metric(
    'DeliveryToFinding',
    'Seconds',
    'from the delivery of an object to its new findings',
  ),
  suppressed: metric('Suppressed', 'Count', 'findings that a suppression, trust or the budget kept from people'),
  messages: metric('Messages', 'Count', 'messages published to people'),
  channelFailures: metric('ChannelFailures', 'Count', 'messages that the topic took and a chat channel did not'),
  canaryFound: metric('CanaryFound', 'Count', 'simulated attacks of the canary that came out as findings'),
  canaryMissed: metric('CanaryMissed', 'Count', 'simulated attacks of the canary that did not come out in time'),
} as const satisfies Record<string, Metric>;

function metric(name: string, unit: Metric['unit'], meaning: string, dimensions: readonly string[] = []): Metric {
  return { name, unit, dimensions, meaning };
}

/**
 * Fields of the flow logs that the stack creates: what conversations are built from, and of versions 2 to 5, which every VPC can give,
 * also what tells people where a flow was seen. Version 6 is the transit gateway's own set.
 */
export const VPC_DELIVERY_FORMAT: readonly string[] = FIELDS.filter(
  ({ version, used }) => version !== 6 && (used || version <= 5),
).map(({ name }) => name);

export const TRANSIT_GATEWAY_DELIVERY_FORMAT: readonly string[] = TRANSIT_GATEWAY_FORMAT;
