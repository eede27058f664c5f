import { Conversations } from '../../lib/conversations/conversations.ts';
import { createNames, type Names } from '../../lib/flowlog/batch.ts';
import { formatLayout } from '../../lib/flowlog/layout.ts';
import { type LogObject, readObject } from '../../lib/flowlog/object.ts';

export interface TestRecord {
  readonly interfaceId?: string;
  readonly account?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly packetSource?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly protocol?: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly start?: number;
  readonly end?: number;
  readonly action?: string;
  readonly flags?: number | '-';
}

const LAYOUT = formatLayout(
  'account-id interface-id srcaddr dstaddr pkt-srcaddr srcport dstport protocol packets bytes start end action tcp-flags log-status',
);

function lineOf(record: TestRecord): string {
  const start = record.start ?? 1_000;
  return [
    record.account ?? '123456789012',
    record.interfaceId ?? 'eni-1',
    record.source ?? '10.0.0.1',
    record.destination ?? '10.0.0.2',
    record.packetSource ?? '-',
    record.sourcePort ?? 40_000,
    record.destinationPort ?? 443,
    record.protocol ?? 6,
    record.packets ?? 10,
    record.bytes ?? 1_000,
    start,
    record.end ?? start + 10,
    record.action ?? 'ACCEPT',
    record.flags ?? '-',
    'OK',
  ].join(' ');
}

/** Conversations of these records, read from an object of this name. */
export async function conversationsOf(
  records: readonly TestRecord[],
  { names = createNames(), source = 'memory', rowsMax }: { names?: Names; source?: string; rowsMax?: number } = {},
): Promise<Conversations> {
  const conversations = new Conversations(names, { rowsMax });
  const text = records.map((record) => `${lineOf(record)}\n`).join('');
  const object: LogObject = {
    name: source,
    open: async function* () {
      yield Buffer.from(text);
    },
  };
  const index = conversations.source(source);
  const report = await readObject(
    object,
    { names, layout: LAYOUT },
    { batch: (batch) => conversations.add(batch, index), rejected() {} },
  );
  if (report.records !== records.length) throw new Error(`${report.records} of ${records.length} records were read`);
  return conversations;
}
