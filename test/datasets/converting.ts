import { type ConvertOptions, convert, type SourceFormat } from '../../lib/datasets/convert.ts';
import { parseRejects } from '../../lib/datasets/reject.ts';
import { ConversionReport } from '../../lib/datasets/report.ts';
import { formatLabel } from '../../lib/features/labels.ts';
import { DEFAULT_FORMAT, type FieldName } from '../../lib/flowlog/fields.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { type FlowRecord, formatRecord, type Slot } from '../../lib/flowlog/record.ts';

export const FIELDS: readonly FieldName[] = [...DEFAULT_FORMAT, 'tcp-flags'];

export interface ConvertSettings extends Partial<Pick<ConvertOptions, 'aggregationSeconds' | 'label'>> {
  readonly vpc?: readonly string[];
  readonly reject?: string;
}

export interface Converted {
  readonly slots: Slot[];
  readonly records: FlowRecord[];
  /** Lines of labels.csv without their header. */
  readonly labels: string[];
  readonly report: ConversionReport;
}

/** Converts contents held in memory, each an input; text or bytes, handed over in pieces of `pieceBytes`. */
export async function converted(
  from: SourceFormat,
  contents: readonly (string | Uint8Array)[],
  { vpc = ['10.0.0.0/8'], reject = '', aggregationSeconds = 600, label = 'unlabelled' }: ConvertSettings = {},
  pieceBytes = 65_536,
): Promise<Converted> {
  const options: ConvertOptions = {
    from,
    vpc: new NetworkSet(vpc),
    rejects: parseRejects(reject),
    aggregationSeconds,
    label,
  };
  const report = new ConversionReport();
  const slots: Slot[] = [];
  const labels: string[] = [];
  const inputs = contents.map((content, i) => inputOf(`input-${i + 1}`, content, pieceBytes));
  for await (const delivery of convert(inputs, options, report)) {
    slots.push(...delivery.slots);
    labels.push(...delivery.labels.map(formatLabel));
  }
  return { slots, records: slots.flatMap(({ records }) => records), labels, report };
}

function inputOf(name: string, content: string | Uint8Array, pieceBytes: number): LogObject {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    name,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

export function lineOf(record: FlowRecord): string {
  return formatRecord(record, FIELDS);
}

/** A record as `srcaddr:srcport>dstaddr:dstport packets bytes flags`, for tables of expectations. */
export function shortOf({ flow, packets, bytes, tcpFlags }: FlowRecord): string {
  return `${flow!.srcaddr}:${flow!.srcport}>${flow!.dstaddr}:${flow!.dstport} ${packets} ${bytes} ${tcpFlags ?? '-'}`;
}
