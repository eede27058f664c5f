/**
 * How often the client is named right where a log has no flags: `npm run bench:direction [-- --first-seed N --networks N]`.
 *
 * For every seed, the logs of one simulated hour of a VPC of 30 hosts with that network's own background and one attack, written twice: in the default
 * format, and with flags, which name who opened a connection. Of the TCP conversations that open with a flag, by what the direction rests on without
 * them: how many have the same client. Written as Markdown.
 */
import { parseArgs } from 'node:util';
import { BASIS, CONFIDENCE } from '../lib/conversations/direction.ts';
import { isOnePort, ROW_WORDS, W } from '../lib/conversations/row.ts';
import { settle } from '../lib/conversations/settle.ts';
import { DEFAULT_FORMAT, type FieldName, PROTOCOL } from '../lib/flowlog/fields.ts';
import { readConversations } from '../lib/reading.ts';
import { ORDINARY_ATTACKS } from '../lib/simulate/catalog.ts';
import type { Simulation } from '../lib/simulate/simulation.ts';
import { objectsOf, plan } from './simulated.ts';

const { values } = parseArgs({
  options: { 'first-seed': { type: 'string', default: '60000' }, networks: { type: 'string', default: '20' } },
});
const firstSeed = Number(values['first-seed']);
const networks = Number(values.networks);

/** What a conversation's direction rests on without flags. */
const BASES: readonly (readonly [number, string])[] = [
  [BASIS.servicePort, 'a service port'],
  [BASIS.portRange, 'port ranges'],
  [BASIS.sender, 'who spoke first, or whom many talk to'],
];

/** Conversations of a network from which on its share says something. */
const CONVERSATIONS_MIN = 50;

interface Count {
  right: number;
  wrong: number;
}

/** By basis and network. */
const counts = new Map(BASES.map(([basis]) => [basis, [] as Count[]]));
for (let seed = firstSeed; seed < firstSeed + networks; seed++) await compare(seed);
print();

interface Told {
  readonly basis: number;
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly window: number;
  /** Of a single connection, -1 of several. */
  readonly clientPort: number;
}

async function compare(seed: number): Promise<void> {
  const simulation = plan(seed, ORDINARY_ATTACKS[seed % ORDINARY_ATTACKS.length]);
  const keyOf = (client: string, server: string, port: number, window: number) => [client, server, port, window].join();
  const byFlags = new Set<string>();
  for (const { basis, client, server, port, window } of await told(simulation, [...DEFAULT_FORMAT, 'tcp-flags'])) {
    if (basis === BASIS.flags) byFlags.add(keyOf(client, server, port, window));
  }
  for (const all of counts.values()) all.push({ right: 0, wrong: 0 });
  for (const { basis, client, server, port, window, clientPort } of await told(simulation, DEFAULT_FORMAT)) {
    const count = counts.get(basis)!.at(-1)!;
    if (byFlags.has(keyOf(client, server, port, window))) count.right++;
    else if (byFlags.has(keyOf(server, client, clientPort, window))) count.wrong++;
  }
}

/** The settled TCP conversations of a simulation's logs, whose records have these fields. */
async function told(simulation: Simulation, fields: readonly FieldName[]): Promise<Told[]> {
  const { conversations } = await readConversations(objectsOf(simulation, fields), {});
  const { words, names } = conversations;
  return [...settle(conversations)]
    .map((row) => row * ROW_WORDS)
    .filter((at) => words[at + W.service] >>> 16 === PROTOCOL.tcp)
    .map((at) => ({
      basis: (words[at + W.flags] >>> 16) & 0xff,
      client: names.addresses.format(words[at + W.client]),
      server: names.addresses.format(words[at + W.server]),
      port: words[at + W.service] & 0xffff,
      window: words[at + W.window],
      clientPort: isOnePort(words[at + W.clientPorts]) ? words[at + W.clientPorts] & 0xffff : -1,
    }));
}

function print(): void {
  console.log(
    `| told by | confidence | conversations | right | share | lowest of a network of ${CONVERSATIONS_MIN} or more |`,
  );
  console.log('|---|--:|--:|--:|--:|--:|');
  for (const [basis, name] of BASES) {
    const all = counts.get(basis)!;
    const right = all.reduce((sum, count) => sum + count.right, 0);
    const both = all.reduce((sum, count) => sum + count.right + count.wrong, 0);
    const telling = all.filter((count) => count.right + count.wrong >= CONVERSATIONS_MIN);
    const lowest = Math.min(...telling.map((count) => count.right / (count.right + count.wrong)));
    const numbers = [
      both.toLocaleString('en'),
      right.toLocaleString('en'),
      (right / both).toFixed(3),
      lowest.toFixed(3),
    ];
    console.log(`| ${[name, CONFIDENCE[basis], ...numbers].join(' | ')} |`);
  }
}
