/**
 * Suppressions: reviewed lines that keep known, harmless findings from people. A line names type, actor, target, port and tag; what it
 * leaves out is any. Its owner, reason and end are no options: a line that nobody answers for, or that never ends, hides an attack one day.
 *
 * A line hides a finding only when it covers all of it: every actor, every target, every service. A finding that lists its hosts only in part
 * is not known to lie in a network, so a line that names one does not hide it.
 */
import { AddressBook } from '../flowlog/address.ts';
import { NetworkSet } from '../flowlog/network.ts';
import { settingTextCharactersMax, suppressionsMax } from '../limits.ts';
import { FINDING_TYPES } from './catalog.ts';
import { type Check, isNetwork, isSentence, listFault } from './entry.ts';
import type { Evidence, Finding, Host, SuppressedBy } from './finding.ts';

export interface Suppression extends SuppressedBy {
  /** Finding type, `*` standing for any characters, such as `*-scan`. */
  readonly type?: string;
  /** Address, network in CIDR notation, or `*`. */
  readonly actor?: string;
  readonly target?: string;
  /** Such as `22`, `22/tcp` or `icmp`; `*` stands for any port or protocol. */
  readonly port?: string | number;
  /** Tag of the instance, interface or group whose log shows it, `*` standing for any characters; needs tag fields in the log. */
  readonly tag?: string;
}

const ANY = '*';

/** Ports with or without a protocol, or a protocol without ports, as findings name services. */
const PORT = /^(?:(?:\*|\d{1,5})(?:\/(?:\*|tcp|udp))?|[a-z][a-z0-9]{0,15}|protocol \d{1,3})$/;

const isType: Check = (value) => {
  if (typeof value !== 'string' || value.length > settingTextCharactersMax)
    return 'expected a finding type such as "*-scan"';
  const matches = wildcard(value);
  return FINDING_TYPES.some(({ type }) => matches(type))
    ? undefined
    : `expected a finding type, * for any characters: ${FINDING_TYPES.map(({ type }) => type).join(', ')}`;
};

const isHost: Check = (value) => (value === ANY ? undefined : isNetwork(value));

const isPort: Check = (value) => {
  const text = typeof value === 'number' ? String(value) : value;
  const fits = typeof text === 'string' && PORT.test(text) && !(Number.parseInt(text, 10) > 65_535);
  return fits ? undefined : 'expected a port such as 22, "22/tcp", "*/udp" or "icmp"';
};

const isDay: Check = (value) =>
  typeof value === 'string' && dayFault(value) === undefined
    ? undefined
    : 'expected the last day on which it holds (UTC), such as "2027-03-31"';

function dayFault(text: string): string | undefined {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Some engines roll the 31st of a short month over into the next.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? undefined : 'no day';
}

const MATCH_KEYS = { type: isType, actor: isHost, target: isHost, port: isPort, tag: isSentence };

/** What is wrong with a list of suppressions; `undefined` when nothing is. */
export function suppressionsFault(value: unknown): string | undefined {
  const fault = listFault(value, suppressionsMax, {
    required: { owner: isSentence, reason: isSentence, expires: isDay },
    optional: MATCH_KEYS,
  });
  if (fault !== undefined) return fault;
  const everything = (value as readonly Suppression[]).findIndex((one) => namesOf(one).length === 0);
  return everything < 0
    ? undefined
    : `[${everything}] hides everything, expected one of ${Object.keys(MATCH_KEYS).join(', ')} besides "*"`;
}

/** Keys by which a suppression tells findings apart; `**`, all types, or all addresses there are name nothing. */
function namesOf(suppression: Suppression): string[] {
  const keys = Object.keys(MATCH_KEYS) as (keyof typeof MATCH_KEYS)[];
  return keys.filter((key) => {
    const text = String(suppression[key] ?? ANY);
    if (/^[*]+(?:[/][*]+)?$/.test(text) || /[/]0+$/.test(text)) return false;
    return key !== 'type' || !FINDING_TYPES.every(({ type }) => wildcard(text)(type));
  });
}

/** A suppression in words, as `vertical-scan by 10.0.0.5 on *`. */
export function suppressionText({ type, actor, target, port, tag }: Suppression): string {
  const named = [
    type ?? 'any finding',
    ...(actor === undefined ? [] : [`by ${actor}`]),
    ...(target === undefined ? [] : [`on ${target}`]),
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(tag === undefined ? [] : [`tag ${tag}`]),
  ];
  return named.join(' ');
}

/** Whether its last day (UTC) is over. */
export function isExpired({ expires }: SuppressedBy, nowSeconds: number): boolean {
  return new Date(nowSeconds * 1000).toISOString().slice(0, 10) > expires;
}

/** Whether a suppression covers a finding, its expiry aside. Made once for many findings. */
export function matcher(suppression: Suppression): (finding: Finding) => boolean {
  const type = wildcard(suppression.type ?? ANY);
  const actor = hostsIn(suppression.actor ?? ANY);
  const target = hostsIn(suppression.target ?? ANY);
  const port = portsOf(suppression.port ?? ANY);
  const tag = suppression.tag === undefined ? () => true : tagsOf(wildcard(suppression.tag));
  return (finding) => {
    const { actors, actorCount, targets, evidence } = finding;
    return (
      type(finding.type) &&
      actor(actors, actorCount) &&
      target(targets.hosts, targets.hostCount) &&
      port(targets) &&
      tag(evidence)
    );
  };
}

function hostsIn(network: string): (hosts: readonly Host[], count: number) => boolean {
  if (network === ANY) return () => true;
  const set = new NetworkSet([network]);
  return (hosts, count) => {
    const book = new AddressBook();
    return (
      hosts.length > 0 && hosts.length === count && hosts.every(({ address }) => set.has(book.parse(address), book))
    );
  };
}

function portsOf(port: string | number): (targets: Finding['targets']) => boolean {
  if (port === ANY) return () => true;
  const text = String(port);
  const matches = wildcard(/^\d+$/.test(text) ? `${text}/*` : text);
  return ({ services, serviceCount }) =>
    services.length > 0 && services.length === serviceCount && services.every(matches);
}

/** Every sample record has such a tag, so that one tagged host among many does not hide the others. */
function tagsOf(matches: (tag: string) => boolean): (evidence: readonly Evidence[]) => boolean {
  return (evidence) => evidence.length > 0 && evidence.every(({ tags }) => tags?.some(matches) ?? false);
}

/** Whether a text is the pattern, in which `*` stands for any characters. */
function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split(ANY);
  if (parts.length === 1) return (text) => text === pattern;
  const [first, ...rest] = parts;
  const last = rest.pop()!;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    // Taking each part where it first occurs is enough, since what lies between may be anything.
    let from = first.length;
    for (const part of rest) {
      const at = text.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return from <= text.length - last.length;
  };
}
