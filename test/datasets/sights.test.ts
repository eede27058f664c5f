import { describe, expect, it } from 'vitest';
import { Endpoints } from '../../lib/datasets/endpoints.ts';
import type { Side } from '../../lib/datasets/flow.ts';
import { parseRejects } from '../../lib/datasets/reject.ts';
import { type PlacedFlow, sightsOf } from '../../lib/datasets/sights.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { endpointOf } from './endpoint.ts';

const side = (packets: number): Side => ({ packets, bytes: packets * 60, flags: 0 });

function flow(source: string, destination: string, more: Partial<PlacedFlow> = {}): PlacedFlow {
  return {
    startSeconds: 0,
    durationSeconds: 0,
    source: endpointOf(source),
    destination: endpointOf(destination),
    sourcePort: 5_000,
    destinationPort: 22,
    protocol: 6,
    forward: side(1),
    backward: side(1),
    ...more,
  };
}

/** `observer's address direction action` of each side. */
function seen(one: PlacedFlow, reject = ''): string[][] {
  return sightsOf(one, parseRejects(reject)).map(({ seen: sights }) =>
    sights.map(({ flow: view }) => {
      const own = view.direction === 'egress' ? view.srcaddr : view.dstaddr;
      return `${own} ${view.direction} ${view.action}`;
    }),
  );
}

describe('who sees a flow', () => {
  it('is both interfaces of an internal flow, leaving one and entering the other', () => {
    expect(seen(flow('10.0.0.5', '10.0.0.6'))).toEqual([
      ['10.0.0.5 egress ACCEPT', '10.0.0.6 ingress ACCEPT'],
      ['10.0.0.6 egress ACCEPT', '10.0.0.5 ingress ACCEPT'],
    ]);
  });

  it('is the inner interface only of a flow from or to outside', () => {
    expect(seen(flow('10.0.0.5', '192.0.2.1'))).toEqual([['10.0.0.5 egress ACCEPT'], ['10.0.0.5 ingress ACCEPT']]);
    expect(seen(flow('192.0.2.1', '10.0.0.5'))).toEqual([['10.0.0.5 ingress ACCEPT'], ['10.0.0.5 egress ACCEPT']]);
  });

  it('is one direction only where the other is unknown or silent', () => {
    expect(seen(flow('10.0.0.5', '192.0.2.1', { backward: undefined }))).toHaveLength(1);
    expect(seen(flow('10.0.0.5', '192.0.2.1', { backward: side(0) }))).toHaveLength(1);
  });
});

describe('rejection', () => {
  it('meets unanswered attempts at the receiving interface, by network and port', () => {
    const attempt = flow('10.0.0.5', '10.0.0.6', { backward: side(0) });
    expect(seen(attempt, '10.0.0.0/24:22')).toEqual([['10.0.0.5 egress ACCEPT', '10.0.0.6 ingress REJECT']]);
    expect(seen(attempt, '10.0.0.0/24:1-21,23-65535')).toEqual([['10.0.0.5 egress ACCEPT', '10.0.0.6 ingress ACCEPT']]);
    expect(seen(attempt, '10.0.1.0/24 10.0.0.6/32')).toEqual([['10.0.0.5 egress ACCEPT', '10.0.0.6 ingress REJECT']]);
  });

  it('spares what was answered, what left, and what is known in one direction only', () => {
    expect(seen(flow('192.0.2.1', '10.0.0.6'), '10.0.0.0/8').flat().join()).not.toContain('REJECT');
    expect(
      seen(flow('10.0.0.6', '192.0.2.1', { backward: side(0) }), '0.0.0.0/0')
        .flat()
        .join(),
    ).not.toContain('REJECT');
    expect(
      seen(flow('192.0.2.1', '10.0.0.6', { backward: undefined }), '10.0.0.0/8')
        .flat()
        .join(),
    ).not.toContain('REJECT');
  });

  it.each([
    ['10.0.0.0', '"10.0.0.0" is not a rule, expected a network and ports such as 10.0.0.0/8:22,1000-2000'],
    ['10.0.0.0/8:ssh', '"10.0.0.0/8:ssh" is not a rule'],
    ['10.0.0.0/8:30-20', '"30-20" in "10.0.0.0/8:30-20" is not a range of ports'],
    ['10.0.0.0/8:70000', '"70000" in "10.0.0.0/8:70000" is not a range of ports'],
    ['10.0.0.0/40', '"10.0.0.0/40" is not a network'],
  ])('refuses the rule %s', (rule, message) => {
    expect(() => parseRejects(rule)).toThrow(message);
  });

  it('reads networks of IPv6', () => {
    const rejects = parseRejects('fd00::/8:22');
    expect([rejects('fd00::1', 22), rejects('fd00::1', 23), rejects('fe80::1', 22)]).toEqual([true, false, false]);
  });
});

describe('an interface', () => {
  it('belongs to an address of the VPC, follows from it and is the same for every spelling', () => {
    const endpoints = new Endpoints(new NetworkSet(['fd00::/8', '10.0.0.0/8']));
    const long = endpoints.of('FD00:0:0:0:0:0:0:1')!;
    expect(long).toMatchObject({ address: 'fd00::1', ipv6: true });
    expect(long.interface!.id).toMatch(/^eni-[0-9a-f]{17}$/);
    expect(endpoints.of('fd00::1')!.interface!.id).toBe(long.interface!.id);
    expect(endpoints.of('10.0.0.1')!.interface!.id).not.toBe(endpoints.of('10.0.0.2')!.interface!.id);
    expect(endpoints.of('192.0.2.1')!.interface).toBeUndefined();
  });

  it("is nobody's when the text is no address", () => {
    expect(['', 'host', '10.0.0', '1.2.3.4.5', ':::', '10.0.0.256'].map((text) => endpointOf(text))).toEqual(
      Array(6).fill(undefined),
    );
  });
});
