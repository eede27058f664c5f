import { join } from 'node:path';
import { type ConvertOptions, convert, SOURCE_FORMATS } from '../../lib/datasets/convert.ts';
import type { Delivery } from '../../lib/datasets/converter.ts';
import { parseRejects, type Rejects } from '../../lib/datasets/reject.ts';
import { ConversionReport, DROP_REASONS, type DropReason } from '../../lib/datasets/report.ts';
import { DEFAULT_FORMAT, type FieldName } from '../../lib/flowlog/fields.ts';
import { LABELS, type LabelRow } from '../../lib/flowlog/labels.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import type { Slot } from '../../lib/flowlog/record.ts';
import { command, required, type Values, wordOption } from '../command.ts';
import { inputs } from '../inputs.ts';
import { refuseOccupied, writeLabels } from '../log-folder.ts';
import { flowLogIdOf, objectsOf } from '../log-writer.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, print, printJson } from '../output.ts';
import { writeWhole } from '../output-file.ts';
import { countEntries, summaryLines } from '../summary-text.ts';
import { formatBytes, formatCount, progressLine, visible } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const FIELDS: readonly FieldName[] = [...DEFAULT_FORMAT, 'tcp-flags'];

const OPTIONS = {
  from: { type: 'string', value: 'FORMAT', meaning: `what the files are: ${SOURCE_FORMATS.join(', ')}` },
  out: { type: 'string', value: 'DIR', meaning: 'folder for AWSLogs/ and labels.csv' },
  vpc: {
    type: 'string',
    value: '"CIDR …"',
    meaning: 'networks that are the VPC; each address in them has an interface (default: the private ranges)',
  },
  reject: {
    type: 'string',
    value: '"CIDR:PORTS …"',
    meaning:
      'inbound attempts that nobody answered and that a security group would have rejected, such as "10.0.0.0/8:22,1000-2000" (default: none)',
  },
  'aggregation-seconds': { type: 'string', value: '60|600', meaning: 'aggregation interval (default 600, as in AWS)' },
  label: {
    type: 'string',
    value: 'LABEL',
    meaning: `what flows are of which the data says nothing: ${LABELS.join(', ')} (default unlabelled)`,
  },
  force: {
    type: 'boolean',
    meaning: 'write into a folder that has logs already: labels.csv is replaced, other objects stay',
  },
  format: FORMAT_OPTION,
} as const;

export const convertCommand = command({
  name: 'convert',
  summary: 'public data sets and packet captures as the flow logs that AWS would have written, and their labels',
  usage: '--from FORMAT FILE... --out DIR [OPTIONS]',
  details: [
    "argus: Argus flows as CSV (CTU-13). zeek: conn.log as text or JSON, also with labels (IoT-23). cic: CICFlowMeter (CIC-IDS2017, 2018) with addresses. netflow-csv: CIDDS-001 and -002, UGR'16, NF sets of version 3. unsw-nb15: the four files with addresses. pcap: pcap and pcapng.",
    'gzip is unpacked. For other packing give - and unpack into standard input: xz -dc FILE | flowtrap convert --from argus - --out DIR',
    'Records are those of the interfaces of VPC addresses, both interfaces of an internal flow. Packets and bytes of a flow are spread evenly over its time. Flows that touch no VPC address are dropped and counted, as is all that cannot be read. Times without a zone are taken as UTC.',
  ],
  options: OPTIONS,
  examples: [
    {
      meaning: 'Flows of a network recorded by Argus, as seen by the interfaces of its hosts',
      line: 'flowtrap convert --from argus --vpc "10.0.0.0/8 147.32.0.0/16" capture.binetflow --out flows',
    },
    {
      meaning: 'What interfaces would have logged of a packet capture, minute by minute',
      line: 'flowtrap convert --from pcap capture.pcap --aggregation-seconds 60 --out packets',
    },
  ],
  async run({ positionals, values }) {
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    const options = convertOptions(values);
    if (positionals.length === 0)
      throw new UsageError('no FILE is given, expected data sets, captures or - for standard input');
    const directory = required(values.out, 'out', 'the folder to write to, such as --out logs');
    if (!values.force) refuseOccupied(directory);
    const report = new ConversionReport();
    const written = await write(directory, convert(inputs(positionals), options, report), report);
    const summary = { directory, ...written, ...report };
    if (format === 'json') await printJson(summary);
    else await print(summaryText(directory, written, report));
    return 0;
  },
});

