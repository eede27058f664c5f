import { describe, expect, it } from 'vitest';
import { breakIn } from '../../lib/detectors/break-in.ts';
import { always } from '../findings/scenes.ts';
import { EARLIER, exchange, many, told } from './telling.ts';

const session = (packets: number, at: number, port: number, client = '10.0.0.1', server = '10.0.0.2:22') =>
  exchange(`${client}:${port}`, server, { sent: `packets=${packets}`, received: `packets=${packets}`, at });

/** Tries from `from` on, one every ten seconds. */
const tries = (count: number, from = 600, client?: string, server?: string) =>
  many(count, (i) => session(16 + (i % 2), from + 10 * i, 40_000 + i, client, server));

const all = (...parts: string[]) => [EARLIER, ...parts].join('\n');

describe('the break-in test', () => {
  it('hears a long session after a flat series, in the same window and in a later one', async () => {
    const expected = ['brute-force-success? by 10.0.0.1'];
    expect(await told(breakIn, all(tries(20), session(200, 810, 50_000)))).toEqual(expected);
    expect(await told(breakIn, all(tries(20), session(200, 1_300, 50_000)))).toEqual(expected);
  });

  it('hears a session that is cut into a record a minute', async () => {
    const cut = many(4, (i) => session(25, 1_300 + 60 * i, 50_000));
    expect(await told(breakIn, all(tries(20), cut))).toEqual(['brute-force-success? by 10.0.0.1']);
  });

  it('hears who was there from the beginning, once the tries have stopped', async () => {
    const lines = all(tries(20, 0), session(200, 310, 50_000), `${EARLIER} at=1000`);
    expect(await told(breakIn, lines)).toEqual(['brute-force-success? by 10.0.0.1']);
  });

  it('hears a session that is cut into records of the window of the tries', async () => {
    const cut = many(4, (i) => session(300, 860 + 5 * i, 50_000));
    const quick = many(60, (i) => session(16 + (i % 2), 610 + 4 * i, 40_000 + i));
    expect(await told(breakIn, all(quick, cut))).toEqual(['brute-force-success? by 10.0.0.1']);
  });

  it('hears it after sessions of exactly one length, few as they are', async () => {
    const equal = many(10, (i) => session(16, 610 + 10 * i, 40_000 + i));
    const cut = many(3, (i) => session(319, 720 + 60 * i, 50_000));
    expect(await told(breakIn, all(equal, cut))).toEqual(['brute-force-success? by 10.0.0.1']);
  });

  it('hears a session that is cut into records of unlike lengths, after a flat series', async () => {
    const cut = many(3, (i) => session(100 * 5 ** i, 910 + 60 * i, 50_000));
    const last = tries(3, 910);
    expect(await told(breakIn, all(tries(20), cut, last))).toEqual(['brute-force-success? by 10.0.0.1']);
    expect(await told(breakIn, all(tries(9), cut, last))).toEqual([]);
  });

  it.each([
    ['new in a run of half an hour', 1_500, 0.051, ''],
    ['new in a shorter one', 1_300, 0.051, '?'],
    ['new, and the forest rules guessing out', 1_500, 0.04, '?'],
  ])('of a host of ours that is %s is enough alone or not', async (_, lastSeconds, probability, mark) => {
    const lines = all(tries(20), session(200, 1_300, 50_000), `${EARLIER} at=${lastSeconds}`);
    const heard = await told(breakIn, lines, always('brute-force', probability));
    expect(heard).toEqual([`brute-force-success${mark} by 10.0.0.1`]);
  });

  it('is enough alone for a stranger after thirty tries, over IPv6 as well', async () => {
    const client = '[2001:db8::1]';
    const server = '[fd00::2]:3389';
    const guessed = (count: number) =>
      all(tries(count, 600, client, server), session(300, 1_500, 50_000, client, server));
    expect(await told(breakIn, guessed(30))).toEqual(['brute-force-success by 2001:db8::1']);
    expect(await told(breakIn, guessed(29))).toEqual(['brute-force-success? by 2001:db8::1']);
  });

  it.each([
    ['a series alone', all(tries(40))],
    ['few tries', all(tries(9), session(200, 1_300, 50_000))],
    ['a session that is not much longer', all(tries(20), session(60, 1_300, 50_000))],
    [
      'sessions of all lengths',
      all(
        many(20, (i) => session(4 * 2 ** (i % 6), 600 + i, 40_000 + i)),
        session(200, 1_300, 50_000),
      ),
    ],
    ['a long session an hour later', all(tries(20), session(200, 4_500, 50_000))],
    ['a host where nothing was tried', all(tries(20), session(200, 1_300, 50_000, '10.0.0.1', '10.0.0.3:22'))],
    ['who was there from the beginning', all(tries(20, 0), session(200, 310, 50_000))],
    [
      'who was there from the beginning and goes on',
      all(tries(20, 0), session(200, 310, 50_000), tries(9, 620), `${EARLIER} at=1500`),
    ],
    [
      'a program that gets something long again and again',
      all(tries(80), session(200, 910, 50_000), session(200, 1_900, 50_001)),
    ],
    ['a transfer of many files', all(tries(20), session(200, 1_300, 50_000)).replaceAll(':22', ':21')],
    ['a program of ours at a database', all(tries(20), session(200, 1_300, 50_000)).replaceAll(':22', ':5432')],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await told(breakIn, lines)).toEqual([]);
  });
});
