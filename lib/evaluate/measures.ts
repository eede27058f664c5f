/**
 * How good a yes-or-no judgement is. The definitions that every figure of an evaluation goes back to:
 *
 * - precision = true positives / flagged, recall = true positives / positives, F1 = 2 TP / (2 TP + FP + FN)
 *   (van Rijsbergen, Information Retrieval, 1979, chapter 7). Without flagged cases there is no precision, without positives there is
 *   no recall, F1 or average precision: they are `null`, never 0 or 1.
 * - average precision = sum over thresholds n, from the highest score down, of (recall n - recall n-1) × precision n, where all cases of
 *   one score pass together. This is scikit-learn's `average_precision_score`: a step function, without interpolation, which Davis and
 *   Goadrich (2006) show to be too optimistic between points.
 *
 * Every case belongs to an actor, and every figure can be had with a weight for each actor, which is what a bootstrap asks for.
 */

/** Cases judged; all arrays have one value per case. */
export interface Sample {
  /** 1 where the case is of the class. */
  readonly positive: Uint8Array;
  /** 1 where it was flagged as the class. */
  readonly flagged: Uint8Array;
  readonly score: Float32Array;
  /** Number of its actor, from 0. */
  readonly actor: Uint32Array;
}

/** How often each actor counts. */
export type Weights = Uint16Array;

export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

export const FIGURES = ['precision', 'recall', 'f1', 'averagePrecision'] as const;
export type FigureName = (typeof FIGURES)[number];
export type Figures = Readonly<Record<FigureName, number | null>>;

/** Cases of one actor and one step of the ranking. */
interface Cell {
  readonly actor: number;
  positives: number;
  cases: number;
}

/** A sample folded so that its figures cost one look at each actor, not at each case. */
export interface Tally {
  /** Actors with at least one positive. */
  readonly positiveActors: number;
  readonly positives: number;
  readonly cases: number;
  /** True positives, false positives and false negatives of each actor that has any. */
  readonly counts: readonly (readonly [actor: number, ...figures: [number, number, number]])[];
  /** By distinct score of a positive, from the highest: the cases from this score up to below the one before. */
  readonly steps: readonly (readonly Cell[])[];
}

export function tallyOf(sample: Sample): Tally {
  const { positive, flagged, actor } = sample;
  const counts = new Map<number, [number, number, number, number]>();
  const actorsWithPositives = new Set<number>();
  let positives = 0;
  for (let i = 0; i < positive.length; i++) {
    if (positive[i] === 1) {
      positives++;
      actorsWithPositives.add(actor[i]);
    }
    const outcome = outcomeOf(positive[i], flagged[i]);
    if (outcome === 0) continue;
    const known = counts.get(actor[i]) ?? [actor[i], 0, 0, 0];
    known[outcome]++;
    counts.set(actor[i], known);
  }
  return {
    positiveActors: actorsWithPositives.size,
    positives,
    cases: positive.length,
    counts: [...counts.values()],
    steps: stepsOf(sample),
  };
}

/** 1 true positive, 2 false positive, 3 false negative, 0 true negative. */
function outcomeOf(positive: number, flagged: number): 0 | 1 | 2 | 3 {
  if (positive === 1) return flagged === 1 ? 1 : 3;
  return flagged === 1 ? 2 : 0;
}

/** Thresholds between the scores of positives change no recall and add nothing, so only those scores are steps. */
function stepsOf({ positive, score, actor }: Sample): Cell[][] {
  const thresholds = [...new Set(score.filter((_, i) => positive[i] === 1))].sort((a, b) => b - a);
  const cells = thresholds.map(() => new Map<number, Cell>());
  for (let i = 0; i < score.length; i++) {
    const step = firstAtMost(thresholds, score[i]);
    // What scores below every positive is never reached.
    if (step === thresholds.length) continue;
    const known = cells[step].get(actor[i]) ?? { actor: actor[i], positives: 0, cases: 0 };
    known.positives += positive[i];
    known.cases++;
    cells[step].set(actor[i], known);
  }
  return cells.map((step) => [...step.values()]);
}

/** Position of the first of the falling thresholds that is at most `score`; their number when there is none. */
function firstAtMost(thresholds: readonly number[], score: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle] <= score) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function countsOf({ counts }: Tally, weights?: Weights): Counts {
  let truePositives = 0;
  let falsePositives = 0;
  let falseNegatives = 0;
  for (const [actor, ...outcomes] of counts) {
    const weight = weights === undefined ? 1 : weights[actor];
    truePositives += weight * outcomes[0];
    falsePositives += weight * outcomes[1];
    falseNegatives += weight * outcomes[2];
  }
  return { truePositives, falsePositives, falseNegatives };
}

export function figuresOf(tally: Tally, weights?: Weights): Figures {
  const { truePositives, falsePositives, falseNegatives } = countsOf(tally, weights);
  const positives = truePositives + falseNegatives;
  const wrong = falsePositives + falseNegatives;
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, positives),
    f1: positives === 0 ? null : ratio(2 * truePositives, 2 * truePositives + wrong),
    averagePrecision: averagePrecision(tally, weights),
  };
}

/** `null` when there is nothing to share. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Average precision, `null` without positives. */
export function averagePrecision({ steps }: Tally, weights?: Weights): number | null {
  let positives = 0;
  let cases = 0;
  let sum = 0;
  for (const step of steps) {
    const before = positives;
    for (const cell of step) {
      const weight = weights === undefined ? 1 : weights[cell.actor];
      positives += weight * cell.positives;
      cases += weight * cell.cases;
    }
    if (positives > before) sum += ((positives - before) * positives) / cases;
  }
  return ratio(sum, positives);
}

/**
 * Macro average: the mean over classes that have positives, each counting the same however rare. A class of which nothing was flagged
 * counts with precision 0, as in scikit-learn: it found nothing.
 */
export function macroAverage(classes: readonly Figures[]): Figures {
  const present = classes.filter(({ recall }) => recall !== null);
  const mean = (name: FigureName) =>
    ratio(
      present.reduce((sum, figures) => sum + (figures[name] ?? 0), 0),
      present.length,
    );
  return {
    precision: mean('precision'),
    recall: mean('recall'),
    f1: mean('f1'),
    averagePrecision: mean('averagePrecision'),
  };
}
