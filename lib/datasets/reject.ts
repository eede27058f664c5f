/**
 * What a security group would have rejected. Data sets do not know: the converter is told, or everything was accepted.
 */
import { AddressBook } from '../flowlog/address.ts';
import { NetworkSet } from '../flowlog/network.ts';

/** Whether an inbound packet to this address and port is rejected. */
export type Rejects = (address: string, port: number) => boolean;

interface Rule {
  readonly network: NetworkSet;
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/**
 * Rules from text, separated by blanks: a network, and after a colon the ports or ranges of ports, all when not given, such as
 * `10.0.0.0/8:22,3389 10.1.0.0/16:1-1023`. Throws when one cannot be read.
 */
export function parseRejects(text: string): Rejects {
  const rules = text
    .split(/\s+/)
    .filter((rule) => rule !== '')
    .map(parseRule);
  const book = new AddressBook();
  return (address, port) =>
    rules.some(
      ({ network, ranges }) =>
        ranges.some(([first, last]) => port >= first && port <= last) && network.has(book.parse(address), book),
    );
}

function parseRule(text: string): Rule {
  const [, cidr, ports] = /^([^/]+\/\d{1,3})(?::([\d,-]+))?$/.exec(text) ?? [];
  if (cidr === undefined)
    throw new Error(`"${text}" is not a rule, expected a network and ports such as 10.0.0.0/8:22,1000-2000`);
  return {
    network: new NetworkSet([cidr]),
    ranges: (ports ?? '0-65535').split(',').map((range) => parseRange(range, text)),
  };
}

function parseRange(range: string, rule: string): readonly [number, number] {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
  const ends = [Number(first), Number(last ?? first)] as const;
  if (ends[0] <= ends[1] && ends[1] <= 65_535) return ends;
  throw new Error(`"${range}" in "${rule}" is not a range of ports, expected such as 22 or 1000-2000`);
}
