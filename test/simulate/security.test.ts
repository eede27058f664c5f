import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/simulate/random.ts';
import { outcomeInside, outcomeOutside, reachable } from '../../lib/simulate/security.ts';
import { WINDOWS } from '../../lib/simulate/stack.ts';
import { aHost, aNetwork, aPeer } from './stage.ts';

const TCP = 6;
const network = aNetwork({ managementOpen: false });
const inside = aHost({ address: '10.0.0.5' });
const stranger = aPeer();
const strict = aHost({ address: '10.0.0.6', insideOpen: false });
const open = aHost({ address: '10.0.0.7' });

describe('outcomeInside', () => {
  it.each([
    ['a service port from inside', inside, strict, 8080, 'served'],
    ['another port of a strict host', inside, strict, 9_999, 'rejected'],
    ['a management port of a strict host', inside, strict, 22, 'rejected'],
    ['another port of an open host', inside, open, 9_999, 'refused'],
    ['a service port from the internet', stranger, open, 8080, 'rejected'],
  ] as const)('decides on %s', (_, client, server, port, expected) => {
    expect(outcomeInside(network, client, server, port, TCP)).toBe(expected);
  });

  it('opens management ports to the whole network where it is so', () => {
    expect(outcomeInside(aNetwork({ managementOpen: true }), inside, strict, 22, TCP)).toBe('served');
  });

  it('lets bastions and monitors in everywhere', () => {
    for (const role of ['bastion', 'monitor'] as const) {
      expect(outcomeInside(network, aHost({ role }), strict, 22, TCP)).toBe('served');
    }
  });

  it('lets the internet reach public ports only', () => {
    const exposed = aHost({ publicPorts: new Set([8080]), insideOpen: false });
    expect(outcomeInside(network, stranger, exposed, 8080, TCP)).toBe('served');
    expect(outcomeInside(network, stranger, exposed, 22, TCP)).toBe('rejected');
  });

  it('lets everybody reach a host that is wide open, whose closed ports answer', () => {
    const wide = aHost({ wideOpen: true });
    expect(outcomeInside(network, stranger, wide, 22, TCP)).toBe('served');
    expect(outcomeInside(network, stranger, wide, 9_999, TCP)).toBe('refused');
    expect(outcomeInside(network, stranger, { ...wide, stack: WINDOWS }, 9_999, TCP)).toBe('silent');
  });
});

describe('reachable', () => {
  it('lists hosts and ports that would answer, never the client itself', () => {
    const hosts = [inside, strict, open];
    const found = reachable(aNetwork({ hosts, managementOpen: false }), inside, [22, 8080]);
    expect(found.map(([host, port]) => `${host.address} ${port}`)).toEqual([
      '10.0.0.6 8080',
      '10.0.0.7 22',
      '10.0.0.7 8080',
    ]);
  });
});

describe('outcomeOutside', () => {
  it('fails as often as it is told', () => {
    const random = new Random('outside');
    const outcomes = Array.from({ length: 5_000 }, () => outcomeOutside(random, 0.2));
    expect(outcomes.filter((outcome) => outcome !== 'served').length / 5_000).toBeCloseTo(0.2, 1);
    expect(outcomes).not.toContain('rejected');
  });
});
