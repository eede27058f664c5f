/**
 * What happens at the limit on conversations: the lightest half (fewest packets) is folded into rest rows, so that memory stays
 * bounded under scans and floods while totals, failures and the number of conversations stay known.
 *
 * A rest row gathers by observer, protocol and window what one host of ours took part in: as client (then its servers
 * are forgotten), or as server of strangers (then those are, since a flood may bring a new client with every packet). Should even
 * rest rows fill the store, the lightest of those fall into a single row.
 */
import { ABSENT_ADDRESS, type AddressBook } from '../flowlog/address.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import type { ConversationKey } from './keys.ts';
import { F, ROW_WORDS, W } from './row.ts';

/** Stands for the many hosts that a rest row has forgotten. */
export const REST_ADDRESS = ABSENT_ADDRESS;

/** Key of the rest row that takes in the row at `at`. */
export function foldTarget(words: Uint32Array, at: number, book: AddressBook, ours: NetworkSet): ConversationKey {
  if (words[at + W.members] > 0)
    return { observer: 0, client: REST_ADDRESS, server: REST_ADDRESS, service: 0, window: 0 };
  const client = words[at + W.client];
  const server = words[at + W.server];
  const clientIsOurs = ours.has(client, book);
  const serverIsOurs = ours.has(server, book);
  return {
    observer: words[at + W.observer],
    client: clientIsOurs ? client : REST_ADDRESS,
    server: serverIsOurs && !clientIsOurs ? server : REST_ADDRESS,
    service: words[at + W.service] & 0xff_0000,
    window: words[at + W.window],
  };
}

/**
 * A test for the rows to fold: the lighter half of the ordinary rows, or of the rest rows when those have taken over; of equal ones the
 * first. It is to be asked once for every row, in order.
 */
export function lightestRows(words: Uint32Array, floats: Float64Array, size: number): (row: number) => boolean {
  let rests = 0;
  for (let row = 0; row < size; row++) if (words[row * ROW_WORDS + W.members] > 0) rests++;
  const foldRests = rests * 2 > size;
  const chosen = (row: number) => words[row * ROW_WORDS + W.members] > 0 === foldRests;
  const weight = (row: number) => {
    const f = (row * ROW_WORDS) >> 1;
    return floats[f + F.forwardPackets] + floats[f + F.backwardPackets];
  };
  const weights = new Float64Array(foldRests ? rests : size - rests);
  for (let row = 0, next = 0; row < size; row++) if (chosen(row)) weights[next++] = weight(row);
  weights.sort();
  // One more than half, so that two rest rows become one.
  const count = (weights.length >> 1) + 1;
  const heaviest = weights[count - 1];
  let equal = count - weights.indexOf(heaviest);
  return (row) => chosen(row) && (weight(row) < heaviest || (weight(row) === heaviest && equal-- > 0));
}
