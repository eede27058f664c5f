/**
 * Speed and memory of reading and detecting, stage by stage: `npm run bench`. Run it on one core, such as `taskset -c 0 npm run bench`, to see
 * what one Lambda vCPU would do.
 *
 * Two million records in the default format, one conversation per eight records, as one gzip file, in two shapes: records of one interface
 * together, and in any order, which is the worst case for the processor's caches. Every stage includes those before it, so ratios within a round are
 * comparable; the machine's noise is the spread over rounds. Memory is the peak of a fresh process that only detects.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { inputs } from '../bin/inputs.ts';
import { openModel } from '../bin/model.ts';
import { Conversations } from '../lib/conversations/conversations.ts';
import { detect } from '../lib/detect.ts';
import { createNames } from '../lib/flowlog/batch.ts';
import { readObject } from '../lib/flowlog/object.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { benchGzip } from './logs.ts';

const RECORDS = 2_000_000;
const ROUNDS = 5;
const CHUNK_BYTES = 1_048_576;

type Stage = (path: string) => Promise<number>;

/** Each returns a number that must be the same in every round: the proof that the work was done. */
const STAGES: Record<string, Stage> = {
  gunzip: (path) =>
    new Promise((resolve, reject) => {
      let bytes = 0;
      const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
      gunzip.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      gunzip.on('end', () => resolve(bytes));
      gunzip.on('error', reject);
      gunzip.end(readFileSync(path));
    }),
  read: async (path) => {
    let records = 0;
    for await (const object of inputs([path])) {
      records += (await readObject(object, { names: createNames() }, { batch() {}, rejected() {} })).records;
    }
    return records;
  },
  conversations: async (path) => {
    const conversations = new Conversations(createNames());
    for await (const object of inputs([path])) {
      const source = conversations.source(object.name);
      const sink = {
        batch: (batch: Parameters<Conversations['add']>[0]) => conversations.add(batch, source),
        rejected() {},
      };
      await readObject(object, { names: conversations.names }, sink);
    }
    return conversations.size;
  },
  detect: async (path) => (await detectFile(path)).summary.conversations,
};

const classifier = await openModel();

function detectFile(path: string) {
  return detect(inputs([path]), { classifier, settings: DEFAULT_SETTINGS });
}

/** Peak memory in MiB of a fresh process that detects once; the kernel counts KiB. */
function peakMemory(path: string): number {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--once', path], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`the measured process ended with ${child.status}: ${child.stderr}`);
  return Number(child.stdout) / 1024;
}

async function measure(path: string): Promise<Map<string, { times: number[]; proof: number }>> {
  const results = new Map<string, { times: number[]; proof: number }>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, stage] of Object.entries(STAGES)) {
      const began = performance.now();
      const proof = await stage(path);
      const result = results.get(name) ?? { times: [], proof };
      if (result.proof !== proof) throw new Error(`stage ${name} gave ${proof}, before ${result.proof}`);
      result.times.push(performance.now() - began);
      results.set(name, result);
    }
  }
  return results;
}

function print(results: Awaited<ReturnType<typeof measure>>): void {
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const base = median(results.get('gunzip')!.times);
  console.log('| stage (with all before it) | median ms | min to max ms | million records/s | over gunzip | result |');
  console.log('|---|--:|--:|--:|--:|--:|');
  for (const [name, { times, proof }] of results) {
    const middle = median(times);
    const spread = `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`;
    const rate = (RECORDS / middle / 1000).toFixed(2);
    console.log(`| ${name} | ${middle.toFixed(0)} | ${spread} | ${rate} | ${(middle / base).toFixed(2)} | ${proof} |`);
  }
}

if (process.argv[2] === '--once') {
  await detectFile(process.argv[3]);
  console.log(process.resourceUsage().maxRSS);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'flowtrap-bench-'));
  console.log(`${cpus()[0].model}, Node ${process.versions.node}, ${ROUNDS} rounds`);
  for (const grouped of [true, false]) {
    const path = join(folder, 'bench.log.gz');
    writeFileSync(path, await benchGzip({ records: RECORDS, recordsPerConversation: 8, seed: 1, grouped }));
    const packedMegabytes = (readFileSync(path).length / 1e6).toFixed(1);
    const shape = grouped ? 'records of one interface together' : 'records in any order';
    console.log(`\n${RECORDS.toLocaleString('en')} records, ${packedMegabytes} MB packed, ${shape}:\n`);
    print(await measure(path));
    console.log(`\npeak memory of a process that detects: ${peakMemory(path).toFixed(0)} MiB`);
  }
  rmSync(folder, { recursive: true });
}
