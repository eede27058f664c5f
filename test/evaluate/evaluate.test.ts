import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evaluation, evaluate, type Subject } from '../../lib/evaluate/evaluate.ts';
import { parseFindings } from '../../lib/evaluate/findings.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { CLASSES, type ModelClass } from '../../lib/model/manifest.ts';
import { labelsOf, NOON, type ScoreRow, tableOf, uniform } from './tables.ts';

const OURS = new NetworkSet(PRIVATE_NETWORKS);

interface Options {
  readonly unmatched?: 'benign' | 'unlabelled';
  readonly seed?: number;
  readonly findings?: readonly object[];
  readonly reviewMost?: number;
}

async function evaluationOf(
  rows: readonly ScoreRow[],
  lines: readonly string[],
  options: Options = {},
): Promise<Evaluation> {
  const table = await tableOf(rows);
  const { addresses } = table.names;
  const { findings } = options;
  return evaluate({
    table,
    labels: await labelsOf(table, lines, options.unmatched),
    findings: findings && parseFindings(JSON.stringify({ findings }), (address) => addresses.parse(address)),
    isOurs: (address) => OURS.has(address, addresses),
    resampling: { resamples: 20, uniform: uniform(options.seed ?? 1) },
    reviewMost: options.reviewMost ?? 20,
  });
}

const of = <T extends { subject: Subject }>(list: readonly T[], subject: Subject): T =>
  list.find((one) => one.subject === subject)!;

const guess = (client: string, probability: number, rest: Partial<ScoreRow> = {}): ScoreRow => ({
  client,
  port: 22,
  class: probability >= 0.5 ? 'brute-force' : 'benign',
  p: { 'brute-force': probability },
  ...rest,
});

/** Two guessers, one of them missed, a benign false alert, and an unlabelled one. */
const ROWS = [
  guess('10.0.0.1', 0.9),
  guess('10.0.0.1', 0.75, { window: NOON + 300 }),
  guess('10.0.0.2', 0.25),
  guess('10.0.0.3', 0.8),
  guess('10.0.0.4', 0.1),
  guess('8.8.8.8', 0.95),
];
const LINES = [',,10.0.0.1,,,,,brute-force', ',,10.0.0.2,,,,,brute-force', ',,8.8.8.8,,,,,unlabelled'];

