import { join } from 'node:path';
import { parseTime } from '../../lib/features/labels.ts';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import { formatLayout } from '../../lib/flowlog/layout.ts';
import { simulationHostsMax, simulationHostsMin, simulationMinutesMax } from '../../lib/limits.ts';
import { backgroundScenarios, ORDINARY_ATTACKS, SCENARIOS } from '../../lib/simulate/catalog.ts';
import { type SimulationOptions, simulate } from '../../lib/simulate/simulation.ts';
import { command, numberOption, required, type Values, wordOption } from '../command.ts';
import { refuseOccupied, writeLabels } from '../log-folder.ts';
import { flowLogIdOf, type ObjectFormat, objectsOf } from '../log-writer.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, type Format, print, printJson } from '../output.ts';
import { writeWhole } from '../output-file.ts';
import { countEntries, summaryLines } from '../summary-text.ts';
import { formatBytes, formatCount, progressLine, table, widthOf } from '../terminal.ts';
import { suggestion, UsageError } from '../usage-error.ts';

/** A Monday morning: the same for everybody, so that a seed means the same bytes everywhere. */
const START_DEFAULT = '2026-01-05T09:00:00Z';

const OPTIONS = {
  out: { type: 'string', value: 'DIR', meaning: 'folder for AWSLogs/ and labels.csv' },
  seed: { type: 'string', value: 'N', meaning: 'which network, traffic and attacks are drawn (default 1)' },
  hosts: {
    type: 'string',
    value: 'N',
    meaning: `instances in the network, ${simulationHostsMin} to ${simulationHostsMax} (default 30)`,
  },
  minutes: { type: 'string', value: 'N', meaning: `simulated time, 1 to ${simulationMinutesMax} (default 60)` },
  start: {
    type: 'string',
    value: 'TIME',
    meaning: `first second, ISO 8601 or Unix seconds (default ${START_DEFAULT})`,
  },
  'aggregation-seconds': { type: 'string', value: '60|600', meaning: 'aggregation interval (default 600, as in AWS)' },
  intensity: { type: 'string', value: 'X', meaning: 'multiplies the volume of attacks, above 0 to 1000 (default 1)' },
  'format-fields': {
    type: 'string',
    value: '"FIELD …"',
    meaning: 'fields of a record in their order (default: the 14 of version 2)',
  },
  parquet: { type: 'boolean', meaning: 'Parquet objects in place of gzip text' },
  list: { type: 'boolean', meaning: 'list the scenarios and end' },
  'dry-run': { type: 'boolean', meaning: 'say what would be written, write nothing' },
  force: {
    type: 'boolean',
    meaning: 'write into a folder that has logs already: labels.csv is replaced, other objects stay',
  },
  format: FORMAT_OPTION,
} as const;

type SimulateValues = Values<typeof OPTIONS>;

export const simulateCommand = command({
  name: 'simulate',
  summary:
    'flow logs of a network that does not exist, with and without attacks, and the labels that tell which is which',
  usage: '[SCENARIO...] --out DIR [OPTIONS]',
  details: [
    'Without SCENARIO: the everyday traffic of the seed\'s network and one attack of each kind. With names: that traffic and these scenarios. "benign" alone: no attack.',
    'Objects are laid out as AWS delivers them to S3. The same seed and options give the same bytes.',
  ],
  options: OPTIONS,
  examples: [
    { meaning: 'An hour of a network of 30 hosts under ten attacks', line: 'flowtrap simulate --seed 7 --out drill' },
    {
      meaning: 'Half an hour of a scan and a beacon, with TCP flags',
      line: 'flowtrap simulate vertical-scan beacon --seed 7 --minutes 30 --out scan --format-fields "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags log-status"',
    },
    { meaning: 'What there is to simulate', line: 'flowtrap simulate --list' },
  ],
  async run({ positionals, values }) {
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    if (values.list) return listScenarios(format);
    const options = simulationOptions(positionals, values);
    const objectFormat: ObjectFormat = {
      fields: fieldsOption(values['format-fields']),
      parquet: values.parquet === true,
    };
    const directory = required(values.out, 'out', 'the folder to write to, such as --out logs');
    if (values['dry-run']) return showPlan(directory, options, objectFormat, format);
    if (!values.force) refuseOccupied(directory);
    return write(directory, options, objectFormat, format);
  },
});

/** A list of fields takes any name of the table; what the simulation cannot fill is written as absent. */
function fieldsOption(text: string | undefined): ObjectFormat['fields'] {
  if (text === undefined) return DEFAULT_FORMAT;
  try {
    return formatLayout(text).fields.map((name) => name!);
  } catch (error) {
    throw new UsageError(`--format-fields: ${(error as Error).message}`);
  }
}