function convertOptions(values: Values<typeof OPTIONS>): ConvertOptions {
  const from = SOURCE_FORMATS.find(
    (known) => known === required(values.from, 'from', `one of ${SOURCE_FORMATS.join(', ')}`),
  );
  if (from === undefined)
    throw new UsageError(`--from is "${values.from}", expected one of ${SOURCE_FORMATS.join(', ')}`);
  const label = LABELS.find((known) => known === (values.label ?? 'unlabelled'));
  if (label === undefined) throw new UsageError(`--label is "${values.label}", expected one of ${LABELS.join(', ')}`);
  const interval = wordOption(values['aggregation-seconds'], 'aggregation-seconds', ['600', '60']);
  return {
    from,
    label,
    vpc: vpcOption(values.vpc),
    rejects: rejectOption(values.reject),
    aggregationSeconds: interval === '60' ? 60 : 600,
  };
}

function vpcOption(text: string | undefined): NetworkSet {
  try {
    return new NetworkSet(
      text === undefined ? PRIVATE_NETWORKS : text.split(/[\s,]+/).filter((network) => network !== ''),
    );
  } catch (error) {
    throw new UsageError(`--vpc: ${(error as Error).message}`);
  }
}

function rejectOption(text = ''): Rejects {
  try {
    return parseRejects(text);
  } catch (error) {
    throw new UsageError(`--reject: ${(error as Error).message}`);
  }
}

interface Written {
  objects: number;
  objectBytes: number;
}

/** Writes objects as they are complete, while labels.csv grows; it appears when all objects are there. */
async function write(
  directory: string,
  deliveries: AsyncIterable<Delivery>,
  report: ConversionReport,
): Promise<Written> {
  const written: Written = { objects: 0, objectBytes: 0 };
  const progress = progressLine(process.stderr, Date.now);
  async function* labelRows(): AsyncGenerator<readonly LabelRow[]> {
    for await (const { slots, labels } of deliveries) {
      for (const slot of slots) await writeSlot(directory, slot, written);
      progress.show({ objects: written.objects, bytes: report.bytes, records: report.records });
      yield labels;
    }
    progress.clear();
    warnOf(report);
    // Before the file takes its name, so that a conversion of nothing leaves nothing.
    refuseNothing(report);
  }
  try {
    await writeLabels(directory, labelRows());
  } finally {
    progress.clear();
  }
  return written;
}

async function writeSlot(directory: string, slot: Slot, written: Written): Promise<void> {
  for (const { path, bytes } of objectsOf(slot, flowLogIdOf(0), { fields: FIELDS, parquet: false })) {
    written.objectBytes += await writeWhole(join(directory, path), [bytes]);
    written.objects++;
  }
}

function warnOf(report: ConversionReport): void {
  for (const { source, failure } of report.failures) warn(`${source}: ${failure}`);
  for (const { source, line, column, reason, value } of report.examples) {
    warn(`${source}:${line}: ${column}: ${DROP_REASONS[reason]}: "${value}"`);
  }
  const unknown = Object.entries(report.unknownLabels).map(([word, count]) => `"${word}" ${formatCount(count)}`);
  if (unknown.length > 0) warn(`labels that are not known, taken as unlabelled: ${unknown.join(', ')}`);
}

function warn(message: string): void {
  process.stderr.write(`flowtrap: warning: ${visible(message)}\n`);
}

/** Throws when not one flow could be converted. */
function refuseNothing(report: ConversionReport): void {
  if (report.flows > 0) return;
  if (report.rows === 0) throw new Error('nothing could be converted: there are no rows');
  const [reason, count] = Object.entries(report.dropped).sort(([, a], [, b]) => b - a)[0] as [DropReason, number];
  const advice = reason === 'outside-vpc' ? '; say which networks are the VPC, such as --vpc 147.32.0.0/16' : '';
  throw new Error(
    `nothing could be converted: ${formatCount(count)} of ${formatCount(report.rows)} rows were dropped: ${DROP_REASONS[reason]}${advice}`,
  );
}

function summaryText(directory: string, { objects, objectBytes }: Written, report: ConversionReport): string {
  return summaryLines([
    ['directory', directory],
    ['rows', formatCount(report.rows)],
    ['flows', formatCount(report.flows)],
    ['records', formatCount(report.records)],
    ['objects', `${formatCount(objects)}, ${formatBytes(objectBytes)}`],
    ['late', formatCount(report.late)],
    ['rejected', formatCount(report.rejected)],
    ...countEntries('dropped', report.dropped),
    ...countEntries('labels', report.labels),
  ]);
}
