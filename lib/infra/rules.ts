/**
 * What the properties of a detector must hold to, checked at synth. Values that are known only on deployment pass.
 */
import { type Duration, type Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { parseSettings, type Settings } from '../settings.ts';
import type { FlowLogDetectorProps } from './props.ts';

/** A number among the properties: how to read it, and its limits in the unit that the message names. */
interface Range {
  readonly key: keyof FlowLogDetectorProps;
  readonly value: (props: FlowLogDetectorProps) => number | undefined;
  readonly least: number;
  readonly most: number;
  readonly unit: string;
  /** Whose limit it is. */
  readonly reason: string;
}

const MEBIBYTES = { most: 10_240, unit: 'MiB' };
const DAYS = { most: 3_650, unit: 'days' };

/** The correlator looks back on seven days and the one that has begun. */
const HISTORY = { ...DAYS, least: 8, reason: 'the history looks back on a week, and lifecycle rules count whole days' };

const RANGES: readonly Range[] = [
  {
    key: 'detectMemory',
    value: (p) => mebibytesOf(p.detectMemory),
    least: 1_024,
    ...MEBIBYTES,
    reason: 'the largest objects that AWS delivers, of 75 MB, need up to 700 MiB, Lambda gives 10,240 at most',
  },
  {
    key: 'correlateMemory',
    value: (p) => mebibytesOf(p.correlateMemory),
    least: 512,
    ...MEBIBYTES,
    reason: 'runtime and model take 250 MiB before the first summary is read, Lambda gives 10,240 at most',
  },
  {
    key: 'detectTimeout',
    value: (p) => secondsOf(p.detectTimeout),
    least: 10,
    most: 900,
    unit: 'seconds',
    reason: 'a cold start takes seconds, Lambda stops after 900',
  },
  {
    key: 'detectConcurrency',
    value: (p) => p.detectConcurrency,
    least: 2,
    most: 1_000,
    unit: 'functions at once',
    reason: 'a limit of Lambda for queues',
  },
  {
    key: 'correlateEvery',
    value: (p) => secondsOf(p.correlateEvery),
    least: 300,
    most: 21_600,
    unit: 'seconds',
    reason: 'windows are five minutes long, and six hours is late',
  },
  {
    key: 'canaryEvery',
    value: (p) => secondsOf(p.canaryEvery),
    least: 900,
    most: 28_800,
    unit: 'seconds',
    reason: 'findings must come out before the next run, and alarms look back a day at most',
  },
  {
    key: 'silenceAfter',
    value: (p) => secondsOf(p.silenceAfter),
    least: 600,
    most: 86_400,
    unit: 'seconds',
    reason: 'flow logs come every ten minutes, and alarms look back a day at most',
  },
  {
    key: 'digestHourUtc',
    value: (p) => p.digestHourUtc,
    least: 0,
    most: 23,
    unit: 'hours',
    reason: 'the hour of a day',
  },
  {
    key: 'flowLogRetention',
    value: (p) => daysOf(p.flowLogRetention),
    ...DAYS,
    least: 1,
    reason: 'lifecycle rules count whole days',
  },
  { key: 'summaryRetention', value: (p) => daysOf(p.summaryRetention), ...HISTORY },
  { key: 'findingRetention', value: (p) => daysOf(p.findingRetention), ...HISTORY },
];

/** What is wrong, with key, value and what was expected; `undefined` when nothing is. */
type Rule = (props: FlowLogDetectorProps) => string | undefined;

const RULES: readonly Rule[] = [
  withoutSource,
  deliveryTurnedOff,
  loggedTwice,
  deliveryOfOthers,
  wrongAccount,
  overlap,
  twoWirings,
  topicTwice,
  findingsAsSource,
  tooManySources,
  brokenMinutes('silenceAfter'),
  brokenMinutes('canaryEvery'),
  brokenMinutes('correlateEvery'),
  wrongAddress('emails'),
  wrongAddress('operationsEmails'),
  halfOfSlack,
];

/** Settings with what was left out filled in; throws with key, value and what was expected of the first property that is wrong. */
export function checkProps(props: FlowLogDetectorProps): Settings {
  for (const range of RANGES) checkRange(range, props);
  for (const rule of RULES) {
    const fault = rule(props);
    if (fault !== undefined) throw new Error(fault);
  }
  return parseSettings(JSON.stringify(props.settings ?? {}));
}

function checkRange({ key, value, least, most, unit, reason }: Range, props: FlowLogDetectorProps): void {
  const got = value(props);
  if (got === undefined || Token.isUnresolved(got)) return;
  if (Number.isInteger(got) && got >= least && got <= most) return;
  const range = `${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
  throw new Error(`${key} is ${got} ${unit}, expected a whole number from ${range}: ${reason}`);
}

function secondsOf(duration: Duration | undefined): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toSeconds({ integral: false });
}

function daysOf(duration: Duration | undefined): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toDays({ integral: false });
}

function mebibytesOf(size: Size | undefined): number | undefined {
  if (size === undefined || size.isUnresolved()) return undefined;
  return size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
}

function withoutSource({ deliveryBucket, flowLogResources = [], sourceBuckets = [] }: FlowLogDetectorProps) {
  if (deliveryBucket || flowLogResources.length > 0 || sourceBuckets.length > 0) return undefined;
  return 'there is nothing to read, expected sourceBuckets, flowLogResources or deliveryBucket: true';
}

function deliveryTurnedOff({ deliveryBucket, flowLogResources = [] }: FlowLogDetectorProps) {
  if (deliveryBucket !== false || flowLogResources.length === 0) return undefined;
  return `deliveryBucket is false, but there are ${flowLogResources.length} flowLogResources, expected true or nothing`;
}

function loggedTwice({ flowLogResources = [] }: FlowLogDetectorProps) {
  const ids = flowLogResources.map(({ resourceId }) => resourceId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return twice === undefined ? undefined : `flowLogResources has ${twice} twice, expected every resource once`;
}

function deliveryOfOthers({ deliveryBucket, flowLogResources = [], deliveryAccounts = [] }: FlowLogDetectorProps) {
  if (deliveryBucket || flowLogResources.length > 0 || deliveryAccounts.length === 0) return undefined;
  return `deliveryAccounts is ${deliveryAccounts.join(', ')}, but there is no bucket for them, expected deliveryBucket: true`;
}

function wrongAccount({ deliveryAccounts = [] }: FlowLogDetectorProps) {
  const wrong = deliveryAccounts.find((account) => !Token.isUnresolved(account) && !/^\d{12}$/.test(account));
  return wrong === undefined ? undefined : `deliveryAccounts has "${wrong}", expected account numbers of 12 digits`;
}

/** S3 takes one rule per event and prefix, and an object of two sources would be judged twice. */
function overlap({ sourceBuckets = [] }: FlowLogDetectorProps) {
  for (const [index, { bucket, prefix = '' }] of sourceBuckets.entries()) {
    for (const other of sourceBuckets.slice(index + 1)) {
      const otherPrefix = other.prefix ?? '';
      const overlaps = prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix);
      if (other.bucket.bucketName === bucket.bucketName && overlaps) {
        return `sourceBuckets has one bucket with the prefixes "${prefix}" and "${otherPrefix}", expected that no key begins with both`;
      }
    }
  }
  return undefined;
}

function twoWirings({ sourceBuckets = [] }: FlowLogDetectorProps) {
  const index = sourceBuckets.findIndex(({ topic, eventBridge }) => topic !== undefined && eventBridge);
  if (index < 0) return undefined;
  return `sourceBuckets[${index}] has topic and eventBridge, expected one of them: each object would come twice`;
}

/** A queue can be subscribed to a topic once, and has one filter there. */
function topicTwice({ sourceBuckets = [] }: FlowLogDetectorProps) {
  const topics = sourceBuckets.map(({ topic }) => topic?.topicArn);
  const index = topics.findIndex((topic, at) => topic !== undefined && topics.indexOf(topic) !== at);
  if (index < 0) return undefined;
  return `sourceBuckets[${index}] has the topic of another, expected one entry per topic, with a prefix that covers both`;
}

function findingsAsSource({ findingsBucket, sourceBuckets = [] }: FlowLogDetectorProps) {
  const index = sourceBuckets.findIndex(({ bucket }) => bucket.bucketName === findingsBucket?.bucketName);
  if (index < 0) return undefined;
  return `sourceBuckets[${index}] is the findings bucket, expected another: their notifications would overlap`;
}

/** Characters of a name that is known only on deployment, at most: that of a bucket. */
const NAME_CHARACTERS_MAX = 63;

/** Characters of a flow log's id. */
const FLOW_LOG_CHARACTERS = 20;

/** Of the 4 KB that Lambda has for all variables of a function. */
const SOURCES_CHARACTERS_MAX = 3_000;

/** The names of all sources go into a variable of the detect function. */
function tooManySources({ flowLogResources = [], sourceBuckets = [] }: FlowLogDetectorProps) {
  const lengths = sourceBuckets.map(({ bucket: { bucketName }, prefix = '' }) => {
    const name = Token.isUnresolved(bucketName) ? NAME_CHARACTERS_MAX : bucketName.length;
    return name + prefix.length + '/\n'.length;
  });
  const flowLogs = flowLogResources.length * (FLOW_LOG_CHARACTERS + '\n'.length);
  const characters = lengths.reduce((sum, length) => sum + length, flowLogs);
  if (characters <= SOURCES_CHARACTERS_MAX) return undefined;
  return `flowLogResources and sourceBuckets have ${characters} characters of names, expected at most ${SOURCES_CHARACTERS_MAX}: use prefixes that cover several, or a second detector`;
}

/** CloudWatch takes periods of whole minutes, EventBridge rates too. */
function brokenMinutes(key: 'silenceAfter' | 'canaryEvery' | 'correlateEvery'): Rule {
  return (props) => {
    const got = secondsOf(props[key]);
    return got === undefined || got % 60 === 0 ? undefined : `${key} is ${got} seconds, expected whole minutes`;
  };
}

function wrongAddress(key: 'emails' | 'operationsEmails'): Rule {
  return ({ [key]: emails = [] }) => {
    const wrong = emails.find((email) => !Token.isUnresolved(email) && !/^[^\s@]+@[^\s@]+$/.test(email));
    return wrong === undefined ? undefined : `${key} has "${wrong}", expected an e-mail address`;
  };
}

function halfOfSlack({ slackWorkspaceId, slackChannelId }: FlowLogDetectorProps) {
  if ((slackWorkspaceId === undefined) === (slackChannelId === undefined)) return undefined;
  return `slackWorkspaceId is ${slackWorkspaceId} and slackChannelId ${slackChannelId}, expected both or neither`;
}
