/**
 * What a week without any attack costs its owner in messages: `npm run bench:week [-- --seeds 2 --first-seed 96004 --hosts 200 --days 7]`.
 *
 * For every seed, a VPC with its own everyday traffic runs for a week from the first hour after installation on, with default settings, but
 * for the network's own IPv6 addresses, and nothing learned. As in the cloud, an object comes every five minutes and is judged by itself, the
 * correlator looks at the days by the clock, every finding that is written or rewritten is put before `notify`, and the digest of a day is told at
 * six the next morning. Time is simulated.
 *
 * A message is what people get about a finding at once: whatever `notify` publishes, first words and updates alike, on the day of the clock on which it
 * is sent. Digests, one a day, are counted apart. Training has not seen these seeds, and the rules were tuned on 96000 to 96003, 96500 and 96501. Written as
 * Markdown.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderStore } from '../bin/folder-store.ts';
import { openModel } from '../bin/model.ts';
import { type Finding, SEVERITIES } from '../lib/findings/finding.ts';
import { DEFAULT_FORMAT } from '../lib/flowlog/fields.ts';
import { DAY_SECONDS, dayOf, dayPath, HOUR_SECONDS } from '../lib/history/hours.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import { backgroundScenarios } from '../lib/simulate/catalog.ts';
import { simulate } from '../lib/simulate/simulation.ts';
import { Installation, type Sent } from './installation.ts';
import { ownerSettings } from './owner.ts';

/** Midnight of a Monday in September 2026. */
const START = 1_789_948_800;

/** Seconds between two looks at the history. The stack looks every quarter of an hour, which finds the same a little earlier. */
const LOOK_EVERY_SECONDS = 3 * HOUR_SECONDS;

/** When the stack tells the digest of the day before, UTC. */
const DIGEST_AT_SECONDS = 6 * HOUR_SECONDS;

/** The most messages a day that the owner should get. */
const MESSAGES_PER_DAY_MAX = 3;

const MINUTES_PER_DAY = 1_440;

/** A week of one network. */
async function live(seed: number, hosts: number, days: number, classifier: Classifier, folder: string) {
  const simulation = simulate({
    seed,
    hosts,
    minutes: days * MINUTES_PER_DAY,
    startSeconds: START,
    aggregationSeconds: 600,
    scenarios: backgroundScenarios(seed),
    intensity: 1,
  });
  const installation = new Installation(classifier, ownerSettings(simulation.network), folderStore(folder));
  for (const slot of simulation.slots()) {
    await installation.receive(slot, DEFAULT_FORMAT);
    const { endSeconds } = slot;
    if (endSeconds % LOOK_EVERY_SECONDS === 0) {
      await installation.lookBack();
      console.error(`seed ${seed}: ${new Date(endSeconds * 1000).toISOString()}, ${installation.told.length} messages`);
    }
    const yesterday = dayOf(endSeconds) - DAY_SECONDS;
    if (yesterday >= START && endSeconds % DAY_SECONDS === DIGEST_AT_SECONDS)
      await installation.tellDay(yesterday, endSeconds);
  }
  await installation.lookBack();
  const lastDay = START + (days - 1) * DAY_SECONDS;
  await installation.tellDay(lastDay, lastDay + DAY_SECONDS + DIGEST_AT_SECONDS);
  return installation;
}

const timeText = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** "2 medium beacon, 1 high internal-sweep" */
function kindsText(sent: readonly Sent[]): string {
  const kinds = Map.groupBy(sent, ({ message: { attributes } }) => `${attributes.severity} ${attributes.type}`);
  const rank = (kind: string) => SEVERITIES.findIndex((severity) => kind.startsWith(severity));
  const rising = [...kinds].sort(([a], [b]) => rank(b) - rank(a) || (a < b ? -1 : 1));
  return rising.map(([kind, { length }]) => `${length} ${kind}`).join(', ') || '–';
}

interface Digest {
  readonly day: string;
  readonly findings: number;
  readonly incidents: number;
  readonly heldBack: Readonly<Record<string, number>>;
}

