/**
 * The cases that figures are about, for one class or for any attack, as conversations or as actor-windows. Unlabelled conversations are
 * no cases: the figures are what they would be without them. Any other attack, also one of no class, is a negative of a class.
 */
import { LABELS } from '../flowlog/labels.ts';
import {
  type ActorWindows,
  actorWindows,
  classScores,
  crowdedServices,
  flaggedWindows,
  holding,
  numbered,
} from './actor-windows.ts';
import type { Sample } from './measures.ts';
import type { ScoreTable } from './score-table.ts';
import { BENIGN, isAttack, labelOfClass, type Truth, UNLABELLED } from './truth.ts';

/** Actor-windows with the score, and the class that has it, and the verdict of each. */
export interface Judged {
  readonly score: Float32Array;
  /** Position of the class with the highest score. */
  readonly column: Uint8Array;
  /** Position of the flagged class with the highest score, else that of benign. */
  readonly verdict: Uint8Array;
}

export class Cases {
  readonly table: ScoreTable;
  readonly truth: Truth;
  readonly crowded: Uint8Array;
  /** Positions of attack classes in the table's classes. */
  readonly attackColumns: readonly number[];
  readonly benignColumn: number;
  /** 1 for every conversation, and for every one that is not unlabelled. */
  readonly all: Uint8Array;
  readonly labelled: Uint8Array;
  /** Actor-windows of all classes but floods, of floods, and of any attack. */
  readonly byClient: ActorWindows;
  readonly byFloodActor: ActorWindows;
  readonly pooled: ActorWindows;
  /** Number of each actor with labelled conversations, by its address code. */
  readonly actors: ReadonlyMap<number, number>;
  readonly #pooledVictims: Uint8Array;

  constructor(table: ScoreTable, truth: Truth, isOurs: (address: number) => boolean) {
    this.table = table;
    this.truth = truth;
    this.crowded = crowdedServices(table, isOurs);
    this.benignColumn = table.classes.indexOf('benign');
    this.attackColumns = [...table.classes.keys()].filter((column) => column !== this.benignColumn);
    this.all = new Uint8Array(table.length).fill(1);
    this.labelled = truth.label.map((label) => Number(label !== UNLABELLED));
    this.byClient = actorWindows(table);
    this.byFloodActor = actorWindows(table, this.crowded);
    this.#pooledVictims = this.crowded.map((crowd, row) => Number(crowd === 1 && this.#isFlood(row)));
    this.pooled = actorWindows(table, this.#pooledVictims);
    this.actors = this.#labelledActors();
  }

  /** In order of address, so that the same draws fall on the same actors whatever the order of conversations. */
  #labelledActors(): ReadonlyMap<number, number> {
    const codes = [this.byClient, this.byFloodActor].flatMap((units) =>
      indexes(holding(units, (row) => this.labelled[row] === 1)).map((unit) => units.actor[unit]),
    );
    return numbered(codes.sort((a, b) => a - b));
  }

