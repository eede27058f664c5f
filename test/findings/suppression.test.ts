import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import {
  isExpired,
  matcher,
  type Suppression,
  suppressionsFault,
  suppressionText,
} from '../../lib/findings/suppression.ts';
import { suppressionsMax } from '../../lib/limits.ts';
import { FINDING, finding } from './finding.ts';

const WORD = { owner: 'netops', reason: 'weekly vulnerability scan', expires: '2027-03-31' };
const line = (changes: Partial<Suppression>): Suppression => ({ ...WORD, ...changes });
const covers = (suppression: Partial<Suppression>, changes: Partial<Finding> = {}) =>
  matcher(line(suppression))(finding(changes));

const TARGETS = FINDING.targets;
const evidence = (...tags: (readonly string[] | undefined)[]) =>
  tags.map((of, i) => ({ source: 'log', ordinal: i + 1, record: 'x', tags: of }));

describe('a suppression', () => {
  it.each<[string, Partial<Suppression>]>([
    ['its type', { type: 'internal-sweep' }],
    ['a family of types', { type: 'internal-*' }],
    ['any type and an actor', { type: '*', actor: '10.0.0.1' }],
    ['the network of the actor', { actor: '10.0.0.0/24' }],
    ['the network of all targets', { target: '10.0.1.0/30' }],
    ['a port of any protocol', { port: 22 }],
    ['a port as text', { port: '22' }],
    ['port and protocol', { port: '22/tcp' }],
    ['a protocol', { port: '*/tcp' }],
    ['all of them at once', { type: '*-sweep', actor: '10.0.0.1', target: '10.0.0.0/8', port: '22/tcp' }],
  ])('covers a finding by %s', (_, suppression) => {
    expect(covers(suppression)).toBe(true);
  });

  it.each<[string, Partial<Suppression>, Partial<Finding>]>([
    ['another type', { type: 'internal' }, {}],
    ['another actor', { actor: '10.0.0.2' }, {}],
    [
      'one actor of two',
      { actor: '10.0.0.1' },
      {
        actors: [
          { address: '10.0.0.1', isOurs: true },
          { address: '10.0.0.2', isOurs: true },
        ],
        actorCount: 2,
      },
    ],
    ['one target outside', { target: '10.0.1.1' }, {}],
    ['targets listed in part', { target: '10.0.0.0/8' }, { targets: { ...TARGETS, hostCount: 300 } }],
    ['services listed in part', { port: 22 }, { targets: { ...TARGETS, serviceCount: 2 } }],
    ['one service of two', { port: 22 }, { targets: { ...TARGETS, services: ['22/tcp', '23/tcp'], serviceCount: 2 } }],
    ['another protocol', { port: '22/udp' }, {}],
    ['a port that begins alike', { port: 2 }, {}],
    ['no tags at all', { tag: '*' }, {}],
    ['one record without the tag', { tag: 'scanner' }, { evidence: evidence(['scanner'], ['web']) }],
    ['no records', { tag: 'scanner' }, { evidence: [] }],
    ['one key of two', { actor: '10.0.0.1', port: 23 }, {}],
  ])('does not cover a finding with %s', (_, suppression, changes) => {
    expect(covers(suppression, changes)).toBe(false);
  });

  it('covers by tag when every sample record has it', () => {
    expect(covers({ tag: 'scan*' }, { evidence: evidence(['scanner', 'x'], ['scan-2']) })).toBe(true);
  });

  it('takes networks of IPv6, in any notation', () => {
    const actors = [{ address: '2001:db8::1', isOurs: false }];
    expect(covers({ actor: '2001:DB8:0::/32' }, { actors })).toBe(true);
    expect(covers({ actor: '2001:db9::/32' }, { actors })).toBe(false);
    expect(covers({ actor: '0.0.0.0/0' }, { actors })).toBe(false);
  });

  it('names protocols without ports', () => {
    const targets = { ...TARGETS, services: ['icmp'] };
    expect(covers({ port: 'icmp' }, { targets })).toBe(true);
    expect(covers({ port: '*/icmp' as string }, { targets })).toBe(false);
  });

  it('takes stars anywhere, each for any characters or none', () => {
    expect(covers({ type: '*int*al*sweep*' })).toBe(true);
    expect(covers({ type: '*sweep*internal*' })).toBe(false);
    expect(covers({ type: 'internal-sweep*sweep' })).toBe(false);
  });

  it('holds to the end of its last day, UTC', () => {
    const at = (time: string) => isExpired(line({}), Date.parse(time) / 1000);
    expect(at('2027-03-31T23:59:59Z')).toBe(false);
    expect(at('2027-04-01T00:00:00Z')).toBe(true);
  });

  it('is told in words', () => {
    expect(suppressionText(line({ type: '*-scan', actor: '10.0.0.5', port: 22 }))).toBe('*-scan by 10.0.0.5 port 22');
    expect(suppressionText(line({ target: '10.0.0.0/8', tag: 'lab' }))).toBe('any finding on 10.0.0.0/8 tag lab');
  });
});

