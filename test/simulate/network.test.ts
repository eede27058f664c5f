import { describe, expect, it } from 'vitest';
import { blockSize, isPublicIpv4, parseIpv4 } from '../../lib/simulate/addresses.ts';
import { drawNetwork, type Network } from '../../lib/simulate/network.ts';
import { Random } from '../../lib/simulate/random.ts';

const networks = (count: number, hosts = 20): Network[] =>
  Array.from({ length: count }, (_, seed) => drawNetwork(new Random(seed), hosts));

const kinds = (values: readonly (string | number | boolean)[]) => new Set(values).size;

describe('drawNetwork', () => {
  it('is the same for the same seed', () => {
    const [a, b] = [drawNetwork(new Random(3), 20), drawNetwork(new Random(3), 20)];
    expect(JSON.stringify(a)).toBe(JSON.stringify(b));
  });

  it('differs between seeds in addresses, identifiers, roles, systems, styles and speed', () => {
    const all = networks(40);
    expect(kinds(all.map(({ block }) => block.base))).toBeGreaterThan(12);
    expect(kinds(all.map(({ hosts }) => hosts[0]!.address))).toBe(40);
    expect(kinds(all.map(({ block }) => block.base >>> 24))).toBe(3);
    expect(kinds(all.map(({ subnets }) => subnets.length))).toBeGreaterThan(4);
    expect(kinds(all.map(({ subnets }) => subnets[0]!.prefix))).toBeGreaterThan(3);
    expect(kinds(all.map(({ style }) => style))).toBe(4);
    expect(kinds(all.map(({ ipv6 }) => ipv6))).toBe(2);
    expect(kinds(all.map(({ gateways }) => gateways.length))).toBe(3);
    expect(kinds(all.map(({ hosts }) => hosts.map(({ role }) => role).join()))).toBe(40);
    expect(kinds(all.map(({ hosts }) => hosts.map(({ stack }) => stack.system).join()))).toBeGreaterThan(35);
    expect(kinds(all.map(({ clientSpeed }) => clientSpeed))).toBe(40);
    expect(kinds(all.map(({ hosts }) => hosts[0]!.interface.account))).toBe(40);
  });

  it.each([4, 5, 30, 300, 2_000])('gives %i hosts different private addresses inside the subnets', (count) => {
    for (const network of networks(8, count)) {
      const everybody = [...network.hosts, ...network.balancers, ...network.gateways];
      expect(network.hosts).toHaveLength(count);
      expect(new Set(everybody.map(({ address }) => address)).size).toBe(everybody.length);
      expect(new Set(network.interfaces.map(({ id }) => id)).size).toBe(everybody.length);
      for (const { address } of everybody) {
        const value = parseIpv4(address);
        expect(isPublicIpv4(value)).toBe(false);
        const own = network.subnets.filter(
          ({ base, prefix }) => value >= base && value < base + blockSize({ base, prefix }),
        );
        expect(own).toHaveLength(1);
        // AWS keeps the first four addresses of a subnet and its last.
        expect(value - own[0]!.base).toBeGreaterThanOrEqual(4);
        expect(own[0]!.base + blockSize(own[0]!) - 1 - value).toBeGreaterThan(0);
      }
    }
  });

  it('keeps subnets apart and inside the block', () => {
    for (const { subnets, block } of networks(60)) {
      const sorted = [...subnets].sort((a, b) => a.base - b.base);
      for (const [i, subnet] of sorted.entries()) {
        expect(subnet.base).toBeGreaterThanOrEqual(block.base);
        expect(subnet.base + blockSize(subnet)).toBeLessThanOrEqual(block.base + blockSize(block));
        if (i > 0) expect(subnet.base).toBeGreaterThanOrEqual(sorted[i - 1]!.base + blockSize(sorted[i - 1]!));
      }
    }
  });

  it('writes identifiers as AWS does', () => {
    const [network] = networks(1);
    const own = network!.hosts[0]!.interface;
    expect(own.id).toMatch(/^eni-0[0-9a-f]{16}$/);
    expect(own.instance).toMatch(/^i-0[0-9a-f]{16}$/);
    expect(own.vpc).toMatch(/^vpc-0[0-9a-f]{16}$/);
    expect(own.subnet).toMatch(/^subnet-0[0-9a-f]{16}$/);
    expect(own.account).toMatch(/^\d{12}$/);
    expect(own.zone).toMatch(/^[a-z]+\d-az\d$/);
  });

  it('gives managed interfaces no instance', () => {
    for (const { balancers, gateways } of networks(20)) {
      for (const { interface: own } of [...balancers, ...gateways]) expect(own.instance).toBeUndefined();
      for (const { interface: own } of gateways) expect(own.kind).toBe('nat_gateway');
    }
  });

  it('always has somebody to reach from the internet and hosts of each first role', () => {
    for (const { hosts } of networks(30, 8)) {
      for (const role of ['app', 'bastion', 'database', 'resolver'])
        expect(hosts.map((host) => host.role)).toContain(role);
      expect(hosts.some((host) => !host.gateway)).toBe(true);
    }
  });

  it('lets everybody in everywhere in a network without guards, and in few hosts elsewhere', () => {
    for (const { hosts, style } of networks(60)) {
      const open = hosts.filter(({ wideOpen }) => wideOpen).length / hosts.length;
      if (style === 'unguarded') expect(open).toBe(1);
      else expect(open).toBeLessThan(0.4);
    }
  });

  it('finds hosts by address', () => {
    const [network] = networks(1);
    const host = network!.hosts[5]!;
    expect(network!.at(host.address)).toBe(host);
    expect(network!.at('8.8.8.8')).toBeUndefined();
  });
});
