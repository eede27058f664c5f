import type { Sample } from '../../lib/evaluate/measures.ts';
import { readScoresCsv } from '../../lib/evaluate/read-scores.ts';
import type { ScoreTable } from '../../lib/evaluate/score-table.ts';
import { LABEL_COLUMNS, LabelIndex, readLabels } from '../../lib/features/labels.ts';
import { createNames, type Names } from '../../lib/flowlog/batch.ts';
import { CLASSES, type ModelClass } from '../../lib/model/manifest.ts';

/** The start of a window and of an hour. */
export const NOON = 1_767_614_400;

export interface ScoreRow {
  readonly window?: number;
  readonly client: string;
  readonly server?: string;
  readonly port?: number;
  readonly protocol?: number;
  readonly class?: ModelClass;
  /** Probabilities of attack classes; benign has what they leave. */
  readonly p?: Partial<Record<ModelClass, number>>;
}

const HEADER = [
  'window_start',
  'interface_id',
  'client',
  'server',
  'server_port',
  'protocol',
  'flows',
  'class',
  'score',
];

/** The lines that `flowtrap score` would print. */
export function scoreLines(rows: readonly ScoreRow[]): string[] {
  const lines = rows.map(
    ({ window = NOON, client, server = '10.0.0.9', port = 443, protocol = 6, class: name, p = {} }) => {
      const attacks = Object.values(p);
      const benign = 1 - attacks.reduce((sum, share) => sum + share, 0);
      const shares = CLASSES.map((kind) => Number((kind === 'benign' ? benign : (p[kind] ?? 0)).toFixed(6)));
      return [
        window,
        'eni-1',
        client,
        server,
        port,
        protocol,
        1,
        name ?? 'benign',
        Math.max(0, ...attacks),
        ...shares,
      ].join(',');
    },
  );
  return [[...HEADER, ...CLASSES.map((name) => `p_${name}`)].join(','), ...lines];
}

export function tableOf(rows: readonly ScoreRow[], names: Names = createNames()): Promise<ScoreTable> {
  return readScoresCsv(scoreLines(rows), names);
}

/** Labels from lines without header: start,end,srcaddr,dstaddr,srcport,dstport,protocol,label. */
export async function labelsOf(
  { names }: ScoreTable,
  lines: readonly string[],
  unmatched: 'benign' | 'unlabelled' = 'benign',
): Promise<LabelIndex> {
  return new LabelIndex(await readLabels([LABEL_COLUMNS.join(','), ...lines], names), unmatched);
}

/** Cases as [positive, flagged, score, actor]. */
export function sampleOf(cases: readonly (readonly [0 | 1, 0 | 1, number, number])[]): Sample {
  return {
    positive: Uint8Array.from(cases, ([positive]) => positive),
    flagged: Uint8Array.from(cases, ([, flagged]) => flagged),
    score: Float32Array.from(cases, ([, , score]) => score),
    actor: Uint32Array.from(cases, ([, , , actor]) => actor),
  };
}

/** Uniform numbers from a seed (Park and Miller 1988). */
export function uniform(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}
