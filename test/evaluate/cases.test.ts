/** One small table, and every case of it counted by hand. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Cases } from '../../lib/evaluate/cases.ts';
import { confusionMatrix } from '../../lib/evaluate/confusion.ts';
import { figuresOf, type Sample, tallyOf } from '../../lib/evaluate/measures.ts';
import { review } from '../../lib/evaluate/review.ts';
import type { ScoreTable } from '../../lib/evaluate/score-table.ts';
import { type Truth, truthOf } from '../../lib/evaluate/truth.ts';
import { LABELS } from '../../lib/flowlog/labels.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { CLASSES, type ModelClass } from '../../lib/model/manifest.ts';
import { labelsOf, NOON, type ScoreRow, tableOf } from './tables.ts';

/** A flood of five strangers on a service of ours; two of them pass for benign. */
const FLOOD = [0.5, 0.75, 0.875, 0.25, 0.125].map(
  (probability, i): ScoreRow => ({
    client: `203.0.113.${i + 1}`,
    server: '10.0.0.8',
    port: 80,
    class: probability >= 0.5 ? 'denial-of-service' : 'benign',
    p: { 'denial-of-service': probability },
  }),
);

const guess = (client: string, probability: number, rest: Partial<ScoreRow> = {}): ScoreRow => ({
  client,
  port: 22,
  class: probability >= 0.5 ? 'brute-force' : 'benign',
  p: { 'brute-force': probability },
  ...rest,
});

const ROWS: readonly ScoreRow[] = [
  guess('10.0.0.1', 0.875),
  guess('10.0.0.1', 0.25, { port: 443 }),
  guess('10.0.0.2', 0.75),
  guess('10.0.0.3', 0.9375),
  guess('10.0.0.1', 0.375, { window: NOON + 300 }),
  ...FLOOD,
];

const LINES = [',,10.0.0.1,,,22,,brute-force', ',,10.0.0.3,,,,,unlabelled', ',,,10.0.0.8,,80,6,denial-of-service'];

const OURS = new NetworkSet(PRIVATE_NETWORKS);

async function casesOf(rows: readonly ScoreRow[], lines: readonly string[]) {
  const table = await tableOf(rows);
  const { addresses } = table.names;
  const truth = truthOf(table, await labelsOf(table, lines));
  return { table, truth, cases: new Cases(table, truth, (address) => OURS.has(address, addresses)) };
}

const column = (name: ModelClass) => CLASSES.indexOf(name);
const plain = ({ positive, flagged, score, actor }: Sample) => ({
  positive: [...positive],
  flagged: [...flagged],
  score: [...score],
  actor: [...actor],
});

let table: ScoreTable;
let truth: Truth;
let cases: Cases;

beforeAll(async () => {
  ({ table, truth, cases } = await casesOf(ROWS, LINES));
});

describe('the actors of a table', () => {
  it('are those with a labelled conversation, numbered by address: clients, and the victims of floods', () => {
    const names = [...cases.actors].map(([code, number]) => [table.names.addresses.format(code), number]);
    expect(names).toEqual([
      ['10.0.0.1', 0],
      ['10.0.0.2', 1],
      ['10.0.0.8', 2],
      ['203.0.113.1', 3],
      ['203.0.113.2', 4],
      ['203.0.113.3', 5],
      ['203.0.113.4', 6],
      ['203.0.113.5', 7],
    ]);
  });

  it('stay those numbers in any order of conversations', async () => {
    const turned = await casesOf(ROWS.toReversed(), LINES);
    const named = ({ actors }: Cases, { names }: ScoreTable) =>
      [...actors].map(([code, number]) => `${names.addresses.format(code)} ${number}`);
    expect(named(turned.cases, turned.table)).toEqual(named(cases, table));
  });
});

