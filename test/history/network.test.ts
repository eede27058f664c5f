import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Hour } from '../../lib/history/hour.ts';
import { interfacesOver, Origins, Places } from '../../lib/history/network.ts';
import { OriginDatabase } from '../../lib/history/origin-database.ts';
import { interfacesMax, placesMax } from '../../lib/limits.ts';
import { HOUR, host, hostHistory, track } from './describe.ts';

const caller = (address: string, tracks: Parameters<typeof track>[0][]) =>
  hostHistory({ host: host(address), asClient: tracks.map((given) => track({ client: host(address), ...given })) });

describe('places', () => {
  it('count the hosts of ours that were answered, and know since when', () => {
    const places = new Places();
    places.add(caller('10.0.0.1', [{ firstSeconds: HOUR + 50 }]));
    places.add(caller('10.0.0.2', [{ firstSeconds: HOUR + 5 }, { port: 80 }]));
    expect(places.prevalence('203.0.113.1', 443, 6)).toEqual({ callers: 2, firstSeconds: HOUR + 5 });
    expect(places.prevalence('203.0.113.1', 80, 6)?.callers).toBe(1);
    expect(places.prevalence('203.0.113.1', 443, 17)).toBeUndefined();
    expect(places.callers).toBe(2);
  });

  it('leave out hosts of ours and strangers that never answered', () => {
    const places = new Places();
    places.add(caller('10.0.0.1', [{ server: host('10.0.0.9') }, { answered: false }]));
    expect(places.prevalence('10.0.0.9', 443, 6)).toBeUndefined();
    expect(places.prevalence('203.0.113.1', 443, 6)).toBeUndefined();
    expect(places.callers).toBe(0);
  });

  it('know no more of than there is room for, and go on counting those', () => {
    const places = new Places();
    const many = Array.from({ length: placesMax }, (_, i) => ({ server: host(String(i)) }));
    places.add(caller('10.0.0.1', many));
    places.add(caller('10.0.0.2', [{ server: host('one more') }, { server: host('7') }]));
    expect(places.prevalence('one more', 443, 6)).toBeUndefined();
    expect(places.prevalence('7', 443, 6)?.callers).toBe(2);
    expect(places.callers).toBe(2);
  });
});

describe('origins', () => {
  const read = (name: string) =>
    new OriginDatabase(name, readFileSync(new URL(`../golden/history/${name}.mmdb`, import.meta.url)));
  const keysOf = (origins: Origins, address: string) => origins.of(address).map(({ key }) => key);

  it('come from the first database that knows them', () => {
    const origins = new Origins([read('origins-ipv4'), read('origins')]);
    expect(keysOf(origins, '32.0.0.1')).toEqual(['US', 'AS64496']);
    expect(keysOf(origins, '203.0.113.1')).toEqual(['NL', 'AS64497']);
    expect(keysOf(new Origins([]), '203.0.113.1')).toEqual([]);
  });

  it('count the hosts of ours that strangers answered from there, each once', () => {
    const origins = new Origins([read('origins')]);
    const netherlands = { key: 'NL' };
    origins.add(caller('10.0.0.1', [{}, { server: host('203.0.113.2') }, { server: host('8.8.8.8') }]));
    origins.add(caller('10.0.0.2', [{ answered: false }, { server: host('2001:db8:7::2') }]));
    origins.add(caller('10.0.0.3', [{ answered: false }, { server: host('10.0.0.1') }]));
    expect(origins.callers(netherlands)).toBe(2);
    expect(origins.callers({ key: 'US' })).toBe(1);
    expect(origins.callers({ key: 'FR' })).toBe(0);
  });
});

describe('interfaces', () => {
  const hour = (start: number, interfaces: [string, string][]) => ({ start, interfaces }) as unknown as Hour;

  it('have the hours in which they reported', () => {
    expect(
      interfacesOver([
        hour(HOUR, [
          ['b', '1'],
          ['a', '1'],
        ]),
        hour(HOUR + 7_200, [['a', '1']]),
      ]),
    ).toEqual([
      { interfaceId: 'a', account: '1', hours: [HOUR, HOUR + 7_200], lastSeconds: HOUR + 10_800 },
      { interfaceId: 'b', account: '1', hours: [HOUR], lastSeconds: HOUR + 3_600 },
    ]);
  });

  it('are known up to a limit', () => {
    const many = Array.from({ length: interfacesMax + 1 }, (_, i): [string, string] => [`eni-${i}`, '1']);
    expect(interfacesOver([hour(HOUR, many)])).toHaveLength(interfacesMax);
  });
});
