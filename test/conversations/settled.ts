/** What is left of logs once they are settled. */
import { Conversations } from '../../lib/conversations/conversations.ts';
import { settle } from '../../lib/conversations/settle.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { addLocated, type Located, type Row, rowsOf } from '../records.ts';

export function settled(conversations: Conversations): Row[] {
  return rowsOf(conversations, settle(conversations));
}

export const settledLog = (log: readonly Located[]): Row[] =>
  settled(addLocated(new Conversations(createNames(), { rowsMax: 1_000 }), log));

/** The log as one observer that translates nothing would have written it. */
export const seenBy = (log: readonly Located[], observer: string): Located[] =>
  log.map((one) => ({
    ...one,
    fields: { ...one.fields, 'interface-id': observer, 'pkt-srcaddr': '-', 'pkt-dstaddr': '-' },
  }));
