/**
 * Time and peak memory of `flowtrap detect --history` over days of a simulated VPC, fed at once and then a second time, and what is stored:
 * `node bench/history.ts [--hosts 200] [--days 7] [--seed 1] [--keep FOLDER]`.
 *
 * Logs are those of the seed's network with its everyday traffic and four attacks, in the default format and aggregation of ten minutes. Every
 * run is a process of its own, so that its peak is its own; simulating is not part of what is measured. Rates are per second of processor time, from
 * which the sizes in docs/decisions/0006-history.md follow.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { folderStore } from '../bin/folder-store.ts';
import { inputs } from '../bin/inputs.ts';
import { openModel } from '../bin/model.ts';
import { detectInHistory, type HistoryDetection } from '../lib/detect.ts';
import { HISTORY_DETECTORS } from '../lib/history/detectors/index.ts';
import { type Hour, hourOf } from '../lib/history/hour.ts';
import { HOUR_SECONDS } from '../lib/history/hours.ts';
import { lookBack } from '../lib/history/look-back.ts';
import type { Store } from '../lib/history/store.ts';
import { listSummaries, summaryHours } from '../lib/history/summaries.ts';
import { DEFAULT_SETTINGS } from '../lib/settings.ts';
import { backgroundScenarios } from '../lib/simulate/catalog.ts';

const ATTACKS = ['vertical-scan', 'ssh-brute-force', 'beacon', 'bulk-exfiltration'];
const MINUTES_A_DAY = 1_440;
const FLOWTRAP = fileURLToPath(new URL('../bin/flowtrap.ts', import.meta.url));

/** What one process came to. */
interface Run {
  readonly seconds: number;
  /** What other processes of the machine do not change. */
  readonly processorSeconds: number;
  readonly peakMebibytes: number;
  readonly summary: HistoryDetection['summary'];
}

async function once(logs: string, history: string): Promise<void> {
  const classifier = await openModel();
  const began = performance.now();
  const options = { classifier, settings: DEFAULT_SETTINGS, store: folderStore(history) };
  const { summary } = await detectInHistory(inputs([logs]), options);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage();
  const processorSeconds = (user + system) / 1e6;
  const run: Run = { seconds, processorSeconds, peakMebibytes: process.resourceUsage().maxRSS / 1_024, summary };
  console.log(JSON.stringify(run));
  await classifier.close();
}

/** Hours judged again for their rate, spread over the days. */
const RATED_HOURS = 6;

/** Judges some hours as if for the first time and looks back on all, and says how fast by processor time. */
async function rates(history: string): Promise<void> {
  const classifier = await openModel();
  const kept = folderStore(history);
  // Nothing that was judged is known, and nothing is kept.
  const fresh: Store = {
    list: (prefix) => kept.list(prefix),
    read: async (key) => (key.startsWith('summaries/') ? await kept.read(key) : undefined),
    write: async () => true,
    remove: async () => {},
  };
  const starts = await summaryHours(kept);
  const nowSeconds = starts.at(-1)! + HOUR_SECONDS;
  const listed = await listSummaries(kept, starts[0], nowSeconds);
  const options = { classifier, settings: DEFAULT_SETTINGS };
  const hours: Hour[] = [];
  for (const [start, entries] of listed) hours.push((await hourOf(kept, start, entries, options)).hour);
  const every = Math.max(1, Math.floor(starts.length / RATED_HOURS));
  const rated = starts.filter((_, i) => i % every === 0);
  const judged = await processorSeconds(async () => {
    for (const start of rated) await hourOf(fresh, start, listed.get(start)!, options);
  });
  const lookedBack = await processorSeconds(() =>
    lookBack(kept, hours, { ...options, nowSeconds, detectors: HISTORY_DETECTORS }),
  );
  const sum = (some: readonly Hour[], of: (hour: Hour) => number) => some.reduce((total, hour) => total + of(hour), 0);
  const conversations = sum(
    hours.filter(({ start }) => rated.includes(start)),
    (hour) => hour.conversations,
  );
  const rows = sum(hours, ({ trackRows }) => trackRows);
  console.log(
    `\nrates: ${Math.round(conversations / judged)} conversations judged and folded a second (${rated.length} hours);`,
  );
  console.log(
    `${Math.round(rows / lookedBack)} rows of tracks looked back on a second (${rows} rows, ${lookedBack.toFixed(1)} s)`,
  );
  await classifier.close();
}

async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function runOf(script: string, args: readonly string[]): string {
  const child = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', maxBuffer: 268_435_456 });
  if (child.status !== 0) throw new Error(`${script} ended with ${child.status}: ${child.stderr}`);
  return child.stdout;
}

function megabytesOf(folder: string): number {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1e6;
}

function measure(hosts: number, days: number, seed: number, folder: string): void {
  const [logs, history] = [join(folder, 'logs'), join(folder, 'history')];
  const scenarios = [...backgroundScenarios(seed), ...ATTACKS];
  const size = [
    '--hosts',
    String(hosts),
    '--minutes',
    String(Math.round(days * MINUTES_A_DAY)),
    '--seed',
    String(seed),
  ];
  runOf(FLOWTRAP, ['simulate', ...scenarios, ...size, '--start', '2026-01-05T00:00:00Z', '--out', logs]);
  console.log(`${cpus()[0].model}, Node ${process.versions.node}; ${hosts} hosts, ${days} days, seed ${seed}\n`);
  console.log(
    '| run | seconds | of a processor | peak MiB | records | million records/s | hours judged | hosts | tracks | findings |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|');
  for (const name of ['all at once', 'the same again']) {
    const { seconds, processorSeconds, peakMebibytes, summary } = JSON.parse(
      runOf(process.argv[1], ['--once', logs, history]),
    ) as Run;
    const { hoursJudged, hosts, tracks } = summary.history;
    const figures = [
      seconds.toFixed(0),
      processorSeconds.toFixed(0),
      peakMebibytes.toFixed(0),
      summary.records.toLocaleString('en'),
      (summary.records / seconds / 1e6).toFixed(3),
      hoursJudged,
      hosts,
      tracks.toLocaleString('en'),
      summary.findings,
    ];
    console.log(`| ${[name, ...figures].join(' | ')} |`);
  }
  const stored = ['summaries', 'tracks', 'baselines', 'findings'].map(
    (part) => `${part} ${megabytesOf(join(history, part)).toFixed(1)}`,
  );
  console.log(`\nMB stored: logs ${megabytesOf(logs).toFixed(1)}, ${stored.join(', ')}`);
  console.log(runOf(process.argv[1], ['--rates', history]));
}

if (process.argv[2] === '--once') await once(process.argv[3], process.argv[4]);
else if (process.argv[2] === '--rates') await rates(process.argv[3]);
else {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '200' },
      days: { type: 'string', default: '7' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'string' },
    },
  });
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'flowtrap-history-'));
  measure(Number(values.hosts), Number(values.days), Number(values.seed), folder);
  if (values.keep === undefined) rmSync(folder, { recursive: true });
}
