import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BASIS,
  BASIS_MASK,
  CONFIDENCE,
  DESTINATION_IS_CLIENT,
  direct,
  PORT_RANK,
  SERVICE_PORTS,
} from '../../lib/conversations/direction.ts';
import { build, rowsOf } from '../records.ts';

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const NO_FLAGS = -1;

const ports = fc.oneof(fc.constantFrom(0, 22, 443, 1_023, 1_024, 3_389, 32_767, 32_768), fc.nat({ max: 65_535 }));
const anyFlags = fc.constantFrom(NO_FLAGS, 0, 1, 2, 3, 4, 6, 18, 19, 22);

/** The client's side and the basis, in words. */
function told(protocol: number, source: number, destination: number, flags: number, cumulative = false) {
  const decision = direct(protocol, source, destination, flags, cumulative);
  const basis = Object.entries(BASIS).find(([, value]) => value === (decision & BASIS_MASK))![0];
  return `${decision >= DESTINATION_IS_CLIENT ? 'destination' : 'source'} by ${basis}`;
}

describe('the client of a record', () => {
  it.each([
    ['a SYN', TCP, 40_000, 22, 2, 'source by flags'],
    ['a SYN from a service port, as scanners use', TCP, 443, 40_000, 2, 'source by flags'],
    ['a whole short connection, SYN and FIN', TCP, 40_000, 443, 3, 'source by flags'],
    ['a SYN that was reset by its sender', TCP, 40_000, 443, 6, 'source by flags'],
    ['a SYN-ACK', TCP, 22, 40_000, 18, 'destination by flags'],
    ['a SYN-ACK from a high port', TCP, 50_001, 40_000, 18, 'destination by flags'],
    ['the answering side of a short connection', TCP, 443, 40_000, 19, 'destination by flags'],
    ['the middle of a connection, towards the service', TCP, 40_000, 22, 0, 'source by servicePort'],
    ['the middle of a connection, from the service', TCP, 22, 40_000, 0, 'destination by servicePort'],
    ['a FIN alone, from the service', TCP, 443, 40_000, 1, 'destination by servicePort'],
    ['a reset by the service', TCP, 22, 40_000, 4, 'destination by servicePort'],
    ['a log without flags', TCP, 40_000, 443, NO_FLAGS, 'source by servicePort'],
    ['a listed service port against a plain one', UDP, 5_353, 20_000, NO_FLAGS, 'destination by servicePort'],
    ['a well-known port against a listed one', TCP, 8_080, 443, NO_FLAGS, 'source by servicePort'],
    ['a listed port in the client range', UDP, 40_000, 51_820, NO_FLAGS, 'source by servicePort'],
    ['a registered port against one of the client range', TCP, 40_000, 20_000, NO_FLAGS, 'source by portRange'],
    ['the answer of that', TCP, 20_000, 40_000, NO_FLAGS, 'destination by portRange'],
    ['two ports of the client range', TCP, 40_000, 50_001, NO_FLAGS, 'source by sender'],
    ['two well-known ports', UDP, 53, 123, NO_FLAGS, 'source by sender'],
    ['equal ports', UDP, 123, 123, NO_FLAGS, 'source by sender'],
    ['a protocol without ports', ICMP, 0, 0, NO_FLAGS, 'source by sender'],
    ['flags of another protocol', UDP, 53, 40_000, 2, 'destination by servicePort'],
  ])('of %s', (_, protocol, source, destination, flags, expected) => {
    expect(told(protocol, source, destination, flags)).toBe(expected);
  });

  it.each([
    ['a SYN still names the opener', 40_000, 50_001, 2, 'source by flags'],
    ['SYN with ACK may be either side, so the ports decide', 40_000, 443, 18, 'source by servicePort'],
    ['and where they do not, the sender is taken', 40_000, 50_001, 18, 'source by sender'],
  ])('of a transit gateway, whose flags add up: %s', (_, source, destination, flags, expected) => {
    expect(told(TCP, source, destination, flags, true)).toBe(expected);
  });

  it('is the same host in both directions, unless it is only a guess', () => {
    fc.assert(
      fc.property(ports, ports, fc.constantFrom(NO_FLAGS, 0, 1, 4), (a, b, flags) => {
        const there = direct(TCP, a, b, flags, false);
        const back = direct(TCP, b, a, flags, false);
        expect(there & BASIS_MASK).toBe(back & BASIS_MASK);
        const guessed = (there & BASIS_MASK) === BASIS.sender;
        expect(there >= DESTINATION_IS_CLIENT === back >= DESTINATION_IS_CLIENT).toBe(guessed);
      }),
    );
  });

  it('is never decided by less than the ports tell', () => {
    fc.assert(
      fc.property(ports, ports, anyFlags, fc.boolean(), (a, b, flags, cumulative) => {
        const decision = direct(TCP, a, b, flags, cumulative);
        const byPorts = direct(TCP, a, b, NO_FLAGS, false);
        expect(decision & BASIS_MASK).toBeGreaterThanOrEqual(byPorts & BASIS_MASK);
      }),
    );
  });
});

describe('the table of ports', () => {
  it('ranks well-known above listed above registered above client ports', () => {
    expect([0, 22, 1_023, 1_024, 3_306, 3_307, 32_767, 32_768, 65_535].map((port) => PORT_RANK[port])).toEqual([
      3, 3, 3, 1, 2, 1, 1, 0, 0,
    ]);
  });

  it('lists ports once, in order, from 1,024 on', () => {
    expect(SERVICE_PORTS).toEqual([...new Set(SERVICE_PORTS)].sort((a, b) => a - b));
    expect(SERVICE_PORTS[0]).toBeGreaterThanOrEqual(1_024);
  });

  it('gives every basis a confidence, rising', () => {
    expect(CONFIDENCE).toHaveLength(Object.keys(BASIS).length);
    expect(CONFIDENCE).toEqual([...CONFIDENCE].sort((a, b) => a - b));
  });
});

describe('a conversation', () => {
  it('keeps the best basis that any of its records had', () => {
    const rows = rowsOf(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp flags=0
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp flags=2 at=60
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp flags=0 at=120
      `),
    );
    expect(rows.map(({ basis, opens }) => [basis, opens])).toEqual([[BASIS.flags, 1]]);
  });

  it('of which only the answer was seen still names the client', () => {
    const rows = rowsOf(build('eni-a 10.0.0.2:443 > 10.0.0.1:40000 tcp flags=18'));
    expect(rows).toMatchObject([{ client: '10.0.0.1', server: '10.0.0.2', forwardFlows: 0, backwardFlows: 1 }]);
  });
});
