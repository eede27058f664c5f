/**
 * UNSW-NB15's four files with addresses: 49 columns without a header, in the order of the published feature list
 * (UNSW-NB15_features.csv: srcip, sport, dstip, dsport, proto, state, dur, sbytes, dbytes, …, Stime, Ltime, …, attack_cat, Label).
 *
 * Start times are whole seconds. TCP flags are not in the files, only a state of the whole connection, so they are unknown. The set's
 * captures hold most packets twice, from both sides of a router, and so do its counts.
 */

import { PROTOCOL } from '../flowlog/fields.ts';
import { fixedHeader, Row, splitCells } from './cells.ts';
import type { Flow } from './flow.ts';
import { unswNb15 } from './labels.ts';
import type { RowReader } from './lines.ts';
import { hasPorts, protocolNumber } from './protocols.ts';
import { type ConversionReport, WrongFormat } from './report.ts';

const WIDTH = 49;

const HEADER = fixedHeader(
  {
    srcip: 0,
    sport: 1,
    dstip: 2,
    dsport: 3,
    proto: 4,
    dur: 6,
    sbytes: 7,
    dbytes: 8,
    Spkts: 16,
    Dpkts: 17,
    Stime: 28,
    attack_cat: 47,
    Label: 48,
  },
  WIDTH,
);

type Column = keyof (typeof HEADER)['index'];

export function unswReader(report: ConversionReport): RowReader {
  let first = true;
  return (line) => {
    const cells = splitCells(line);
    if (first && cells.length !== WIDTH) {
      throw new WrongFormat(
        `the first row has ${cells.length} values, expected the ${WIDTH} of UNSW-NB15 with addresses (UNSW-NB15_1.csv to _4.csv)`,
      );
    }
    first = false;
    return cells[0] === 'srcip' ? undefined : flowOf(new Row(cells, HEADER), report);
  };
}

function flowOf(row: Row<Column>, report: ConversionReport): Flow {
  const protocol = protocolNumber(row.text('proto'), 'proto');
  const port = (column: 'sport' | 'dsport') => (hasPorts(protocol) && row.text(column) !== '-' ? row.port(column) : 0);
  const flags = protocol === PROTOCOL.tcp ? undefined : 0;
  return {
    startSeconds: row.epoch('Stime', 1),
    durationSeconds: row.duration('dur', 1),
    source: row.text('srcip'),
    destination: row.text('dstip'),
    sourcePort: port('sport'),
    destinationPort: port('dsport'),
    protocol,
    forward: { packets: row.count('Spkts'), bytes: row.count('sbytes'), flags },
    backward: { packets: row.count('Dpkts'), bytes: row.count('dbytes'), flags },
    // Benign rows have no attack_cat and a Label of 0.
    label: report.labelOf(row.text('attack_cat') || (row.text('Label') === '0' ? 'Normal' : 'no category'), unswNb15),
  };
}
