/**
 * Flow logs for benches: seeded, in the default format, with a stated number of records per conversation. Shapes only;
 * the simulator makes realistic traffic, this makes a known amount of work.
 */
import { createGzip } from 'node:zlib';

export interface BenchLogOptions {
  readonly records: number;
  /** Records per conversation (client, server, port, five minutes): half of them each way. */
  readonly recordsPerConversation: number;
  readonly seed: number;
  /** Whether records of one interface stand together within a minute, as one interface's are captured; else in any order. */
  readonly grouped: boolean;
}

/** A small fast generator (mulberry32, Tommy Ettinger, public domain): the same data on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SERVICES = [443, 443, 443, 80, 5432, 6379, 53, 8080, 22, 3306];
const CONVERSATIONS_PER_WINDOW = 50_000;
const START = 1_767_225_600;

/** Yields the text in pieces of about one conversation window's minute. */
export function* benchLines({ records, recordsPerConversation, seed, grouped }: BenchLogOptions): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const minutes = Math.max(1, recordsPerConversation / 2);
  const conversations = Math.ceil(records / recordsPerConversation);
  let written = 0;
  yield 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n';
  for (let done = 0, window = 0; done < conversations; done += CONVERSATIONS_PER_WINDOW, window++) {
    const count = Math.min(CONVERSATIONS_PER_WINDOW, conversations - done);
    const pairs = Array.from({ length: count }, () => {
      const host = below(2_000);
      const port = SERVICES[below(SERVICES.length)];
      const outward = next() < 0.4;
      return {
        eni: `eni-0${(0xabcdef0000 + host).toString(16)}a1b2c3`,
        client: `10.${host >> 8}.${host & 255}.${10 + below(3)}`,
        server: outward
          ? `${20 + below(150)}.${below(256)}.${below(256)}.${below(256)}`
          : `10.9.${below(20)}.${below(250)}`,
        clientPort: 32_768 + below(28_000),
        port,
        protocol: port === 53 ? 17 : 6,
      };
    });
    for (let minute = 0; minute < minutes && written < records; minute++) {
      const order = pairs.map((_, index) => index);
      for (let i = order.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      if (grouped) order.sort((a, b) => pairs[a].eni.localeCompare(pairs[b].eni));
      let text = '';
      for (const index of order) {
        const { eni, client, server, clientPort, port, protocol } = pairs[index];
        const start = START + window * 300 + Math.floor((minute * 300) / minutes) + below(20);
        const packets = 1 + below(40);
        const bytes = packets * (52 + below(1_000));
        const action = next() < 0.06 ? 'REJECT' : 'ACCEPT';
        text += `2 123456789012 ${eni} ${client} ${server} ${clientPort} ${port} ${protocol} ${packets} ${bytes} ${start} ${start + below(40)} ${action} OK\n`;
        text += `2 123456789012 ${eni} ${server} ${client} ${port} ${clientPort} ${protocol} ${packets} ${bytes * 3} ${start} ${start + below(40)} ACCEPT OK\n`;
        written += 2;
        if (written >= records) break;
      }
      yield text;
    }
  }
}

/** The same as one gzip member. */
export async function benchGzip(options: BenchLogOptions): Promise<Buffer> {
  const gzip = createGzip();
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  const finished = new Promise<void>((resolve, reject) => {
    gzip.on('end', resolve);
    gzip.on('error', reject);
  });
  for (const text of benchLines(options)) {
    if (!gzip.write(text)) await new Promise<void>((resolve) => gzip.once('drain', () => resolve()));
  }
  gzip.end();
  await finished;
  return Buffer.concat(parts);
}
