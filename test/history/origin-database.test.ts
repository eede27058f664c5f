import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OriginDatabase } from '../../lib/history/origin-database.ts';
import { originNameMax } from '../../lib/limits.ts';

const bytesOf = (name: string) => readFileSync(new URL(`../golden/history/${name}.mmdb`, import.meta.url));
const BYTES = bytesOf('origins');
const database = new OriginDatabase('mine.mmdb', BYTES);
const wordsOf = (address: string) => database.of(address).map(({ kind, key, name }) => [kind, key, name]);

describe('a database of origins', () => {
  it.each([
    [
      'as MaxMind writes it',
      '8.8.8.8',
      [
        ['country', 'US', 'United States (US)'],
        ['network', 'AS64496', 'Example Cloud (AS64496)'],
      ],
    ],
    [
      'of IPv6',
      '2001:db8:7::1',
      [
        ['country', 'NL', 'Netherlands (NL)'],
        ['network', 'AS64497', 'Example Cloud (AS64497)'],
      ],
    ],
    [
      'as IPinfo wrote it',
      '192.0.2.1',
      [
        ['country', 'FR', 'France (FR)'],
        ['network', 'AS64499', 'Example (AS64499)'],
      ],
    ],
    ['as ip-location-db writes it', '192.88.99.1', [['country', 'JP', 'JP']]],
    ['that says nothing of use', '100.64.0.1', []],
    ['that is not there', '2001:db8::1', []],
    ['of what is no address', 'unknown', []],
  ])('knows an entry %s', (_, address, expected) => {
    expect(wordsOf(address)).toEqual(expected);
  });

  it('keeps of a name what fits into a line of a title', () => {
    const [country, { key, name }] = database.of('198.51.100.7');
    expect(country).toEqual({ kind: 'country', key: 'DE', name: 'Germany (DE)' });
    expect(key).toBe('AS64498');
    expect(name).toMatch(/^two lines x+ \(AS64498\)$/);
    expect(name.length).toBe(originNameMax + ' (AS64498)'.length);
  });

  it('does not take an IPv6 address for the IPv4 one that it begins like', () => {
    const narrow = new OriginDatabase('narrow.mmdb', bytesOf('origins-ipv4'));
    expect(narrow.of('32.1.13.184')).toEqual([{ kind: 'country', key: 'US', name: 'US' }]);
    expect(narrow.of('2001:db8::1')).toEqual([]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('1.0.0.0/8,US\n'.repeat(100))],
    ['a page of an error', Buffer.from('<html><body>Your licence key has expired</body></html>')],
    ['one without its end', BYTES.subarray(0, -200)],
    ['one without its beginning', BYTES.subarray(-150)],
  ])('refuses %s', (_, bytes) => {
    expect(() => new OriginDatabase('mine.mmdb', bytes)).toThrow(
      'mine.mmdb is no database in the MaxMind DB format (.mmdb): ',
    );
  });

  it('answers from damaged bytes, or says which database is damaged and where', () => {
    const damage = fc.array(fc.tuple(fc.nat(BYTES.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(BYTES);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const damaged = new OriginDatabase('mine.mmdb', bytes);
          for (const address of ['8.8.8.8', '203.0.113.1', '2001:db8:7::1']) {
            for (const { name } of damaged.of(address)) expect(name.length).toBeLessThan(originNameMax + 20);
          }
        } catch (error) {
          expect((error as Error).message).toMatch(/^mine\.mmdb is (no database in|damaged, at)/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
