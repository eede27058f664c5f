import { describe, expect, it } from 'vitest';
import { scoresCsv } from '../../bin/scores.ts';
import { forest } from '../../lib/detectors/forest.ts';
import type { Scored } from '../../lib/detectors/scored.ts';
import {
  actorWindows,
  classScores,
  crowdedServices,
  flaggedWindows,
  holding,
} from '../../lib/evaluate/actor-windows.ts';
import { readScoresCsv } from '../../lib/evaluate/read-scores.ts';
import { always, scene } from '../findings/scenes.ts';
import { NOON, type ScoreRow, tableOf } from './tables.ts';

const anybody = () => true;
const all = (length: number) => new Uint8Array(length).fill(1);
const sweep = (scores: number[], rest: Partial<ScoreRow> = {}): ScoreRow[] =>
  scores.map((scan, i) => ({
    client: '10.0.0.1',
    server: `10.0.1.${i}`,
    class: scan > 0.7 ? 'scan' : 'benign',
    p: { scan },
    ...rest,
  }));

describe('actor-windows', () => {
  it('are conversations of one client in one window', async () => {
    const table = await tableOf([
      { client: '10.0.0.1' },
      { client: '10.0.0.1', server: '10.0.0.8', port: 22 },
      { client: '10.0.0.2' },
      { client: '10.0.0.1', window: NOON + 300 },
    ]);
    const { count, of, window, isVictim } = actorWindows(table);
    expect([count, [...of], [...isVictim]]).toEqual([3, [0, 0, 1, 2], [0, 0, 0]]);
    expect([...window]).toEqual([NOON, NOON, NOON + 300]);
  });

  it('of a service with five clients can be those of the server', async () => {
    const clients = Array.from({ length: 5 }, (_, i): ScoreRow => ({ client: `10.0.0.${i}`, server: '10.0.9.9' }));
    const table = await tableOf([
      ...clients,
      { client: '10.0.9.9' },
      { client: '10.0.0.1', server: '10.0.9.9', port: 80 },
    ]);
    const crowded = crowdedServices(table, anybody);
    expect([...crowded]).toEqual([1, 1, 1, 1, 1, 0, 0]);
    const { of, actor, isVictim } = actorWindows(table, crowded);
    expect([...of]).toEqual([0, 0, 0, 0, 0, 1, 2]);
    expect([...isVictim]).toEqual([1, 0, 0]);
    expect([...actor].map((code) => table.names.addresses.format(code))).toEqual(['10.0.9.9', '10.0.9.9', '10.0.0.1']);
  });

  it('tell services apart by port and protocol, and windows', async () => {
    const rows = Array.from({ length: 6 }, (_, i): ScoreRow => ({ client: `10.0.0.${i}` }));
    const crowd = async (change: Partial<ScoreRow>) =>
      [...crowdedServices(await tableOf(rows.map((row, i) => (i < 2 ? { ...row, ...change } : row))), anybody)].join(
        '',
      );
    expect(await crowd({})).toBe('111111');
    expect(await crowd({ port: 80 })).toBe('000000');
    expect(await crowd({ protocol: 17 })).toBe('000000');
    expect(await crowd({ server: '10.0.0.8' })).toBe('000000');
    expect(await crowd({ window: NOON + 300 })).toBe('000000');
  });

  it('score for a scan what its fifth conversation scores, for others what the first does', async () => {
    const table = await tableOf(sweep([0.5, 0.9, 0.7, 0.6, 0.8, 0.4]));
    const units = actorWindows(table);
    const scan = table.classes.indexOf('scan');
    expect(classScores(units, table, scan, all(6))[0]).toBeCloseTo(0.5, 6);
    const without = Uint8Array.of(1, 1, 1, 1, 0, 0);
    expect(classScores(units, table, scan, without)[0]).toBe(0);
    const guessing = await tableOf([
      { client: '10.0.0.1', p: { 'brute-force': 0.3 } },
      { client: '10.0.0.1', p: { 'brute-force': 0.6 } },
    ]);
    const column = guessing.classes.indexOf('brute-force');
    expect(classScores(actorWindows(guessing), guessing, column, all(2))[0]).toBeCloseTo(0.6, 6);
  });

  it('are flagged by verdicts of as many conversations', async () => {
    const flags = async (scores: number[]) => {
      const table = await tableOf(sweep(scores));
      return flaggedWindows(actorWindows(table), table, table.classes.indexOf('scan'), all(scores.length))[0];
    };
    expect(await flags([0.9, 0.9, 0.9, 0.9, 0.9])).toBe(1);
    expect(await flags([0.9, 0.9, 0.9, 0.9, 0.6, 0.6])).toBe(0);
  });

  it('hold what one of their conversations is', async () => {
    const table = await tableOf([{ client: '10.0.0.1' }, { client: '10.0.0.2' }, { client: '10.0.0.1', port: 22 }]);
    expect([...holding(actorWindows(table), (row) => row === 2)]).toEqual([1, 0]);
  });
});

describe('the rules of the forest detector', () => {
  /** Class, actor and window of every flagged actor-window. */
  async function flaggedIn(scored: Scored): Promise<string[]> {
    const table = await readScoresCsv([...scoresCsv(scored)].join('').trim().split('\n'), scored.conversations.names);
    const { ours, conversations } = scored;
    const crowded = crowdedServices(table, (code) => ours.has(code, conversations.names.addresses));
    return table.classes.flatMap((name, column) => {
      if (name === 'benign') return [];
      const units = actorWindows(table, name === 'denial-of-service' ? crowded : undefined);
      const flagged = flaggedWindows(units, table, column, all(table.length));
      const keys = [...flagged.keys()].filter((unit) => flagged[unit] === 1);
      return keys.map((unit) => `${name} ${units.actor[unit]} ${units.isVictim[unit] === 1} ${units.window[unit]}`);
    });
  }

  const sweepOf = (count: number) =>
    Array.from({ length: count }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp`).join('\n');
  const floodOf = (count: number, server = '10.0.0.9') =>
    Array.from({ length: count }, (_, i) => `a 10.7.0.${i}:40000 > ${server}:80 tcp packets=90000`).join('\n');

  it.each([
    ['a sweep of four', sweepOf(4), 'scan', 0],
    ['a sweep of five', sweepOf(5), 'scan', 1],
    ['a flood by four', floodOf(4), 'denial-of-service', 4],
    ['a flood by five', floodOf(5), 'denial-of-service', 1],
    ['a flood of somebody else by five', floodOf(5, '9.9.9.9'), 'denial-of-service', 5],
    ['guessing', sweepOf(3), 'brute-force', 1],
  ] as const)('are kept for %s', async (_, records, name, count) => {
    const scored = await scene(records, always(name));
    const flagged = await flaggedIn(scored);
    const signals = forest.detect(scored);
    expect(flagged).toHaveLength(count);
    expect(flagged.sort()).toEqual(
      signals.map((signal) => `${signal.class} ${signal.actor} ${signal.actorIsVictim} ${signal.window}`).sort(),
    );
  });
});
