/**
 * Reads scores from CSV or Parquet, row by row. The first row that cannot be meant ends it: figures over half a file would be wrong.
 */
import { parquetMetadataAsync } from 'hyparquet';
import { splitCsv } from '../features/labels.ts';
import type { Names } from '../flowlog/batch.ts';
import { type RandomAccess, readGroup } from '../flowlog/parquet.ts';
import { evaluatedRowsMax } from '../limits.ts';
import { type ScoreTable, ScoreTableBuilder } from './score-table.ts';

/** Scores from the lines of a CSV with a header line. */
export async function readScoresCsv(
  lines: AsyncIterable<string> | Iterable<string>,
  names: Names,
): Promise<ScoreTable> {
  let builder: ScoreTableBuilder | undefined;
  let places: readonly number[] = [];
  let width = 0;
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    if (builder === undefined) {
      const header = splitCsv(line.replace(/^\ufeff/, ''));
      builder = new ScoreTableBuilder(header, names);
      places = builder.columns.map((column) => header.indexOf(column));
      width = header.length;
      continue;
    }
    // Without a quote in the line there is nothing to unquote, which is ten times faster.
    const values = line.includes('"') ? splitCsv(line) : line.split(',');
    if (values.length !== width)
      throw new Error(`scores line ${number} has ${values.length} values, expected ${width}`);
    builder.add(
      places.map((place) => values[place]),
      `line ${number}`,
    );
  }
  if (builder === undefined) throw new Error('the scores are empty, expected the output of flowtrap score');
  return builder.finish();
}

/** Scores from a Parquet file, row group by row group. */
export async function readScoresParquet(file: RandomAccess, names: Names): Promise<ScoreTable> {
  const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
    throw new Error(`the scores are no Parquet file: ${cause.message}`, { cause });
  });
  const header = metadata.schema.slice(1).map((element) => element.name);
  const builder = new ScoreTableBuilder(header, names);
  let start = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    if (!(start + count <= evaluatedRowsMax)) {
      throw new Error(`the scores have more than ${evaluatedRowsMax} rows; evaluate them day by day`);
    }
    const cells = await readGroup(file, metadata, builder.columns, start, count);
    if (typeof cells === 'string') throw new Error(`the scores: ${cells}`);
    for (let row = 1; row <= count; row++) {
      builder.add(
        cells.map((column) => column.next()),
        `row ${start + row}`,
      );
    }
    start += count;
  }
  return builder.finish();
}
