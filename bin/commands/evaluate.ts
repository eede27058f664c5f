import { type Evaluation, evaluate } from '../../lib/evaluate/evaluate.ts';
import { type JudgedFinding, parseFindings } from '../../lib/evaluate/findings.ts';
import { linesOf } from '../../lib/evaluate/lines.ts';
import { readScoresCsv, readScoresParquet } from '../../lib/evaluate/read-scores.ts';
import type { ScoreTable } from '../../lib/evaluate/score-table.ts';
import { isAttack } from '../../lib/evaluate/truth.ts';
import { LabelIndex, readLabels } from '../../lib/features/labels.ts';
import { createNames, type Names } from '../../lib/flowlog/batch.ts';
import { LABELS, type Label } from '../../lib/flowlog/labels.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { evaluationListMax, findingsFileBytesMax, resamplesMax } from '../../lib/limits.ts';
import { Random } from '../../lib/simulate/random.ts';
import { command, numberOption, required, wordOption } from '../command.ts';
import { evaluationText } from '../evaluation-table.ts';
import { inputs } from '../inputs.ts';
import { LOG_OPTIONS, settingsOption } from '../log-options.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, print, printJson } from '../output.ts';
import { painter, widthOf } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const SEED_MOST = 4_294_967_295;

export const evaluateCommand = command({
  name: 'evaluate',
  summary: 'how good detection was on labelled logs: precision, recall, false alerts, delays',
  usage: '--scores FILE --labels FILE [--findings FILE] [OPTIONS]',
  details: [
    'Scores come from flowtrap score, findings from flowtrap detect --format json or its findings.json, labels are start,end,srcaddr,dstaddr,srcport,dstport,protocol,label with an empty value for any. All three are of the same logs.',
    'Figures are told for conversations and for actor-windows (one client, or the victim of a flood, in five minutes), with 95 % intervals by bootstrap over actors. Unlabelled traffic counts as benign for false alerts and for nothing else.',
    'A host-hour is one internal client that begins a conversation in one hour of the clock.',
  ],
  options: {
    scores: {
      type: 'string',
      value: 'FILE',
      meaning: 'output of flowtrap score; Parquet if it ends in .parquet, else CSV',
    },
    labels: { type: 'string', value: 'FILE', meaning: 'labels.csv' },
    findings: {
      type: 'string',
      value: 'FILE',
      meaning: 'findings as JSON; adds true and false findings, and attackers found',
    },
    unmatched: {
      type: 'string',
      value: 'LABEL',
      meaning: 'label where no row matches: benign (default), or unlabelled where the labels are incomplete',
    },
    review: {
      type: 'string',
      value: 'N',
      meaning: 'highest-scoring actor-windows without an attack to list (default 20)',
    },
    resamples: { type: 'string', value: 'N', meaning: 'draws of the bootstrap (default 1000)' },
    seed: { type: 'string', value: 'N', meaning: 'seed of the bootstrap (default 1)' },
    settings: LOG_OPTIONS.settings,
    format: FORMAT_OPTION,
  },
  examples: [
    { meaning: 'Scores against labels', line: 'flowtrap evaluate --scores scores.csv --labels logs/labels.csv' },
    {
      meaning: 'Findings as well',
      line: 'flowtrap evaluate --scores scores.csv --labels logs/labels.csv --findings found/findings.json',
    },
  ],
  async run({ positionals, values }) {
    if (positionals.length > 0) throw new UsageError(`unexpected ${positionals[0]}, expected options only`);
    const scoresPath = required(values.scores, 'scores', 'the output of flowtrap score');
    const labelsPath = required(values.labels, 'labels', 'what the traffic really was, as CSV');
    const unmatched = wordOption(values.unmatched, 'unmatched', ['benign', 'unlabelled']);
    const whole = (name: 'review' | 'resamples' | 'seed', fallback: number, least: number, most: number) =>
      numberOption(values[name], name, fallback, { least, most, whole: true });
    const reviewMost = whole('review', 20, 0, evaluationListMax);
    const resamples = whole('resamples', 1_000, 1, resamplesMax);
    const seed = whole('seed', 1, 0, SEED_MOST);
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    const ours = new NetworkSet((await settingsOption(values)).ourNetworks);
    const names = createNames();
    const random = new Random(`evaluate/${seed}`);
    const table = await explained(scoresPath, (file) => readScores(file, names));
    const evaluation = evaluate({
      table,
      labels: await explained(labelsPath, (file) => labelIndex(file, names, unmatched)),
      findings:
        values.findings === undefined
          ? undefined
          : await explained(values.findings, (file) => readFindings(file, names)),
      isOurs: (address) => ours.has(address, names.addresses),
      resampling: { resamples, uniform: () => random.uniform() },
      reviewMost,
    });
    for (const warning of warningsOf(evaluation)) process.stderr.write(`flowtrap: warning: ${warning}\n`);
    const result = { ...evaluation, bootstrap: { ...evaluation.bootstrap, seed } };
    if (format === 'json') await printJson(rounded(result));
    else await print(evaluationText(result, widthOf(process.stdout), painter(process.stdout)));
    return 0;
  },
});

/** Reads the one file behind a path; messages about its content begin with the path. */
async function explained<T>(path: string, read: (file: LogObject) => Promise<T>): Promise<T> {
  const file = await fileAt(path);
  try {
    return await read(file);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The one file behind a path. */
async function fileAt(path: string): Promise<LogObject> {
  let found: LogObject | undefined;
  for await (const object of inputs([path])) {
    if (found !== undefined) throw new Error(`${path} is more than one file, expected one`);
    found = object;
  }
  if (found === undefined) throw new Error(`no file in ${path}, expected one`);
  return found;
}

async function readScores(file: LogObject, names: Names): Promise<ScoreTable> {
  const { name, sizeBytes, slice } = file;
  if (!name.endsWith('.parquet')) return readScoresCsv(linesOf(file.open()), names);
  if (sizeBytes === undefined || slice === undefined) throw new Error('Parquet can be read from a file only');
  return readScoresParquet({ byteLength: sizeBytes, slice: (start, end) => slice(start, end) }, names);
}

async function labelIndex(file: LogObject, names: Names, unmatched: Label): Promise<LabelIndex> {
  const rows = await readLabels(linesOf(file.open()), names);
  if (rows.length === 0)
    throw new Error('the labels have no rows, expected one for each labelled flow or range of flows');
  return new LabelIndex(rows, unmatched);
}

async function readFindings(file: LogObject, names: Names): Promise<JudgedFinding[]> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of file.open()) {
    bytes += piece.length;
    if (bytes > findingsFileBytesMax) throw new Error(`the findings have more than ${findingsFileBytesMax} bytes`);
    pieces.push(Uint8Array.from(piece));
  }
  return parseFindings(Buffer.concat(pieces).toString('utf8'), (address) => names.addresses.parse(address));
}

function* warningsOf({ labels, findings, hostHours }: Evaluation): Generator<string> {
  const attacks = LABELS.reduce((sum, label, i) => sum + (isAttack(i) ? labels[label] : 0), 0);
  if (attacks === 0) yield 'no conversation is labelled an attack; are scores and labels of the same logs and times?';
  if (hostHours === 0)
    yield 'no client is internal, so there are no rates per host-hour; name your networks with --settings';
  const unmatched = Object.values(findings?.classes ?? {}).reduce((sum, outcomes) => sum + outcomes.unmatched, 0);
  if (unmatched > 0)
    yield `${unmatched} findings cover no scored conversation; are scores and findings of the same logs?`;
}

/** Six digits: more would be noise of single precision. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(6));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, rounded(held)]));
}