function simulationOptions(positionals: readonly string[], values: SimulateValues): SimulationOptions {
  const seed = numberOption(values.seed, 'seed', 1, { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true });
  const startSeconds = parseTime(values.start ?? START_DEFAULT);
  if (startSeconds === undefined || !Number.isInteger(startSeconds)) {
    throw new UsageError(`--start is "${values.start}", expected a time such as ${START_DEFAULT} or Unix seconds`);
  }
  const interval = wordOption(values['aggregation-seconds'], 'aggregation-seconds', ['600', '60']);
  return {
    seed,
    hosts: numberOption(values.hosts, 'hosts', 30, {
      least: simulationHostsMin,
      most: simulationHostsMax,
      whole: true,
    }),
    minutes: numberOption(values.minutes, 'minutes', 60, { least: 1, most: simulationMinutesMax, whole: true }),
    startSeconds,
    aggregationSeconds: interval === '60' ? 60 : 600,
    scenarios: scenarioNames(positionals, seed),
    intensity: numberOption(values.intensity, 'intensity', 1, { least: 0.001, most: 1_000, whole: false }),
  };
}

/** The seed's background and what was named; the ordinary attacks when nothing was. */
function scenarioNames(named: readonly string[], seed: number): string[] {
  const known = SCENARIOS.map(({ name }) => name);
  for (const name of named) {
    if (name === 'benign' || known.includes(name)) continue;
    throw new UsageError(
      `unknown scenario "${name}"${suggestion(name, known)}; flowtrap simulate --list shows them all`,
    );
  }
  const chosen = named.length === 0 ? ORDINARY_ATTACKS : named.filter((name) => name !== 'benign');
  return [...new Set([...backgroundScenarios(seed), ...chosen])];
}

async function listScenarios(format: Format): Promise<number> {
  const scenarios = SCENARIOS.map(({ name, label, description }) => ({ name, label, description }));
  if (format === 'json') {
    await printJson({ scenarios });
    return 0;
  }
  const columns = [{ title: 'SCENARIO' }, { title: 'LABEL' }, { title: 'DESCRIPTION' }];
  const rows = scenarios.map(({ name, label, description }) => [name, label, description]);
  await print(`${table(columns, rows, widthOf(process.stdout)).join('\n')}\n`);
  return 0;
}

async function showPlan(
  directory: string,
  options: SimulationOptions,
  { fields, parquet }: ObjectFormat,
  format: Format,
): Promise<number> {
  const { network, labels } = simulate(options);
  const plan = {
    directory,
    flowLogId: flowLogIdOf(options.seed),
    ...options,
    fields,
    parquet,
    interfaces: network.interfaces.length,
    labels: countBy(labels(), ({ label }) => label),
  };
  if (format === 'json') await printJson({ plan });
  else await print(summaryLines(Object.entries(plan)));
  return 0;
}

interface Written {
  objects: number;
  bytes: number;
  records: number;
  noData: number;
  skipData: number;
}

const COUNTED_AS = { OK: 'records', NODATA: 'noData', SKIPDATA: 'skipData' } as const;

async function write(
  directory: string,
  options: SimulationOptions,
  objectFormat: ObjectFormat,
  format: Format,
): Promise<number> {
  const simulation = simulate(options);
  const flowLogId = flowLogIdOf(options.seed);
  const progress = progressLine(process.stderr, Date.now);
  const written: Written = { objects: 0, bytes: 0, records: 0, noData: 0, skipData: 0 };
  for (const slot of simulation.slots()) {
    for (const { path, bytes } of objectsOf(slot, flowLogId, objectFormat)) {
      written.bytes += await writeWhole(join(directory, path), [bytes]);
      written.objects++;
    }
    for (const { status } of slot.records) written[COUNTED_AS[status]]++;
    progress.show(written);
  }
  progress.clear();
  await writeLabels(directory, [[...simulation.labels()]]);
  const labels = countBy(simulation.labels(), ({ label }) => label);
  const summary = { directory, ...written, scenarios: options.scenarios, labels };
  if (format === 'json') await printJson(summary);
  else await print(summaryText(summary));
  return 0;
}

function countBy<T>(items: Iterable<T>, key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

function summaryText({
  directory,
  objects,
  records,
  bytes,
  scenarios,
  labels,
}: Written & { directory: string; scenarios: readonly string[]; labels: Record<string, number> }): string {
  return summaryLines([
    ['directory', directory],
    ['objects', formatCount(objects)],
    ['records', formatCount(records)],
    ['bytes', formatBytes(bytes)],
    ['scenarios', scenarios],
    ...countEntries('labels', labels),
  ]);
}
