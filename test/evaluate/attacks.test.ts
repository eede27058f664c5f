import { describe, expect, it } from 'vitest';
import { crowdedServices } from '../../lib/evaluate/actor-windows.ts';
import { attacksOf, noticeOf } from '../../lib/evaluate/attacks.ts';
import { truthOf } from '../../lib/evaluate/truth.ts';
import { labelsOf, NOON, type ScoreRow, tableOf } from './tables.ts';

async function attacksIn(rows: ScoreRow[], lines: string[]) {
  const table = await tableOf(rows);
  const crowded = crowdedServices(table, () => true);
  return { table, attacks: attacksOf(table, truthOf(table, await labelsOf(table, lines)), crowded) };
}

async function told(rows: ScoreRow[], lines: string[]) {
  const { table, attacks } = await attacksIn(rows, lines);
  const { addresses } = table.names;
  return attacks.map(({ label, actor, isVictim, rows: own, onset }) =>
    [label, isVictim ? 'on' : 'by', addresses.format(actor), own.length, onset - NOON].join(' '),
  );
}

describe('attacks', () => {
  it('are one for each actor and label, from the first labelled second on', async () => {
    const rows = [600, 0, 300].map((at): ScoreRow => ({ client: '10.0.0.1', window: NOON + at }));
    const lines = [
      `${NOON + 100},${NOON + 900},10.0.0.1,,,,,scan`,
      ',,10.0.0.2,,,22,,brute-force',
      ',,10.0.0.3,,,,,unlabelled',
    ];
    const others: ScoreRow[] = [
      { client: '10.0.0.2', port: 22 },
      { client: '10.0.0.2', port: 80 },
      { client: '10.0.0.3' },
    ];
    expect(await told([...rows, ...others], lines)).toEqual(['brute-force by 10.0.0.2 1 0', 'scan by 10.0.0.1 3 100']);
  });

  it('by many on one service are one on the victim, its stragglers in other windows too', async () => {
    const flood = Array.from({ length: 5 }, (_, i): ScoreRow => ({ client: `10.7.0.${i}`, port: 80 }));
    const straggler: ScoreRow = { client: '10.7.0.1', port: 80, window: NOON + 300 };
    const line = ',,,10.0.0.9,,80,6,denial-of-service';
    expect(await told([...flood, straggler], [line])).toEqual(['denial-of-service on 10.0.0.9 6 0']);
    expect(await told(flood.slice(1), [line])).toHaveLength(4);
    expect(await told(flood, [',,,10.0.0.9,,80,6,scan'])).toHaveLength(5);
  });

  it('are none where nothing is labelled one', async () => {
    expect(await told([{ client: '10.0.0.1' }], [',,10.0.0.1,,,,,unlabelled'])).toEqual([]);
  });
});

describe('what noticed an attack', () => {
  const rows = [0, 300, 600].map((at): ScoreRow => ({ client: '10.0.0.1', window: NOON + at }));
  const notice = async (label: string, names: string[][]) => {
    const { table, attacks } = await attacksIn(rows, [`${NOON + 100},,10.0.0.1,,,,,${label}`]);
    return noticeOf(attacks[0], table, (row) => names[row]);
  };

  it('is told with the end of the first window that has its class', async () => {
    expect(await notice('scan', [[], ['brute-force', 'scan'], ['scan']])).toEqual({
      found: true,
      takenFor: [],
      delaySeconds: 600 - 100,
    });
  });

  it('tells what it was taken for instead', async () => {
    expect(await notice('scan', [['exfiltration'], [], ['brute-force', 'exfiltration']])).toEqual({
      found: false,
      takenFor: ['brute-force', 'exfiltration'],
      delaySeconds: null,
    });
    expect(await notice('scan', [[], [], []])).toEqual({ found: false, takenFor: [], delaySeconds: null });
  });

  it('may be of any class for an attack of none', async () => {
    expect(await notice('other-attack', [['exfiltration'], [], []])).toMatchObject({ found: true, delaySeconds: 200 });
  });
});