describe('cases by conversation', () => {
  it('of a class are all labelled ones, of which its own are positive and its verdicts flagged', () => {
    expect(plain(cases.conversations(column('brute-force')))).toEqual({
      positive: [1, 0, 0, 1, 0, 0, 0, 0, 0],
      flagged: [1, 0, 1, 0, 0, 0, 0, 0, 0],
      score: [0.875, 0.25, 0.75, 0.375, 0, 0, 0, 0, 0],
      actor: [0, 0, 1, 0, 3, 4, 5, 6, 7],
    });
  });

  it('of a flood are those of its victim', () => {
    expect(plain(cases.conversations(column('denial-of-service')))).toEqual({
      positive: [0, 0, 0, 0, 1, 1, 1, 1, 1],
      flagged: [0, 0, 0, 0, 1, 1, 1, 0, 0],
      score: [0, 0, 0, 0, 0.5, 0.75, 0.875, 0.25, 0.125],
      actor: [0, 0, 1, 0, 2, 2, 2, 2, 2],
    });
  });

  it('of any attack are positive whatever their class, and flagged whatever the verdict', () => {
    expect(plain(cases.conversations())).toEqual({
      positive: [1, 0, 0, 1, 1, 1, 1, 1, 1],
      flagged: [1, 0, 1, 0, 1, 1, 1, 0, 0],
      score: [0.875, 0.25, 0.75, 0.375, 0.5, 0.75, 0.875, 0.25, 0.125],
      actor: [0, 0, 1, 0, 2, 2, 2, 2, 2],
    });
  });

  it('give the figures that the hand works out', () => {
    // Any attack: 4 of 5 flagged are true, 4 of 7 attacks are found.
    const { precision, recall, f1, averagePrecision } = figuresOf(tallyOf(cases.conversations()));
    expect([precision, recall, f1]).toEqual([4 / 5, 4 / 7, 8 / 12]);
    // Steps: two at 0.875, then one of two at 0.75, and so on down to 0.125; precisions 2/2, 3/4, 4/5, 5/6, 6/8, 7/9.
    const steps = [2 * 1, 3 / 4, 4 / 5, 5 / 6, 6 / 8, 7 / 9];
    expect(averagePrecision).toBeCloseTo(steps.reduce((sum, step) => sum + step, 0) / 7, 12);
  });
});

describe('cases by actor and window', () => {
  it('of a class are one for each client in each window', () => {
    expect(plain(cases.actorWindows(column('brute-force')))).toEqual({
      positive: [1, 0, 1, 0, 0, 0, 0, 0],
      flagged: [1, 1, 0, 0, 0, 0, 0, 0],
      score: [0.875, 0.75, 0.375, 0, 0, 0, 0, 0],
      actor: [0, 1, 0, 3, 4, 5, 6, 7],
    });
  });

  it('of a flood are one for its victim', () => {
    expect(plain(cases.actorWindows(column('denial-of-service')))).toEqual({
      positive: [0, 0, 0, 1],
      flagged: [0, 0, 0, 1],
      score: [0, 0, 0, 0.875],
      actor: [0, 1, 0, 2],
    });
  });

  it('of any attack are the attacker of guessing and the victim of the flood', () => {
    expect(plain(cases.actorWindows())).toEqual({
      positive: [1, 0, 1, 1],
      flagged: [1, 1, 0, 1],
      score: [0.875, 0.75, 0.375, 0.875],
      actor: [0, 1, 0, 2],
    });
  });

  it('need as many conversations as the detector does: five for a scan, whatever each one scores', async () => {
    const sweep = (count: number) =>
      Array.from(
        { length: count },
        (_, i): ScoreRow => ({ client: '10.0.0.7', port: i, class: 'scan', p: { scan: 1 - i / 16 } }),
      );
    for (const [count, score, flagged] of [
      [4, 0, 0],
      [5, 0.75, 1],
      [6, 0.75, 1],
    ]) {
      const { cases: some } = await casesOf(sweep(count), [',,10.0.0.7,,,,,scan']);
      expect(plain(some.actorWindows(column('scan')))).toMatchObject({ score: [score], flagged: [flagged] });
    }
  });
});

