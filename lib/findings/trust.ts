/**
 * Trusted networks: scanners, monitoring, load balancers, ranges of AWS. A finding whose actors or targets all lie in one of them is less
 * severe by one step and says so; it is never hidden, since a trusted scanner is where an intruder would like to sit.
 */
import { AddressBook } from '../flowlog/address.ts';
import { NetworkSet } from '../flowlog/network.ts';
import { trustedNetworksMax } from '../limits.ts';
import { isNetwork, isSentence, listFault } from './entry.ts';
import { type Finding, type Host, SEVERITIES } from './finding.ts';

export interface TrustedNetwork {
  /** Address or network in CIDR notation. */
  readonly network: string;
  /** What it is called, such as "Nessus scanner". */
  readonly name: string;
  /** Why its hosts behave like this. */
  readonly reason: string;
}

/** What is wrong with a list of trusted networks; `undefined` when nothing is. */
export function trustedNetworksFault(value: unknown): string | undefined {
  const required = { network: isNetwork, name: isSentence, reason: isSentence };
  return listFault(value, trustedNetworksMax, { required, optional: {} });
}

/** Softens findings by the first trusted network that has all their actors, or all their targets. */
export function softener(trusted: readonly TrustedNetwork[]): (finding: Finding) => Finding {
  const sets = trusted.map((entry) => ({ entry, set: new NetworkSet([entry.network]) }));
  return (finding) => {
    const { actors, actorCount, targets, severity } = finding;
    const book = new AddressBook();
    const allIn = (set: NetworkSet, hosts: readonly Host[], count: number) =>
      hosts.length > 0 && hosts.length === count && hosts.every(({ address }) => set.has(book.parse(address), book));
    const found = sets.find(
      ({ set }) => allIn(set, actors, actorCount) || allIn(set, targets.hosts, targets.hostCount),
    );
    if (found === undefined) return finding;
    const softer = SEVERITIES[Math.max(0, SEVERITIES.indexOf(severity) - 1)];
    return { ...finding, severity: softer, softened: { ...found.entry, severityBefore: severity } };
  };
}
