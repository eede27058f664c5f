import { describe, expect, it } from 'vitest';
import type { AttackClass } from '../../lib/detectors/detector.ts';
import { Coverage, outcomeOf, parseFindings } from '../../lib/evaluate/findings.ts';
import { truthOf } from '../../lib/evaluate/truth.ts';
import { labelsOf, NOON, type ScoreRow, tableOf } from './tables.ts';

const iso = (seconds: number) => new Date((NOON + seconds) * 1_000).toISOString();
const hosts = (...addresses: string[]) => addresses.map((address) => ({ address, isOurs: true }));

const FINDING = {
  id: 'f1',
  class: 'scan',
  title: 'a scan',
  actors: hosts('10.0.0.1'),
  actorCount: 1,
  targets: { hosts: hosts('10.0.0.2'), hostCount: 1, services: ['22/tcp'], serviceCount: 1 },
  firstSeen: iso(10),
  lastSeen: iso(400),
};

const ROW: ScoreRow = { client: '10.0.0.1', server: '10.0.0.2', port: 22 };
const ROWS: ScoreRow[] = [
  ROW,
  { ...ROW, window: NOON + 300 },
  { ...ROW, window: NOON + 600 },
  { ...ROW, window: NOON - 300 },
  { ...ROW, client: '10.0.0.5' },
  { ...ROW, server: '10.0.0.6' },
  { ...ROW, port: 80 },
  { ...ROW, protocol: 17 },
];

async function covered(change: object, rows: ScoreRow[] = ROWS): Promise<number[]> {
  const table = await tableOf(rows);
  const text = JSON.stringify({ findings: [{ ...FINDING, ...change }] });
  const findings = parseFindings(text, (address) => table.names.addresses.parse(address));
  return new Coverage(table, findings).rowsOf(findings[0]).sort((a, b) => a - b);
}

describe('a finding', () => {
  it('covers what lies between its ends, services and windows', async () => {
    expect(await covered({})).toEqual([0, 1]);
    expect(await covered({ firstSeen: iso(-1), lastSeen: iso(0) })).toEqual([0, 3]);
  });

  it('is not bounded by what it lists in part only', async () => {
    expect(await covered({ targets: { ...FINDING.targets, hostCount: 60 } })).toEqual([0, 1, 5]);
    expect(await covered({ targets: { ...FINDING.targets, serviceCount: 60 } })).toEqual([0, 1, 6, 7]);
    expect(await covered({ actorCount: 224 })).toEqual([0, 1, 4]);
  });

  it('covers nothing of other logs', async () => {
    expect(await covered({ actors: hosts('10.7.7.7') })).toEqual([]);
    expect(await covered({ firstSeen: iso(86_400), lastSeen: iso(86_500) })).toEqual([]);
  });

  it.each([
    ['true', 'scan', [',,10.0.0.2,10.0.0.1,,,,benign', ',,10.0.0.1,10.0.0.2,,22,6,scan']],
    ['misnamed', 'brute-force', [',,10.0.0.1,,,,,scan']],
    ['misnamed', 'scan', [',,10.0.0.1,,,,,other-attack']],
    ['true', 'other-attack', [',,10.0.0.1,,,,,other-attack']],
    ['benign', 'scan', [',,10.0.0.9,,,,,scan']],
    ['benign', 'scan', [`${NOON},${NOON + 299},10.0.0.1,,,,,unlabelled`]],
    ['unlabelled', 'scan', [',,10.0.0.1,,,,,unlabelled']],
  ] as [string, AttackClass, string[]][])('is %s: %s over %j', async (outcome, name, lines) => {
    const table = await tableOf(ROWS);
    const truth = truthOf(table, await labelsOf(table, lines));
    expect(outcomeOf(name, [0, 1], truth)).toBe(outcome);
    expect(outcomeOf(name, [], truth)).toBe('unmatched');
  });
});

describe('findings', () => {
  const parse = (value: unknown) => () => parseFindings(JSON.stringify(value), () => 1);
  const withFinding = (change: object) => parse({ findings: [{ ...FINDING, ...change }] });

  it.each([
    ['no list', parse({}), 'the findings have no list "findings", expected the output of flowtrap detect'],
    ['null', parse(null), 'the findings have no list "findings"'],
    ['a list of nothing', parse({ findings: [null] }), 'findings[0].class is nothing, expected a text'],
    ['no id', withFinding({ id: undefined }), 'findings[0].id is nothing, expected a text'],
    ['an unknown class', withFinding({ class: 'worm' }), 'findings[0].class is "worm", expected scan, brute-force'],
    [
      'a time that is none',
      withFinding({ firstSeen: 'noon' }),
      'findings[0].firstSeen is "noon", expected an ISO 8601',
    ],
    [
      'a count that is none',
      withFinding({ actorCount: '1' }),
      'findings[0].actorCount is "1", expected a whole number',
    ],
    [
      'an actor without address',
      withFinding({ actors: [{}] }),
      'findings[0].actors[0].address is nothing, expected a text',
    ],
    ['nothing bad', withFinding({ class: 'benign' }), 'findings[0].class is "benign", expected scan'],
    ['an object for a list', withFinding({ actors: {} }), 'findings[0].actors is {}, expected a list'],
  ])('refuses %s, naming the place', (_, parsing, message) => {
    expect(parsing).toThrow(message);
  });

  it('refuses values in the place of a prototype', () => {
    expect(() => parseFindings('{"findings":[{"__proto__":{"class":"scan"}}]}', () => 1)).toThrow('class is nothing');
  });

  it('refuses what is not JSON', () => {
    expect(() => parseFindings('{', () => 1)).toThrow('the findings are not JSON: ');
  });
});