describe('judging actor-windows', () => {
  const names = (columns: Uint8Array) => [...columns].map((at) => CLASSES[at]);

  it('gives each the class that scores highest, and its verdict', () => {
    const { score, column: best, verdict } = cases.judge(cases.all);
    expect([...score]).toEqual([0.875, 0.75, 0.9375, 0.375, 0.875]);
    expect(names(best)).toEqual(['brute-force', 'brute-force', 'brute-force', 'brute-force', 'denial-of-service']);
    expect(names(verdict)).toEqual(['brute-force', 'brute-force', 'brute-force', 'benign', 'denial-of-service']);
  });

  it('looks only at the conversations it is told to', () => {
    const { score, verdict } = cases.judge(cases.labelled);
    expect([...score]).toEqual([0.875, 0.75, 0, 0.375, 0.875]);
    expect(names(verdict)[2]).toBe('benign');
  });

  it('labels each by its most frequent attack, else as benign, else as unlabelled', () => {
    expect([...cases.unitLabels()].map((label) => LABELS[label])).toEqual([
      'brute-force',
      'benign',
      'unlabelled',
      'brute-force',
      'denial-of-service',
    ]);
  });

  it('labels one of several attacks by the commonest, of equal ones by the first of the table', async () => {
    const rows = [1, 2, 3].map((port): ScoreRow => ({ client: '10.0.0.1', port }));
    const lines = [',,10.0.0.1,,,1,,exfiltration', ',,10.0.0.1,,,2,,scan', ',,10.0.0.1,,,3,,exfiltration'];
    const label = async (some: readonly ScoreRow[]) =>
      [...(await casesOf(some, lines)).cases.unitLabels()].map((at) => LABELS[at]);
    expect(await label(rows)).toEqual(['exfiltration']);
    expect(await label(rows.slice(0, 2))).toEqual(['scan']);
  });

  it('is told by labelled conversations, and by the unlabelled where there are no others', () => {
    expect([...cases.telling()]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('passes over unlabelled conversations beside labelled ones', async () => {
    const rows = [guess('10.0.0.1', 0.875), guess('10.0.0.1', 0.25, { port: 443 })];
    const { cases: some } = await casesOf(rows, [',,10.0.0.1,,,22,,unlabelled']);
    expect([...some.telling()]).toEqual([0, 1]);
  });

  it('calls those innocent that hold no attack', () => {
    expect([...cases.innocent(cases.pooled)]).toEqual([0, 1, 1, 0, 0]);
  });
});

describe('what an evaluation makes of them', () => {
  it('is a confusion matrix in which every conversation stands once', () => {
    const { labels, classes, counts } = confusionMatrix(truth.label, table.verdict, table.classes);
    const cells = labels.flatMap((label, row) =>
      classes.flatMap((name, at) => (counts[row][at] > 0 ? [`${label} as ${name}: ${counts[row][at]}`] : [])),
    );
    expect(cells).toEqual([
      'benign as benign: 1',
      'benign as brute-force: 1',
      'brute-force as benign: 1',
      'brute-force as brute-force: 1',
      'denial-of-service as benign: 2',
      'denial-of-service as denial-of-service: 3',
      'unlabelled as brute-force: 1',
    ]);
  });

  it('is a list of the innocent by score, those of equal score by time and then by address', async () => {
    const rows = [
      guess('10.0.0.9', 0.5),
      guess('10.0.0.4', 0.5, { window: NOON + 300 }),
      guess('10.0.0.5', 0.5),
      guess('10.0.0.6', 0.75),
    ];
    const some = await casesOf(rows, [',,10.0.0.200,,,,,scan']);
    const { pooled } = some.cases;
    const list = (most: number) =>
      review(some.table, some.truth, pooled, some.cases.innocent(pooled), some.cases.judge(some.cases.all), most);
    expect(list(10).map(({ actor }) => actor)).toEqual(['10.0.0.6', '10.0.0.5', '10.0.0.9', '10.0.0.4']);
    expect(list(2).map(({ actor }) => actor)).toEqual(['10.0.0.6', '10.0.0.5']);
    expect(list(0)).toEqual([]);
  });
});