describe('an evaluation', () => {
  it('tells what it is about', async () => {
    const evaluation = await evaluationOf(ROWS, LINES);
    expect(evaluation).toMatchObject({ conversations: 6, windows: 2, actors: 5, hostHours: 4, attacksTotal: 2 });
    expect(evaluation.hours).toBeCloseTo(1 / 6, 12);
    expect(evaluation.labels).toMatchObject({ benign: 2, 'brute-force': 3, unlabelled: 1 });
    expect(evaluation.bootstrap).toEqual({ confidence: 0.95, resamples: 20 });
  });

  it('keeps unlabelled traffic out of precision and recall', async () => {
    const { perConversation, perActorWindow } = await evaluationOf(ROWS, LINES);
    for (const { classes } of [perConversation, perActorWindow]) {
      const guessing = of(classes, 'brute-force');
      expect(guessing).toMatchObject({ cases: 5, positives: 3, positiveActors: 2 });
      expect(guessing).toMatchObject({ truePositives: 2, falsePositives: 1, falseNegatives: 1 });
      expect(guessing.figures.precision).toBe(2 / 3);
      // Ranking: 0.9 true, 0.8 false, 0.75 true, 0.25 true.
      expect(guessing.figures.averagePrecision).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 3, 12);
      expect(guessing.intervals.recall).not.toBeNull();
      expect(of(classes, 'scan').figures).toEqual({ precision: null, recall: null, f1: null, averagePrecision: null });
      expect(of(classes, 'any-attack').figures).toEqual(guessing.figures);
    }
    expect(perConversation.macro).toEqual(of(perConversation.classes, 'brute-force').figures);
  });

  it('counts unlabelled traffic as benign for false alerts, and says how much of it there is', async () => {
    const { falseAlerts } = await evaluationOf(ROWS, LINES);
    const guessing = of(falseAlerts, 'brute-force');
    expect(guessing).toMatchObject({ count: 2, unlabelled: 1, per1000HostHours: 500 });
    expect(guessing.perHour).toBeCloseTo(12, 12);
    // Four host-hours allow no false alert: only what scores above 0.95 may pass.
    expect(guessing.recallAt.map(({ allowed, recall }) => [allowed, recall])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(of(falseAlerts, 'scan')).toMatchObject({ count: 0, unlabelled: 0 });
  });

  it('lists the highest scores without an attack for a verdict', async () => {
    const { review } = await evaluationOf(ROWS, LINES);
    expect(review.map(({ actor, label }) => [actor, label])).toEqual([
      ['8.8.8.8', 'unlabelled'],
      ['10.0.0.3', 'benign'],
      ['10.0.0.4', 'benign'],
    ]);
    expect(review[1]).toMatchObject({
      class: 'brute-force',
      conversations: 1,
      mainService: '22/tcp',
      hosts: 1,
      isVictim: false,
    });
    expect(review[1].score).toBeCloseTo(0.8, 6);
    expect(review[1].window).toBe('2026-01-05T12:00:00Z');
    expect((await evaluationOf(ROWS, LINES, { reviewMost: 1 })).review).toHaveLength(1);
  });

  it('tells the main service and the other hosts of an actor-window', async () => {
    const rows = [80, 22, 22].map((port, i) => guess('10.0.0.3', 0.6, { port, server: `10.0.1.${i % 2}` }));
    const { review } = await evaluationOf(rows, [',,10.9.9.9,,,,,scan']);
    expect(review).toMatchObject([{ conversations: 3, mainService: '22/tcp', hosts: 2 }]);
  });

  it('takes an attack of another class for a negative, and of no class for an attack', async () => {
    const rows = [guess('10.0.0.1', 0.9), guess('10.0.0.2', 0.9)];
    const lines = [',,10.0.0.1,,,,,scan', ',,10.0.0.2,,,,,other-attack'];
    const { perConversation, falseAlerts, review } = await evaluationOf(rows, lines);
    expect(of(perConversation.classes, 'brute-force')).toMatchObject({ positives: 0, falsePositives: 2 });
    expect(of(perConversation.classes, 'any-attack')).toMatchObject({ positives: 2, truePositives: 2 });
    expect(of(falseAlerts, 'brute-force').count).toBe(0);
    expect(review).toEqual([]);
  });

  it('needs five conversations to believe a scan', async () => {
    const sweep = (count: number) =>
      Array.from(
        { length: count },
        (_, i): ScoreRow => ({ client: '10.0.0.1', port: i, class: 'scan', p: { scan: 0.9 } }),
      );
    const scans = async (count: number) =>
      of((await evaluationOf(sweep(count), [',,10.0.0.1,,,,,scan'])).perActorWindow.classes, 'scan');
    expect(await scans(5)).toMatchObject({ cases: 1, positives: 1, truePositives: 1 });
    expect(await scans(4)).toMatchObject({ cases: 1, positives: 1, falseNegatives: 1 });
  });

  it('counts a flood by many once, on its victim', async () => {
    const flood = Array.from(
      { length: 6 },
      (_, i): ScoreRow => ({
        client: `203.0.113.${i}`,
        port: 80,
        class: 'denial-of-service',
        p: { 'denial-of-service': 0.9 },
      }),
    );
    const evaluation = await evaluationOf(flood, [',,,10.0.0.9,,80,6,denial-of-service']);
    for (const subject of ['denial-of-service', 'any-attack'] as const) {
      const own = of(evaluation.perActorWindow.classes, subject);
      expect(own).toMatchObject({ cases: 1, positives: 1, truePositives: 1, positiveActors: 1 });
    }
    expect(evaluation.attacks).toMatchObject([
      { actor: '10.0.0.9', isVictim: true, conversations: 6, byScores: { found: true } },
    ]);
    expect((await evaluationOf(flood, [',,10.0.0.1,,,,,scan'])).review).toMatchObject([
      { actor: '10.0.0.9', isVictim: true, conversations: 6, hosts: 6 },
    ]);
  });

  it('tells which attackers scores found, and how soon', async () => {
    const { attacks } = await evaluationOf(ROWS, [`${NOON + 60},,10.0.0.1,,,,,brute-force`, LINES[1]]);
    expect(attacks).toEqual([
      {
        label: 'brute-force',
        actor: '10.0.0.2',
        isVictim: false,
        conversations: 1,
        onset: '2026-01-05T12:00:00Z',
        byScores: { found: false, takenFor: [], delaySeconds: null },
      },
      {
        label: 'brute-force',
        actor: '10.0.0.1',
        isVictim: false,
        conversations: 2,
        onset: '2026-01-05T12:01:00Z',
        byScores: { found: true, takenFor: [], delaySeconds: 240 },
      },
    ]);
  });
});

