import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { findingOf } from '../../lib/findings/stored.ts';
import { chains } from '../../lib/history/chain.ts';
import { host } from './describe.ts';
import { finding } from './findings.ts';

const scan = (at: number, given: Partial<Finding> = {}) => finding(at, given);
const upload = (at: number, given: Partial<Finding> = {}) =>
  finding(at, { class: 'exfiltration', type: 'bulk-exfiltration', ...given });
const beacon = (at: number, given: Partial<Finding> = {}) =>
  finding(at, { class: 'command-and-control', type: 'beacon', ...given });
const against = (address: string) => ({ hosts: [host(address)], hostCount: 1, services: ['22/tcp'], serviceCount: 1 });
const stranger = { actors: [host('198.51.100.7')] };

describe('chains', () => {
  it('tell the stages of one host within a day as one, one step worse, in the order of time', () => {
    const stages = [
      upload(40_000, { severity: 'high', probability: 0.9 }),
      scan(0),
      beacon(9_000, { witnesses: ['beacon'] }),
    ];
    const [chain, ...others] = chains(stages);
    expect(others).toEqual([]);
    expect(chain).toMatchObject({
      type: 'attack-chain',
      severity: 'critical',
      title: '10.0.0.1 goes through the stages of an attack: 203.0.113.1',
      actors: [{ address: '10.0.0.1' }],
      firstSeen: stages[1].firstSeen,
      lastSeen: stages[0].lastSeen,
      count: 15,
      probability: 0.9,
      observed: { stages: 3, findings: 3 },
      witnesses: ['forest', 'beacon'],
    });
    expect(chain.parts!.map(({ id }) => id)).toEqual([stages[1].id, stages[2].id, stages[0].id]);
    expect(findingOf(JSON.parse(JSON.stringify(chain)))).toEqual(chain);
  });

  it('of what a single witness has seen stay at medium', () => {
    const stages = [scan(0), upload(40_000)].map((stage) => ({
      ...stage,
      severity: 'medium' as const,
      witnesses: ['forest'],
    }));
    expect(chains(stages).map(({ severity }) => severity)).toEqual(['medium']);
    const [first, second] = stages;
    expect(chains([first, { ...second, witnesses: ['volume'] }]).map(({ severity }) => severity)).toEqual(['high']);
  });

  it('count a single login on another host beside another stage, though it is for the digest by itself', () => {
    const login = finding(0, { class: 'other-attack', type: 'lateral-movement', severity: 'low' });
    expect(chains([login, upload(600)])).toMatchObject([{ observed: { stages: 2 } }]);
    expect(chains([login, finding(600, { class: 'scan', severity: 'low' })])).toEqual([]);
  });

  it('are not cut by the weather, whenever that is', () => {
    const stages = [scan(72_000), upload(93_600)];
    const knocks = [-20_000, 0, 80_000, 160_000].map((at) =>
      finding(at, { ...stranger, severity: 'low', targets: against('10.0.0.1') }),
    );
    const [alone] = chains(stages);
    for (const knock of knocks) {
      const [chain, ...others] = chains([knock, ...stages]);
      expect(others).toEqual([]);
      expect([chain.id, chain.observed.stages]).toEqual([alone.id, 2]);
    }
    // What is of the same day belongs to the story.
    expect(knocks.map((knock) => chains([knock, ...stages])[0].parts!.length)).toEqual([2, 3, 3, 2]);
  });

  it('count the targets that their parts do not list', () => {
    const hosts = Array.from({ length: 50 }, (_, i) => host(`10.0.9.${i}`));
    const wide = scan(0, { targets: { hosts, hostCount: 273, services: ['22/tcp'], serviceCount: 1 } });
    const [chain] = chains([wide, upload(600)]);
    expect(chain).toMatchObject({ targets: { hostCount: 274 }, title: expect.stringContaining('274 hosts') });
  });

  it('begin with a guessed password on the host that then acts', () => {
    const entry = finding(0, {
      class: 'brute-force',
      type: 'brute-force-success',
      severity: 'critical',
      ...stranger,
      targets: against('10.0.0.1'),
    });
    const [chain] = chains([entry, upload(600)]);
    expect(chain).toMatchObject({
      severity: 'critical',
      parts: [{ type: 'brute-force-success' }, { type: 'bulk-exfiltration' }],
    });
  });

  it('tell what strangers tried on the host among the parts', () => {
    const tried = finding(0, {
      class: 'brute-force',
      type: 'brute-force',
      severity: 'low',
      ...stranger,
      targets: against('10.0.0.1'),
    });
    const [chain] = chains([tried, scan(600), beacon(900)]);
    expect(chain.parts).toHaveLength(3);
    expect(chain.observed).toEqual({ stages: 2, findings: 3 });
  });

  it.each<[string, Finding[]]>([
    ['one stage alone', [scan(0), scan(9_000)]],
    ['stages of different hosts', [scan(0), upload(600, { actors: [host('10.0.0.2')] })]],
    ['stages more than a day apart', [scan(0), upload(90_000)]],
    ['what is low', [scan(0, { severity: 'low' }), upload(600)]],
    ['stages of a stranger', [scan(0, stranger), finding(600, { class: 'brute-force', ...stranger })]],
    [
      'what strangers try in vain',
      [
        finding(0, { class: 'brute-force', ...stranger, targets: against('10.0.0.1') }),
        finding(60, { class: 'scan', ...stranger, targets: against('10.0.0.1') }),
      ],
    ],
    ['types that prove no intrusion', [scan(0), finding(600, { class: 'other-attack', type: 'unusual-port' })]],
    ['a suppressed stage', [scan(0, { suppressed: { owner: 'a', reason: 'b', expires: '2030-01-01' } }), upload(600)]],
    ['nothing', []],
  ])('are not made of %s', (_, findings) => {
    expect(chains(findings)).toEqual([]);
  });

  it('are not made of chains', () => {
    const [chain] = chains([scan(0), upload(600)]);
    expect(chains([chain, scan(0)])).toEqual([]);
  });

  it('keep their name while they grow, and lie on the day they began', () => {
    const [two] = chains([scan(0), upload(600)]);
    const [three] = chains([scan(0), upload(600), beacon(20_000)]);
    expect(three.id).toBe(two.id);
    expect(three.firstSeen).toBe(two.firstSeen);
  });

  it('are the same in whatever order their stages come', () => {
    const stages = [
      scan(0),
      upload(600),
      beacon(900),
      scan(90_000),
      beacon(91_000),
      upload(5, { actors: [host('10.0.0.2')] }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(stages, { minLength: stages.length }), (shuffled) => {
        const sorted = (findings: Finding[]) => findings.sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(sorted(chains(shuffled))).toEqual(sorted(chains(stages)));
      }),
    );
  });
});