function rowsOf(seed: number, { told, digests }: Installation, days: number): (string | number)[][] {
  const reports = new Map(
    digests.map(({ message }) => {
      const report = JSON.parse(message.machine) as Digest;
      return [report.day, report];
    }),
  );
  return Array.from({ length: days }, (_, day) => {
    const start = START + day * DAY_SECONDS;
    const report = reports.get(dayPath(start).replace('day=', ''));
    // What is found by the last look of all belongs to the last day.
    const sent = told.filter(({ atSeconds }) => Math.min(dayOf(atSeconds), START + (days - 1) * DAY_SECONDS) === start);
    const held = Object.entries(report?.heldBack ?? {}).map(([why, count]) => `${count} ${why}`);
    const digested = [report?.findings ?? 0, report?.incidents ?? 0, held.join(', ') || '–'];
    return [seed, day + 1, sent.length, kindsText(sent), ...digested];
  });
}

/** What a message says in one line: when, its title, and by what and how much it was seen. */
function reasonOf({ atSeconds, message }: Sent): string {
  const { finding, why } = JSON.parse(message.machine) as { finding: Finding; why: string };
  const figures = Object.entries(finding.observed).map(([name, value]) => `${name} ${value}`);
  const seenBy = `${finding.witnesses.join(' and ')}, probability ${finding.probability}`;
  return `- ${timeText(atSeconds)} ${finding.severity} \`${finding.type}\` (${why}): ${finding.title}; ${seenBy}; ${figures.join(', ')}`;
}

/** The digest of the day with the most messages, the first of several. */
function busiestDigest({ told, digests }: Installation): string {
  const count = ({ atSeconds }: Sent) =>
    told.filter((sent) => dayOf(sent.atSeconds) === dayOf(atSeconds) - DAY_SECONDS);
  const [busiest] = digests.toSorted((a, b) => count(b).length - count(a).length);
  return busiest === undefined ? 'None.' : ['```', busiest.message.email.trim(), '```'].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2' },
      'first-seed': { type: 'string', default: '96004' },
      hosts: { type: 'string', default: '200' },
      days: { type: 'string', default: '7' },
      keep: { type: 'string' },
    },
  });
  const [hosts, days] = [Number(values.hosts), Number(values.days)];
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values['first-seed']) + i);
  const classifier = await openModel();
  const weeks = new Map<number, Installation>();
  for (const seed of seeds) {
    const folder =
      values.keep === undefined ? mkdtempSync(join(tmpdir(), 'flowtrap-week-')) : join(values.keep, `${seed}`);
    weeks.set(seed, await live(seed, hosts, days, classifier, folder));
    if (values.keep === undefined) rmSync(folder, { recursive: true });
  }
  await classifier.close();
  print(weeks, hosts, days);
}

function print(weeks: ReadonlyMap<number, Installation>, hosts: number, days: number): void {
  const rows = [...weeks].flatMap(([seed, week]) => rowsOf(seed, week, days));
  const counts = rows.map(([, , messages]) => Number(messages));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const over = counts.filter((count) => count > MESSAGES_PER_DAY_MAX).length;
  const records = [...weeks.values()].reduce((sum, week) => sum + week.records, 0);
  const head = ['seed', 'day', 'messages', 'of them', 'findings', 'incidents', 'held back for the digest'];
  console.log(`# A week without an attack

Written by \`npm run bench:week > docs/week.md\`.

${weeks.size} networks of ${hosts} hosts, seeds ${[...weeks.keys()].join(', ')}, each with its own everyday traffic for ${days} days from the first hour after installation on: ${records.toLocaleString('en')}
records in the default format, gathered over ten minutes. Settings are the defaults, but that \`ourNetworks\` names the network's IPv6 addresses. An object is judged as it comes, every
five minutes; the history is looked at every ${LOOK_EVERY_SECONDS / HOUR_SECONDS} hours, where the stack does so every quarter of an hour. A *message* is whatever people get about a finding at once, first words and
updates alike; the daily digest comes on top.

**${total} messages in ${counts.length} days, ${(total / counts.length).toFixed(2)} a day; ${Math.max(...counts)} on the worst day, more than ${MESSAGES_PER_DAY_MAX} on ${over}.**

${table(head, rows)}`);
  for (const [seed, week] of weeks) {
    console.log(`
## Seed ${seed}

${week.told.map(reasonOf).join('\n') || 'No messages.'}

The digest of its busiest day:

${busiestDigest(week)}`);
  }
}

await main();
