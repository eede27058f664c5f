/** What is left of logs once they are settled. */
import { Conversations } from '../../lib/conversations/conversations.ts';
import { settle } from '../../lib/conversations/settle.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { addLocated, build, type Located, type Row, rowsOf } from '../records.ts';

export function settled(conversations: Conversations): Row[] {
  return rowsOf(conversations, settle(conversations));
}

/** Who calls whom in these records, with flows each way. */
export const story = (lines: string | readonly string[]): string[] =>
  settled(build([lines].flat().join('\n'))).map(
    (row) => `${row.client} > ${row.server}:${row.port} ${row.forwardFlows}/${row.backwardFlows}`,
  );

/** The records of a connection with a question of 500 bytes and an answer of 900. */
export const connection = (client: string, server: string, rest = ''): string[] => [
  `eni-a ${client} > ${server} tcp packets=5 bytes=500 ${rest}`,
  `eni-a ${server} > ${client} tcp packets=5 bytes=900 ${rest}`,
];

export const settledLog = (log: readonly Located[]): Row[] =>
  settled(addLocated(new Conversations(createNames(), { rowsMax: 1_000 }), log));

/** The log as one observer that translates nothing would have written it. */
export const seenBy = (log: readonly Located[], observer: string): Located[] =>
  log.map((one) => ({
    ...one,
    fields: { ...one.fields, 'interface-id': observer, 'pkt-srcaddr': '-', 'pkt-dstaddr': '-' },
  }));
