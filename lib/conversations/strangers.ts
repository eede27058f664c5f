/**
 * Conversations of strangers among themselves. A flow log holds what passes an interface of ours, so where neither end is ours the settings lack one of
 * our networks: public IPv6 addresses of a VPC, or public IPv4 ones used inside.
 */
import type { NetworkSet } from '../flowlog/network.ts';
import { strangerNetworksMax } from '../limits.ts';
import type { Conversations } from './conversations.ts';
import { ROW_WORDS, W } from './row.ts';

/** What is said of them: how many, and the networks that most of them have an end in, by /24 or /64, the most frequent first. */
export interface StrangerSummary {
  readonly conversations: number;
  readonly networks: readonly string[];
}

/** Networks named: the missing one is nearly always the first. */
const NAMED_MAX = 3;

export class Strangers {
  #conversations = 0;
  readonly #networks = new Map<string, number>();
  readonly #ours: NetworkSet;

  constructor(ours: NetworkSet) {
    this.#ours = ours;
  }

  add({ words, size, names: { addresses } }: Conversations): void {
    for (let row = 0; row < size; row++) {
      const at = row * ROW_WORDS;
      const client = words[at + W.client];
      const server = words[at + W.server];
      if (this.#ours.has(client, addresses) || this.#ours.has(server, addresses)) continue;
      this.#conversations++;
      for (const end of [client, server]) this.#count(networkOf(addresses.format(end)));
    }
  }

  get summary(): StrangerSummary {
    const falling = [...this.#networks].sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1));
    return { conversations: this.#conversations, networks: falling.slice(0, NAMED_MAX).map(([network]) => network) };
  }

  #count(network: string): void {
    const known = this.#networks.get(network);
    if (known === undefined && this.#networks.size >= strangerNetworksMax) return;
    this.#networks.set(network, (known ?? 0) + 1);
  }
}

/** The /64 of an IPv6 address, AWS's size of a subnet, and the /24 of an IPv4 one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const [head, tail] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...(tail ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