  /** Whether a conversation is a flood's by its label or, where that is no attack, by its likeliest class of attack. */
  #isFlood(row: number): boolean {
    const { table, truth } = this;
    if (isAttack(truth.label[row])) return LABELS[truth.label[row]] === 'denial-of-service';
    const probability = (column: number) => table.probabilities[row * table.classes.length + column];
    const likeliest = this.attackColumns.reduce((best, column) =>
      probability(column) > probability(best) ? column : best,
    );
    return table.classes[likeliest] === 'denial-of-service';
  }

  isVictims(column: number): Uint8Array | undefined {
    return this.table.classes[column] === 'denial-of-service' ? this.crowded : undefined;
  }

  unitsOf(column: number): ActorWindows {
    return this.isVictims(column) === undefined ? this.byClient : this.byFloodActor;
  }

  /** Conversations of the class at `column`, or of any attack. */
  conversations(column?: number): Sample {
    const { table, truth, benignColumn } = this;
    const width = table.classes.length;
    const own = column === undefined ? undefined : labelOfClass(table.classes[column]);
    const victims = column === undefined ? this.#pooledVictims : this.isVictims(column);
    const rows = indexes(this.labelled);
    const actor = (row: number) => this.actors.get(victims?.[row] === 1 ? table.server[row] : table.client[row])!;
    return {
      positive: Uint8Array.from(rows, (row) =>
        Number(own === undefined ? isAttack(truth.label[row]) : truth.label[row] === own),
      ),
      flagged: Uint8Array.from(rows, (row) =>
        Number(column === undefined ? table.verdict[row] !== benignColumn : table.verdict[row] === column),
      ),
      score: Float32Array.from(rows, (row) =>
        column === undefined ? table.score[row] : table.probabilities[row * width + column],
      ),
      actor: Uint32Array.from(rows, actor),
    };
  }

  /** Actor-windows of the class at `column`, or of any attack. */
  actorWindows(column?: number): Sample {
    const { table, truth } = this;
    const units = column === undefined ? this.pooled : this.unitsOf(column);
    const own = column === undefined ? undefined : labelOfClass(table.classes[column]);
    const positive = holding(units, (row) =>
      own === undefined ? isAttack(truth.label[row]) : truth.label[row] === own,
    );
    const judged = column === undefined ? this.judge(this.labelled) : undefined;
    const score = judged?.score ?? classScores(units, table, column!, this.labelled);
    const flagged =
      judged?.verdict.map((verdict) => Number(verdict !== this.benignColumn)) ??
      flaggedWindows(units, table, column!, this.labelled);
    const cases = indexes(holding(units, (row) => this.labelled[row] === 1));
    return {
      positive: Uint8Array.from(cases, (unit) => positive[unit]),
      flagged: Uint8Array.from(cases, (unit) => flagged[unit]),
      score: Float32Array.from(cases, (unit) => score[unit]),
      actor: Uint32Array.from(cases, (unit) => this.actors.get(units.actor[unit])!),
    };
  }

  /** Score and verdict of every pooled actor-window over the conversations `rows`. */
  judge(rows: Uint8Array): Judged {
    const { table, pooled } = this;
    const score = new Float32Array(pooled.count);
    const column = new Uint8Array(pooled.count).fill(this.attackColumns[0]);
    const verdict = new Uint8Array(pooled.count).fill(this.benignColumn);
    const verdictScore = new Float32Array(pooled.count).fill(-1);
    for (const candidate of this.attackColumns) {
      const ofClass = classScores(pooled, table, candidate, rows);
      const flagged = flaggedWindows(pooled, table, candidate, rows);
      for (let unit = 0; unit < pooled.count; unit++) {
        if (ofClass[unit] > score[unit]) {
          score[unit] = ofClass[unit];
          column[unit] = candidate;
        }
        if (flagged[unit] === 1 && ofClass[unit] > verdictScore[unit]) {
          verdictScore[unit] = ofClass[unit];
          verdict[unit] = candidate;
        }
      }
    }
    return { score, column, verdict };
  }

  /** 1 for every actor-window without a conversation that is labelled an attack. */
  innocent(units: ActorWindows): Uint8Array {
    return holding(units, (row) => isAttack(this.truth.label[row])).map((guilty) => 1 - guilty);
  }

  /** The label of every pooled actor-window: its most frequent attack, else benign if anything is, else unlabelled. */
  unitLabels(): Uint8Array {
    const { pooled, truth } = this;
    const counts = new Uint32Array(pooled.count * LABELS.length);
    for (let row = 0; row < truth.label.length; row++) counts[pooled.of[row] * LABELS.length + truth.label[row]]++;
    return Uint8Array.from({ length: pooled.count }, (_, unit) => {
      const of = counts.subarray(unit * LABELS.length, (unit + 1) * LABELS.length);
      const quiet = of[BENIGN] > 0 ? BENIGN : UNLABELLED;
      return [...of.keys()]
        .filter(isAttack)
        .reduce((best, label) => (of[label] > (isAttack(best) ? of[best] : 0) ? label : best), quiet);
    });
  }

  /** Labelled conversations, and those of actor-windows without any: what each pooled actor-window is judged by. */
  telling(): Uint8Array {
    const held = holding(this.pooled, (row) => this.labelled[row] === 1);
    return this.labelled.map((labelled, row) => Number(labelled === 1 || held[this.pooled.of[row]] === 0));
  }
}

/** Positions that hold 1. */
function indexes(mask: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) found.push(i);
  return found;
}