describe('findings in an evaluation', () => {
  const finding = (id: string, actor: string, name: ModelClass = 'brute-force') => ({
    id,
    class: name,
    title: `finding ${id}`,
    actors: [{ address: actor }],
    actorCount: 1,
    targets: { hosts: [{ address: '10.0.0.9' }], hostCount: 1, services: ['22/tcp'], serviceCount: 1 },
    firstSeen: '2026-01-05T12:05:10Z',
    lastSeen: '2026-01-05T12:05:50Z',
  });
  const early = { firstSeen: '2026-01-05T12:00:10Z' };

  it('are true, misnamed, false or of other logs, and find attackers', async () => {
    const findings = [
      finding('a', '10.0.0.1'),
      { ...finding('b', '10.0.0.2', 'scan'), ...early },
      { ...finding('c', '10.0.0.3'), ...early },
      { ...finding('d', '8.8.8.8'), ...early },
      finding('e', '10.5.5.5'),
    ];
    const { findings: report, attacks } = await evaluationOf(ROWS, LINES, { findings });
    expect(report!.total).toBe(5);
    expect(report!.classes).toEqual({
      'brute-force': { true: 1, misnamed: 0, benign: 1, unlabelled: 1, unmatched: 1 },
      scan: { true: 0, misnamed: 1, benign: 0, unlabelled: 0, unmatched: 0 },
    });
    expect(report!.falseFindings).toMatchObject({ count: 2, unlabelled: 1, per1000HostHours: 500 });
    expect(report!.wrong.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'b misnamed',
      'c benign',
      'd unlabelled',
      'e unmatched',
    ]);
    expect(attacks.map(({ actor, byFindings }) => [actor, byFindings])).toEqual([
      ['10.0.0.1', { found: true, takenFor: [], delaySeconds: 600 }],
      ['10.0.0.2', { found: false, takenFor: ['scan'], delaySeconds: null }],
    ]);
  });

  it('are no part of the report when none are given', async () => {
    const evaluation = await evaluationOf(ROWS, LINES);
    expect(evaluation).not.toHaveProperty('findings');
    expect(evaluation.attacks[0]).not.toHaveProperty('byFindings');
    expect((await evaluationOf(ROWS, LINES, { findings: [] })).findings).toMatchObject({
      total: 0,
      falseFindings: { count: 0 },
    });
  });
});