describe('a list of suppressions', () => {
  it('has no fault when every line names something, owner, reason and end', () => {
    expect(suppressionsFault([])).toBeUndefined();
    expect(suppressionsFault([line({ type: '*-scan' }), line({ tag: 'lab', port: '*/udp' })])).toBeUndefined();
  });

  it.each([
    ['what is no list', { type: '*' }, 'expected a list'],
    ['an entry that is no object', [7], '[0] is 7, expected an object with owner, reason, expires'],
    ['an unknown key', [line({ actr: '10.0.0.1' } as Partial<Suppression>)], '[0] has the unknown key "actr"'],
    ['a key that every object has', [{ ...WORD, constructor: 1 }], '[0] has the unknown key "constructor"'],
    ['no owner', [{ type: 'beacon', reason: 'x', expires: '2027-01-01' }], '[0].owner is missing, expected one line'],
    ['an empty reason', [line({ type: 'beacon', reason: ' ' })], '[0].reason is " ", expected one line of text'],
    ['a reason over two lines', [line({ type: 'beacon', reason: 'a\nb' })], '[0].reason is "a\\nb"'],
    ['no end', [{ type: 'beacon', owner: 'x', reason: 'x' }], '[0].expires is missing, expected the last day'],
    ['a day that does not exist', [line({ type: 'beacon', expires: '2027-02-30' })], '[0].expires is "2027-02-30"'],
    ['a time in place of a day', [line({ expires: '2027-02-03T00:00:00Z' })], '[0].expires'],
    ['a misspelt type', [line({ type: 'vertcal-scan' })], '[0].type is "vertcal-scan", expected a finding type'],
    ['a damaged network', [line({ type: 'beacon' }), line({ actor: '10.0.0.0/99' })], '[1].actor is "10.0.0.0/99"'],
    ['a name in place of a network', [line({ target: 'web-1' })], '[0].target is "web-1", expected an address'],
    ['a port out of range', [line({ port: 65_536 })], '[0].port is 65536, expected a port'],
    ['a port range', [line({ port: '1-1024' })], '[0].port is "1-1024", expected a port'],
    ...[{ type: '*', actor: '*' }, { type: '**' }, { actor: '0.0.0.0/0' }, { target: '::/0' }, { port: '*/*' }].map(
      (one): [string, unknown, string] => [
        `a line that hides everything, ${JSON.stringify(one)}`,
        [line(one)],
        '[0] hides everything, expected one of type',
      ],
    ),
    [
      'an address in the middle of a network',
      [line({ actor: '10.205.16.214/8' })],
      '[0].actor is "10.205.16.214/8", expected the address alone, or the network "10.0.0.0/8"',
    ],
    ['a value of megabytes', [line({ actor: 'x'.repeat(1_000_000) })], '[0].actor is "xxx'],
  ])('refuses %s, with its place', (_, value, message) => {
    const fault = suppressionsFault(value);
    expect(fault).toContain(message);
    expect(fault!.length).toBeLessThan(1_200);
  });

  it('refuses more lines than anybody reviews', () => {
    const lines = Array.from({ length: suppressionsMax + 1 }, () => line({ type: 'beacon' }));
    expect(suppressionsFault(lines)).toBe(`has ${suppressionsMax + 1} entries, at most ${suppressionsMax}`);
  });
});
