/** The bill: what grows with the logs and what does not, worked out from what the functions took. */
import { App, Stack } from 'aws-cdk-lib';
import { canaryLog } from '../lambdas/canary.ts';
import { METRICS } from '../lib/environment.ts';
import { FlowLogDetector } from '../lib/infra/flow-log-detector.ts';
import { backgroundScenarios } from '../lib/simulate/catalog.ts';
import { s3Event } from '../test/aws/events.ts';
import { attackLog } from '../test/e2e/logs.ts';
import { queueEvent } from '../test/lambdas/events.ts';
import { invoke, type Requests, type Result } from './cloud-function.ts';

/** US dollars, list prices of us-east-1 in November 2026, without free tiers. */
const PRICE = {
  gigabyteSecond: 0.0000133334,
  invocation: 0.2e-6,
  sqsRequest: 0.4e-6,
  s3Read: 0.4e-6,
  s3Write: 5e-6,
  snsPublish: 0.5e-6,
  logGigabyte: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
};

/** Hosts of the simulated networks whose everyday traffic is billed. */
export const NETWORKS = [400, 2_000];

/** Objects that come between two runs of the correlator: AWS delivers every five minutes. */
export const OBJECTS = 3;
const OBJECT_MINUTES = 5;

/** What the correlator looks back on begins some hours before now. */
const AGO_SECONDS = 7_200;

/** Hour of the day, UTC, whose traffic is billed: the correlator goes by the clock. */
export const billedHour = () => new Date(Date.now() - AGO_SECONDS * 1_000).getUTCHours();

/** A detector with everything as it is by default. */
const detector = new FlowLogDetector(
  new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Priced'),
  'Flowtrap',
  { deliveryBucket: true },
);

/** What runs of a function cost, billed by their CPU seconds. */
function lambda(name: 'detect' | 'correlate' | 'canary', runs: Result['runs']): number {
  const gigabytes = detector[name]!.function.memory.toMebibytes() / 1_024;
  const cpuSeconds = runs.reduce((sum, run) => sum + run.cpuSeconds, 0);
  return cpuSeconds * gigabytes * PRICE.gigabyteSecond + runs.length * PRICE.invocation;
}

const s3 = ({ reads, writes }: Requests) => reads * PRICE.s3Read + writes * PRICE.s3Write;

const dollars = (value: number) => `$${value.toFixed(5)}`;

interface Bill {
  readonly objectBytes: number;
  /** US dollars of a gigabyte of logs, by service. */
  readonly items: Readonly<Record<string, number>>;
}

/** A quarter of an hour of a network: its objects read one after another by one process, and one run of the correlator. */
async function billOf(hosts: number): Promise<Bill> {
  const begin = Math.floor((Date.now() / 1_000 - AGO_SECONDS) / 900) * 900;
  const startsSeconds = Array.from({ length: OBJECTS }, (_, at) => begin + at * OBJECT_MINUTES * 60);
  const shape = { seed: 3, hosts, minutes: OBJECT_MINUTES, scenarios: backgroundScenarios(3) };
  const logs = Object.fromEntries(
    startsSeconds.map((startSeconds) => [String(startSeconds), attackLog({ ...shape, startSeconds })]),
  );
  const results = {};
  const events = Object.keys(logs).map((key) => queueEvent(s3Event('logs', key)));
  const detect = await invoke('detect', events, { logs, results });
  const correlate = await invoke('correlate', [{ task: 'correlate' }], { results });
  const bytes = Object.values(logs).reduce((sum, log) => sum + log.length, 0);
  const costs = {
    'Lambda, `detect`': lambda('detect', detect.runs),
    'Lambda, `correlate`': lambda('correlate', correlate.runs),
    SQS: OBJECTS * 3 * PRICE.sqsRequest,
    'S3, by `detect`': s3(detect.requests),
    'S3, by `correlate`': s3(correlate.requests),
    SNS: OBJECTS * PRICE.snsPublish,
    CloudWatch: ((detect.logBytes + correlate.logBytes) * PRICE.logGigabyte) / 1e9,
  };
  const items = Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, (cost * 1e9) / bytes]));
  return { objectBytes: bytes / OBJECTS, items };
}

export async function priceTable(): Promise<string[]> {
  const bills: Bill[] = [];
  for (const hosts of NETWORKS) bills.push(await billOf(hosts));
  const row = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(' | ')} |`;
  const sums = bills.map(({ items }) => Object.values(items).reduce((sum, item) => sum + item, 0));
  return [
    row(
      'US dollars per GB of gzip text',
      bills.map(({ objectBytes }) => `in objects of ${(objectBytes / 1e6).toFixed(1)} MB`),
    ),
    `|---|${bills.map(() => '---|').join('')}`,
    ...Object.keys(bills[0].items).map((name) =>
      row(
        name,
        bills.map(({ items }) => dollars(items[name])),
      ),
    ),
    row('together', sums.map(dollars)),
  ];
}

const DAYS = 30;
const CORRELATIONS = DAYS * 24 * 4;
const CANARIES = DAYS * 24;

/** What a month costs whether or not there are logs, with everything as it is by default. */
export async function monthTable(): Promise<string[]> {
  const idle = await invoke('correlate', [{ task: 'correlate' }, { task: 'correlate' }]);
  const canary = await invoke('canary', [{ task: 'canary' }]);
  const log = canaryLog(Math.floor(Date.now() / 300_000) * 300 - 3_600);
  const detect = await invoke('detect', [queueEvent(s3Event('logs', 'a'))], { logs: { a: log } });
  // The second run of a process, as most are.
  const correlation = lambda('correlate', idle.runs.slice(1)) + s3(idle.requests) / 2;
  const trial =
    lambda('canary', canary.runs) + lambda('detect', detect.runs) + s3(canary.requests) + s3(detect.requests);
  const alarms = detector.alarms.alarms.length;
  const metrics = Object.keys(METRICS).length;
  return [
    '| US dollars per month, whatever the logs | |',
    '|---|---|',
    `| ${metrics} metrics, more with each source, type and severity | $${(metrics * PRICE.metricMonth).toFixed(2)} |`,
    `| ${alarms} alarms | $${(alarms * PRICE.alarmMonth).toFixed(2)} |`,
    `| the dashboard, beyond the three that are free | $${PRICE.dashboardMonth.toFixed(2)} |`,
    `| ${CORRELATIONS.toLocaleString('en')} runs of \`correlate\` that find nothing new | $${(CORRELATIONS * correlation).toFixed(2)} |`,
    `| ${CANARIES} runs of the canary, and of \`detect\` on its logs | $${(CANARIES * trial).toFixed(2)} |`,
  ];
}
