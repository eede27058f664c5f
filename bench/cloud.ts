/**
 * What the deployed functions take, and what that costs, as Markdown: `npm run bench:cloud > docs/cloud-figures.md`. Times and memory are those of
 * the bundled functions as processes of this machine, with a small S3 beside them; times from object to message are those of a whole deployment on
 * MiniStack. No figure is of AWS itself but the prices.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { openModel } from '../bin/model.ts';
import { METRICS, VARIABLES } from '../lib/environment.ts';
import { buildAsset, type FunctionName } from '../lib/infra/assets.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { backgroundScenarios } from '../lib/simulate/catalog.ts';
import { s3Event } from '../test/aws/events.ts';
import { serveS3 } from '../test/aws/fake-s3.ts';
import { Cloud } from '../test/e2e/cloud.ts';
import { deploy } from '../test/e2e/deployment.ts';
import { missing, startEmulator } from '../test/e2e/emulator.ts';
import { attackLog } from '../test/e2e/logs.ts';
import { queueEvent } from '../test/lambdas/events.ts';
import { benchGzip } from './logs.ts';

const MEGABYTE = 1_000_000;
const SIZES_MEGABYTES = [1, 10, 75];
const COLD_STARTS = 3;
const WARM_OBJECTS = 4;

/** Memory of the detect function; Lambda gives one whole processor at 1,769 MB (AWS Lambda Developer Guide, "Configure memory"). */
const MEMORY_GIGABYTES = 1_769 / 1_024;

/** US dollars, list prices of us-east-1 in November 2026, without free tiers. */
const PRICE = {
  gigabyteSecond: 0.0000133334,
  invocation: 0.2e-6,
  sqsRequest: 0.4e-6,
  s3Get: 0.4e-6,
  s3Put: 5e-6,
  snsPublish: 0.5e-6,
  logGigabyte: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
};

interface Result {
  readonly importMilliseconds: number;
  readonly runs: readonly { readonly milliseconds: number; readonly cpuSeconds: number }[];
  readonly memoryBytes: number;
  readonly logBytes: number;
  /** Requests to S3 by method. */
  readonly requests: Readonly<Record<string, number>>;
  readonly assetBytes: number;
}

const folder = mkdtempSync(join(tmpdir(), 'flowtrap-bench-'));
const assets = new Map<FunctionName, string>();

function assetOf(name: FunctionName): string {
  const known = assets.get(name);
  if (known !== undefined) return known;
  const asset = join(folder, name);
  mkdirSync(asset);
  const architecture = process.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64;
  const scores = name === 'detect' || name === 'correlate';
  const entry = join(import.meta.dirname, `../lambdas/${name}.ts`);
  buildAsset(asset, { architecture, settings: DEFAULT_SETTINGS, scores }, entry);
  assets.set(name, asset);
  return asset;
}

/** A fresh process of a function that is given these events, with these objects in the bucket `logs`. */
async function invoke(
  name: FunctionName,
  events: readonly unknown[],
  objects: Record<string, Uint8Array>,
): Promise<Result> {
  const asset = assetOf(name);
  const server = await serveS3({ logs: objects, results: {} }, 1_000);
  const [eventsPath, resultPath] = ['events.json', 'result.json'].map((file) => join(folder, file));
  writeFileSync(eventsPath, JSON.stringify(events));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cloud-invoke.ts'), asset, eventsPath, resultPath], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      [VARIABLES.findingsBucket]: 'results',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
  });
  let logBytes = 0;
  child.stdout.on('data', (piece: Buffer) => {
    logBytes += piece.length;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  await server.close();
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  const requests: Record<string, number> = {};
  for (const request of server.requests) {
    const [method] = request.split(' ');
    requests[method] = (requests[method] ?? 0) + 1;
  }
  const assetBytes = statSync(join(asset, 'index.mjs')).size;
  return { ...JSON.parse(readFileSync(resultPath, 'utf8')), logBytes, requests, assetBytes };
}

const events = (keys: readonly string[]) => keys.map((key) => queueEvent(s3Event('logs', key)));

async function coldStart(): Promise<string[]> {
  const log = attackLog({ seed: 1, scenarios: ['ssh-brute-force', 'vertical-scan'] });
  const results: Result[] = [];
  for (let i = 0; i < COLD_STARTS; i++)
    results.push(await invoke('detect', events(['a', 'b', 'c']), { a: log, b: log, c: log }));
  const sessions: number[] = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    const begin = performance.now();
    await (await openModel()).close();
    sessions.push(performance.now() - begin);
  }
  const row = (what: string, values: readonly number[]) =>
    `| ${what} | ${Math.min(...values).toFixed(0)} | ${Math.max(...values).toFixed(0)} |`;
  return [
    '| Cold start of `detect` | least, ms | most, ms |',
    '|---|---|---|',
    row(
      `import of the bundle (${(results[0].assetBytes / 1_024).toFixed(0)} KiB)`,
      results.map((result) => result.importMilliseconds),
    ),
    row('model and session, by itself, in a process that runs', sessions),
    row(
      'first object, with model, session and connections',
      results.map(({ runs }) => runs[0].milliseconds),
    ),
    row(
      'third object',
      results.map(({ runs }) => runs[2].milliseconds),
    ),
  ];
}

