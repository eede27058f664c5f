/**
 * Who calls whom where flags or a service port tell. Services that hand out a port of their own for every call, such as FTP and RPC, are asked at a known one
 * first, and so it tells about the others as well.
 */
import type { Conversations } from './conversations.ts';
import { BASIS, PORT_RANK } from './direction.ts';
import { PairNumbers } from './pair-numbers.ts';
import { ROW_WORDS, W } from './row.ts';

/** Outranks every port. */
const FLAGS_RANK = 4;

export class KnownCallers {
  readonly #conversations: Conversations;
  /** Pairs of hosts, made when first asked for: few logs ask. */
  #pairs: PairNumbers | undefined;
  /** By pair, the rank of what tells best that the first calls the second. */
  #ranks = new Uint8Array(0);

  constructor(conversations: Conversations) {
    this.#conversations = conversations;
  }

  /** Above 0 if `a` is known to call `b`, below 0 if `b` is known to call `a`, 0 where nothing tells, or each as well as the other. Address codes. */
  compare(a: number, b: number): number {
    this.#pairs ??= this.#gather();
    return this.#rank(this.#pairs, a, b) - this.#rank(this.#pairs, b, a);
  }

  #rank(pairs: PairNumbers, client: number, server: number): number {
    return pairs.has(client, server) ? this.#ranks[pairs.number(client, server)] : 0;
  }

  #gather(): PairNumbers {
    const { words, size } = this.#conversations;
    const pairs = new PairNumbers(size);
    this.#ranks = new Uint8Array(size);
    for (let row = 0; row < size; row++) {
      const at = row * ROW_WORDS;
      const basis = (words[at + W.flags] >>> 16) & 0xff;
      if (basis < BASIS.servicePort) continue;
      const pair = pairs.number(words[at + W.client], words[at + W.server]);
      const rank = basis === BASIS.flags ? FLAGS_RANK : PORT_RANK[words[at + W.service] & 0xffff];
      this.#ranks[pair] = Math.max(this.#ranks[pair], rank);
    }
    return pairs;
  }
}
