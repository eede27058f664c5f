/**
 * Scores as a table: who, how much, which class and with what probability of each. Text values may come from logs that somebody else
 * wrote: they are quoted by RFC 4180, and what a spreadsheet would run as a formula begins with an apostrophe.
 */
import { attackOf } from '../lib/detectors/forest.ts';
import type { Scored } from '../lib/detectors/scored.ts';
import { IDENTITY_COLUMNS, identityColumns, identityOf } from '../lib/features/export.ts';
import { matrixRowsMax } from '../lib/limits.ts';
import type { ModelClass } from '../lib/model/manifest.ts';
import { type ParquetColumn, ParquetFile } from '../lib/parquet-file.ts';

/** What the model says of one settled conversation. */
export interface Verdict {
  /** The likeliest attack class at or above its threshold, else benign. */
  readonly class: ModelClass;
  /** The highest probability of any attack class. */
  readonly score: number;
  /** By class, in the manifest's order. */
  readonly probabilities: Float32Array;
}

export function verdictOf(scored: Scored, position: number): Verdict {
  const { classes } = scored.classifier.manifest;
  const probabilities = scored.probabilities.subarray(position * classes.length, (position + 1) * classes.length);
  const score = Math.max(...probabilities.filter((_, i) => classes[i] !== 'benign'));
  return { class: attackOf(scored, position) ?? 'benign', score, probabilities };
}

function columnsOf({ classifier }: Scored): ParquetColumn[] {
  return [
    ...IDENTITY_COLUMNS,
    { name: 'class', type: 'STRING' },
    { name: 'score', type: 'FLOAT' },
    ...classifier.manifest.classes.map((name): ParquetColumn => ({ name: `p_${name}`, type: 'FLOAT' })),
  ];
}

/** Lines are handed on in pieces of this many rows. */
const CSV_ROWS = 1_024;

export function* scoresCsv(scored: Scored): Generator<string> {
  const lines = [columnsOf(scored).map(({ name }) => name)].map((names) => names.join(','));
  for (let position = 0; position < scored.rows.length; position++) {
    const verdict = verdictOf(scored, position);
    const identity = identityOf(scored.conversations, scored.rows[position]);
    const numbers = [verdict.score, ...verdict.probabilities].map((value) => Number(value.toFixed(6)));
    lines.push([...identity, verdict.class, ...numbers].map(csvValue).join(','));
    if (lines.length >= CSV_ROWS) yield `${lines.splice(0).join('\n')}\n`;
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/** What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"); a lone hyphen is the log's "no value". */
const FORMULA = /^(?:[=+@\t\r]|-.)/;

export function csvValue(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function* scoresParquet(scored: Scored): Generator<Uint8Array> {
  const file = new ParquetFile({ columns: columnsOf(scored) });
  for (let from = 0; from < scored.rows.length; from += matrixRowsMax) {
    const rows = scored.rows.subarray(from, from + matrixRowsMax);
    const verdicts = Array.from(rows, (_, i) => verdictOf(scored, from + i));
    yield file.rowGroup([
      ...identityColumns(scored.conversations, rows),
      verdicts.map((verdict) => verdict.class),
      verdicts.map((verdict) => verdict.score),
      ...scored.classifier.manifest.classes.map((_, i) => verdicts.map(({ probabilities }) => probabilities[i])),
    ]);
  }
  yield file.finish();
}
