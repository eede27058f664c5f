import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Strangers } from '../../lib/conversations/strangers.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { strangerNetworksMax } from '../../lib/limits.ts';
import { build } from '../records.ts';

function strangersIn(...parts: string[]) {
  const strangers = new Strangers(new NetworkSet(PRIVATE_NETWORKS));
  for (const part of parts) strangers.add(build(part));
  return strangers.summary;
}

describe('conversations without a host of ours', () => {
  it('are none where every conversation has one, at either end', () => {
    const lines =
      'a 10.0.0.1:40000 > 9.9.9.9:443 tcp\na 9.9.9.9:40000 > 10.0.0.1:22 tcp\na [fd00::1]:1 > [fd00::2]:22 tcp';
    expect(strangersIn(lines)).toEqual({ conversations: 0, networks: [] });
  });

  it('name the network that is most likely ours, be it of IPv6 or of IPv4', () => {
    const peers = (host: string, peer: (i: number) => string) =>
      Array.from({ length: 6 }, (_, i) => `a ${host}:${40_000 + i} > ${peer(i)}:443 tcp`).join('\n');
    const v6 = strangersIn(peers('[2600:1f14:aa::7]', (i) => `[2001:db8:${i}::1]`));
    expect(v6).toMatchObject({ conversations: 6 });
    expect(v6.networks[0]).toBe('2600:1f14:aa:0::/64');
    expect(strangersIn(peers('52.1.2.3', (i) => `9.9.${i}.9`)).networks[0]).toBe('52.1.2.0/24');
  });

  it('add up over objects', () => {
    const line = 'a 52.1.2.3:40000 > 9.9.9.9:443 tcp';
    expect(strangersIn(line, line)).toEqual({ conversations: 2, networks: ['52.1.2.0/24', '9.9.9.0/24'] });
  });

  it('name networks that the settings take', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    const v6 = fc.array(group, { minLength: 8, maxLength: 8 });
    const address = fc.oneof(
      fc.ipV4(),
      v6.map((groups) => `[${groups.map((value) => value.toString(16)).join(':')}]`),
    );
    fc.assert(
      fc.property(address, address, (a, b) => {
        const { networks } = strangersIn(`a ${a}:1 > ${b}:2 tcp`);
        expect(() => new NetworkSet(networks)).not.toThrow();
      }),
    );
  });

  it('are counted on when too many networks have been met to tell them apart', () => {
    const count = strangerNetworksMax + 10;
    const lines = Array.from({ length: count }, (_, i) => `a 52.${i >> 8}.${i & 255}.1:1 > 9.9.9.9:443 tcp`);
    expect(strangersIn(lines.join('\n'))).toMatchObject({
      conversations: count,
      networks: ['9.9.9.0/24', '52.0.0.0/24', '52.0.1.0/24'],
    });
  });
});
