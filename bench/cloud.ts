/**
 * What the deployed functions take, and what that costs, as Markdown: `npm run bench:cloud > docs/cloud-figures.md`. Times and memory are those of
 * the bundled functions as processes of this machine, with a small S3 beside them; times from object to message are those of a whole deployment on
 * MiniStack. No figure is of AWS itself but the prices.
 */
import { cpus, loadavg } from 'node:os';
import { s3Event } from '../test/aws/events.ts';
import { Cloud } from '../test/e2e/cloud.ts';
import { deploy } from '../test/e2e/deployment.ts';
import { startEmulator } from '../test/e2e/emulator.ts';
import { attackLog } from '../test/e2e/logs.ts';
import { missing } from '../test/e2e/python.ts';
import { queueEvent } from '../test/lambdas/events.ts';
import { bundleBytes, invoke, type Result, sessionMilliseconds } from './cloud-function.ts';
import { billedHour, monthTable, NETWORKS, OBJECTS, priceTable } from './cloud-price.ts';
import { benchGzip } from './logs.ts';

const MEGABYTE = 1_000_000;

/** Sizes of objects, and how many of a size one invocation reads. The largest that AWS delivers have 75 MB. */
const SIZES = [
  { megabytes: 1, objects: 1 },
  { megabytes: 10, objects: 1 },
  { megabytes: 75, objects: 1 },
  { megabytes: 75, objects: 2 },
];
const COLD_STARTS = 5;
const WARM_OBJECTS = 9;

const events = (keys: readonly string[]) => keys.map((key) => queueEvent(s3Event('logs', key)));

async function coldStart(): Promise<string[]> {
  const log = attackLog({ seed: 1, scenarios: ['ssh-brute-force', 'vertical-scan'] });
  const results: Result[] = [];
  const sessions: number[] = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    results.push(await invoke('detect', events(['a', 'b', 'c']), { logs: { a: log, b: log, c: log } }));
    sessions.push(await sessionMilliseconds());
  }
  const row = (what: string, values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    const cells = [sorted[0], sorted[values.length >> 1], sorted.at(-1)!].map((value) => value.toFixed(0));
    return `| ${what} | ${cells.join(' | ')} |`;
  };
  const run = (index: number) => results.map(({ runs }) => runs[index].milliseconds);
  return [
    `| Cold start of \`detect\`, ${COLD_STARTS} processes | least, ms | median, ms | most, ms |`,
    '|---|---|---|---|',
    row(
      `import of the bundle (${(bundleBytes('detect') / 1_024).toFixed(0)} KiB)`,
      results.map(({ importMilliseconds }) => importMilliseconds),
    ),
    row('runtime, model and session, by themselves in a process of their own', sessions),
    row('first object, with model, session and connections', run(0)),
    row('third object', run(2)),
  ];
}

async function sizeTable(): Promise<string[]> {
  const sample = 100_000;
  const shape = { recordsPerConversation: 8, seed: 1, grouped: false };
  const bytesPerRecord = (await benchGzip({ ...shape, records: sample })).length / sample;
  const rows: string[] = [];
  for (const { megabytes, objects } of SIZES) {
    const records = Math.round((megabytes * MEGABYTE) / bytesPerRecord);
    const log = await benchGzip({ ...shape, records });
    const keys = ['a', 'b'].slice(0, objects);
    const { runs, memoryBytes } = await invoke('detect', events(keys), {
      logs: Object.fromEntries(keys.map((key) => [key, log])),
    });
    const { milliseconds, cpuSeconds } = runs.at(-1)!;
    const cells = [
      `${(log.length / MEGABYTE).toFixed(1)} MB${objects > 1 ? `, number ${objects} of a process` : ''}`,
      records.toLocaleString('en'),
      (milliseconds / 1_000).toFixed(2),
      cpuSeconds.toFixed(2),
      (memoryBytes / 1_048_576).toFixed(0),
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  }
  return [
    '| Object, gzip text | records | seconds | CPU seconds | peak memory, MiB |',
    '|---|---|---|---|---|',
    ...rows,
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

const parts = [
  ['# What the cloud side takes and costs'],
  [
    `Measured by \`npm run bench:cloud\` on ${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}. The functions run bundled as deployed, as processes of this`,
    `machine with a small S3 beside them. The machine's load average was ${loadavg()[0].toFixed(1)} when the measurement began; with more than its processors, seconds are more`,
    "than they need be, and CPU seconds not. Lambda's own cold start, its network and its Graviton processors are not in these figures.",
  ],
  ['## Cold start'],
  await coldStart(),
  ['## Memory and time by size'],
  [
    'Records of the bench (`bench/logs.ts`): one conversation per eight records, in any order, which is harder than real logs. `detectMemory` is 1,769 MiB by',
    "default for the sake of the processor, since with less Lambda gives less than a whole one; less than 1,024 MiB are refused for the sake of the largest objects. The bench's",
    'logins at random hosts pass for guessing, so that the largest object has over a thousand findings to write; one that comes a second time compares each with what is stored.',
  ],
  await sizeTable(),
  ['## From object to message'],
  await delivery(),
  ['## Price'],
  [
    `Everyday traffic of simulated networks of ${NETWORKS.map((hosts) => hosts.toLocaleString('en')).join(' and ')} hosts, without attacks: ${OBJECTS} objects of five minutes, read one after another by a`,
    'fresh process, and a run of `correlate` by another. CPU seconds are billed as seconds of functions with the default memory on arm64. Requests to S3 and bytes',
    'of logs are counted, three SQS requests and one SNS message are assumed for each object. List prices of us-east-1 without free tiers; delivery and storage of',
    `the logs themselves come on top. The traffic is that of ${billedHour()} o'clock UTC: at night objects are smaller than by day, and a gigabyte costs more.`,
  ],
  await priceTable(),
  await monthTable(),
];
process.stdout.write(`${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`);
