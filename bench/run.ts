/**
 * Speed and memory of reading and detecting, stage by stage within one run: `npm run bench`.
 *
 * Two million records in the default format, one conversation per eight records, gzip in memory. Every stage includes those before it, so
 * that ratios and differences of one round are comparable; the machine's noise is shown as the spread over rounds. Run it on one core, such
 * as `taskset -c 0 npm run bench`, to see what one Lambda vCPU would do.
 */
import { cpus } from 'node:os';
import { createGunzip } from 'node:zlib';
import { openModel } from '../bin/model.ts';
import { Conversations } from '../lib/conversations/conversations.ts';
import { detect } from '../lib/detect.ts';
import { createNames } from '../lib/flowlog/batch.ts';
import { type LogObject, readObject } from '../lib/flowlog/object.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { benchGzip } from './logs.ts';

const RECORDS = 2_000_000;
const ROUNDS = 5;

const packed = await benchGzip({ records: RECORDS, recordsPerConversation: 8, seed: 1 });
const classifier = await openModel();

const object: LogObject = {
  name: 'bench.log.gz',
  sizeBytes: packed.length,
  async *open() {
    for (let from = 0; from < packed.length; from += 65_536) yield packed.subarray(from, from + 65_536);
  },
};

/** Each stage returns a number that must be the same in every round: the proof that the work was done. */
const STAGES: Record<string, () => Promise<number>> = {
  gunzip: () =>
    new Promise((resolve, reject) => {
      let bytes = 0;
      const gunzip = createGunzip({ chunkSize: 1_048_576 });
      gunzip.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      gunzip.on('end', () => resolve(bytes));
      gunzip.on('error', reject);
      gunzip.end(packed);
    }),
  read: async () => {
    const report = await readObject(object, { names: createNames() }, { batch() {}, rejected() {} });
    return report.records;
  },
  conversations: async () => {
    const conversations = new Conversations(createNames());
    const source = conversations.source(object.name);
    await readObject(
      object,
      { names: conversations.names },
      { batch: (batch) => conversations.add(batch, source), rejected() {} },
    );
    return conversations.size;
  },
  detect: async () => {
    const objects = (async function* () {
      yield object;
    })();
    const { summary } = await detect(objects, { classifier, settings: DEFAULT_SETTINGS });
    return summary.conversations;
  },
};

const times = new Map(Object.keys(STAGES).map((name) => [name, [] as number[]]));
const proofs = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, stage] of Object.entries(STAGES)) {
    const began = performance.now();
    const proof = await stage();
    times.get(name)!.push(performance.now() - began);
    if ((proofs.get(name) ?? proof) !== proof)
      throw new Error(`stage ${name} gave ${proof}, before ${proofs.get(name)}`);
    proofs.set(name, proof);
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const base = median(times.get('gunzip')!);
console.log(`${RECORDS.toLocaleString('en')} records, ${(packed.length / 1e6).toFixed(1)} MB packed, ${ROUNDS} rounds`);
console.log(`${cpus()[0].model}, Node ${process.versions.node}\n`);
console.log('| stage (with all before it) | median ms | min to max ms | million records/s | over gunzip | result |');
console.log('|---|--:|--:|--:|--:|--:|');
for (const [name, values] of times) {
  const middle = median(values);
  const spread = `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
  const rate = (RECORDS / middle / 1000).toFixed(2);
  console.log(
    `| ${name} | ${middle.toFixed(0)} | ${spread} | ${rate} | ${(middle / base).toFixed(2)} | ${proofs.get(name)} |`,
  );
}
// resourceUsage counts kilobytes; the packed data itself is part of the peak.
console.log(
  `\npeak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB, ${(packed.length / 1_048_576).toFixed(0)} MiB of it the packed data`,
);