interface Run {
  readonly storedBytes: number;
  readonly result: Result;
}

interface Sized extends Run {
  readonly records: number;
}

async function bySize(): Promise<Sized[]> {
  const sample = 100_000;
  const shape = { recordsPerConversation: 8, seed: 1, grouped: false };
  const bytesPerRecord = (await benchGzip({ ...shape, records: sample })).length / sample;
  const sized: Sized[] = [];
  for (const megabytes of SIZES_MEGABYTES) {
    const records = Math.round((megabytes * MEGABYTE) / bytesPerRecord);
    const log = await benchGzip({ ...shape, records });
    sized.push({ storedBytes: log.length, records, result: await invoke('detect', events(['a']), { a: log }) });
  }
  return sized;
}

/** Everyday traffic of simulated networks, hosts and minutes, in one object each: what the price is worked out from. */
const NETWORKS = [
  { hosts: 400, minutes: 5 },
  { hosts: 2_000, minutes: 10 },
];

async function everyday(): Promise<Run[]> {
  const runs: Run[] = [];
  for (const { hosts, minutes } of NETWORKS) {
    const log = attackLog({ seed: 3, hosts, minutes, scenarios: backgroundScenarios(3) });
    runs.push({ storedBytes: log.length, result: await invoke('detect', events(['a']), { a: log }) });
  }
  return runs;
}