describe('any evaluation', () => {
  const attackClass = fc.constantFrom(...CLASSES.filter((name) => name !== 'benign'));
  const someRow = fc.record({
    window: fc.constantFrom(NOON, NOON + 300),
    client: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '203.0.113.1', '203.0.113.2', '203.0.113.3'),
    port: fc.constantFrom(22, 80),
    class: fc.constantFrom(...CLASSES),
    p: fc.tuple(attackClass, fc.integer({ min: 0, max: 4 })).map(([name, quarter]) => ({ [name]: quarter / 4 })),
  });
  const someRows = fc.array(someRow, { minLength: 1, maxLength: 30 });
  const someLines = fc.array(
    fc
      .tuple(
        fc.constantFrom('10.0.0.1', '10.0.0.2', '203.0.113.1', ''),
        fc.constantFrom('22', ''),
        fc.constantFrom('scan', 'denial-of-service', 'other-attack', 'unlabelled'),
      )
      .map(([client, port, label]) => `,,${client},10.0.0.9,,${port},,${label}`),
    { minLength: 1, maxLength: 3 },
  );

  it('does not depend on the order of conversations', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, someLines, async (rows, lines) => {
        // Sums of probabilities depend on their order in the last digit.
        const comparable = ({ calibration, ...rest }: Evaluation) => ({
          ...rest,
          calibration: calibration.map(({ bins }) => bins.map(({ count }) => count)),
        });
        const forward = comparable(await evaluationOf(rows, lines));
        expect(comparable(await evaluationOf(rows.toReversed(), lines))).toEqual(forward);
      }),
      { numRuns: 40 },
    );
  });

  it('counts every case once, within the bounds of its figures', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, someLines, async (rows, lines) => {
        const evaluation = await evaluationOf(rows, lines);
        const total = (counts: readonly (readonly number[])[]) => counts.flat().reduce((sum, count) => sum + count, 0);
        expect(total(evaluation.perConversation.confusion.counts)).toBe(rows.length);
        expect(total(evaluation.perActorWindow.confusion.counts)).toBeGreaterThan(0);
        for (const { classes, macro } of [evaluation.perConversation, evaluation.perActorWindow]) {
          for (const value of [macro, ...classes.map(({ figures }) => figures)].flatMap(Object.values)) {
            if (value === null) continue;
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
          for (const { cases, truePositives, falseNegatives, positives } of classes) {
            expect(truePositives + falseNegatives).toBe(positives);
            expect(positives).toBeLessThanOrEqual(cases);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is the same for the same seed', async () => {
    expect(await evaluationOf(ROWS, LINES, { seed: 5 })).toEqual(await evaluationOf(ROWS, LINES, { seed: 5 }));
  });

  it('of perfect scores is perfect', async () => {
    const rows: ScoreRow[] = [
      guess('10.0.0.1', 1),
      guess('10.0.0.2', 1),
      guess('10.0.0.3', 0),
      ...Array.from(
        { length: 5 },
        (_, i): ScoreRow => ({ client: '10.0.0.4', port: i, class: 'scan', p: { scan: 1 } }),
      ),
    ];
    const lines = [',,10.0.0.1,,,,,brute-force', ',,10.0.0.2,,,,,brute-force', ',,10.0.0.4,,,,,scan'];
    const { perConversation, perActorWindow, calibration, falseAlerts } = await evaluationOf(rows, lines);
    const perfect = { precision: 1, recall: 1, f1: 1, averagePrecision: 1 };
    for (const { macro, classes } of [perConversation, perActorWindow]) {
      expect(macro).toEqual(perfect);
      for (const subject of ['scan', 'brute-force', 'any-attack'] as const)
        expect(of(classes, subject).figures).toEqual(perfect);
    }
    expect(of(perActorWindow.classes, 'brute-force').intervals).toMatchObject({ recall: [1, 1], precision: [1, 1] });
    expect(calibration.map(({ expectedCalibrationError }) => expectedCalibrationError)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(of(falseAlerts, 'any-attack')).toMatchObject({ count: 0, recallAt: [{ recall: 1 }, { recall: 1 }] });
  });

  it('tells what it cannot know', async () => {
    const { falseAlerts, perConversation } = await evaluationOf([guess('8.8.8.8', 0.9)], [',,8.8.8.8,,,,,unlabelled']);
    expect(perConversation.macro.averagePrecision).toBeNull();
    expect(of(perConversation.classes, 'any-attack')).toMatchObject({ cases: 0, positives: 0 });
    expect(of(falseAlerts, 'brute-force')).toMatchObject({ count: 1, per1000HostHours: null });
  });
});