function sizeTable(sized: readonly Sized[]): string[] {
  const rows = sized.map(({ storedBytes, records, result: { runs, memoryBytes } }) => {
    const [{ milliseconds, cpuSeconds }] = runs;
    const cells = [
      `${(storedBytes / MEGABYTE).toFixed(1)} MB`,
      records.toLocaleString('en'),
      (milliseconds / 1_000).toFixed(2),
      cpuSeconds.toFixed(2),
      (memoryBytes / 1_048_576).toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| Object, gzip text | records | seconds | CPU seconds | peak memory, MiB |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}

/** The bill of a gigabyte of logs in objects of one size: everything that grows with the logs. */
function priceTable(everydayRuns: readonly Run[]): string[] {
  const bills = everydayRuns.map(({ storedBytes, result: { runs, requests, logBytes } }) => {
    const objects = 1e9 / storedBytes;
    const { GET = 0, PUT = 0 } = requests;
    return {
      object: `${(storedBytes / MEGABYTE).toFixed(1)} MB`,
      Lambda: objects * (runs[0].cpuSeconds * MEMORY_GIGABYTES * PRICE.gigabyteSecond + PRICE.invocation),
      SQS: objects * 3 * PRICE.sqsRequest,
      S3: objects * (GET * PRICE.s3Get + PUT * PRICE.s3Put),
      SNS: objects * PRICE.snsPublish,
      CloudWatch: (objects * logBytes * PRICE.logGigabyte) / 1e9,
    };
  });
  const services = ['Lambda', 'SQS', 'S3', 'SNS', 'CloudWatch'] as const;
  const dollars = (value: number) => `$${value.toFixed(5)}`;
  const rows = services.map((service) => `| ${service} | ${bills.map((bill) => dollars(bill[service])).join(' | ')} |`);
  const sums = bills.map((bill) => dollars(services.reduce((sum, service) => sum + bill[service], 0)));
  return [
    `| US dollars per GB of gzip text | ${bills.map(({ object }) => `in objects of ${object}`).join(' | ')} |`,
    `|---|${bills.map(() => '---|').join('')}`,
    ...rows,
    `| together | ${sums.join(' | ')} |`,
  ];
}

/** What a month costs whether or not there are logs. */
async function monthTable(): Promise<string[]> {
  const { runs } = await invoke('correlate', [{ task: 'correlate' }, { task: 'correlate' }], {});
  const correlations = 30 * 24 * 4;
  const correlate = correlations * (runs[1].cpuSeconds * (3_008 / 1_024) * PRICE.gigabyteSecond + PRICE.invocation);
  const metrics = Object.keys(METRICS).length;
  return [
    '| US dollars per month, whatever the logs | |',
    '|---|---|',
    `| ${metrics} metrics, more with each type and severity that is found | $${(metrics * PRICE.metricMonth).toFixed(2)} |`,
    `| an alarm | $${PRICE.alarmMonth.toFixed(2)} |`,
    `| the dashboard, beyond the three that are free | $${PRICE.dashboardMonth.toFixed(2)} |`,
    `| ${correlations} runs of \`correlate\` that find nothing new | $${correlate.toFixed(4)} |`,
  ];
}

async function delivery(): Promise<string[]> {
  const reason = missing();
  if (reason !== undefined) return [`Not measured: ${reason}.`];
  const emulator = await startEmulator();
  try {
    const outputs = await deploy(emulator);
    const cloud = new Cloud(emulator);
    const queue = await cloud.listener('told', outputs.FindingsTopic);
    const milliseconds: number[] = [];
    for (let i = 0; i <= WARM_OBJECTS; i++) {
      await cloud.clear(outputs.FindingsBucket);
      const log = attackLog({ seed: 1, scenarios: ['ssh-brute-force'] });
      const begin = performance.now();
      await cloud.put(outputs.DeliveryBucket, `AWSLogs/1/${i}.log.gz`, log);
      while ((await cloud.heardFirst(queue)) === 0) {
        if (performance.now() - begin > 60_000) throw new Error(`no message after 60 s\n${emulator.log()}`);
      }
      milliseconds.push(performance.now() - begin);
      await cloud.heard(queue);
    }
    cloud.close();
    const [first, ...warm] = milliseconds;
    return [
      '| PutObject to the message in a queue, on the emulator | ms |',
      '|---|---|',
      `| first object after the deployment | ${first.toFixed(0)} |`,
      `| the next ${warm.length} | ${Math.min(...warm).toFixed(0)} to ${Math.max(...warm).toFixed(0)} |`,
    ];
  } finally {
    await emulator.stop();
  }
}

try {
  const parts = [
    ['# What the cloud side takes and costs'],
    [
      `Measured by \`npm run bench:cloud\` on ${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}. The functions run bundled as deployed, as processes of this`,
      `machine with a small S3 beside them; its load average was ${loadavg()[0].toFixed(1)}, so seconds are more than they need be. Lambda's own cold start, its`,
      'network and its Graviton processors are not in these figures.',
    ],
    ['## Cold start'],
    await coldStart(),
    ['## Memory and time by size'],
    [
      'Records of the bench (`bench/logs.ts`): one conversation per eight records, in any order, which is harder than real logs.',
    ],
    sizeTable(await bySize()),
    ['## From object to message'],
    await delivery(),
    ['## Price'],
    [
      `Everyday traffic of simulated networks of ${NETWORKS.map(({ hosts }) => hosts.toLocaleString('en')).join(' and ')} hosts, without attacks.`,
      'CPU seconds, of a fresh process each, are billed as seconds of a function with 1,769 MB, which has one processor, on arm64. Requests and log bytes are counted, three SQS requests',
      'and one SNS message are assumed for each object. List prices of us-east-1 without free tiers; delivery and storage of the logs themselves come on top.',
    ],
    priceTable(await everyday()),
    await monthTable(),
  ];
  process.stdout.write(`${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
